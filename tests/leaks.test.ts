// No secret in an error, a log line or a result: each credential source, with a proxy that quotes everything at each request
// of its own, with the log on; and each with the real engine at its loudest, in all that is printed and written.
import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import jwt from "jsonwebtoken";
import { defaultSeed } from "../emulator/defaults";
import { podToken } from "../emulator/services/metadata";
import * as key from "../provider/dynamic/defaultEncryptionKey";
import { company, type EmulatedCloud, partner, region, startCloud } from "./fixtures/emulatedCloud";
import { EngineModel } from "./fixtures/engineModel";
import { type IndiscreetProxy, indiscretions, startIndiscreetProxy } from "./fixtures/indiscreetProxy";
import { startRun } from "./fixtures/run";
import { currentFront } from "./harness/front";
import { secretsOf } from "./harness/leaks";
import { packedPackage, ready } from "./harness/readiness";
import { loudest, succeeded, withStack } from "./harness/stack";

jest.setTimeout(60_000);

/** Written differently in JSON, in a URL, and in both. */
const password = 'Pa"55\\wörd+of/the=deployer';

let cloud: EmulatedCloud;
let proxy: IndiscreetProxy;
let folder: string;
let idToken: string;

beforeAll(async () => {
  const accounts = defaultSeed.accounts.map((account) => ({
    ...account,
    users: account.users.map((user) => (user.name === "deployer" ? { ...user, password } : user)),
  }));
  cloud = await startCloud({ seed: { ...defaultSeed, accounts } });
  cloud.change({ enabled: true });
  proxy = await startIndiscreetProxy(cloud.emulator);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-leaks-"));

  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  cloud.emulator.cloud.registerIdentityProvider({ id: "github", account: company, publicKeyPem });
  idToken = jwt.sign({ sub: "repo:example/infra" }, privateKey, { algorithm: "RS256", expiresIn: "1h" });
  file("id-token", idToken);
  file("pod-token", podToken);
});
afterAll(async () => {
  await proxy.close();
  await cloud.close();
  fs.rmSync(folder, { recursive: true });
});
afterEach(() => jest.restoreAllMocks());

function file(name: string, text?: string): string {
  const full = path.join(folder, name);
  if (text !== undefined) fs.writeFileSync(full, text);
  return full;
}

const deployer = () => {
  const user = cloud.emulator.cloud.users.find(({ name }) => name === "deployer");
  if (!user) throw new Error("the emulated cloud has no deployer");
  return user;
};
const accessKey = () => ({ HW_ACCESS_KEY: deployer().accessKey, HW_SECRET_KEY: deployer().secretKey });
const principal = () => ({ type: "user" as const, ...deployer() });
const agency = { HW_ASSUME_ROLE_AGENCY_NAME: "evs-deployer" };
const account = (name: string) => cloud.emulator.cloud.account(name)?.id ?? "";
const profiles = (profile: object): Record<string, string> => {
  const { accessKey: accessKeyId, secretKey: secretAccessKey } = deployer();
  const content = { current: "work", profiles: [{ name: "work", accessKeyId, secretAccessKey, ...profile }] };
  return { HW_SHARED_CONFIG_FILE: file("profiles.json", JSON.stringify(content)) };
};

const sources: Record<string, () => Record<string, string>> = {
  "user name and password": () => ({ ...cloud.credentials() }),
  "a token": () => {
    const scope = { type: "project" as const, projectId: cloud.project() };
    const times = { issuedAt: Date.now(), expiresAt: Date.now() + 3600_000 };
    const token = { principal: principal(), scope, methods: ["password"], ...times };
    return { HW_AUTH_TOKEN: cloud.emulator.cloud.sessions.issueToken(token).value };
  },
  "an access key": accessKey,
  "a temporary access key": () => {
    const temporary = cloud.emulator.cloud.sessions.issueTemporaryKey(principal(), Date.now() + 3600_000);
    const { accessKey: id, secretKey, securityToken } = temporary;
    return { HW_ACCESS_KEY: id, HW_SECRET_KEY: secretKey, HW_SECURITY_TOKEN: securityToken };
  },
  "an agency by IAM": () => ({ ...accessKey(), ...agency, HW_ASSUME_ROLE_DOMAIN_NAME: partner }),
  "an agency by STS": () => ({ ...accessKey(), ...agency, HW_ASSUME_ROLE_DOMAIN_ID: account(partner) }),
  "an agency by password": () => ({ ...cloud.credentials(), ...agency, HW_ASSUME_ROLE_DOMAIN_NAME: partner }),
  "an ID token by IAM": () => ({ HW_ASSUME_ROLE_IDP_ID: "github", HW_ASSUME_ROLE_ID_TOKEN: idToken }),
  "an ID token's file by STS": () => ({
    HUAWEICLOUD_OIDC_PROVIDER_URN: `iam::${account(company)}:oidcProvider:github`,
    HUAWEICLOUD_OIDC_AGENCY_URN: `iam::${account(company)}:agency:oidc-deployer`,
    HUAWEICLOUD_OIDC_TOKEN_FILE: file("id-token"),
  }),
  "a profile": () => profiles({ mode: "AKSK" }),
  "a profile with an agency": () =>
    profiles({ mode: "AssumeRole", agencyName: "evs-deployer", agencyDomainName: partner }),
  "pod identity": () => ({
    HC_CONTAINER_CREDENTIALS_FULL_URI: `${proxy.endpoint}/pod-identity/credentials`,
    HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file("pod-token"),
  }),
  "instance metadata": () => ({ HW_ENDPOINT_URL_METADATA: proxy.endpoint }),
};

interface Outcome {
  error: unknown;
  /** All that a user or the engine could see of the run. */
  seen: string;
}

async function run(source: Record<string, string>, alias: string, owner: string): Promise<Outcome> {
  const environment = { HW_ENDPOINT_URL: proxy.endpoint, HW_MAX_RETRIES: "0", HW_DEBUG: "1", ...source };
  const lines = await startRun(environment);
  const engine = new EngineModel(key);
  let error: unknown;
  try {
    const kmsKeyId = cloud.key(alias, region, owner);
    await engine.up({ region, kmsKeyId, onDelete: "restore" });
    await engine.refresh();
    await engine.destroy();
  } catch (caught) {
    error = caught;
  }
  return { error, seen: [...lines, JSON.stringify(engine.state), ...formsOf(error)].join("\n") };
}

function formsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const everything = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
  return [error.message, error.stack ?? "", String(error), JSON.stringify(error), everything];
}

/** Which secrets are in the text, also as JSON or a URL writes them, and also if only their beginning is. */
function secretsIn(text: string, environment: Record<string, string>): string[] {
  const secrets = [
    ...secretsOf({ env: environment, emulator: cloud.emulator }),
    ...proxy.authorizations(),
    podToken,
    idToken,
  ];
  const starts = new Set(secrets.map((secret) => secret.slice(0, 16)));
  return [...starts].filter((start) => spellingsOf(start).some((spelling) => text.includes(spelling)));
}

// The cloud issues hundreds of secrets here, and each text is searched for all of them: each is spelled once.
const spellings = new Map<string, string[]>();

function spellingsOf(secret: string): string[] {
  const known = spellings.get(secret);
  if (known !== undefined) return known;
  const quoted = (text: string) => JSON.stringify(text).slice(1, -1);
  const quotedOnce = quoted(secret);
  const plain = [secret, quotedOnce, quoted(quotedOnce)];
  const made = [...new Set([...plain, encodeURIComponent(secret), encodeURIComponent(quotedOnce)])];
  spellings.set(secret, made);
  return made;
}

it("the search finds a secret that an error hides", () => {
  const hiding = new Error("nothing to see", { cause: { config: { headers: { "X-Auth-Token": idToken } } } });
  expect(secretsIn(formsOf(hiding).join(), {})).toHaveLength(1);
  expect(secretsIn(JSON.stringify({ body: JSON.stringify({ password }) }), {})).toHaveLength(1);
});

/** What needs no engine is the same through either front, and told once. */
const isTold = currentFront() === "plugin";
const describeOnce = isTold ? describe.skip : describe;
const why = isTold ? " (skipped: needs no engine, and is the same through either front)" : "";
describeOnce.each(Object.entries(sources))(`%s${why}`, (name, source) => {
  const owner = /agency/.test(name) ? partner : company;

  it("shows nothing where all goes well", async () => {
    proxy.quote();
    const environment = source();
    const { error, seen } = await run(environment, "app-disks", owner);
    expect(error).toBeUndefined();
    expect(seen).toContain(`PUT ${proxy.endpoint}/v5/`);
    expect(secretsIn(seen, environment)).toEqual([]);
  });

  it.each(Object.keys(indiscretions))("shows nothing of what is quoted in %s", async (how) => {
    const environment = source();
    proxy.quote();
    await run(environment, "app-disks-next", owner);
    const requests = proxy.count();
    let quoted = "";
    for (let from = 0; from < requests; from++) {
      cloud.change({ keyId: cloud.key("sm4-disks", region, owner) }, region, owner);
      proxy.quote(from, how);
      const { error, seen } = await run(environment, "app-disks", owner);
      quoted += proxy.quoted();
      expect(error).toBeInstanceOf(Error);
      expect([from, secretsIn(seen, environment)]).toEqual([from, []]);
    }
    // It would have been easy: what was quoted has secrets in it.
    if (!/answer/.test(how)) expect(secretsIn(quoted, environment)).not.toEqual([]);
  });
});

// The loudest level shows what the others show, and more. A quiet run is every other test with the real engine.
describe("with the real engine, every log at its loudest", () => {
  // The sources are the core's: through the plugin, one that sends a password, one that is given keys, and one that asks.
  const slice = ["user name and password", "an agency by IAM", "instance metadata"];
  const selected = Object.entries(sources).filter(([name]) => currentFront() === "dynamic" || slice.includes(name));
  it.each(selected)("%s", async (name, source) => {
    const owner = /agency/.test(name) ? partner : company;
    const env = { ...source(), HW_ENDPOINT_URL: proxy.endpoint, HW_MAX_RETRIES: "0", HW_DEBUG: "1" };
    const inputs = { region, kmsKeyId: cloud.key("app-disks", region, owner), onDelete: "restore" };
    const program = `new (require("pulumi-huaweicloud-evs").DefaultEncryptionKey)("disks", ${JSON.stringify(inputs)});`;
    await withStack({ program, emulator: cloud.emulator, env }, async (stack) => {
      proxy.quote();
      succeeded(await stack.up({ args: loudest }));
      // The first request for instance metadata carries nothing yet.
      proxy.quote(name === "instance metadata" ? 1 : 0, "an error with the request in it as JSON");
      expect((await stack.refresh({ args: loudest })).code).not.toBe(0);
      expect(secretsIn(proxy.quoted(), env)).not.toEqual([]);
      const files = stack.writtenFiles();
      expect(files.some((file) => file.endsWith(".json"))).toBe(true);
      const everything = [stack.transcript, ...files.map((file) => fs.readFileSync(file, "latin1"))].join("\n");
      expect(everything).toContain(`huaweicloud: PUT ${proxy.endpoint}/v5/`);
      expect(secretsIn(everything, env)).toEqual([]);
    });
  });
});

it("the tarball has no secret of the emulated cloud in it", async () => {
  await ready();
  const packed = await packedPackage();
  const files = fs.readdirSync(packed, { recursive: true, encoding: "utf8" }).map((name) => path.join(packed, name));
  const texts = files.filter((name) => fs.statSync(name).isFile()).map((name) => fs.readFileSync(name, "utf8"));
  expect(texts.length).toBeGreaterThan(20);
  expect(secretsIn(texts.join("\n"), {})).toEqual([]);
});
