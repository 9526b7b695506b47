// Every setting by name, and the one place that says where its value comes from: the stack's configuration first,
// then the environment variables in the order listed.
import { ConfigurationError } from "./errors";

/** Environment variables of each setting, first found wins. The configuration key is `huaweicloud:` and the setting's name. */
export const settingVariables = {
  region: ["HW_REGION_NAME", "OS_REGION_NAME"],
  projectId: ["HW_PROJECT_ID", "OS_PROJECT_ID", "OS_TENANT_ID"],
  projectName: ["HW_PROJECT_NAME", "OS_PROJECT_NAME", "OS_TENANT_NAME"],
  token: ["HW_AUTH_TOKEN", "OS_AUTH_TOKEN"],
  userName: ["HW_USER_NAME", "OS_USERNAME"],
  userId: ["HW_USER_ID", "OS_USER_ID"],
  password: ["HW_USER_PASSWORD", "OS_PASSWORD"],
  domainName: ["HW_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"],
  domainId: ["HW_DOMAIN_ID", "OS_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"],
  cloud: ["HW_CLOUD"],
  authUrl: ["HW_AUTH_URL", "OS_AUTH_URL"],
  endpoints: [],
  maxRetries: ["HW_MAX_RETRIES"],
  requestTimeout: ["HW_REQUEST_TIMEOUT"],
  preflight: ["HW_PREFLIGHT"],
} as const satisfies Record<string, readonly string[]>;

export type SettingName = keyof typeof settingVariables;

/**
 * Keys that Huawei Cloud's own Pulumi package or Pulumi itself reads from the same namespace. They mean nothing here,
 * and must not be called misspelt.
 */
const keysOfOthers = new Set([
  "accessKey",
  "agencyDomainName",
  "agencyName",
  "assumeRole",
  "assumeRoles",
  "assumeRoleWithOidc",
  "cacertFile",
  "cert",
  "delegatedProject",
  "enterpriseProjectId",
  "insecure",
  "key",
  "profile",
  "regional",
  "secretKey",
  "securityToken",
  "sharedConfigFile",
  "signingAlgorithm",
  "skipCheckUpgrade",
  "skipCheckWebsiteType",
  "tenantId",
  "tenantName",
  "pluginDownloadURL",
  "version",
]);

export interface Setting {
  value: string;
  /** The key or variable that the value came from, for messages: `huaweicloud:region` or `HW_REGION_NAME`. */
  origin: string;
  level: "configuration" | "environment";
}

export type Settings = Partial<Record<SettingName, Setting>>;

/** The stack's configuration, full keys to values. */
export type StackConfiguration = Readonly<Record<string, string | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

const namespace = "huaweicloud:";

/** Merges configuration and environment. An empty value counts as not set. */
export function readSettings(configuration: StackConfiguration, environment: Environment): Settings {
  refuseUnknownKeys(configuration);
  const settings: Settings = {};
  for (const name of Object.keys(settingVariables) as SettingName[]) {
    const configured = configuration[namespace + name];
    const variable = settingVariables[name].find((candidate) => environment[candidate]);
    if (configured) settings[name] = { value: configured, origin: namespace + name, level: "configuration" };
    else if (variable) settings[name] = { value: environment[variable] ?? "", origin: variable, level: "environment" };
  }
  return settings;
}

function refuseUnknownKeys(configuration: StackConfiguration): void {
  const known = Object.keys(settingVariables);
  for (const key of Object.keys(configuration)) {
    if (!key.startsWith(namespace)) continue;
    const name = key.slice(namespace.length);
    if (known.includes(name) || keysOfOthers.has(name)) continue;
    throw new ConfigurationError(`Unknown configuration key ${key}.${suggestion(name, known)}`);
  }
}

/** Names what was probably meant, for a misspelt name; nothing where no name is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const { closest, distance } = require("fastest-levenshtein") as typeof import("fastest-levenshtein");
  const nearest = closest(name, known);
  if (distance(name.toLowerCase(), nearest.toLowerCase()) > 3) return ` Known are ${known.join(", ")}.`;
  return ` Did you mean ${nearest}?`;
}
