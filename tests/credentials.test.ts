// Credentials as pipelines and workstations have them, under the real engine: where they come from, what the cloud sees of
// them, and that nothing secret is written down. Each source in detail: provider/huaweicloud/credentials/*.test.ts.
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import jwt from "jsonwebtoken";
import { company, type EmulatedCloud, partner, region, startCloud } from "./fixtures/emulatedCloud";
import { checkout, ready } from "./harness/readiness";
import { loudest, type Stack, succeeded, withStack } from "./harness/stack";

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
});
afterEach(() => cloud.close());

/** A program with one key for each of these arguments. */
const program = (...keys: object[]): string => `
  const evs = require("pulumi-huaweicloud-evs");
  ${JSON.stringify(keys)}.forEach((key, index) => new evs.DefaultEncryptionKey("disks-" + index, { region: "${region}", ...key }));
`;

const accessKey = () => {
  const owner = cloud.emulator.describe().accounts.find(({ domainName }) => domainName === company);
  const found = owner?.users.find(({ name }) => name === "deployer");
  if (!found) throw new Error("the emulated cloud has no user deployer");
  return found;
};

const expectNowhere = (stack: Stack, ...secrets: string[]): void => {
  for (const text of [stack.transcript, ...stack.writtenFiles().map((file) => fs.readFileSync(file, "utf8"))]) {
    for (const secret of secrets) expect(text.includes(secret)).toBe(false);
  }
};

it("an access key signs all that a run sends, and a wrong one is refused after one request, by name", async () => {
  const { accessKey: id, secretKey } = accessKey();
  const env = { HW_ACCESS_KEY: id, HW_SECRET_KEY: secretKey, HW_DEBUG: "1" };
  const options = { program: program({ kmsKeyId: cloud.key("app-disks") }), emulator: cloud.emulator, env };
  await withStack(options, async (stack) => {
    succeeded(await stack.up({ args: loudest }));
    expect(stack.transcript).toMatch(/huaweicloud: PUT http.*\d+ ms, try 1/);
    expect(stack.transcript).toContain("StepExecutor worker"); // the engine's own log
    expect(cloud.liveAlias()).toBe("app-disks");
    const records = cloud.records();
    expect(new Set(records.map(({ authKind }) => authKind))).toEqual(new Set(["aksk"]));
    expect(records.map(({ operation }) => operation)).toEqual([
      "KeystoneListProjects",
      "ListKeyDetail",
      "UpdateDefaultKmsKeyId",
      "ShowEncryptionByDefault",
    ]);

    const refused = await stack.refresh({ env: { HW_SECRET_KEY: "planted-secret" } });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/APIGW\.0301.*The secret key does not match.*access key \(HW_ACCESS_KEY\)/s);
    expect(cloud.requests()).toHaveLength(1);
    expectNowhere(stack, id, secretKey, "planted-secret");
  });
});

it("a pipeline without a stored secret deploys with the ID token in a file", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  cloud.emulator.cloud.registerIdentityProvider({ id: "github", account: company, publicKeyPem });
  const idToken = jwt.sign({ sub: "repo:example/infra" }, privateKey, { algorithm: "RS256", expiresIn: "5m" });
  const options = { program: program({ kmsKeyId: cloud.key("app-disks") }), emulator: cloud.emulator };
  await withStack(options, async (stack) => {
    const file = path.join(stack.home, "id-token");
    fs.writeFileSync(file, idToken);
    const env = { HW_ASSUME_ROLE_IDP_ID: "github", HW_ASSUME_ROLE_ID_TOKEN_FILE: file, HW_DEBUG: "1" };
    succeeded(await stack.up({ env, args: loudest }));
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(cloud.requests().slice(0, 2)).toEqual(["CreateTokenWithIdToken", "CreateTemporaryAccessKeyByToken"]);
    fs.rmSync(file);
    expectNowhere(stack, idToken);
  });
});

it("one program serves two accounts, each by its own agency, with one login and one key an account", async () => {
  const newcomer = "example-newcomer";
  const owner = cloud.emulator.cloud.account(company)?.id ?? "";
  cloud.emulator.cloud.setAgency(newcomer, "evs-deployer", { type: "account", accountId: owner });
  const keys = [partner, newcomer].map((domainName) => ({
    assumeRole: { agencyName: "evs-deployer", domainName },
    kmsKeyId: cloud.key("app-disks", region, domainName),
  }));
  const options = { program: program(...keys), emulator: cloud.emulator, env: cloud.credentials() };
  await withStack(options, async (stack) => {
    succeeded(await stack.up({ env: { HW_DEBUG: "1" }, args: loudest }));
    expect([partner, newcomer].map((account) => cloud.liveAlias(region, account))).toEqual(["app-disks", "app-disks"]);
    expect(cloud.liveAlias()).toBe("");
    const sent = cloud.requests();
    const times = (word: string) => sent.filter((other) => other === word).length;
    expect([times("login"), times("CreateTemporaryAccessKeyByAgency"), times("list projects")]).toEqual([1, 2, 2]);

    succeeded(await stack.destroy());
    expect([partner, newcomer].map((account) => cloud.liveAlias(region, account))).toEqual([
      "evs/default",
      "evs/default",
    ]);
  });
});

it("a workstation deploys with its KooCLI profile, and is told how to mend an encrypted one", async () => {
  const { accessKey: accessKeyId, secretKey: secretAccessKey } = accessKey();
  const file = { current: "work", profiles: [{ name: "work", mode: "AKSK", accessKeyId, secretAccessKey }] };
  const options = { program: program({ kmsKeyId: cloud.key("app-disks") }), emulator: cloud.emulator };
  await withStack(options, async (stack) => {
    const write = (content: object) =>
      fs.writeFileSync(path.join(stack.home, ".hcloud", "config.json"), JSON.stringify(content));
    fs.mkdirSync(path.join(stack.home, ".hcloud"));
    write(file);
    succeeded(await stack.up({ env: { HW_DEBUG: "1" }, args: loudest }));
    expect(cloud.liveAlias()).toBe("app-disks");

    write({ ...file, authEncrypt: "true" });
    const refused = await stack.refresh();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("hcloud configure set --cli-auth-encrypt=false");
  });
});

it("a run without a request does not load the HTTP client", async () => {
  await ready();
  const script = `
    const provider = require("./dist/provider/dynamic/defaultEncryptionKey.js");
    const inputs = { kmsKeyId: "0d0466b0-e727-4d9c-b35d-f84bb474a37f", region: "${region}", projectId: "${cloud.project()}", onDelete: "reset" };
    (async () => {
      await provider.configure({ config: { get: () => undefined } });
      await provider.check(inputs, inputs);
      await provider.diff("id", inputs, inputs);
      console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /[\\\\/]axios(\\.js$|[\\\\/])/.test(file))));
    })();
  `;
  const env = { PATH: process.env.PATH, HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "x" };
  const printed = execFileSync(process.execPath, ["-e", script], { cwd: checkout, env, encoding: "utf8" });
  expect(JSON.parse(printed)).toEqual([]);
});
