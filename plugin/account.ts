// Whether a provider may be another account than before. An engine asks for that in DiffConfig, before it asks for the diff of
// each resource: where the account may be another one, the project of a name may be too, and is looked up.
import { isDeepStrictEqual } from "node:util";
import { ConfigurationError, HuaweiCloudError } from "../provider/huaweicloud/transport/errors";
import { interpreted } from "../provider/inputs";
import type { Call } from "../provider/lifecycle";
import { type Bag, hasUnknown } from "../provider/protocol";
import { targetInputs } from "../provider/target";

/** The settings that choose the account, or the cloud that has it. */
const choosing = [
  "accessKey",
  "token",
  "userName",
  "userId",
  "domainName",
  "domainId",
  "profile",
  "sharedConfigFile",
  "assumeRole",
  "assumeRoles",
  "assumeRoleWithOidc",
  "agencyName",
  "agencyDomainName",
  "cloud",
  "authUrl",
] as const;

/** What the dynamic front calls its settings: of a stack that has migrated, the old ones are named so. */
const dynamicNamespace = "huaweicloud:";

/** Of the provider's inputs, before and after. What is not known yet tells nothing. */
export function mayBeOtherAccount(olds: Bag, news: Bag): boolean {
  return !hasUnknown(news) && !isDeepStrictEqual(accountOf(olds), accountOf(news));
}

/** Tokens and temporary keys are new in each run: that one is given counts, and not which. */
function accountOf(inputs: Bag): unknown[] {
  const get = (name: string) => inputs[name] ?? inputs[dynamicNamespace + name];
  const isTemporary = get("securityToken") !== undefined;
  return choosing.map((name) => {
    const value = get(name);
    if (value === undefined) return undefined;
    if (name === "token" || (name === "accessKey" && isTemporary)) return "temporary";
    const parsed = parse(value);
    if (name !== "assumeRoleWithOidc" || typeof parsed !== "object") return parsed;
    return { ...parsed, idToken: undefined };
  });
}

/** The engine hands over maps as JSON, or as they are. */
function parse(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Checked inputs, with the ID that the project of their name has in the provider's account. Throws what the look-up throws. */
export async function withProjectOfAccount(call: Call, inputs: Bag): Promise<Bag> {
  const { projectId: _, ...byName } = inputs;
  const target = targetInputs.safeParse(byName, interpreted);
  if (!target.success || target.data.projectName === undefined || hasUnknown(target.data)) return inputs;
  const { region, projectName } = target.data;
  try {
    return { ...inputs, projectId: (await call.connect(target.data)).projectId };
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    const what = `Whether ${projectName} in ${region} is the project in state could not be looked up`;
    throw new ConfigurationError(`The provider may be another account than before. ${what}: ${error.message}`);
  }
}
