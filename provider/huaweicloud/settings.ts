// Every setting by name, and the one place that says where its value comes from: the program's configuration first,
// then the environment variables in the order listed.
import { ConfigurationError } from "./transport/errors";
import type { KeyOf } from "./transport/sentence";

/**
 * Every configuration key (the front's namespace and the name), with the environment variables that mean the same; the first
 * that is set wins. Maps and lists, such as `assumeRole`, are JSON, as the front writes them.
 */
export const settingVariables = {
  region: ["HW_REGION_NAME", "OS_REGION_NAME"],
  projectId: ["HW_PROJECT_ID", "OS_PROJECT_ID", "OS_TENANT_ID", "HUAWEICLOUD_SDK_PROJECT_ID"],
  projectName: ["HW_PROJECT_NAME", "OS_PROJECT_NAME", "OS_TENANT_NAME"],
  token: ["HW_AUTH_TOKEN", "OS_AUTH_TOKEN"],
  accessKey: ["HW_ACCESS_KEY", "OS_ACCESS_KEY"],
  secretKey: ["HW_SECRET_KEY", "OS_SECRET_KEY"],
  securityToken: ["HW_SECURITY_TOKEN"],
  userName: ["HW_USER_NAME", "OS_USERNAME"],
  userId: ["HW_USER_ID", "OS_USER_ID"],
  password: ["HW_USER_PASSWORD", "OS_PASSWORD"],
  domainName: ["HW_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"],
  domainId: ["HW_DOMAIN_ID", "OS_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"],
  profile: ["HW_PROFILE"],
  sharedConfigFile: ["HW_SHARED_CONFIG_FILE"],
  assumeRole: [],
  assumeRoles: [],
  assumeRoleWithOidc: [],
  agencyName: ["OS_AGENCY_NAME"],
  agencyDomainName: ["OS_AGENCY_DOMAIN_NAME"],
  cloud: ["HW_CLOUD"],
  authUrl: ["HW_AUTH_URL", "OS_AUTH_URL"],
  endpoints: [],
  insecure: ["HW_INSECURE", "OS_INSECURE"],
  cacertFile: ["OS_CACERT"],
  cert: ["OS_CERT"],
  key: ["OS_KEY"],
  maxRetries: ["HW_MAX_RETRIES"],
  requestTimeout: ["HW_REQUEST_TIMEOUT"],
  preflight: ["HW_PREFLIGHT"],
} as const satisfies Record<string, readonly string[]>;

/** Settings that have no configuration key of their own: only these variables. */
export const variablesOnly = {
  roleAgencyName: "HW_ASSUME_ROLE_AGENCY_NAME",
  roleDomainName: "HW_ASSUME_ROLE_DOMAIN_NAME",
  roleDomainId: "HW_ASSUME_ROLE_DOMAIN_ID",
  roleDuration: "HW_ASSUME_ROLE_DURATION",
  oidcIdpId: "HW_ASSUME_ROLE_IDP_ID",
  oidcIdToken: "HW_ASSUME_ROLE_ID_TOKEN",
  oidcIdTokenFile: "HW_ASSUME_ROLE_ID_TOKEN_FILE",
  sdkAccessKey: "HUAWEICLOUD_SDK_AK",
  sdkSecretKey: "HUAWEICLOUD_SDK_SK",
  sdkSecurityToken: "HUAWEICLOUD_SDK_SECURITY_TOKEN",
  sdkIdpId: "HUAWEICLOUD_SDK_IDP_ID",
  sdkIdTokenFile: "HUAWEICLOUD_SDK_ID_TOKEN_FILE",
  stsProviderUrn: "HUAWEICLOUD_OIDC_PROVIDER_URN",
  stsAgencyUrn: "HUAWEICLOUD_OIDC_AGENCY_URN",
  stsIdToken: "HUAWEICLOUD_OIDC_ID_TOKEN",
  stsIdTokenFile: "HUAWEICLOUD_OIDC_TOKEN_FILE",
  stsSessionName: "HUAWEICLOUD_OIDC_SESSION_NAME",
  stsDuration: "HUAWEICLOUD_OIDC_DURATION_SECONDS",
  podCredentialsUri: "HC_CONTAINER_CREDENTIALS_FULL_URI",
  podTokenFile: "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  metadataEndpoint: "HW_ENDPOINT_URL_METADATA",
  home: "HOME",
  windowsHome: "USERPROFILE",
} as const;

export type SettingName = keyof typeof settingVariables | keyof typeof variablesOnly;

/** What messages and checks need to know about the front: the program that uses this client. */
export interface Front {
  /** Prefix of its configuration keys, such as `huaweicloud:`. */
  namespace: string;
  /** Keys of that namespace that other programs read: ignored, not reported as misspelt. */
  foreignKeys: ReadonlySet<string>;
  /** Whether other programs read the map of endpoints too, so that it may name other services. */
  sharesEndpoints: boolean;
  /** How to set a setting that is a map: the end of a sentence. */
  toSetMap: string;
  /** Name of its configuration: "the stack's configuration". */
  configuration: string;
  /** What works without credentials: a sentence. */
  withoutCredentials: string;
}

/** Name of a setting in messages, such as `huaweicloud:region`. */
export const keyOf =
  ({ namespace }: Front): KeyOf =>
  (setting) =>
    namespace + setting;

export interface Setting {
  value: string;
  /** The key or variable of the value, for messages: `huaweicloud:region` or `HW_REGION_NAME`. */
  origin: string;
  level: "configuration" | "environment";
}

export type Settings = Partial<Record<SettingName, Setting>>;

/** The front's configuration, full keys to values. */
export type StackConfiguration = Readonly<Record<string, string | undefined>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Merges configuration and environment. An empty value counts as not set. Throws a `ConfigurationError`. */
export function readSettings(configuration: StackConfiguration, environment: Environment, front: Front): Settings {
  const { namespace } = front;
  refuseUnknownKeys(configuration, front);
  const settings: Settings = {};
  for (const name of Object.keys(settingVariables) as (keyof typeof settingVariables)[]) {
    const configured = configuration[namespace + name];
    const variable = variablesOf(name, environment).find((candidate) => environment[candidate]);
    if (configured) settings[name] = { value: configured, origin: namespace + name, level: "configuration" };
    else if (variable) settings[name] = { value: environment[variable] ?? "", origin: variable, level: "environment" };
  }
  for (const [name, variable] of Object.entries(variablesOnly) as [keyof typeof variablesOnly, string][]) {
    const value = environment[variable];
    if (value) settings[name] = { value, origin: variable, level: "environment" };
  }
  const foreign = secretSettings.map((name) => settings[name]).find((set) => set && !isOfOpenStack(set.origin));
  if (foreign) refuseForeignAuthUrl(settings, foreign.origin);
  return settings;
}

/** Whether the variable is of OpenStack's tools and the older Terraform provider. */
const isOfOpenStack = (origin: string) => origin.startsWith("OS_");

/**
 * The settings of one identity: those in `decide` say which tool's variables are used, and `follow` is read from the same tool.
 * A mixture would sign with another key's secret, or send a password for another user.
 */
const identities: readonly { decide: readonly SettingName[]; follow: readonly SettingName[] }[] = [
  { decide: ["accessKey", "secretKey", "securityToken"], follow: [] },
  { decide: ["userName", "userId", "password"], follow: ["domainName", "domainId"] },
];

/** The variables of this setting, without those of a tool whose identity is not used. */
function variablesOf(name: keyof typeof settingVariables, environment: Environment): readonly string[] {
  const all: readonly string[] = settingVariables[name];
  const identity = identities.find(({ decide, follow }) => decide.includes(name) || follow.includes(name));
  const deciding = (identity?.decide ?? [])
    .flatMap((part): readonly string[] => settingVariables[part as keyof typeof settingVariables])
    .filter((variable) => environment[variable]);
  if (deciding.length === 0) return all;
  const isOpenStack = deciding.every(isOfOpenStack);
  return all.filter((variable) => isOfOpenStack(variable) === isOpenStack);
}

/** Secrets that are sent or used to sign. Sources that apply without any of these are checked where they are chosen. */
const secretSettings = [
  "password",
  "token",
  "secretKey",
  "securityToken",
  "oidcIdToken",
  "oidcIdTokenFile",
  "sdkIdTokenFile",
  "assumeRoleWithOidc",
] as const satisfies readonly SettingName[];

/** Throws a `ConfigurationError` if `OS_AUTH_URL` is set: the secret of `foreign` would be sent to another tool's cloud. */
export function refuseForeignAuthUrl({ authUrl }: Settings, foreign: string): void {
  if (authUrl === undefined || !isOfOpenStack(authUrl.origin)) return;
  throw new ConfigurationError(
    `${authUrl.origin} is set, but ${foreign} is not for that host: its secret would be sent there. ` +
      `Unset ${authUrl.origin}, or set HW_AUTH_URL to the same.`,
  );
}

function refuseUnknownKeys(configuration: StackConfiguration, { namespace, foreignKeys }: Front): void {
  const known = Object.keys(settingVariables);
  for (const key of Object.keys(configuration)) {
    if (!key.startsWith(namespace)) continue;
    const name = key.slice(namespace.length);
    if (known.includes(name) || foreignKeys.has(name)) continue;
    throw new ConfigurationError(`Unknown configuration key ${key}.${suggestion(name, known)}`);
  }
}

/** Suggests the closest known name for a misspelt one; lists all if none is close. */
export function suggestion(name: string, known: readonly string[]): string {
  const { closest, distance } = require("fastest-levenshtein") as typeof import("fastest-levenshtein");
  const lowerCase = known.map((one) => one.toLowerCase());
  const found = closest(name.toLowerCase(), lowerCase);
  const nearest = known[lowerCase.indexOf(found)] ?? "";
  // Half of a short name may be misspelt, three letters of a long one.
  if (distance(name.toLowerCase(), found) > Math.min(3, found.length / 2)) return ` Known are ${known.join(", ")}.`;
  return ` Did you mean ${nearest}?`;
}
