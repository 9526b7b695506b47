// What becomes a part of a URL, of state or of a message is checked by its form, wherever it came from.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { resolveConfiguration } from "../../provider/configuration";
import * as encryption from "../../provider/dynamic/defaultEncryption";
import * as key from "../../provider/dynamic/defaultEncryptionKey";
import { front } from "../../provider/dynamic/front";
import { getDefaultKey } from "../../provider/huaweicloud/services/evs";
import { describeKey, listKeys } from "../../provider/huaweicloud/services/kms";
import { ConfigurationError, CredentialsError, HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import { failureOf } from "../fixtures/failureOf";
import { startRun as startHost } from "../fixtures/run";
import { answerWell, keyId, projectId, startRun, ways } from "./cloud";
import { type HostileServer, startServer } from "./server";

let server: HostileServer;
let say: ((request: HostileServer["requests"][number]) => unknown) | undefined;
beforeEach(async () => {
  say = undefined;
  server = await startServer((request, response) => {
    const body = say?.(request);
    if (body === undefined) return answerWell(request, response);
    response.writeHead(200, { "content-type": "application/json", "x-subject-token": "T" }).end(JSON.stringify(body));
  });
});
afterEach(() => server.close());

const way = (name: string, more: object = {}) => {
  const known = ways[name];
  if (!known) throw new Error("no such way");
  return { ...known, ...more };
};

describe.each(["EVS, with a token", "EVS, with an access key", "IAM, a login", "IAM, a look-up"])("%s", (name) => {
  it.each([
    "a@127.0.0.1:42443?",
    "a.example.com/",
    "x#",
    "..",
    "cn-north-4.evil.example",
    "",
    "-a",
    "a\n",
    "é",
    "a".repeat(64),
  ])("sends nothing for a region %j", async (region) => {
    const error = await failureOf(startRun(way(name), server.url).go({ region }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("is not a valid region (expected, for example, cn-north-4); no request was sent.");
    expect(server.requests).toEqual([]);
  });

  it.each(["../../v3/auth?x=#", "p/../../v3", "p?x", "", "p\r\nX-Evil: 1", "a".repeat(65)])(
    "sends nothing for a project %j of a state",
    async (project) => {
      const error = await failureOf(startRun(way(name), server.url).go({ projectId: project }));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain("is not a valid project ID");
      expect(server.requests).toEqual([]);
    },
  );
});

it.each([
  ["IAM, a login", (id: string) => ({ token: { expires_at: "2030-01-01T00:00:00Z", project: { id } } })],
  ["IAM, a look-up", (id: string) => ({ projects: [{ id, name: "cn-north-4" }] })],
])("%s does not choose the path of a PUT", async (name, answer) => {
  say = ({ url }) => (/auth\/tokens|v3\/projects/.test(url) ? answer("../../v3/auth?x=#") : undefined);
  const error = await failureOf(startRun(way(name), server.url).go());
  expect(error).toBeInstanceOf(HuaweiCloudError);
  expect(error.message).toBe(
    "The project ID in IAM's answer is not valid (expected, for example, 0123456789abcdef0123456789abcdef); no request was sent for it.",
  );
  expect(server.requests.filter(({ method }) => method === "PUT")).toEqual([]);
});

it.each(["::add-mask::x", "\u001b[31mred", "x", `${keyId}\n`, "MIIPlantedToken", "alias/evs"])(
  "EVS does not put %j into state",
  async (kms_key_id) => {
    say = () => ({ kms_key_id });
    const read = startRun(way("EVS, with a token", { call: getDefaultKey }), server.url);
    expect((await failureOf(read.go())).message).toContain("the answer does not match the API: kms_key_id: ");
  },
);

it("EVS may answer with a key ID in capitals, or with none", async () => {
  for (const kms_key_id of [keyId.toUpperCase(), "", null, undefined]) {
    say = () => ({ kms_key_id });
    const read = startRun(way("EVS, with a token", { call: getDefaultKey }), server.url);
    expect(await read.go()).toBe(kms_key_id ?? "");
  }
});

it("what KMS says of a key is fit to be shown", async () => {
  const key = {
    key_id: keyId,
    key_state: "2\u001b[2J",
    key_alias: "::error::x\n\u001b[31mred\u202e",
    key_usage: "a".repeat(5000),
  };
  const clean = { key_id: keyId, key_state: "2", key_alias: ": :error::x red", key_usage: `${"a".repeat(255)}…` };
  say = ({ url }) => (url.includes("list-keys") ? { key_details: [key] } : { key_info: key });
  expect(await startRun(way("KMS", { call: listKeys }), server.url).go()).toEqual([clean]);
  const describe = (connection: Parameters<typeof describeKey>[0]) => describeKey(connection, keyId);
  expect(await startRun(way("KMS", { call: describe }), server.url).go()).toEqual(clean);
});

describe("a URL with a password is refused, and not quoted", () => {
  const url = "http://user:s3cret@127.0.0.1/x";
  it.each<[string, string, Record<string, string>]>([
    ["the instance metadata", "HW_ENDPOINT_URL_METADATA must be a URL", { HW_ENDPOINT_URL_METADATA: url }],
    [
      "the instance metadata",
      "HW_ENDPOINT_URL_METADATA must be a URL",
      { HW_ENDPOINT_URL_METADATA: "http://u:s3cret@[" },
    ],
    ["a pod", "HC_CONTAINER_CREDENTIALS_FULL_URI must not contain", { HC_CONTAINER_CREDENTIALS_FULL_URI: url }],
    ["a pod", "HC_CONTAINER_CREDENTIALS_FULL_URI must be", { HC_CONTAINER_CREDENTIALS_FULL_URI: "http://u:s3cret@[" }],
  ])("%s", async (name, words, environment) => {
    const given = way(name).environment(server.url);
    const start = async () => startRun(way(name, { environment: () => ({ ...given, ...environment }) }), server.url);
    const error = await failureOf(start());
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("s3cret");
  });
});

it.each([
  ["HW_ENDPOINT_URL_EVS", "https://user:s3cret@evs.example"],
  ["HW_ENDPOINT_URL", "https://user:s3cret@[evs"],
  ["HW_AUTH_URL", "https://iam.example/?token=s3cret"],
])("%s with a password or a token is refused, and not quoted", async (name, value) => {
  const error = await failureOf((async () => resolveConfiguration({}, { [name]: value }, front))());
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toMatch(new RegExp(`^${name} (is not a URL|must not)`));
  expect(error.message).not.toContain("s3cret");
});

it("a file with an ID token, a profile or a certificate that is a pipe is not waited for", async () => {
  const pipe = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "pipe-")), "pipe");
  execFileSync("mkfifo", [pipe]);
  const idToken = (url: string) => ({
    ...way("IAM, an ID token").environment(url),
    HW_ASSUME_ROLE_ID_TOKEN_FILE: pipe,
  });
  const environment = (url: string) => ({ ...idToken(url), HW_ASSUME_ROLE_ID_TOKEN: "" });
  expect((await failureOf(startRun(way("IAM, an ID token", { environment }), server.url).go())).message).toBe(
    "HW_ASSUME_ROLE_ID_TOKEN_FILE names a file that cannot be read (it is not a regular file): give the path of the file with the ID token.",
  );
  const profile = { ...way("KMS"), environment: () => ({ HW_SHARED_CONFIG_FILE: pipe }) };
  expect(() => startRun(profile, server.url)).toThrow(
    `The KooCLI profiles in ${pipe} cannot be read: it is not a regular file.`,
  );
  expect(() => resolveConfiguration({}, { OS_CACERT: pipe }, front)).toThrow(
    "OS_CACERT names a file that cannot be read (it is not a regular file): give the path of a PEM file.",
  );
  expect(server.requests).toEqual([]);
});

it("a project of IAM's list is shown as it can be", async () => {
  const ids = ["\u001b[31ma", "::b"].map((id) => ({ id, name: "cn-north-4" }));
  say = ({ url }) => (url.includes("/v3/projects") ? { projects: ids } : undefined);
  const { message } = await failureOf(startRun(way("IAM, a look-up"), server.url).go());
  expect(message).toContain("2 projects have this name (a, ::b)");
  expect(projectId).toHaveLength(32);
});

describe("what a state or an ID says where a resource lies", () => {
  const hostile = ["a@127.0.0.1:42443?", "evil.example/x#", "cn-north-4\u001b[2J::error::x", "..", "x".repeat(100_000)];
  const projects = ["../../v3/auth?x=#", "p?x", "\u202e", "0".repeat(33)];
  const places = [
    ...hostile.map((region) => ({ region, projectId })),
    ...projects.map((project) => ({ region: "cn-north-4", projectId: project })),
  ];
  type Lifecycle = typeof key | typeof encryption;
  const calls: [string, Lifecycle, object][] = [
    ["the key", key, { kmsKeyId: keyId, onDelete: "reset" }],
    ["the switch", encryption, { enabled: true, onDelete: "reset" }],
  ];

  it.each(calls)("sends nothing, and is shown as it can be: %s", async (_, lifecycle, properties) => {
    await startHost({ HW_ENDPOINT_URL: server.url, HW_AUTH_TOKEN: "t0ken-of-this-test" });
    for (const { region, projectId: project } of places) {
      const id = `${region}/${project}`;
      const state = { region, projectId: project, ...properties };
      const errors = await Promise.all([
        failureOf(lifecycle.read(id, {})),
        failureOf(lifecycle.read(id, state)),
        failureOf(lifecycle.update(id, state as never, state as never)),
        failureOf(lifecycle.delete(id, state)),
      ]);
      for (const { message } of errors) {
        expect(message.length).toBeLessThan(1000);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
        expect(message).not.toMatch(/[\u0000-\u001f\u202e]|^\s*::/);
      }
    }
    jest.restoreAllMocks();
    expect(server.requests).toEqual([]);
  });
});
