// The settings of the provider, as the schema describes them: what each means, its form, and whether it is a secret.
import { settingVariables } from "../provider/huaweicloud/settings";

export type SettingKey = keyof typeof settingVariables | "refreshBeforeUpdate";

export interface SettingForm {
  description: string;
  type: "string" | "boolean" | "integer" | "number" | "endpoints" | "role" | "roles" | "oidcRole";
  secret?: true;
  default?: string | number | boolean;
}

/** Every setting of the chain, and the plugin's own. */
export const settingForms: Record<SettingKey, SettingForm> = {
  region: { type: "string", description: "Region, such as `cn-north-4`, of resources and functions that name none." },
  projectId: { type: "string", description: "ID of the project in that region. Default: looked up by `projectName`." },
  projectName: {
    type: "string",
    description: "Name of the project in that region. Default: the region's own project, named as the region.",
  },
  token: { type: "string", secret: true, description: "A token of IAM to call the services with." },
  accessKey: { type: "string", description: "Access key ID. Give `secretKey` with it." },
  secretKey: { type: "string", secret: true, description: "The secret of `accessKey`." },
  securityToken: { type: "string", secret: true, description: "The security token of a temporary `accessKey`." },
  userName: { type: "string", description: "Name of the IAM user. Give `password` and the account with it." },
  userId: { type: "string", description: "ID of the IAM user, in place of `userName`." },
  password: { type: "string", secret: true, description: "Password of the IAM user." },
  domainName: { type: "string", description: "Name of the account that the user belongs to." },
  domainId: { type: "string", description: "ID of the account that the user belongs to, in place of `domainName`." },
  profile: { type: "string", description: "Name of a KooCLI profile to take credentials from." },
  sharedConfigFile: {
    type: "string",
    description: "Path of KooCLI's configuration. Default: `~/.hcloud/config.json`.",
  },
  assumeRole: { type: "role", description: "An agency of another account to act as." },
  assumeRoles: { type: "roles", description: "Agencies to act as, one after the other; in place of `assumeRole`." },
  assumeRoleWithOidc: {
    type: "oidcRole",
    secret: true,
    description: "An ID token of a pipeline (OpenID Connect), which is exchanged for a temporary access key.",
  },
  agencyName: { type: "string", description: "Name of an agency to act as. Give `agencyDomainName` with it." },
  agencyDomainName: { type: "string", description: "Name of the account that owns the agency." },
  cloud: {
    type: "string",
    description: "Domain of the cloud. Default: `myhuaweicloud.com`; `myhuaweicloud.eu` for `eu-west-1xx`.",
  },
  authUrl: { type: "string", description: "Address of IAM." },
  endpoints: {
    type: "endpoints",
    description: "Addresses of services: a map of `iam`, `kms`, `evs` and `sts` to URLs.",
  },
  insecure: {
    type: "boolean",
    default: false,
    description:
      "Whether to skip the check of server certificates: anyone on the network path can then read and change requests.",
  },
  cacertFile: { type: "string", description: "A certificate authority to trust: PEM, or the path of a PEM file." },
  cert: { type: "string", description: "Client certificate: PEM, or the path of a PEM file. Give `key` with it." },
  key: { type: "string", secret: true, description: "Key of the client certificate: PEM, or the path of a PEM file." },
  maxRetries: { type: "integer", default: 5, description: "Tries of a call after the first, 0 to 20." },
  requestTimeout: {
    type: "number",
    default: 60,
    description: "Deadline of a call with all its tries, in seconds, 1 to 3600.",
  },
  preflight: {
    type: "string",
    default: "auto",
    description:
      "Whether KMS is asked in previews if a new key can be used: `auto` (if it can be asked), `off`, or `require`, which fails if it cannot.",
  },
  refreshBeforeUpdate: {
    type: "boolean",
    default: false,
    description:
      "Whether each preview and deployment reads the live value of every resource first, one GET each, so that drift shows without `--refresh`. It is noted in state when a resource is created, updated or refreshed.",
  },
};

/** Variables that mean the same, the first that is set wins; a key of the configuration beats them. */
export function variablesOf(key: SettingKey): readonly string[] {
  return key === "refreshBeforeUpdate" ? [] : settingVariables[key];
}
