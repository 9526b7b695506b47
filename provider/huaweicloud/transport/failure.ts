// Turns whatever axios throws into an error of ours. No AxiosError gets out: it holds the request with its headers.
import { AxiosError } from "axios";
import { type RemedyFor, toApiError } from "./apiError";
import type { Call } from "./call";
import { HuaweiCloudError, NetworkError, ResponseError, TimeoutError } from "./errors";
import { withoutSecrets } from "./redaction";
import { plainHeaders } from "./request";
import { brokeOff, isTooLarge } from "./retry";
import { type KeyOf, sentence } from "./sentence";

export interface Wording {
  keyOf: KeyOf;
  remedyFor?: RemedyFor | undefined;
}

export function toFamily(error: unknown, call: Call, { keyOf, remedyFor }: Wording): Error {
  if (error instanceof HuaweiCloudError || !(error instanceof AxiosError)) return error as Error;
  const { request, deadlineMs, secrets } = call;
  const { context } = request;
  const { origin } = new URL(request.url);
  const tries = { count: call.tries, elapsedMs: call.spentMs };
  const tooLong = askedForTooLong(call, keyOf);
  if (error.response && !brokeOff(error)) {
    const { status, headers, data } = error.response;
    if (status >= 300 && status < 400) {
      const happened = `${origin} answered with a redirect (HTTP ${status}), which is not followed so that no credential goes to another host`;
      return new NetworkError(sentence(context, happened, tries, "Check the endpoint."));
    }
    const response = { status, headers: plainHeaders(headers), body: String(data ?? "") };
    return toApiError(response, request, context, tries, [...secrets], remedyFor, tooLong);
  }
  if (error.code === AxiosError.ECONNABORTED) {
    const happened = `no answer from ${origin} within ${deadlineMs / 1000} s`;
    const remedy = `Check the network and any proxy; ${keyOf("requestTimeout")} changes the limit.`;
    return new TimeoutError(sentence(context, happened, tries, remedy));
  }
  if (isTooLarge(error)) {
    const happened = `the answer of ${origin} is too large to be one of this API`;
    return new ResponseError(sentence(context, happened, tries, "Is the endpoint right, is a proxy between?"));
  }
  const words = withoutSecrets(error.message || error.code || "no reason given", [...secrets]);
  const happened = brokeOff(error) ? `the answer of ${origin} broke off: ${words}` : `cannot reach ${origin}: ${words}`;
  return new NetworkError(sentence(context, happened, tries, networkRemedy(error, keyOf)), { cause: error.cause });
}

function networkRemedy({ code = "", message }: AxiosError, keyOf: KeyOf): string {
  if (/alert (certificate required|bad certificate|unknown ca|handshake failure)/i.test(message)) {
    return `The server wants a client certificate that it trusts: set ${keyOf("cert")} and ${keyOf("key")} (OS_CERT, OS_KEY).`;
  }
  if (/CERT|SIGNATURE|TLS|SSL/.test(code)) {
    return `The server's certificate is not trusted here: where a proxy or a private cloud has its own authority, name it by ${keyOf("cacertFile")} (OS_CACERT).`;
  }
  return "Check region, endpoint, network and proxy (HTTPS_PROXY).";
}

function askedForTooLong({ tooLongDelayMs, deadlineMs }: Call, keyOf: KeyOf): string | undefined {
  if (tooLongDelayMs === undefined) return undefined;
  const delay = `${Math.ceil(tooLongDelayMs / 1000)} s`;
  return `The next try would be in ${delay}, and a call may take ${deadlineMs / 1000} s in all (${keyOf("requestTimeout")}).`;
}
