// A project that is deleted while things use it: what each service then answers.

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

let emulator: Emulator;
let project: { id: string; name: string };
let token: string;
let accountToken: string;

beforeEach(async () => {
  emulator = await startEmulator();
  project = findUser(emulator, "deployer").account.projects[0] ?? { id: "", name: "" };
  token = await tokenOf(emulator, "deployer");
  accountToken = String((await passwordLogin(emulator, "deployer")).headers["x-subject-token"]);
  emulator.cloud.removeProject(project.id);
});
afterEach(() => emulator.close());

const withToken = (request: Sent, value = token) => send(emulator, { ...request, headers: { "X-Auth-Token": value } });
const setting = (): Sent => ({ method: "GET", path: `/v5/${project.id}/default-encryption/key` });
const rescope = () => ({
  auth: { identity: { methods: ["token"], token: { id: accountToken } }, scope: { project: { id: project.id } } },
});

test.each<[string, () => { name: string } | { id: string }]>([
  ["name", () => ({ name: project.name })],
  ["ID", () => ({ id: project.id })],
])("IAM does not find it for a login by its %s", async (_, scope) => {
  const answer = await passwordLogin(emulator, "deployer", { project: scope() });
  expect([answer.status, answer.data.error]).toEqual([404, expect.objectContaining({ code: 404, title: "Not Found" })]);
  expect(answer.headers["x-subject-token"]).toBeUndefined();
});

test("IAM does not find it for a token of the account", async () => {
  const answer = await send(emulator, { method: "POST", path: "/v3/auth/tokens", body: rescope() });
  expect([answer.status, answer.data.error.code]).toEqual([404, 404]);
});

test.each(["/v3/projects", "/v3/auth/projects"])("%s does not list it", async (path) => {
  const { status, data } = await withToken({ method: "GET", path }, accountToken);
  const names = data.projects.map(({ name }: { name: string }) => name);
  expect([status, names]).toEqual([200, ["cn-north-4_team", "ap-southeast-3", "eu-west-101", "la-south-2"]]);
});

test.each<[string, string, unknown]>([
  ["GET", "key", undefined],
  ["PUT", "key", { kms_key_id: "a" }],
  ["PUT", "key/reset", undefined],
  ["POST", "enable", undefined],
  ["POST", "disable", undefined],
  ["GET", "status", undefined],
])("EVS does not know it for a token that is still valid: %s %s", async (method, call, body) => {
  const answer = await withToken({ method, path: `/v5/${project.id}/default-encryption/${call}`, body });
  expect([answer.status, answer.data]).toEqual([400, { error: { code: "EVS.0001", message: "invalid tenant id!" } }]);
});

test("EVS refuses the token of another project for it, as before", async () => {
  const answer = await withToken(setting(), await tokenOf(emulator, "deployer", "ap-southeast-3"));
  expect([answer.status, answer.data.error.code]).toEqual([400, "Common.0018"]);
});

test("KMS refuses the token, and the project's keys are gone", async () => {
  const answer = await withToken({ method: "POST", path: `/v1.0/${project.id}/kms/list-keys`, body: {} });
  expect([answer.status, answer.data.error.error_code]).toEqual([403, "KMS.0305"]);
  expect(emulator.cloud.keys(project.id)).toEqual([]);
});

test.each<[string, () => Sent]>([
  ["EVS", setting],
  ["KMS", () => ({ method: "POST", path: `/v1.0/${project.id}/kms/list-keys`, body: {} })],
])("%s is not reached by a signature for it", async (_, request) => {
  const key: AccessKey = findUser(emulator, "deployer").user;
  const answer = await send(emulator, signed(emulator, key, Date.now(), request()));
  expect([answer.status, answer.data.error_code]).toEqual([401, "APIGW.0301"]);
});

test("other projects of the account stay as they are", async () => {
  const other = findUser(emulator, "deployer").account.projects.find(({ name }) => name === "ap-southeast-3");
  const path = `/v5/${other?.id}/default-encryption/key`;
  const answer = await withToken({ method: "GET", path }, await tokenOf(emulator, "deployer", "ap-southeast-3"));
  expect(answer.status).toBe(200);
});

test("the control interface deletes one too, and names one that it does not know", async () => {
  const headers = { Authorization: `Bearer ${emulator.controlToken}` };
  const other = findUser(emulator, "deployer").account.projects[0]?.id ?? "";
  const remove = (id: string) => send(emulator, { method: "DELETE", path: `/_emulator/projects/${id}`, headers });
  expect((await remove(other)).status).toBe(200);
  expect(emulator.cloud.project(other)).toBeUndefined();
  expect(await remove(other)).toMatchObject({ status: 400, data: { error: `The emulator has no project ${other}` } });
});
