// Every command of examples/pipelines, taken from the files that users copy, with the real engine and the emulated cloud.
import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { sign } from "jsonwebtoken";
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
  const lines = ["config:", "  evs-pipelines:regions:", `    ${region}: ${cloud.key(alias)}`];
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
    store = await startObjectStore();
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

    succeeded(await apply());
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(store.keys()).toContain(".pulumi/stacks/evs-pipelines/production.json");
    expect([...store.accessKeys]).not.toContain("none");
    succeeded(await drift());

    cloud.change({ keyId: cloud.key("app-disks-next") });
    cloud.requests();
    const drifted = await drift();
    expect(drifted.code).toBe(7);
    expect(drifted.output).toContain(cloud.key("app-disks-next"));
    expect(drifted.output).toContain("no changes were expected");
    expect(writes()).toEqual([]);
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
});

describe("the comment", () => {
  const lines = (text: string) => text.split("\n").filter((line) => /^\| [a-z]/.test(line));
  const commentOn = async (stack: Stack): Promise<string> => {
    const { stdout } = await stack.preview({ json: true });
    fs.writeFileSync(path.join(project.root, "preview.json"), stdout);
    return write("preview.json");
  };
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
    fs.writeFileSync(path.join(project.root, "preview.json"), "error: no stack named 'production' found");
    expect(await write("preview.json")).toMatch(
      /^### EVS default encryption: the preview failed\n\nIt could not start/,
    );
  });

  it("warns of a key that is not enabled, and waits for what is not known yet", async () => {
    const inputs = { region, kmsKeyId: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" };
    const urn = "urn:pulumi:test::e2e::pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey::k";
    const steps = [{ op: "update", urn, oldState: { inputs: { region, kmsKeyId: "old" } }, newState: { inputs } }];
    fs.writeFileSync(path.join(project.root, "preview.json"), JSON.stringify({ steps }));
    const keys = { old: { alias: "retired-disks", state: "4" } };
    fs.writeFileSync(path.join(project.root, "cloud.json"), JSON.stringify({ keys }));
    expect(await write("preview.json", "cloud.json")).toContain(
      "| `retired-disks` **scheduled for deletion** `old` | known after the deployment |",
    );
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

  const reason = whyNoActionlint();
  (reason === undefined ? it : it.skip)(`pass actionlint${reason ? ` (skipped: ${reason})` : ""}`, async () => {
    const folders = [path.join(checkout, ".github/workflows"), path.join(pipelines, ".github/workflows")];
    const files = folders.flatMap((folder) => fs.readdirSync(folder).map((name) => path.join(folder, name)));
    expect(files.length).toBeGreaterThan(workflows.length);
    succeeded(await lintWorkflows(files));
  });
});
