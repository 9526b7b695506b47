// Every operation of the emulator: it works, it refuses those who do not say who they are, and other accounts' projects.

import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { sign } from "jsonwebtoken";
import {
  type AccessKey,
  findUser,
  passwordLogin,
  type Sent,
  send,
  signed,
  tokenOf,
} from "../../tests/fixtures/emulatorClient";
import { type Emulator, startEmulator } from "../server";
import { podToken } from "./metadata";
import { operations } from "./registry";

interface World {
  project: string;
  token: string;
  accountToken: string;
  partnerToken: string;
  idToken: string;
  companyId: string;
  partnerId: string;
  key(alias: string): string;
}

interface Example {
  body?: (world: World) => unknown;
  headers?: (world: World) => Record<string, string>;
  status?: number;
  /** A property of the answer. */
  answers: string;
}

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const identity = (methods: string[], rest: object) => ({ auth: { identity: { methods, ...rest } } });
const agency = ({ partnerId }: World) => ({ agency_name: "evs-deployer", domain_id: partnerId });
const keyBody = (alias: string) => (world: World) => ({ key_id: world.key(alias) });

const examples: Record<string, Example> = {
  KeystoneCreateUserTokenByPassword: {
    body: () =>
      identity(["password"], {
        password: {
          user: { name: "deployer", password: "Emulator-Deployer-Pa55", domain: { name: "example-company" } },
        },
      }),
    status: 201,
    answers: "token",
  },
  KeystoneCreateScopedToken: {
    body: ({ token }) => identity(["token"], { token: { id: token } }),
    status: 201,
    answers: "token",
  },
  KeystoneCreateAgencyToken: {
    body: (world) => identity(["assume_role"], { assume_role: agency(world) }),
    status: 201,
    answers: "token",
  },
  CreateTokenWithIdToken: {
    body: ({ idToken }) => ({ auth: { id_token: { id: idToken } } }),
    headers: () => ({ "X-Idp-Id": "ci" }),
    status: 201,
    answers: "token",
  },
  CreateTemporaryAccessKeyByToken: {
    body: ({ token }) => identity(["token"], { token: { id: token } }),
    status: 201,
    answers: "credential",
  },
  CreateTemporaryAccessKeyByAgency: {
    body: (world) => identity(["assume_role"], { assume_role: agency(world) }),
    status: 201,
    answers: "credential",
  },
  KeystoneListProjects: { answers: "projects" },
  KeystoneListAuthProjects: { answers: "projects" },
  KeystoneListAuthDomains: { answers: "domains" },
  KeystoneListRegions: { answers: "regions" },
  GetCallerIdentity: { answers: "account_id" },
  AssumeAgency: {
    body: ({ partnerId }) => ({ agency_urn: `iam::${partnerId}:agency:evs-deployer`, agency_session_name: "walk" }),
    answers: "credentials",
  },
  AssumeAgencyWithOIDC: {
    body: ({ companyId, idToken }) => ({
      provider_urn: `iam::${companyId}:oidcProvider:ci`,
      agency_urn: `iam::${companyId}:agency:oidc-deployer`,
      agency_session_name: "walk",
      id_token: idToken,
    }),
    answers: "credentials",
  },
  ListKeyDetail: { body: keyBody("app-disks"), answers: "key_info" },
  ListKeys: { body: () => ({}), answers: "key_details" },
  CreateKey: { body: () => ({ key_alias: "new-disks" }), answers: "key_info" },
  EnableKey: { body: keyBody("retired-disks"), answers: "key_info" },
  DisableKey: { body: keyBody("app-disks"), answers: "key_info" },
  DeleteKey: { body: (world) => ({ key_id: world.key("app-disks"), pending_days: "7" }), answers: "key_state" },
  ShowKeyRotationStatus: { body: keyBody("app-disks"), answers: "key_rotation_enabled" },
  CancelKeyDeletion: { body: keyBody("doomed-disks"), answers: "key_state" },
  ShowDefaultKmsKeyId: { answers: "kms_key_id" },
  UpdateDefaultKmsKeyId: { body: (world) => ({ kms_key_id: world.key("app-disks") }), answers: "kms_key_id" },
  ResetDefaultKmsKeyId: { answers: "kms_key_id" },
  ShowEncryptionByDefault: { answers: "default_encryption" },
  EnableEncryptionByDefault: { answers: "default_encryption" },
  DisableEncryptionByDefault: { answers: "default_encryption" },
  ListVolumes: { answers: "volumes" },
  ListAccounts: { answers: "accounts" },
  ListOrganizationalUnits: { answers: "organizational_units" },
  ListRoots: { answers: "roots" },
  CreateMetadataToken: { headers: () => ({ "X-Metadata-Token-Ttl-Seconds": "21600" }), answers: "length" },
  GetSecurityKey: { answers: "credential" },
  GetPodCredentials: { headers: () => ({ Authorization: podToken }), body: () => ({}), answers: "credential" },
};

let emulator: Emulator;
let world: World;

beforeEach(async () => {
  emulator = await startEmulator();
  const { account: company } = findUser(emulator, "deployer");
  const { account: partner } = findUser(emulator, "partner-admin");
  const project = company.projects[0]?.id ?? "";
  emulator.cloud.registerIdentityProvider({
    id: "ci",
    account: "example-company",
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
  });
  world = {
    project,
    token: await tokenOf(emulator, "deployer"),
    accountToken: String((await passwordLogin(emulator, "deployer")).headers["x-subject-token"]),
    partnerToken: await tokenOf(emulator, "partner-admin"),
    idToken: sign({ sub: "repo:example" }, privateKey, { algorithm: "RS256", expiresIn: 600 }),
    companyId: company.domainId,
    partnerId: partner.domainId,
    key: (alias) => emulator.cloud.keyByAlias(project, alias)?.id ?? "",
  };
});
afterEach(() => emulator.close());

function request(name: string): Sent {
  const operation = operations.find((candidate) => candidate.name === name);
  const example = examples[name];
  if (operation === undefined || example === undefined) throw new Error(`No example of ${name}`);
  return {
    method: operation.method,
    path: operation.path.replace("{project_id}", world.project),
    headers: example.headers?.(world) ?? {},
    body: example.body?.(world),
  };
}

const withToken = (sent: Sent, token: string): Sent => ({
  ...sent,
  headers: { ...sent.headers, "X-Auth-Token": token },
});
const signedOnly = ["AssumeAgency"];
/** These take the token of an account, not of a project. */
const ofAccounts = operations.filter(({ service }) => service === "organizations").map(({ name }) => name as string);
const open = operations.filter(({ auth }) => auth === "none").map(({ name }) => name);
const guarded = operations.filter(({ auth }) => auth !== "none").map(({ name }) => name);
const ofProjects = operations.filter(({ auth }) => auth === "project").map(({ name }) => name);

test("every operation has an example here", () => {
  expect(Object.keys(examples).sort()).toEqual(operations.map(({ name }) => name).sort());
});

test("the README says of every operation how faithful it is, and of no other", () => {
  const readme = readFileSync(path.join(__dirname, "../README.md"), "utf8");
  const [, tables = ""] = /^### IAM$(.*)^### A project that is deleted$/ms.exec(readme) ?? [];
  const firstCells = [...tables.matchAll(/^\| (`[^|]*) \|/gm)].map(([, cell = ""]) => cell);
  const named = firstCells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(operations.map(({ name }) => name).sort());
});

const takesTokens = guarded.filter((name) => !signedOnly.includes(name));
test.each([...open, ...takesTokens])("%s works, and is logged by name", async (name) => {
  const sent = request(name);
  const token = ofAccounts.includes(name) ? world.accountToken : world.token;
  const answer = await send(emulator, open.includes(name) ? sent : withToken(sent, token));
  const { status = 200, answers } = examples[name] ?? { answers: "" };
  expect([name, answer.status, answer.data]).toEqual([name, status, answer.data]);
  expect(answer.data[answers]).toBeDefined();
  expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
  expect(emulator.requests.at(-1)).toMatchObject({ operation: name, status });
});

test.each(guarded)("%s works for a signed request", async (name) => {
  const key: AccessKey = findUser(emulator, "deployer").user;
  const answer = await send(emulator, signed(emulator, key, Date.now(), request(name)));
  expect(answer.status).toBe(examples[name]?.status ?? 200);
});

test.each(guarded)("%s refuses a caller without a token", async (name) => {
  const answer = await send(emulator, request(name));
  expect([answer.status, answer.data.error_code]).toEqual([401, "APIGW.0301"]);
});

test.each(guarded)("%s refuses a token that was never issued", async (name) => {
  const answer = await send(emulator, withToken(request(name), "no-such-token"));
  expect(answer.status).toBe(401);
});

test.each(signedOnly)("%s refuses a token: it takes signed requests only", async (name) => {
  const answer = await send(emulator, withToken(request(name), world.token));
  expect([answer.status, answer.data.error_code]).toEqual([401, "APIGW.0301"]);
});

test.each(ofAccounts)("%s refuses the token of a project", async (name) => {
  const answer = await send(emulator, withToken(request(name), world.token));
  expect([answer.status, answer.data.error_code]).toEqual([403, "APIGW.0302"]);
});

test.each(ofProjects)("%s refuses another account's project", async (name) => {
  const answer = await send(emulator, withToken(request(name), world.partnerToken));
  const isKms = operations.find((operation) => operation.name === name)?.service === "kms";
  expect([answer.status, answer.data.error.code ?? answer.data.error.error_code]).toEqual(
    isKms ? [403, "KMS.0321"] : [400, "Common.0018"],
  );
});

test.each(ofProjects)("%s refuses the token of another region", async (name) => {
  const answer = await send(emulator, withToken(request(name), await tokenOf(emulator, "deployer", "ap-southeast-3")));
  expect([answer.status, answer.data.error_code]).toEqual([401, "APIGW.0307"]);
});

test.each(ofProjects)("%s refuses a signature for another account's project", async (name) => {
  const key: AccessKey = findUser(emulator, "partner-admin").user;
  const answer = await send(emulator, signed(emulator, key, Date.now(), request(name)));
  expect([answer.status, answer.data.error_code]).toEqual([401, "APIGW.0301"]);
});

test.each(ofProjects)("%s does not exist in a region without the service", async (name) => {
  const service = operations.find((operation) => operation.name === name)?.service ?? "evs";
  emulator.cloud.withdraw(service, "cn-north-4");
  const answer = await send(emulator, withToken(request(name), world.token));
  expect([answer.status, answer.data.error_code]).toEqual([404, "APIGW.0101"]);
});

test.each(ofProjects)("%s refuses a project that has been disabled", async (name) => {
  emulator.cloud.setProjectEnabled(world.project, false);
  const answer = await send(emulator, withToken(request(name), world.token));
  expect([answer.status, answer.data.error_code]).toEqual([403, "APIGW.0310"]);
});

const restricted = operations.flatMap((operation) =>
  operation.auth !== "none" && operation.permission !== undefined
    ? [[operation.name as string, operation.permission] as const]
    : [],
);
test.each(restricted)("%s needs %s, which can be denied to a user", async (name, permission) => {
  emulator.cloud.deny("example-company", "deployer", [permission]);
  const key: AccessKey = findUser(emulator, "deployer").user;
  const answer = await send(emulator, signed(emulator, key, Date.now(), request(name)));
  expect(answer.status).toBe(403);
});

test.each(ofProjects)("%s refuses a body that is not JSON", async (name) => {
  const answer = await send(emulator, { ...withToken(request(name), world.token), body: "{" });
  expect(answer.status).toBe(400);
});
