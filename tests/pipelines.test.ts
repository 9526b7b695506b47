// Every command of examples/pipelines, taken from the files that users copy, with the real engine and the emulated cloud.
import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { sign } from "jsonwebtoken";
import { z } from "zod";
import { company, type EmulatedCloud, otherRegion, region, startCloud } from "./fixtures/emulatedCloud";
import { type ObjectStore, startObjectStore } from "./fixtures/objectStore";
import { codeArtsJob, githubJob, gitlabJob, type Job, pipelines, readWorkflow } from "./fixtures/pipelines";
import { lintWorkflows, whyNoActionlint } from "./harness/actionlint";
import { type CommandResult, runCommand } from "./harness/command";
import { createProject, type Project } from "./harness/project";
import { checkout, ready } from "./harness/readiness";
import { type Stack, succeeded, withStack } from "./harness/stack";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const audience = "huaweicloud";
const idTokenOf = (subject: string) =>
  sign({ aud: audience }, privateKey.export({ type: "pkcs8", format: "pem" }), { algorithm: "RS256", subject });

let cloud: EmulatedCloud;
let project: Project;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
  cloud.emulator.cloud.registerIdentityProvider({
    id: "pipelines",
    account: company,
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    audience,
  });
  cloud.emulator.cloud.setAgency(company, "evs-preview", { type: "oidc" }, "readOnly");
  cloud.emulator.cloud.setAgency(company, "evs-apply", { type: "oidc" }, "admin");
  project = await createProject(await ready(), { folder: "examples/pipelines", emulator: cloud.emulator });
  stubCommands();
  configure("app-disks");
});

afterEach(async () => {
  fs.rmSync(project.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  await cloud.close();
});

/** What a repository keeps in its settings: nothing of it is secret. */
function variables(): Record<string, string> {
  const { id } = cloud.emulator.cloud.account(company) ?? {};
  return {
    HW_REGION_NAME: region,
    HUAWEICLOUD_OIDC_PROVIDER_URN: `iam::${id}:oidcProvider:pipelines`,
    HUAWEICLOUD_PREVIEW_AGENCY_URN: `iam::${id}:agency:evs-preview`,
    HUAWEICLOUD_APPLY_AGENCY_URN: `iam::${id}:agency:evs-apply`,
    PULUMI_BACKEND_URL: project.env.PULUMI_BACKEND_URL ?? "",
  };
}

/** Writes the stack's configuration, as a commit would. */
function configure(alias: string): void {
  const lines = ["config:", "  evs-pipelines:keys:", `    ${region}: ${cloud.key(alias)}`];
  fs.writeFileSync(path.join(project.folder, "Pulumi.production.yaml"), `${lines.join("\n")}\n`);
}

/** The modules are there already, and nobody is at the other end of `gh`: it keeps what it was told. */
function stubCommands(): void {
  const bin = path.join(project.root, "bin");
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, "npm"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  fs.writeFileSync(path.join(bin, "gh"), `#!/bin/sh\necho "$@" >"${project.root}/gh"\n`, { mode: 0o755 });
  project.env.PATH = [bin, project.env.PATH].join(path.delimiter);
}

/** Runs a job's steps as its runner would: the first failure skips those that do not insist. */
async function runJob(job: Job, env: Record<string, string | undefined> = {}): Promise<CommandResult> {
  let result: CommandResult = { code: 0, stdout: "", stderr: "", output: "", durationMs: 0 };
  for (const step of job.steps) {
    if (result.code !== 0 && !step.always) continue;
    const all = Object.entries({ ...project.env, ...job.env, ...step.env, ...env });
    const ran = await runCommand("bash", ["-e", "-o", "pipefail", "-c", step.run], {
      cwd: project.folder,
      env: Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    });
    result = { ...ran, output: result.output + ran.output, code: result.code || ran.code };
  }
  return result;
}

const createStack = (env: Record<string, string>) =>
  runJob({ env, steps: [{ run: "pulumi stack init production --non-interactive", env: {}, always: false }] });
const read = (name: string) => fs.readFileSync(path.join(project.root, name), "utf8");
const comment = () => read("project/preview.md");
const writes = () => cloud.requests().filter((word) => /put|reset|enable|disable/.test(word));

describe("GitHub Actions", () => {
  let store: ObjectStore;
  let issuer: http.Server;
  let context: Record<string, string>;
  let tokenRequest: Record<string, string>;
  const asked: string[] = [];

  beforeEach(async () => {
    // The agency for previews may only read: a preview runs what a pull request says, and state is code.
    const { sessions } = cloud.emulator.cloud;
    store = await startObjectStore((key) => sessions.temporaryKey(key)?.principal.name.endsWith("/evs-apply") === true);
    // Where GitHub's runner has its jobs ask for an ID token.
    issuer = http.createServer((request, response) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      response.end(JSON.stringify({ count: 1, value: idTokenOf("repo:example/evs:ref:refs/heads/main") }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
    const backend = `s3://evs-state?endpoint=http://${store.host}&region=${region}&s3ForcePathStyle=true`;
    context = {
      ...Object.fromEntries(Object.entries(variables()).map(([name, value]) => [`vars.${name}`, value])),
      "vars.PULUMI_BACKEND_URL": backend,
      "github.workspace": project.folder,
      "github.token": "token-of-the-job",
      "github.event.pull_request.number": "7",
    };
    tokenRequest = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
      GITHUB_REPOSITORY: "example/evs",
      PULUMI_CONFIG_PASSPHRASE: "",
    };
  });

  afterEach(async () => {
    await store.close();
    issuer.close();
  });

  const preview = () => runJob(githubJob("evs-preview.yml", "preview", context), tokenRequest);
  const apply = () => runJob(githubJob("evs-apply.yml", "apply", context), tokenRequest);
  const drift = () => runJob(githubJob("evs-drift.yml", "drift", context), tokenRequest);

  it("previews, applies and looks for drift with an ID token alone, the state in a bucket", async () => {
    const { env, steps } = githubJob("evs-apply.yml", "apply", context);
    const idToken = steps.filter(({ run }) => run.includes("id-token"));
    succeeded(await runJob({ env, steps: idToken }, tokenRequest));
    expect(asked).toEqual([`/token?api-version=2.0&audience=${audience} bearer request-token`]);
    succeeded(await createStack(env));
    cloud.change({ keyId: cloud.key("app-disks-next") });

    expect(succeeded(await preview()).output).toMatch(
      /\+ pulumi-nodejs:dynamic\/huaweicloud\/evs:DefaultEncryptionKey/,
    );
    expect(read("gh").trim()).toBe(
      "pr comment 7 --repo example/evs --body-file preview.md --edit-last --create-if-none",
    );
    expect(comment()).toContain("### EVS default encryption: 2 changes");
    const found = `\`app-disks-next\` enabled \`${cloud.key("app-disks-next")}\`, not managed yet`;
    expect(comment()).toContain(`| ${found} | \`app-disks\` enabled \`${cloud.key("app-disks")}\` |`);
    expect(comment()).toContain("| on, not managed yet | on |");
    expect(writes()).toEqual([]);
    expect(store.refused).toEqual([]);

    succeeded(await apply());
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(store.keys()).toContain(".pulumi/stacks/evs-pipelines/production.json");
    expect([...store.accessKeys]).not.toContain("none");
    succeeded(await drift());
    // With something in the state to read.
    succeeded(await preview());
    expect(store.refused).toEqual([]);
    const init = { run: "pulumi stack init other --non-interactive", env: {}, always: false };
    expect(
      (await runJob({ ...githubJob("evs-drift.yml", "drift", context), steps: [init] }, tokenRequest)).code,
    ).not.toBe(0);
    expect(store.refused.splice(0)[0]).toMatch(/^PUT \/evs-state\/\.pulumi\//);

    cloud.change({ keyId: cloud.key("app-disks-next") });
    cloud.requests();
    const drifted = await drift();
    expect(drifted.code).toBe(7);
    expect(drifted.output).toContain(cloud.key("app-disks-next"));
    expect(drifted.output).toContain("no changes were expected");
    expect(writes()).toEqual([]);
    expect(store.refused).toEqual([]);
    // Neither the job's own token, nor the ID token, nor a key made from it.
    for (const secret of ["request-token", "eyJ", ...store.accessKeys]) expect(drifted.output).not.toContain(secret);
  });

  it("shows a fork's pull request in the summary, without any credential", async () => {
    const job = githubJob("evs-preview.yml", "preview-fork", context);
    const summary = path.join(project.root, "summary.md");
    succeeded(await runJob(job, { GITHUB_STEP_SUMMARY: summary, PULUMI_BACKEND_URL: undefined }));
    expect(fs.readFileSync(summary, "utf8")).toContain(`\`${cloud.key("app-disks")}\` (alias and state not known)`);
    expect(fs.readFileSync(summary, "utf8")).toContain("A preview of a fork has no credentials");
    expect(cloud.requests()).toEqual([]);
    expect(fs.readdirSync(project.folder)).not.toContain("Pulumi.fork-preview.yaml");
  });
});

describe("GitLab CI", () => {
  const job = (name: string) => gitlabJob(name, variables(), idTokenOf("project_path:example/evs:ref:main"));
  const inFiles = { AWS_CONFIG_FILE: undefined };

  it("previews a rotation with aliases and states, before and after, and refuses a key that will not work", async () => {
    const { env } = job("apply");
    succeeded(await createStack(env));
    succeeded(await runJob(job("apply"), inFiles));

    configure("app-disks-next");
    const rotation = succeeded(await runJob(job("preview"), inFiles));
    const [before, after] = [cloud.key("app-disks"), cloud.key("app-disks-next")];
    expect(rotation.output).toMatch(new RegExp(`~ kmsKeyId *: "${before}" => "${after}"`));
    expect(comment()).toBe(`### EVS default encryption: 1 change

| | what | region | project | before | after |
| --- | --- | --- | --- | --- | --- |
| change | DefaultEncryptionKey \`baseline-${region}\` | \`${region}\` | \`${region}\` \`${cloud.project()}\` | \`app-disks\` enabled \`${before}\` | \`app-disks-next\` enabled \`${after}\` |
`);

    configure("retired-disks");
    const refused = await runJob(job("preview"), inFiles);
    expect(refused.code).not.toBe(0);
    expect(comment()).toMatch(/^### EVS default encryption: the preview failed\n\n<pre>/);
    expect(comment()).toContain("(alias retired-disks) is disabled: enable it in DEW");

    // What somebody changed by hand is what the next preview would put right.
    configure("app-disks");
    cloud.change({ enabled: false });
    succeeded(await runJob(job("preview"), inFiles));
    expect(comment()).toMatch(/\| change \| DefaultEncryption `baseline-.+ \| \*\*off\*\* \| on \|\n/);
    expect((await runJob(job("drift"), inFiles)).code).not.toBe(0);
    succeeded(await runJob(job("apply"), inFiles));
    succeeded(await runJob(job("drift"), inFiles));
  });

  it("previews a fork, whose configuration another passphrase has sealed", async () => {
    fs.appendFileSync(path.join(project.folder, "Pulumi.production.yaml"), "encryptionsalt: v1:somebody:else\n");
    const none = Object.fromEntries(Object.keys(variables()).map((name) => [name, undefined]));
    succeeded(await runJob(job("preview-fork"), { ...none, ...inFiles }));
    expect(comment()).toContain("### EVS default encryption: 2 changes");
    expect(cloud.requests()).toEqual([]);
  });
});

it("CodeArts previews, applies and looks for drift with an access key", async () => {
  const user = cloud.emulator.describe().accounts.find(({ domainName }) => domainName === company)?.users[0];
  const parameters = {
    ...variables(),
    HW_ACCESS_KEY: user?.accessKey ?? "",
    HW_SECRET_KEY: user?.secretKey ?? "",
  };
  succeeded(await createStack({ PULUMI_CONFIG_PASSPHRASE: "" }));
  const run = (task: string) => runJob(codeArtsJob({ ...parameters, task }));
  succeeded(await run("preview"));
  expect(comment()).toContain("2 changes");
  succeeded(await run("apply"));
  expect(cloud.liveAlias()).toBe("app-disks");
  succeeded(await run("drift"));
  cloud.change({ enabled: false });
  expect((await run("drift")).code).toBe(7);
  const unanswered = await runJob(codeArtsJob({ ...parameters, task: "drift", HW_SECRET_KEY: "wrong" }));
  expect(unanswered.code).toBe(1);
  expect(unanswered.output).toContain("check HW_SECRET_KEY");
});

describe("the scripts", () => {
  const run = (command: string, env: Record<string, string | undefined> = {}) =>
    runJob(
      { env: { PULUMI_STACK: "production" }, steps: [{ run: command, env: {}, always: false }] },
      { ...cloud.credentials(), ...env },
    );

  it("apply.sh sets the other regions where one fails, and fails", async () => {
    fs.appendFileSync(
      path.join(project.folder, "Pulumi.production.yaml"),
      `    ${otherRegion}: ${cloud.key("app-disks", otherRegion)}\n`,
    );
    cloud.emulator.faults.add({
      match: { service: "evs", projectId: cloud.project(otherRegion) },
      times: -1,
      action: { type: "error", status: 403, code: "EVS.2056", message: "action in pdp check deny" },
    });
    succeeded(await run("pulumi stack init production --non-interactive"));
    const applied = await run("ci/apply.sh");
    expect(applied.code).not.toBe(0);
    expect(applied.output).toMatch(new RegExp(`baseline-${otherRegion}[^]*EVS.2056`));
    expect(cloud.liveAlias()).toBe("app-disks");
    cloud.emulator.faults.clear();
    succeeded(await run("ci/apply.sh"));
    expect(cloud.liveAlias(otherRegion)).toBe("app-disks");
  });

  it("apply.sh runs nothing of a state that somebody else has written, and preview.sh asks for the key", async () => {
    succeeded(await run("pulumi stack init production --non-interactive"));
    succeeded(await run("ci/apply.sh"));
    const file = path.join(project.root, "hostile.json");
    const proof = path.join(project.root, "proof");
    const text = `require("node:fs").writeFileSync("${proof}", ""); ${providerTexts[0]}`;
    const [was, is] = [providerTexts[0], text].map((value) => JSON.stringify(value));
    succeeded(await run("pulumi stack export >state.json"));
    const state = exportedState.parse(JSON.parse(read("project/state.json").replaceAll(was ?? "", is ?? "")));
    expect(JSON.stringify(state)).toContain(is);
    const asked: string[] = [];
    const plugins = http.createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => plugins.listen(0, "127.0.0.1", resolve));
    const properties = {
      pluginDownloadURL: `http://127.0.0.1:${(plugins.address() as AddressInfo).port}`,
      version: "1.0.0",
    };
    const urn = "urn:pulumi:production::evs-pipelines::pulumi:providers:evil::evil";
    const id = "4e1c76cf-a2a5-4bab-bc89-bab8c788d092";
    state.deployment.resources.push({
      ...{ urn, id, custom: true, type: "pulumi:providers:evil" },
      ...{ inputs: properties, outputs: properties },
    });
    fs.writeFileSync(file, JSON.stringify(state));
    succeeded(await run(`pulumi stack import --file ${file} --non-interactive`));
    cloud.requests();
    const stopped = await run("ci/apply.sh");
    expect(stopped.code).toBe(1);
    expect(stopped.output).toMatch(
      /^check-state: "urn:.*::baseline-cn-north-4": its __provider is not a text of this/m,
    );
    expect(stopped.output).not.toMatch(/Updating/);
    expect(stopped.output).toContain('the provider "pulumi:providers:evil" is not of this program');
    expect([fs.existsSync(proof), asked, cloud.requests()]).toEqual([false, [], []]);
    // What the engine itself does with such a state.
    await run("pulumi up --yes --skip-preview --non-interactive");
    plugins.close();
    expect([fs.existsSync(proof), asked.length > 0]).toEqual([true, true]);

    configure("app-disks-next");
    cloud.emulator.faults.add({
      match: { service: "kms" },
      times: -1,
      action: { type: "error", status: 403, code: "KMS.0306", message: "no" },
    });
    const unsure = await run("ci/preview.sh");
    expect(unsure.code).not.toBe(0);
    expect(unsure.output).toContain("KMS.0306");
    expect(comment()).toContain("the preview failed");
    expect(unsure.output.match(/Previewing update/g)).toHaveLength(1);
  });
});

const exportedState = z.looseObject({
  deployment: z.looseObject({ resources: z.array(z.record(z.string(), z.unknown())) }),
});
const providerTexts = ["defaultEncryptionKey", "defaultEncryption"].map(
  (name) => `exports.handler = () => require("pulumi-huaweicloud-evs/provider/${name}");`,
);

describe("the check of a state", () => {
  const urn = "urn:pulumi:production::evs-pipelines::pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey::key";
  const [good = "", other = ""] = providerTexts;
  const resource = (change: object = {}) => ({
    urn,
    type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
    inputs: { __provider: good },
    outputs: { __provider: good },
    propertyDependencies: { __provider: [] },
    ...change,
  });
  const provider = (change: object = {}, type = "pulumi:providers:pulumi-nodejs") => ({
    urn: `urn:pulumi:production::evs-pipelines::${type}::default`,
    type,
    inputs: {},
    outputs: {},
    ...change,
  });
  const stateOf = (...resources: object[]) => ({ version: 3, deployment: { resources: [provider(), ...resources] } });
  const check = (state: unknown): Promise<CommandResult> => {
    const file = path.join(project.root, "state.json");
    fs.writeFileSync(file, typeof state === "string" ? state : JSON.stringify(state));
    const script = path.join(pipelines, "ci/check-state.mjs");
    return runCommand("node", [script, file], { cwd: project.root, env: project.env });
  };

  it.each<[string, object]>([
    ["an empty stack", { version: 3, deployment: {} }],
    ["both texts", stateOf(resource(), resource({ inputs: { __provider: other }, outputs: { __provider: other } }))],
    ["one that was never made", stateOf(resource({ outputs: undefined }))],
  ])("lets %s pass", async (_, state) => {
    expect(await check(state)).toMatchObject({ code: 0, output: "" });
  });

  const evil = `${good} // evil`;
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x:y" };
  const pending = (change: object) => ({
    deployment: { resources: [], pending_operations: [{ resource: resource(change), type: "creating" }] },
  });
  it.each<[string, object]>([
    ["another text in inputs", stateOf(resource({ inputs: { __provider: evil } }))],
    ["another text in outputs", stateOf(resource({ outputs: { __provider: evil } }))],
    ["a text with a space more", stateOf(resource({ inputs: { __provider: `${good} ` } }))],
    ["a secret text", stateOf(resource({ outputs: { __provider: secret } }))],
    ["no text", stateOf(resource({ inputs: {}, outputs: {} }))],
    ["an empty text", stateOf(resource({ inputs: { __provider: "" } }))],
    ["a text deep inside", stateOf(resource({ outputs: { __provider: good, nested: [{ __provider: evil }] } }))],
    [
      "another kind of resource",
      stateOf(resource({ type: "pulumi-python:dynamic:Resource", inputs: { __provider: "gASV" } })),
    ],
    ["a pending operation's inputs", pending({ inputs: { __provider: evil } })],
    ["a pending operation's outputs", pending({ outputs: { __provider: evil } })],
    [
      "a place that is not known yet",
      { deployment: { resources: [], Later: [resource({ inputs: { __provider: evil } })] } },
    ],
  ])("stops at %s, and names the resource", async (_, state) => {
    const { code, output } = await check(state);
    expect(code).toBe(1);
    expect(output).toContain(`check-state: ${JSON.stringify(urn)}: `);
    expect(output).toContain("nothing was applied");
  });

  it.each<[string, object, string]>([
    ["another provider", provider({}, "pulumi:providers:evil"), "evil"],
    [
      "an address for a plugin",
      provider({ inputs: { pluginDownloadURL: "https://evil.example" } }),
      "pluginDownloadURL",
    ],
    ["the same in outputs", provider({ outputs: { pluginDownloadURL: "https://evil.example" } }), "pluginDownloadURL"],
    ["a package of its own", provider({ inputs: { __internal: { name: "evil" } } }), "__internal"],
  ])("stops at %s", async (_, state, word) => {
    const { code, output } = await check(stateOf(state));
    expect(code).toBe(1);
    expect(output).toContain(word);
  });

  it("writes one line a problem, whatever the names hold", async () => {
    const names = [
      "a\n::error::x",
      "\u001b[2J",
      "x".repeat(5000),
      ...Array.from({ length: 100 }, (_, index) => `n${index}`),
    ];
    const { code, output } = await check(
      stateOf(...names.map((name) => resource({ urn: name, inputs: { __provider: evil } }))),
    );
    expect(code).toBe(1);
    expect(
      output
        .trim()
        .split("\n")
        .every((line) => line.startsWith("check-state: ") && line.length < 500),
    ).toBe(true);
    expect(output).not.toContain("\u001b");
    expect(output).toContain("and 83 more");
  });

  it.each(["", "{", "null", "[]", '{"deployment":{"resources":{}}}'])(
    "stops at %j, which is no state",
    async (text) => {
      expect(await check(text)).toMatchObject({ code: 1, output: expect.stringMatching(/^check-state: the state /) });
    },
  );
});

describe("the access key of the state", () => {
  const idToken = idTokenOf("repo:example/evs");
  let answer: { status: number; body: string; type?: string };
  let sts: http.Server;
  let endpoint: string;
  const bodies: string[] = [];

  beforeEach(async () => {
    sts = http.createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(answer.status, { location: "http://127.0.0.1:9/" }).end(answer.body);
    });
    await new Promise<void>((resolve) => sts.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    sts.closeAllConnections();
    sts.close();
  });

  const run = (env: Record<string, string> = {}) =>
    runCommand("node", [path.join(pipelines, "ci/state-key.mjs")], {
      cwd: project.root,
      env: {
        PATH: project.env.PATH ?? "",
        HW_REGION_NAME: region,
        HW_ENDPOINT_URL: "http://127.0.0.1:9",
        HW_ENDPOINT_URL_STS: endpoint,
        HUAWEICLOUD_OIDC_PROVIDER_URN: "iam::1:oidcProvider:pipelines",
        HUAWEICLOUD_OIDC_AGENCY_URN: "iam::1:agency:evs-preview",
        HUAWEICLOUD_OIDC_ID_TOKEN: idToken,
        ...env,
      },
    });
  const sentence = async (env?: Record<string, string>): Promise<string> => {
    const { code, stdout, stderr } = await run(env);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^state-key: [^\n]+\n$/);
    expect(stderr.length).toBeLessThan(700);
    return stderr;
  };

  it("comes from the STS that HW_ENDPOINT_URL_STS names", async () => {
    const credentials = { access_key_id: "AK", secret_access_key: "SK", security_token: "T", expiration: "2030-01-01" };
    answer = { status: 200, body: JSON.stringify({ credentials }) };
    const { stdout } = succeeded(await run());
    expect(JSON.parse(stdout)).toMatchObject({
      Version: 1,
      AccessKeyId: "AK",
      SecretAccessKey: "SK",
      SessionToken: "T",
    });
    expect(JSON.parse(bodies.at(-1) ?? "")).toMatchObject({ id_token: idToken });
  });

  const html = [...idToken].map((sign) => `&#${sign.charCodeAt(0)};`).join("");
  const json = [...idToken].map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`).join("");
  const percent = [...idToken].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join("");
  it.each([
    ["as it is", idToken],
    ["in part", idToken.split(".")[2] ?? ""],
    ["as HTML", html],
    ["as JSON in JSON", json],
    ["as in a URL", percent],
  ])("keeps quiet about its ID token, quoted %s", async (_, spelling) => {
    const message = `bad\n::error::\u001b[31m ${spelling}`;
    for (const body of [
      JSON.stringify({ error_code: "STS5.1", error_msg: message }),
      `{"error_code":"STS5.1","error_msg":"bad ${spelling}"}`,
    ]) {
      answer = { status: 401, body };
      const text = await sentence();
      expect(text).toContain("STS refuses the ID token (HTTP 401): STS5.1, bad");
      expect(text).toContain("***");
      for (const part of idToken.split(".")) expect(text).not.toContain(part.slice(0, 12));
      expect(text).not.toContain(spelling.slice(0, 30));
      expect(text).not.toContain("\u001b");
    }
  });

  const pieces = idToken.match(/.{1,30}/g) ?? [];
  it.each([
    ["a space that cannot be seen", "\u200b"],
    ["a soft hyphen", "\u00ad"],
    ["spaces", " "],
    ["lines", "\n"],
    ["quotes", '" "'],
  ])("keeps quiet about its ID token, in pieces divided by %s", async (_, divider) => {
    for (const spelling of [pieces.join(divider), pieces.slice(1, 2).join(divider), [...idToken].join(divider)]) {
      answer = { status: 401, body: JSON.stringify({ error_code: "STS5.1", error_msg: `bad ${spelling}` }) };
      const text = await sentence();
      expect(text).toContain("STS refuses the ID token (HTTP 401): STS5.1, ");
      expect(text).toContain("***");
      const signs = text.replace(/[^\w.-]/g, "");
      for (const piece of pieces) expect(signs).not.toContain(piece.slice(0, 12));
    }
  });

  it("does not wait for a file that is no file, and reads none that is too large", async () => {
    const named = (file: string) => ({ HUAWEICLOUD_OIDC_ID_TOKEN: "", HUAWEICLOUD_OIDC_TOKEN_FILE: file });
    const file = path.join(project.root, "id-token");
    const isNone = "state-key: HUAWEICLOUD_OIDC_TOKEN_FILE does not name a regular file\n";
    bodies.length = 0;
    succeeded(await runCommand("mkfifo", [file], { cwd: project.root, env: project.env }));
    expect(await sentence(named(file))).toBe(isNone);
    expect(await sentence(named(project.root))).toBe(isNone);
    fs.rmSync(file);
    fs.writeFileSync(file, "x".repeat(256 * 1024 + 1));
    expect(await sentence(named(file))).toContain("is too large for an ID token");
    expect(bodies).toEqual([]);
    fs.writeFileSync(file, ` ${"x".repeat(256 * 1024 - 1)}`);
    answer = { status: 401, body: "" };
    expect(await sentence(named(file))).toContain("STS refuses the ID token (HTTP 401)");
    expect(bodies).toHaveLength(1);
  });

  it.each(
    [
      "",
      "null",
      "[]",
      "{}",
      "<html>",
      '{"credentials":null}',
      '{"credentials":{"access_key_id":"AK","secret_access_key":"","security_token":"T","expiration":"x"}}',
      `{"x":"${"y".repeat(2_000_000)}"}`,
    ].map((body) => [body.slice(0, 40), body]),
  )("says so if the answer is %j", async (_, body) => {
    answer = { status: 200, body };
    expect(await sentence()).toMatch(/STS answers without credentials|STS cannot be reached/);
    answer = { status: 500, body };
    expect(await sentence()).toMatch(/STS refuses the ID token \(HTTP 500\)\n|STS cannot be reached/);
  });

  it("goes to no other host, and shows no password", async () => {
    answer = { status: 307, body: "" };
    expect(await sentence()).toContain("STS cannot be reached");
    const url = `${endpoint.replace("//", "//user:hunter2@")}`;
    expect(await sentence({ HW_ENDPOINT_URL_STS: url })).not.toContain("hunter2");
    expect(await sentence({ HW_ENDPOINT_URL_STS: "http://sts.example" })).toContain("must use https");
    expect(await sentence({ HW_ENDPOINT_URL_STS: "not a url hunter2" })).not.toContain("hunter2");
    const ofCloud = { HW_ENDPOINT_URL: "", HW_ENDPOINT_URL_STS: "" };
    for (const part of ["a@127.0.0.1/", "evil.example/x?", "x#", "a:b", "\u00e9"]) {
      const region = await sentence({ ...ofCloud, HW_REGION_NAME: part });
      expect(region).toContain("HW_REGION_NAME is not a part of a host's name");
      expect(await sentence({ ...ofCloud, HW_CLOUD: part })).toContain("HW_CLOUD is not a part of a host's name");
    }
    expect(await sentence({ HUAWEICLOUD_OIDC_ID_TOKEN: "", HUAWEICLOUD_OIDC_TOKEN_FILE: "/nowhere" })).toContain(
      "ENOENT",
    );
  });
});

describe("the comment", () => {
  const lines = (text: string) => text.split("\n").filter((line) => /^\| [a-z]/.test(line));
  const commentOn = async (stack: Stack): Promise<string> => {
    const log = path.join(project.root, "preview.jsonl");
    fs.rmSync(log, { force: true });
    await stack.run(["preview", "--event-log", log]);
    return write("preview.jsonl");
  };
  const events = (...lines: object[]): void =>
    fs.writeFileSync(path.join(project.root, "preview.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  const step = (op: string, urn: string, old: object | undefined, planned: object) => ({
    resourcePreEvent: { metadata: { op, urn, old, new: planned } },
  });
  const error = (message: string) => ({ diagnosticEvent: { severity: "error", message } });
  const write = async (...files: string[]): Promise<string> => {
    const args = [path.join(pipelines, "ci/preview-comment.mjs"), ...files];
    return succeeded(await runCommand("node", args, { cwd: project.root, env: project.env })).stdout;
  };
  const program = (...resources: string[]) =>
    `const evs = require("pulumi-huaweicloud-evs");\nconst kmsKeyId = "${cloud.key("app-disks")}";\n${resources.join("\n")}`;

  it("tells replacements, removals and what they leave behind; names stay text", async () => {
    const name = "a|b `c` <img src=x>::d";
    const key = (region: string, onDelete = "reset") =>
      `new evs.DefaultEncryptionKey(${JSON.stringify(name)}, { region: "${region}", kmsKeyId, onDelete: "${onDelete}" });`;
    const encryption = `new evs.DefaultEncryption("switch", { region: "${region}", onDelete: "reset" });`;
    cloud.change({ keyId: cloud.key("app-disks-next") });
    const options = { program: program(key(region, "restore"), encryption), emulator: cloud.emulator };
    const env = { ...cloud.credentials(), HW_PREFLIGHT: "off" };
    await withStack({ ...options, env }, async (stack) => {
      succeeded(await stack.up());
      expect(await commentOn(stack)).toBe("### EVS default encryption: no change\n");

      stack.setProgram(program(key(region), encryption));
      expect(lines(await commentOn(stack))[0]).toMatch(/; destroying it would now `reset` \|$/);

      stack.setProgram(program(key(otherRegion), encryption));
      const [replaced, ...others] = lines(await commentOn(stack));
      expect(replaced).toContain(
        "| replace | DefaultEncryptionKey `a b  c  <img src=x>::d` | `ap-southeast-3` | `ap-southeast-3` |",
      );
      expect(replaced).toContain(
        `; the project before: \`${cloud.key("app-disks-next")}\` (alias and state not known) |`,
      );
      expect(others).toEqual([]);

      stack.setProgram(program());
      const removed = lines(await commentOn(stack)).sort();
      expect(removed).toHaveLength(2);
      expect(removed[0]).toMatch(
        /^\| remove \| DefaultEncryption `switch` .* \| on \| \*\*off\*\*, unless it was changed since \|$/,
      );
      expect(removed[1]).toContain(
        `\`${cloud.key("app-disks-next")}\` (alias and state not known), unless it was changed since |`,
      );
    });
  });

  it("says where there is no preview to tell of", async () => {
    const failed = /^### EVS default encryption: the preview failed\n\nIt could not start/;
    expect(await write("preview.jsonl")).toMatch(failed);
    fs.writeFileSync(path.join(project.root, "preview.jsonl"), "error: no stack named 'production' found");
    expect(await write("preview.jsonl")).toMatch(failed);
  });

  it("warns of a key that is not enabled, and waits for what is not known yet", async () => {
    const inputs = { region, kmsKeyId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    const urn = "urn:pulumi:test::e2e::pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey::k";
    events(step("update", urn, { inputs: { region, kmsKeyId: "old" } }, { inputs }));
    const keys = { old: { alias: "retired-disks", state: "pendingDeletion" } };
    fs.writeFileSync(path.join(project.root, "cloud.json"), JSON.stringify({ keys }));
    expect(await write("preview.jsonl", "cloud.json")).toContain(
      "| `retired-disks` **scheduled for deletion** `old` | known after the deployment |",
    );
  });

  it.each(["toString", "constructor", "__proto__"])("shows a state and a key of the name %s as text", async (name) => {
    const kind = "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey";
    const planned = { inputs: { region, kmsKeyId: "k" } };
    events(step("update", `urn:pulumi:s::p::${kind}::n`, { inputs: { region, kmsKeyId: name } }, planned), {
      summaryEvent: { resourceChanges: { update: 2, "@everyone": 1, create: "<img>" } },
    });
    fs.writeFileSync(
      path.join(project.root, "cloud.json"),
      JSON.stringify({ keys: { k: { alias: "a", state: name } } }),
    );
    const text = await write("preview.jsonl", "cloud.json");
    expect(text).toContain(`| \`${name}\` (alias and state not known) | \`a\` **state \`${name}\`** \`k\` |`);
    expect(text).toContain("All resources of the stack: 2 update.");
    expect(text).not.toMatch(/@|<img>/);
  });

  const hostile = [
    "::error::x",
    "  ::add-mask::x",
    "##[set-output]x",
    "@everyone",
    "![x](http://tracker.example/x.png)",
    "[x](http://phishing.example)",
    "</pre><img src=http://tracker.example>",
    "\u001b[2Jx\u001b]8;;http://phishing.example\u0007y",
    "a\r\n::stop-commands::x",
    "a\u2028::debug::x",
    "`x` | y",
    "\u202egnp.exe",
  ];
  /** Without what is in code and cannot act: code spans, and the insides of `<pre>`. */
  const acting = (text: string) => text.replace(/`[^`\n]*`/g, "").replace(/<pre>[^<>]*<\/pre>/g, "");
  const expectHarmless = (text: string): void => {
    expect(text.length).toBeLessThan(65_000);
    expect(text).not.toMatch(/^\s*::|##\[/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    expect(acting(text)).not.toMatch(/@|!\[|\]\(|<(?!\/?pre>)|http/);
  };

  it.each(hostile)("stays text if the cloud or the program says %j", async (word) => {
    const kind = "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey";
    const key = { inputs: { region: word, projectName: word, projectId: word, kmsKeyId: word, onDelete: word } };
    const next = { inputs: { ...key.inputs, kmsKeyId: "next", onDelete: `${word}2` } };
    events(
      error(word),
      error(`${"x".repeat(3000)}${word}`),
      step("update", `urn:pulumi:s::p::${kind}::${word}`, key, next),
      step("create", `urn:pulumi:s::p::${kind}X${word}::n`, undefined, next),
      step(word, `urn:pulumi:s::p::${kind}::n`, key, next),
    );
    const keys = { [word]: { alias: word, state: word }, next: { alias: word, state: word } };
    fs.writeFileSync(path.join(project.root, "cloud.json"), JSON.stringify({ keys }));
    const text = await write("preview.jsonl", "cloud.json");
    expectHarmless(text);
    expect(lines(text)).toHaveLength(1);
    // A row of six cells, whatever is in them.
    expect(lines(text)[0]?.match(/\|/g)).toHaveLength(7);
  });

  it("fits into what GitHub takes, and says what it leaves out", async () => {
    const urn = (name: number) =>
      `urn:pulumi:s::p::pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey::${name}`;
    const planned = { inputs: { region, projectName: "p".repeat(300), kmsKeyId: "k".repeat(300) } };
    const long = Array.from({ length: 50 }, (_, index) => error(`${index} ${"@::&<".repeat(40_000)}`));
    const steps = Array.from({ length: 500 }, (_, index) => step("create", urn(index), undefined, planned));
    events(...long, ...long, ...steps, { summaryEvent: { resourceChanges: { create: 501 } } });
    const text = await write("preview.jsonl");
    expectHarmless(text);
    expect(text).toMatch(/\n\d+ more errors: see the log of the job\.\n/);
    expect(text).toMatch(/\n\d+ more changes: see the log of the job\.\n/);
    expect(text).toContain("All resources of the stack: 501 create.");
  });
});

describe("the files", () => {
  const workflows = ["evs-preview.yml", "evs-apply.yml", "evs-drift.yml"];

  it.each(workflows)("%s asks for an ID token where it has credentials, and stores no secret", (file) => {
    const text = fs.readFileSync(path.join(pipelines, ".github/workflows", file), "utf8");
    expect(text).not.toMatch(/secrets\.|pull_request_target:/);
    for (const [name, job] of Object.entries(readWorkflow(file).jobs)) {
      const asks = job.permissions?.["id-token"] === "write";
      expect([name, asks]).toEqual([name, name !== "preview-fork"]);
    }
  });

  // A tag can be moved to other code.
  it("ask for an ID token for 20 seconds at a time, and for a minute in all", () => {
    const script = fs.readFileSync(path.join(pipelines, "ci/github-id-token.sh"), "utf8");
    expect(script).toMatch(/curl [^\n]*--max-time 20 --retry 3 --retry-max-time 60 /);
  });

  it("name each action by its commit, with the version beside it", () => {
    const workflowsIn = (folder: string): string[] =>
      fs.readdirSync(path.join(checkout, folder), { withFileTypes: true }).flatMap((entry) => {
        const name = path.join(folder, entry.name);
        if (entry.isDirectory()) return entry.name === "node_modules" ? [] : workflowsIn(name);
        return /\.github\/.+\.ya?ml$/.test(name) ? [name] : [];
      });
    const files = [".github", "examples"].flatMap(workflowsIn);
    const uses = files.flatMap((file) =>
      fs
        .readFileSync(path.join(checkout, file), "utf8")
        .split("\n")
        .filter((line) => /\buses["']?\s*:/.test(line.replace(/^\s*#.*/, "")))
        .map((line) => `${file}: ${line.trim()}`),
    );
    expect(uses.length).toBeGreaterThan(15);
    const pinned = /: (- )?uses: [\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(uses.filter((line) => !pinned.test(line))).toEqual([]);
  });

  const reason = whyNoActionlint();
  (reason === undefined ? it : it.skip)(`pass actionlint${reason ? ` (skipped: ${reason})` : ""}`, async () => {
    const folders = [path.join(checkout, ".github/workflows"), path.join(pipelines, ".github/workflows")];
    const files = folders.flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)));
    expect(files.length).toBeGreaterThan(workflows.length);
    succeeded(await lintWorkflows(files));
  });
});
