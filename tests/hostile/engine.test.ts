// Hostile answers, through the real engine and its provider host, to where they would do harm: the terminal, the log of a
// job, the state, and the comment on a pull request. One cloud and one stack for all cases: a case is a region, whose name
// says what is answered, by which service, and how often.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import type http from "node:http";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { runCommand } from "../harness/command";
import { typeOf } from "../harness/front";
import { checkout } from "../harness/readiness";
import { type Stack, withStack } from "../harness/stack";
import { answerWell, region as friendly, keyId, secrets } from "./cloud";
import { kinds } from "./kinds";
import { type HostileServer, startServer } from "./server";

/** What throttles would hold up all other cases; its texts are those of others. */
const texts = Object.entries(kinds).filter(([name]) => !/Retry-After/.test(name));
const services = {
  iam: /^\/v3\/projects/,
  login: /^\/v3\/auth\/tokens/,
  kms: /\/kms\//,
  evs: /\/default-encryption/,
};
type Service = keyof typeof services;
const often = { first: 1, all: Number.POSITIVE_INFINITY };

const regionsOf = (service: Service, times: keyof typeof often) =>
  texts.map((_, index) => `hostile-${service}-${times}-${index}`);
/** The ID of a region's project tells the region. */
const projectOf = (region: string) => Buffer.from(region).toString("hex").slice(-32).padStart(32, "0");

let server: HostileServer;
let regions: Map<string, string>;
const answered = new Map<string, number>();
beforeAll(async () => {
  regions = new Map(
    (Object.keys(services) as Service[])
      .flatMap((service) => [...regionsOf(service, "first"), ...regionsOf(service, "all")])
      .map((region) => [projectOf(region), region]),
  );
  expect(regions.size).toBe(texts.length * 8);
  server = await startServer((request, response) => {
    const { url, body } = request;
    const region =
      /name=([\w-]+)/.exec(url)?.[1] ??
      /"project":\{"name":"([\w-]+)"/.exec(body)?.[1] ??
      regions.get(/^\/v[15][.0]*\/(\w{32})\//.exec(url)?.[1] ?? "") ??
      friendly;
    const [, service, times, index] = /^hostile-(\w+)-(\w+)-(\d+)$/.exec(region) ?? [];
    if (service && times && services[service as Service].test(url)) {
      const count = (answered.get(region) ?? 0) + 1;
      answered.set(region, count);
      if (count <= often[times as keyof typeof often]) {
        texts[Number(index)]?.[1](request, response);
        return;
      }
    }
    answerIn(region, request, response);
  });
});
afterAll(() => server.close());

function answerIn(region: string, request: HostileServer["requests"][number], response: http.ServerResponse): void {
  const project = { id: projectOf(region), name: region };
  if (services.iam.test(request.url)) end(response, { projects: [project] });
  else if (services.login.test(request.url)) end(response, { token: { expires_at: "2099-01-01T00:00:00Z", project } });
  else answerWell(request, response);
}

function end(response: http.ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json", "x-subject-token": secrets.issuedToken });
  response.end(JSON.stringify(body));
}

const program = (declared: string[]) => `
  const evs = require("pulumi-huaweicloud-evs");
  const kmsKeyId = "${keyId}";
  const first = new evs.DefaultEncryptionKey("friendly", { region: "${friendly}", kmsKeyId });
  for (const region of ${JSON.stringify(declared)})
    new evs.DefaultEncryptionKey(region, { region, kmsKeyId }, { dependsOn: first });`;

/** As a job's log has it, and as the state and a comment must not have it. */
function expectHarmless(where: string, text: string): void {
  for (const [name, secret] of Object.entries(secrets)) {
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64").slice(2, -4)];
    expect([where, name, forms.filter((form) => text.includes(form))]).toEqual([where, name, []]);
  }
  const bad = text
    .split("\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
    .filter((line) => /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|^\s*::|##\w*\[/.test(line));
  expect([where, bad]).toEqual([where, []]);
}

/** Every text in the state's files, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [key, ...textsIn(entry)]);
}
function expectHarmlessState(stack: Stack): void {
  const files = stack.writtenFiles().filter((file) => file.startsWith(path.join(stack.root, "backend")));
  const states = files.filter((file) => file.endsWith(".json"));
  expect(states.length).toBeGreaterThan(0);
  for (const file of states) {
    const texts = new Set(textsIn(JSON.parse(fs.readFileSync(file, "utf8"))));
    expectHarmless(path.basename(file), [...texts].join("\n"));
  }
}

const pipelines = path.join(checkout, "examples/pipelines");

/** The comment that the pipelines would write about these events, a few errors at a time: so each of them is in one. */
async function comments(stack: Stack, log: string): Promise<string[]> {
  const events = fs.readFileSync(log, "utf8").split("\n").filter(Boolean);
  const errors = events.filter((event) => /"severity":"error"/.test(event));
  const made: string[] = [];
  for (let from = 0; from < errors.length; from += 40) {
    const file = path.join(stack.root, "some.jsonl");
    fs.writeFileSync(file, [...errors.slice(from, from + 40), ...events.slice(-50)].join("\n"));
    const args = [path.join(pipelines, "ci/preview-comment.mjs"), file];
    const { code, stdout } = await runCommand(process.execPath, args, { cwd: stack.root, env: {} });
    expect(code).toBe(0);
    made.push(stdout);
  }
  return made;
}

it("says nothing that a terminal, a log, a state or a comment would take for more than text", async () => {
  const token = { HW_AUTH_TOKEN: secrets.token };
  const password = { HW_USER_NAME: "u", HW_DOMAIN_NAME: "d", HW_USER_PASSWORD: secrets.password };
  const env = { HW_ENDPOINT_URL: server.url, HW_MAX_RETRIES: "1", HW_DEBUG: "1", HW_PREFLIGHT: "require" };
  const declared = (...of: Service[]) => of.flatMap((each) => [...regionsOf(each, "first"), ...regionsOf(each, "all")]);
  await withStack({ program: program(declared("login")), refresh: "never", env }, async (stack) => {
    const log = path.join(stack.root, "events.jsonl");
    const many = ["--continue-on-error", "--parallel", "64"];
    const login = await stack.up({ args: many, env: { ...password, HW_PREFLIGHT: "off" } });
    expectHarmless("what a login has printed", login.output);

    stack.setProgram(program(declared("login", "iam", "kms", "evs")));
    const up = await stack.up({ args: many, env: token, eventLog: log });
    // It has come as far as this, as text.
    for (const shown of ["huaweicloud: PUT http", ": :error::no ::add-mask::x", "***"])
      expect(up.stdout).toContain(shown);
    expectHarmless("what was printed", up.stdout);
    expectHarmless("what was printed as an error", up.stderr);
    expectHarmlessState(stack);
    for (const comment of await comments(stack, log)) {
      expectHarmless("a comment", comment);
      expect(comment.length).toBeLessThan(65_536);
    }

    const refresh = await stack.refresh({ args: ["--parallel", "64"], env: token });
    expectHarmless("what a refresh has printed", refresh.output);
    expect([...answered.keys()].sort()).toEqual(declared("iam", "kms", "evs", "login").sort());
  });
});

const noTerminal =
  spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0 ? "" : " (skipped: no script command)";
(noTerminal ? it.skip : it)(`moves no cursor and sets no title in a terminal${noTerminal}`, async () => {
  const env = { HW_ENDPOINT_URL: server.url, HW_AUTH_TOKEN: secrets.token, HW_MAX_RETRIES: "0", HW_DEBUG: "1" };
  const named = ["colours and cursors", "a link and a title", "text that turns round, and overwrites"];
  const indexes = named.map((name) => texts.findIndex(([known]) => known === name));
  expect(indexes).not.toContain(-1);
  // The one whose key cannot be used is the last, because it ends the preview.
  const declared = [...indexes, texts.findIndex(([name]) => name === "words of a key that are commands")];
  const text = program(declared.map((index) => `hostile-kms-all-${index}`));
  await withStack({ program: text, refresh: "never", env }, async (stack) => {
    const { stdout } = await stack.run(["preview"], { terminal: true });
    expect(stdout).toContain("\u001b["); // the engine's own, which asks for the background's colour too
    expect(stdout).toContain(": :error::");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
    expect(stdout).not.toMatch(/\u001b(\](?!11;\?)|\[2J)|[\u0000\u0008\u0080-\u009f\u2028\u202e\u2066]|phishing/);
    const lines = stripVTControlCharacters(stdout).split(/[\r\n]+/);
    expect(lines.filter((line) => /^\s*::/.test(line))).toEqual([]);
  });
});

describe("many resources that fail by one cause", () => {
  const declared = (count: number) => `
    const { DefaultEncryptionKey } = require("pulumi-huaweicloud-evs");
    for (let index = 0; index < ${count}; index += 1) {
      const projectId = String(index).padStart(32, "0");
      new DefaultEncryptionKey("key" + index, { region: "${friendly}", projectId, kmsKeyId: "${keyId}" });
    }`;
  /** What the engine says at the end of a run: each error once. */
  const diagnosticsOf = (output: string) => output.slice(output.indexOf("\nDiagnostics:"));
  const env = (url: string) => ({ HW_ENDPOINT_URL: url, HW_AUTH_TOKEN: secrets.token, HW_PREFLIGHT: "off" });
  const args = ["--continue-on-error", "--parallel", "64"];

  it("200 against a host that is silent end within twice the deadline, and name it once", async () => {
    let firstAt = 0;
    const silent = await startServer(() => {
      firstAt ||= Date.now();
    });
    const deadlineMs = 4000;
    const patience = { HW_REQUEST_TIMEOUT: String(deadlineMs / 1000), HW_MAX_RETRIES: "1" };
    const options = { program: declared(200), refresh: "never" as const, env: { ...env(silent.url), ...patience } };
    await withStack(options, async (stack) => {
      const up = await stack.up({ args });
      expect(up.code).not.toBe(0);
      // The engine begins before the first request, and ends after the last.
      expect(Date.now() - firstAt).toBeLessThan(2 * deadlineMs + 3000);
      const lines = diagnosticsOf(up.stdout).split("\n");
      expect(lines.filter((line) => line.includes(`${typeOf("DefaultEncryptionKey")} (key`))).toHaveLength(200);
      expect(lines.filter((line) => line.includes(silent.url))).toHaveLength(1);
      expect(
        lines.filter((line) => /: same error as for project \d+ in [\w-]+, details there\./.test(line)),
      ).toHaveLength(199);
    });
    await silent.close();
  });

  it("sixty without a permission fill some kilobytes of log, and say once what to do", async () => {
    let count = 0;
    const denying = await startServer((_, response) => {
      response.writeHead(403, { "content-type": "application/json", "x-request-id": `id-${++count}` });
      response.end(JSON.stringify({ error: { code: "EVS.2056", message: "action in pdp check deny ".repeat(30) } }));
    });
    await withStack({ program: declared(60), refresh: "never", env: env(denying.url) }, async (stack) => {
      const up = await stack.up({ args });
      expect(up.code).not.toBe(0);
      const said = diagnosticsOf(up.stdout);
      expect(said.split("\n").filter((line) => line.includes("action in pdp check deny"))).toHaveLength(1);
      expect(
        said.match(/same error as for project \d+ in [\w-]+, details there \(EVS\.2056, request ID id-\d+\)/g),
      ).toHaveLength(59);
      expect(said.length).toBeLessThan(25_000);
      expect(up.stdout.length).toBeLessThan(90_000);
    });
    await denying.close();
  });
});
