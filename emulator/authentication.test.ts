// Who may call: the lock after wrong signatures, clocks that differ, tokens and keys that end, ID tokens, metadata.

import { generateKeyPairSync } from "node:crypto";
import { sign } from "jsonwebtoken";
import { type AccessKey, findUser, passwordLogin, type Sent, send, signed } from "../tests/fixtures/emulatorClient";
import { ManualClock } from "./clock";
import { type Emulator, startEmulator } from "./server";
import { podToken } from "./services/metadata";

const minute = 60_000;
let clock: ManualClock;
let emulator: Emulator;
let key: AccessKey;
let readKey: Sent;

beforeEach(async () => {
  clock = new ManualClock();
  emulator = await startEmulator({ clock });
  const { user, account } = findUser(emulator, "deployer");
  key = user;
  readKey = { method: "GET", path: `/v5/${account.projects[0]?.id}/default-encryption/key` };
});
afterEach(() => emulator.close());

const sendSigned = (by: AccessKey, time = clock.now(), request = readKey) =>
  send(emulator, signed(emulator, by, time, request));
const words = async (answer: ReturnType<typeof send>) => JSON.stringify((await answer).data);

describe("passwords", () => {
  const logIn = (password: string) => {
    const { account } = findUser(emulator, "deployer");
    const user = { name: "deployer", password, domain: { name: account.domainName } };
    const auth = { identity: { methods: ["password"], password: { user } } };
    return send(emulator, { method: "POST", path: "/v3/auth/tokens", body: { auth } });
  };
  const right = () => findUser(emulator, "deployer").user.password;

  test("the fifth wrong one in a row locks the user for a quarter of an hour, right ones too", async () => {
    for (let count = 0; count < 5; count++) expect(await words(logIn("wrong"))).toContain("password is wrong");
    const refused = await logIn(right());
    expect([refused.status, refused.data.error]).toEqual([
      401,
      { code: 401, message: "The account is locked.", title: "Unauthorized" },
    ]);
    clock.advance(15 * minute - 1);
    expect((await logIn(right())).status).toBe(401);
    clock.advance(1);
    expect((await logIn(right())).status).toBe(201);
  });

  test("a right one starts the count afresh", async () => {
    for (let count = 0; count < 4; count++) await logIn("wrong");
    await logIn(right());
    for (let count = 0; count < 4; count++) await logIn("wrong");
    expect((await logIn(right())).status).toBe(201);
  });

  test("a new password unlocks, and other users are not locked", async () => {
    for (let count = 0; count < 5; count++) await logIn("wrong");
    expect((await passwordLogin(emulator, "auditor")).status).toBe(201);
    emulator.cloud.setPassword("example-company", "deployer", "Another-Pa55word");
    expect((await logIn("Another-Pa55word")).status).toBe(201);
  });
});

describe("signatures", () => {
  const wrong = () => ({ ...key, secretKey: "wrong" });

  test("the sixth wrong one in a row locks the key for five minutes, right ones too", async () => {
    for (let count = 0; count < 6; count++) expect(await words(sendSigned(wrong()))).toContain("verify aksk signature");
    expect(await words(sendSigned(key))).toContain("AK access failed to reach the limit,forbidden");
    clock.advance(5 * minute - 1);
    expect((await sendSigned(key)).status).toBe(401);
    clock.advance(1);
    expect((await sendSigned(key)).status).toBe(200);
  });

  test("a right one starts the count afresh", async () => {
    for (let count = 0; count < 5; count++) await sendSigned(wrong());
    await sendSigned(key);
    for (let count = 0; count < 5; count++) await sendSigned(wrong());
    expect((await sendSigned(key)).status).toBe(200);
  });

  test.each([
    [15 * minute, 200],
    [15 * minute + 1000, 401],
    [-15 * minute, 200],
    [-15 * minute - 1000, 401],
  ])("%i ms off is answered with %i", async (skew, status) => {
    expect((await sendSigned(key, clock.now() + skew)).status).toBe(status);
  });

  test("the refusal has the server's time", async () => {
    emulator.settings.clockSkewMs = 60 * minute;
    const answer = await sendSigned(key);
    expect([answer.status, Date.parse(answer.headers.date)]).toEqual([401, clock.now() + 60 * minute]);
  });

  test("an unknown access key is named", async () => {
    expect(await words(sendSigned({ ...key, accessKey: "NOBODYSKEY" }))).toContain("ak:NOBODYSKEY,err:ak not exist");
  });

  test("a changed body is refused", async () => {
    const request = { ...readKey, method: "PUT", body: { kms_key_id: "a" } };
    const sent = signed(emulator, key, clock.now(), request);
    expect((await send(emulator, { ...sent, body: { kms_key_id: "b" } })).status).toBe(401);
  });

  test("a malformed header is refused", async () => {
    const headers = { Authorization: "SDK-HMAC-SHA256 nonsense" };
    expect(await words(send(emulator, { ...readKey, headers }))).toContain("malformed");
  });
});

describe("what ends", () => {
  test("a token after a day", async () => {
    const login = await passwordLogin(emulator, "deployer", { project: { name: "cn-north-4" } });
    const headers = { "X-Auth-Token": String(login.headers["x-subject-token"]) };
    clock.advance(24 * 60 * minute - 1);
    expect((await send(emulator, { ...readKey, headers })).status).toBe(200);
    clock.advance(1);
    expect(await words(send(emulator, { ...readKey, headers }))).toContain("token expires, expires_at: 2026-01-03T");
  });

  test("a temporary key after its time, and its security token belongs to it", async () => {
    const assume = { agency_urn: `iam::${partner()}:agency:evs-deployer`, agency_session_name: "ci" };
    const request = { method: "POST", path: "/v5/agencies/assume", body: { ...assume, duration_seconds: 900 } };
    const { data } = await sendSigned(key, clock.now(), request);
    const { access_key_id: accessKey, secret_access_key: secretKey, security_token: securityToken } = data.credentials;
    const identity = { method: "GET", path: "/v5/caller-identity" };
    const ask = (by: AccessKey) => sendSigned(by, clock.now(), identity);
    expect((await ask({ accessKey, secretKey, securityToken })).status).toBe(200);
    expect(await words(ask({ accessKey, secretKey }))).toContain("x-security-token is missing or wrong");
    clock.advance(900_000);
    expect(await words(ask({ accessKey, secretKey, securityToken }))).toContain("security token is expired");
  });

  test("a KMS key when the days until its deletion are over", () => {
    const projectId = readKey.path.split("/")[2] ?? "";
    const { id } = emulator.cloud.addKey(projectId, { alias: "going" });
    emulator.cloud.setKeyState(id, "pendingDeletion", 7);
    clock.advance(7 * 24 * 60 * minute - 1);
    expect(emulator.cloud.key(id)?.state).toBe("pendingDeletion");
    clock.advance(1);
    expect([emulator.cloud.key(id), emulator.cloud.keyByAlias(projectId, "going")]).toEqual([undefined, undefined]);
  });
});

const partner = () => findUser(emulator, "partner-admin").account.domainId;

describe("ID tokens", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const now = () => Math.floor(clock.now() / 1000);
  const ask = (idToken: string) =>
    send(emulator, {
      method: "POST",
      path: "/v3.0/OS-AUTH/id-token/tokens",
      headers: { "X-Idp-Id": "ci" },
      body: { auth: { id_token: { id: idToken } } },
    });

  beforeEach(() => {
    emulator.cloud.registerIdentityProvider({
      id: "ci",
      account: "example-company",
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
      audience: "huaweicloud",
    });
  });
  const claims = () => ({ sub: "repo:a", aud: "huaweicloud", exp: now() + 600 });

  test("one that is right gets a token", async () => {
    expect((await ask(sign(claims(), privateKey, { algorithm: "RS256" }))).status).toBe(201);
  });

  test.each<[string, () => string]>([
    ["signed by another key", () => sign(claims(), stranger, { algorithm: "RS256" })],
    ["unsigned", () => sign(claims(), "", { algorithm: "none" })],
    ["over", () => sign({ ...claims(), exp: now() - 1 }, privateKey, { algorithm: "RS256" })],
    ["for another audience", () => sign({ ...claims(), aud: "aws" }, privateKey, { algorithm: "RS256" })],
    ["of nobody", () => sign({ aud: "huaweicloud", exp: now() + 600 }, privateKey, { algorithm: "RS256" })],
    ["no token at all", () => "abc"],
  ])("one that is %s is refused", async (_, idToken) => {
    expect((await ask(idToken())).status).toBe(401);
  });
});

describe("instance metadata", () => {
  const token = (headers: Record<string, string> = { "X-Metadata-Token-Ttl-Seconds": "60" }) =>
    send(emulator, { method: "PUT", path: "/meta-data/latest/api/token", headers });
  const credential = (headers: Record<string, string> = {}) =>
    send(emulator, { method: "GET", path: "/openstack/latest/securitykey", headers });

  test.each([
    ["v1AndV2" as const, 200, 200, 200],
    ["v1" as const, 404, 200, 200],
    ["v2" as const, 200, 401, 200],
    ["noAgency" as const, 200, 401, 401],
  ])("%s: a token %i, without it %i, with it %i", async (mode, issued, without, withToken) => {
    emulator.cloud.setMetadata(mode);
    const answer = await token();
    expect(answer.status).toBe(issued);
    expect((await credential()).status).toBe(without);
    expect((await credential({ "X-Metadata-Token": String(answer.data) })).status).toBe(withToken);
  });

  test("a token ends, and is not for those who come through a proxy", async () => {
    emulator.cloud.setMetadata("v2");
    const { data } = await token();
    clock.advance(60_000);
    expect((await credential({ "X-Metadata-Token": String(data) })).status).toBe(401);
    const forwarded = { "X-Metadata-Token-Ttl-Seconds": "60", "X-Forwarded-For": "10.0.0.1" };
    expect((await token(forwarded)).status).toBe(403);
    expect((await token({ "X-Metadata-Token-Ttl-Seconds": "0" })).status).toBe(400);
  });

  test("a pod needs its own token", async () => {
    const pod = (Authorization: string) =>
      send(emulator, { method: "POST", path: "/pod-identity/credentials", headers: { Authorization }, body: {} });
    expect((await pod("another")).status).toBe(401);
    expect((await pod(podToken)).data.credential.access).toMatch(/^\w+$/);
  });
});
