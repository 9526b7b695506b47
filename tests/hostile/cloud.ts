// A cloud of one loopback server that answers as it should, except where a test says otherwise; and the client's way to it.
import fs from "node:fs";
import type http from "node:http";
import os from "node:os";
import path from "node:path";
import { front, keyOf } from "../../provider/dynamic/front";
import { connect, createSend } from "../../provider/huaweicloud/connection";
import type { Role } from "../../provider/huaweicloud/credentials/agency";
import { findCredentials, withRole } from "../../provider/huaweicloud/credentials/chain";
import type { ServiceClock } from "../../provider/huaweicloud/credentials/credentials";
import type { Connection } from "../../provider/huaweicloud/services/context";
import { listDisks } from "../../provider/huaweicloud/services/disks";
import { setDefaultKey } from "../../provider/huaweicloud/services/evs";
import { describeKey, listKeys } from "../../provider/huaweicloud/services/kms";
import { listMemberAccounts } from "../../provider/huaweicloud/services/organizations";
import { getOwnAccount, listProjects } from "../../provider/huaweicloud/services/projects";
import { listRegions } from "../../provider/huaweicloud/services/regions";
import { getRotation } from "../../provider/huaweicloud/services/rotation";
import { readSettings } from "../../provider/huaweicloud/settings";
import type { TransportOptions } from "../../provider/huaweicloud/transport/transport";
import { whyUnusable } from "../../provider/usableKey";
import type { HostileServer } from "./server";

export const projectId = "0123456789abcdef0123456789abcdef";
export const keyId = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";
export const region = "cn-north-4";
const accountId = "fedcba9876543210fedcba9876543210";

/** What the credentials below hold, and what the cloud issues for them: nothing that an ID above has in it too. */
export const secrets = {
  password: "planted-p4ss=word/1",
  secretKey: "PlantedSecretKey/9182736450+fadecb==",
  token: "MIIPlantedToken+/9182736450fadecb==",
  issuedToken: "MIIIssuedToken/9182736450fadecb+==",
  issuedKey: "IssuedSecretKey/9182736450+fadecb=",
  issuedSecurityToken: "IssuedSecurityToken/9182736450=",
  idToken: "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJl",
  podToken: "planted/pod/token=1",
};

const later = () => new Date(Date.now() + 3600_000).toISOString();
const credential = () => ({
  credential: {
    access: "ISSUEDAK",
    secret: secrets.issuedKey,
    securitytoken: secrets.issuedSecurityToken,
    expires_at: later(),
  },
});
const token = () => ({ token: { expires_at: later(), project: { id: projectId } } });

/** The answers by path. */
const answers: [path: RegExp, body: () => unknown][] = [
  [/^\/v3\/auth\/tokens/, token],
  [/^\/v3\/projects/, () => ({ projects: [{ id: projectId, name: region }] })],
  [/^\/v3\.0\/OS-CREDENTIAL\/securitytokens/, credential],
  [/^\/v3\.0\/OS-AUTH\/id-token\/tokens/, token],
  [
    /^\/v5\/agencies\//,
    () => ({
      credentials: {
        access_key_id: "ISSUEDAK",
        secret_access_key: secrets.issuedKey,
        security_token: secrets.issuedSecurityToken,
        expiration: later(),
      },
    }),
  ],
  [/^\/v5\/\w+\/default-encryption\/key/, () => ({ kms_key_id: keyId })],
  [/^\/v5\/\w+\/default-encryption\/status/, () => ({ default_encryption: true })],
  [/^\/v1\.0\/\w+\/kms\/describe-key/, () => ({ key_info: { key_id: keyId, key_state: "2" } })],
  [/^\/v1\.0\/\w+\/kms\/list-keys/, () => ({ key_details: [{ key_id: keyId, key_state: "2" }], truncated: "false" })],
  [/^\/v1\.0\/\w+\/kms\/get-key-rotation-status/, () => ({ key_rotation_enabled: true, rotation_interval: 365 })],
  [/^\/v2\/\w+\/cloudvolumes\/detail/, () => ({ volumes: [{ id: "disk", size: 10 }] })],
  [/^\/v3\/auth\/projects/, () => ({ projects: [{ id: projectId, name: region, domain_id: accountId }] })],
  [/^\/v3\/auth\/domains/, () => ({ domains: [{ id: accountId, name: "an account" }] })],
  [/^\/v3\/regions/, () => ({ regions: [{ id: region }] })],
  [/^\/v1\/organizations\/accounts/, () => ({ accounts: [{ id: accountId, name: "an account", status: "active" }] })],
  [/^\/v1\/organizations\/organizational-units/, () => ({ organizational_units: [] })],
  [/^\/openstack\/latest\/securitykey/, credential],
  [/^\/pod/, credential],
];

export function answerWell({ url }: HostileServer["requests"][number], response: http.ServerResponse): void {
  if (url.startsWith("/meta-data/")) {
    response.end("metadata-token");
    return;
  }
  const [, body] = answers.find(([form]) => form.test(url)) ?? [];
  response.writeHead(body ? 200 : 404, { "content-type": "application/json", "x-subject-token": secrets.issuedToken });
  response.end(JSON.stringify(body?.() ?? { error: { code: "TEST.1", message: "no such path" } }));
}

/** Ways to get at the cloud: which path each ends at, its variables, and the call that is made. */
export interface Way {
  /** The part of the cloud that it is about. */
  path: RegExp;
  environment: (url: string) => Record<string, string>;
  role?: Role;
  projectId?: string;
  call?: (connection: Connection) => Promise<unknown>;
}

const accessKey = { HW_ACCESS_KEY: "PLANTEDAK9182736450", HW_SECRET_KEY: secrets.secretKey };
const tokenFile = (text: string) => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "hostile-")), "token");
  fs.writeFileSync(file, text);
  return file;
};

export const ways: Record<string, Way> = {
  "EVS, with a token": { path: /default-encryption/, environment: () => ({ HW_AUTH_TOKEN: secrets.token }), projectId },
  "EVS, with an access key": { path: /default-encryption/, environment: () => accessKey, projectId },
  KMS: {
    path: /describe-key/,
    environment: () => accessKey,
    projectId,
    call: async (connection) => {
      const key = await describeKey(connection, keyId);
      return { ...key, unusable: whyUnusable(key) };
    },
  },
  "KMS, the list of keys": {
    path: /list-keys/,
    environment: () => ({ HW_AUTH_TOKEN: secrets.token }),
    projectId,
    call: listKeys,
  },
  "KMS, the rotation of a key": {
    path: /get-key-rotation-status/,
    environment: () => accessKey,
    projectId,
    call: (connection) => getRotation(connection, keyId),
  },
  "EVS, the disks": {
    path: /cloudvolumes/,
    environment: () => ({ HW_AUTH_TOKEN: secrets.token }),
    projectId,
    async call(connection) {
      const disks: unknown[] = [];
      for await (const disk of listDisks(connection)) disks.push(disk);
      return disks;
    },
  },
  "IAM, the projects": {
    path: /auth\/projects/,
    environment: () => ({ HW_AUTH_TOKEN: secrets.token }),
    projectId,
    call: listProjects,
  },
  "IAM, the regions": { path: /v3\/regions/, environment: () => accessKey, projectId, call: listRegions },
  "IAM, the account": {
    path: /auth\/domains/,
    environment: () => ({ HW_AUTH_TOKEN: secrets.token }),
    projectId,
    call: getOwnAccount,
  },
  "Organizations, the accounts": {
    path: /organizations\/accounts/,
    environment: () => ({ HW_AUTH_TOKEN: secrets.token }),
    projectId,
    call: (connection) => listMemberAccounts(connection),
  },
  "Organizations, the units": {
    path: /organizational-units/,
    environment: () => accessKey,
    projectId,
    call: (connection) => listMemberAccounts(connection, "r-1"),
  },
  "IAM, a login": {
    path: /auth\/tokens/,
    environment: () => ({ HW_USER_NAME: "u", HW_DOMAIN_NAME: "d", HW_USER_PASSWORD: secrets.password }),
  },
  "IAM, a look-up": { path: /v3\/projects/, environment: () => accessKey },
  "IAM, an agency": {
    path: /securitytokens/,
    environment: () => ({ HW_AUTH_TOKEN: secrets.token }),
    role: { agencyName: "a", domainName: "d" },
    projectId,
  },
  "IAM, an ID token": {
    path: /id-token/,
    environment: () => ({ HW_ASSUME_ROLE_IDP_ID: "idp", HW_ASSUME_ROLE_ID_TOKEN: secrets.idToken }),
    projectId,
  },
  "STS, an agency": {
    path: /agencies\/assume$/,
    environment: () => accessKey,
    role: { agencyName: "a", domainId: "d" },
    projectId,
  },
  "STS, an ID token": {
    path: /assume-with-oidc/,
    environment: () => ({
      HUAWEICLOUD_OIDC_PROVIDER_URN: "p",
      HUAWEICLOUD_OIDC_AGENCY_URN: "a",
      HUAWEICLOUD_OIDC_ID_TOKEN: secrets.idToken,
    }),
    projectId,
  },
  "the instance metadata": {
    path: /securitykey|meta-data/,
    environment: (url) => ({ HW_ENDPOINT_URL_METADATA: url }),
    projectId,
  },
  "a pod": {
    path: /^\/pod/,
    environment: (url) => ({
      HC_CONTAINER_CREDENTIALS_FULL_URI: `${url}/pod`,
      HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile(secrets.podToken),
    }),
    projectId,
  },
};

export interface Run {
  /** What the log and the warnings say. */
  lines: string[];
  clock: ServiceClock;
  /** Opens a connection in this region, and makes the call of this way, at this URL or the one of the run. */
  go(where?: { region?: string; projectName?: string; projectId?: string | undefined }, url?: string): Promise<unknown>;
}

/** Of the run before: in a process of their own, its connections would end with it. */
let closeIdle = (): void => {};

/** One run, of the real client. It takes over from the one before. */
export function startRun(
  { environment, role, projectId: pinned, call = (connection) => setDefaultKey(connection, keyId) }: Way,
  url: string,
  options: Partial<TransportOptions> = {},
  now: () => number = Date.now,
): Run {
  const lines: string[] = [];
  const warn = (line: string) => lines.push(line);
  const credentials = withRole(findCredentials(readSettings({}, environment(url), front), front), role);
  const send = createSend({ keyOf, maxRetries: 1, deadlineMs: 5000, baseDelayMs: 1, log: warn, warn, ...options });
  closeIdle();
  closeIdle = send.closeIdle;
  const clock: ServiceClock = {};
  return {
    lines,
    clock,
    async go({ region: where = region, projectName = where, ...project } = {}, to = url) {
      const scope = { region: where, projectName, projectId: "projectId" in project ? project.projectId : pinned };
      return call(await connect(scope, { send, credentials, endpoints: { all: to }, clock, now, warn, keyOf }));
    },
  };
}
