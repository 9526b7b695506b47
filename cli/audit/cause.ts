// Why something was not checked, by the error that came instead of an answer.
import { projectIsGone } from "../../provider/huaweicloud/services/project";
import {
  ApiError,
  ConfigurationError,
  CredentialsError,
  HuaweiCloudError,
  NetworkError,
  TimeoutError,
} from "../../provider/huaweicloud/transport/errors";
import { shown } from "../../provider/huaweicloud/transport/shown";
import type { NotCheckedCause } from "../report/findings";
import { Interrupted } from "./slots";

export interface NotChecked {
  cause: NotCheckedCause;
  reason: string;
}

/** An error of another class is a defect of this command. It must not end the audit of the other projects. */
export function notChecked(error: unknown): NotChecked {
  if (error instanceof Interrupted) return { cause: "interrupted", reason: "The audit was interrupted before." };
  if (!(error instanceof HuaweiCloudError)) {
    return {
      cause: "other",
      reason: shown(`This is a defect of the audit; report it (see \`bugs\` in the package's package.json): ${error}`),
    };
  }
  return { cause: causeOf(error), reason: shown(error.message) };
}

/** As `notChecked`, for what had to be known of an account before any project could be looked at. */
export function notReached(error: unknown): NotChecked {
  const { cause, reason } = notChecked(error);
  const isOfAccount = cause === "no-permission" || cause === "credentials" || cause === "other";
  return { cause: isOfAccount ? "account-not-reachable" : cause, reason };
}

const throttlingCodes = /^(APIGW?\.0308|IAM\.0012)$/;
/** The gateway of a region does not know the API: the service is not there. */
const unknownApiCodes = /^APIGW?\.0101$/;
const noPermissionCodes = /^(APIGW?\.(0302|0304|0306|0802)|EVS\.(0003|1027|2056|5403)|KMS\.(0306|0307|0326|0330))$/;

function causeOf(error: HuaweiCloudError): NotCheckedCause {
  if (error instanceof ApiError) {
    if (error.status === 429 || throttlingCodes.test(error.code)) return "throttled";
    if (unknownApiCodes.test(error.code)) return "service-not-in-region";
    if (noPermissionCodes.test(error.code) || error.status === 403) return "no-permission";
    if (error.status === 401) return "credentials";
    if (error.status >= 500 || error.status === 408) return "no-answer";
    return projectIsGone(error) ? "no-permission" : "other";
  }
  if (error instanceof TimeoutError) return /throttled every request/.test(error.message) ? "throttled" : "no-answer";
  // The service's host in the region has no address: the region does not have the service.
  if (error instanceof NetworkError) return /ENOTFOUND/.test(error.message) ? "service-not-in-region" : "no-answer";
  if (error instanceof CredentialsError || error instanceof ConfigurationError) return "credentials";
  return "no-answer";
}
