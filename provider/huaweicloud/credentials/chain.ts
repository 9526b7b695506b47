// Which credentials are used, in one place.
//
// Explicit beats implicit, and the front's configuration beats the environment:
//   1. the front's configuration
//   2. the variables of Huawei Cloud's Terraform provider (`HW_*`, and its older `OS_*`)
//   3. the variables of Huawei Cloud's SDKs (`HUAWEICLOUD_OIDC_*`, `HUAWEICLOUD_SDK_*`) and of pods (`HC_CONTAINER_*`)
//   4. the current profile of KooCLI (`~/.hcloud/config.json`), if the file exists
//   5. instance metadata
// Within 1 and 2: ID token, token, access key, user and password, profile. A value that a source lacks may come from the
// other level. A partly set source is an error. Agencies to act as (`assumeRole`) are applied on top of any source.
import fs from "node:fs";
import { type Front, keyOf, refuseForeignAuthUrl, type Setting, type SettingName, type Settings } from "../settings";
import { CredentialsError, type HuaweiCloudError, NetworkError } from "../transport/errors";
import type { Role } from "./agency";
import type { Credentials } from "./credentials";
import { profileFile } from "./profileFile";

// Loaded when chosen, because loading takes time and a run needs one of them at most.
const agency = () => require("./agency") as typeof import("./agency");
const roles = () => require("./roles") as typeof import("./roles");
const source = {
  accessKey: () => require("./accessKey") as typeof import("./accessKey"),
  metadata: () => require("./metadata") as typeof import("./metadata"),
  oidc: () => require("./oidc") as typeof import("./oidc"),
  password: () => require("./password") as typeof import("./password"),
  pod: () => require("./pod") as typeof import("./pod"),
  profile: () => require("./profile") as typeof import("./profile"),
  token: () => require("./token") as typeof import("./token"),
};

interface Source {
  /** Any of these being set chooses this source. */
  chosenBy: readonly SettingName[];
  from: (settings: Settings, chosenBy: Setting, front: Front) => Credentials;
}

/** Sources of levels 1 and 2. */
const sources: readonly Source[] = [
  { chosenBy: ["assumeRoleWithOidc"], from: (_, setting, front) => fromConfiguredOidc(setting, front) },
  { chosenBy: ["oidcIdpId", "oidcIdToken", "oidcIdTokenFile"], from: fromOidcVariables },
  { chosenBy: ["token"], from: (_, token) => source.token().fromToken(token) },
  { chosenBy: ["accessKey", "secretKey", "securityToken"], from: fromAccessKeySettings },
  {
    chosenBy: ["userName", "userId", "password"],
    from: (settings, _, front) => source.password().fromPassword(settings, keyOf(front)),
  },
  {
    chosenBy: ["profile", "sharedConfigFile"],
    from: (settings, { origin }) => {
      refuseForeignAuthUrl(settings, origin);
      return source.profile().fromProfile(settings);
    },
  },
];

/** Sources of level 3: only variables choose them. */
const sdkSources: readonly Source[] = [
  { chosenBy: ["stsProviderUrn", "stsAgencyUrn", "stsIdToken", "stsIdTokenFile"], from: fromStsVariables },
  { chosenBy: ["sdkIdpId", "sdkIdTokenFile"], from: fromSdkOidc },
  { chosenBy: ["sdkAccessKey", "sdkSecretKey", "sdkSecurityToken"], from: fromSdkAccessKey },
  {
    chosenBy: ["podCredentialsUri", "podTokenFile"],
    from: ({ podCredentialsUri, podTokenFile }) => source.pod().fromPodIdentity(podCredentialsUri, podTokenFile),
  },
];

/** Any of these being set may mean an agency to act as. */
const roleSettings = [
  "assumeRole",
  "assumeRoles",
  "roleAgencyName",
  "roleDomainName",
  "roleDomainId",
  "roleDuration",
  "agencyName",
  "agencyDomainName",
] as const satisfies readonly SettingName[];

/** The credentials to use. Sends nothing. Throws a `CredentialsError` where a source is incomplete. */
export function findCredentials(settings: Settings, front: Front): Credentials {
  const base = findBase(settings, front);
  if (!roleSettings.some((name) => settings[name])) return base;
  const { assumeAgency } = agency();
  return roles()
    .configuredRoles(settings, front)
    .reduce((caller, role) => assumeAgency(caller, role), base);
}

/** The credentials with an agency on top, as one resource may ask for. */
export function withRole(
  credentials: Credentials,
  role: Role | undefined,
  options: { oneForAllRegions?: boolean } = {},
): Credentials {
  return role === undefined ? credentials : agency().assumeAgency(credentials, role, options);
}

function findBase(settings: Settings, front: Front): Credentials {
  for (const level of ["configuration", "environment"] as const) {
    const chosen = choose(sources, settings, level, front);
    if (chosen) return chosen;
  }
  // OpenStack's tools do not read any of the sources below.
  const [foreign] = sdkSources.flatMap(({ chosenBy }) => chosenBy.flatMap((name) => settings[name] ?? []));
  if (foreign) refuseForeignAuthUrl(settings, foreign.origin);
  const chosen = choose(sdkSources, settings, "environment", front);
  if (chosen) return chosen;
  const file = profileFile(settings);
  if (file !== undefined && fs.existsSync(file)) {
    refuseForeignAuthUrl(settings, `the profile in ${file}`);
    return source.profile().fromProfile(settings);
  }
  refuseForeignAuthUrl(settings, "the instance metadata");
  return source.metadata().fromInstanceMetadata(settings.metadataEndpoint, (error) => noCredentials(front, error));
}

function choose(
  among: readonly Source[],
  settings: Settings,
  level: Setting["level"],
  front: Front,
): Credentials | undefined {
  for (const { chosenBy, from } of among) {
    const name = chosenBy.find((candidate) => settings[candidate]?.level === level);
    const setting = name && settings[name];
    if (setting) return from(settings, setting, front);
  }
  return undefined;
}

function fromAccessKeySettings(
  { accessKey, secretKey, securityToken }: Settings,
  _: Setting,
  front: Front,
): Credentials {
  const names = {
    accessKey: `HW_ACCESS_KEY (${keyOf(front)("accessKey")})`,
    secretKey: `HW_SECRET_KEY (${keyOf(front)("secretKey")})`,
  };
  // The environment's security token belongs to the environment's access key, not to one of the configuration.
  const isFromElsewhere = accessKey?.level === "configuration" && securityToken?.level === "environment";
  return source
    .accessKey()
    .fromAccessKey({ accessKey, secretKey, securityToken: isFromElsewhere ? undefined : securityToken }, names);
}

function fromSdkAccessKey({ sdkAccessKey, sdkSecretKey, sdkSecurityToken }: Settings): Credentials {
  const keys = { accessKey: sdkAccessKey, secretKey: sdkSecretKey, securityToken: sdkSecurityToken };
  return source.accessKey().fromAccessKey(keys, { accessKey: "HUAWEICLOUD_SDK_AK", secretKey: "HUAWEICLOUD_SDK_SK" });
}

function fromConfiguredOidc(setting: Setting, front: Front): Credentials {
  const { idpId, idToken, idTokenFile, ...role } = roles().configuredOidcRole(setting, front);
  const part = (value: string | undefined) => (value === undefined ? undefined : { ...setting, value });
  const token = { idToken: part(idToken), idTokenFile: part(idTokenFile) };
  return source.oidc().fromIdentityProvider({ idpId: part(idpId), ...token, ...role }, "idToken or idTokenFile in it");
}

function fromOidcVariables(settings: Settings): Credentials {
  const { oidcIdpId: idpId, oidcIdToken: idToken, oidcIdTokenFile: idTokenFile, roleDuration } = settings;
  const role = {
    agencyName: settings.roleAgencyName?.value,
    domainId: settings.roleDomainId?.value,
    ...(roleDuration ? { duration: roles().configuredDuration(roleDuration) } : {}),
  };
  const names = "HW_ASSUME_ROLE_ID_TOKEN_FILE or HW_ASSUME_ROLE_ID_TOKEN";
  return source.oidc().fromIdentityProvider({ idpId, idToken, idTokenFile, ...role }, names);
}

function fromSdkOidc({ sdkIdpId, sdkIdTokenFile }: Settings): Credentials {
  const settings = { idpId: sdkIdpId, idToken: undefined, idTokenFile: sdkIdTokenFile };
  return source.oidc().fromIdentityProvider(settings, "HUAWEICLOUD_SDK_ID_TOKEN_FILE");
}

function fromStsVariables(settings: Settings): Credentials {
  return source.oidc().fromStsOidc({
    providerUrn: settings.stsProviderUrn,
    agencyUrn: settings.stsAgencyUrn,
    idToken: settings.stsIdToken,
    idTokenFile: settings.stsIdTokenFile,
    sessionName: settings.stsSessionName,
    duration: settings.stsDuration,
  });
}

/** `error` is that of the request to the instance metadata; shown unless nothing listens there. */
function noCredentials(front: Front, error: HuaweiCloudError): CredentialsError {
  const nothingListens = error instanceof NetworkError && error.outcome === "refused";
  return new CredentialsError(
    "No credentials for Huawei Cloud: set HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and " +
      `HW_DOMAIN_NAME, or HW_AUTH_TOKEN (or their keys in ${front.configuration}, such as ${keyOf(front)("accessKey")}); ` +
      `no KooCLI profile and no instance metadata was found either. ${front.withoutCredentials}${nothingListens ? "" : ` Last attempt: ${error.message}`}`,
  );
}
