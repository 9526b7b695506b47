// The policies of docs/permissions.md, read out of the page: with each, its task works against a cloud that refuses every
// call whose action is not listed, and each action that is listed is used.
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { roles } from "../emulator/cloud/permissions";
import { operations } from "../emulator/services/registry";
import { type EmulatedCloud, region, startCloud } from "./fixtures/emulatedCloud";
import { checkout } from "./harness/readiness";
import { type Stack, succeeded, withStack } from "./harness/stack";

const page = fs.readFileSync(path.join(checkout, "docs/permissions.md"), "utf8");

const statement = z.strictObject({
  Effect: z.enum(["Allow", "Deny"]),
  Action: z.array(z.string()).min(1),
  Resource: z.array(z.literal("*")).optional(),
});
const policy = z.strictObject({ Version: z.literal("5.0"), Statement: z.tuple([statement]) });

/** The one statement of the policy under a heading. */
function statementOf(heading: string): z.infer<typeof statement> {
  const [, text = ""] = new RegExp(`^#+ ${heading}\\n[^#]*?\`\`\`json\\n([^]*?)\`\`\``, "m").exec(page) ?? [];
  return policy.parse(JSON.parse(text)).Statement[0];
}

/** Actions by the method and path of their call. */
const actions = new Map(
  [...page.matchAll(/^\| `([A-Z]+ \/\S+)` \| `(\S+)`(?: \(inferred\))? \|/gm)].map(([, call = "", action = ""]) => [
    call,
    action,
  ]),
);

const guarded = operations.flatMap((operation) => {
  if (!("permission" in operation) || operation.permission === undefined) return [];
  const { service, name, method, path: at, permission } = operation;
  return [{ service, name, permission, action: actions.get(`${method} ${at}`) }];
});

let cloud: EmulatedCloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

/** What each service answers that refuses a call. */
const codes = new Map<string, string>([
  ["evs", "EVS.2056"],
  ["kms", "KMS.0306"],
  ["iam", "IAM.0003"],
  ["organizations", "Organizations.1007"],
]);

/** From now on every call is refused whose action is not among these. */
function allowOnly(allowed: readonly string[]): void {
  cloud.requests();
  for (const { service, name, action } of guarded) {
    if (action !== undefined && allowed.includes(action)) continue;
    const code = codes.get(service);
    if (code === undefined) throw new Error(`how ${service} refuses is not known`);
    const refusal = { type: "error" as const, status: 403, code, message: "not allowed" };
    cloud.emulator.faults.add({ match: { service, operation: name }, times: -1, action: refusal });
  }
}

/** The actions of the calls since then. */
function used(): string[] {
  const called = new Set(cloud.records().map(({ operation }) => operation));
  return guarded
    .flatMap(({ name, action }) => (called.has(name) ? (action ?? `${name}, without an action`) : []))
    .sort();
}

const resources = (alias: string, encryption = "") => `
  const evs = require("pulumi-huaweicloud-evs");
  const encryption = new evs.DefaultEncryption("switch", { region: "${region}", ${encryption} });
  new evs.DefaultEncryptionKey("key", { region: "${region}", kmsKeyId: "${cloud.key(alias)}" }, { dependsOn: [encryption] });`;

function inStack(program: string, body: (stack: Stack) => Promise<void>): Promise<void> {
  const env = { ...cloud.accessKey(), HW_PREFLIGHT: "require" };
  return withStack({ program, emulator: cloud.emulator, env }, body);
}
const asReader = () => ({ env: cloud.accessKey("auditor") });

it("names the action of each call of EVS and of each other call that needs one", () => {
  const calls = guarded.filter(({ service }) => service === "evs");
  expect(calls.length).toBe(7);
  expect(calls.filter(({ action }) => action === undefined)).toEqual([]);
  const named = new Set(guarded.map(({ action }) => action));
  expect([...actions.values()].filter((action) => !named.has(action))).toEqual([]);
});

it.each(["Preview", "Drift", "Audit"])("%s needs nothing that changes the cloud", (task) => {
  const readOnly: readonly string[] = roles.readOnly;
  const needed = guarded.filter(({ action }) => action && statementOf(task).Action.includes(action));
  expect(needed.length).toBeGreaterThan(1);
  expect(needed.filter(({ permission }) => !readOnly.includes(permission))).toEqual([]);
});

it("Preview and Drift work with their policies, and no more can be done with them", async () => {
  await inStack(resources("app-disks"), async (stack) => {
    succeeded(await stack.up());
    stack.setProgram(`${resources("app-disks-next")}\nevs.getDefaultEncryption({ region: "${region}" });`);
    const preview = statementOf("Preview").Action;
    allowOnly(preview);
    succeeded(await stack.preview(asReader()));
    expect(used()).toEqual([...preview].sort());
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("EVS.2056");
    expect(cloud.liveAlias()).toBe("app-disks");

    cloud.emulator.faults.clear();
    const drift = statementOf("Drift").Action;
    allowOnly(drift);
    succeeded(await stack.refresh({ ...asReader(), args: ["--preview-only", "--expect-no-changes"] }));
    expect(used()).toEqual([...drift].sort());
  });
});

it("Apply works with its policy, from the first run to the last", async () => {
  const { Action: apply } = statementOf("Apply");
  allowOnly(apply);
  await inStack(resources("app-disks"), async (stack) => {
    succeeded(await stack.up());
    stack.setProgram(resources("app-disks-next", "enabled: false"));
    succeeded(await stack.up());
    succeeded(await stack.destroy());
    expect(used()).toEqual([...apply].sort());
  });
});

it("Audit works with its policy", async () => {
  const { Action: audit } = statementOf("Audit");
  allowOnly(audit);
  const program = `
    const evs = require("pulumi-huaweicloud-evs");
    const target = { region: "${region}" };
    exports.found = Promise.all([
      evs.getDefaultEncryption(target),
      evs.getDefaultEncryptionKey(target),
      evs.getKmsKey({ ...target, keyId: "${cloud.key("app-disks")}" }),
      evs.getKmsKey({ ...target, alias: "app-disks" }),
    ]);`;
  await inStack(program, async (stack) => {
    succeeded(await stack.preview(asReader()));
    expect(used()).toEqual([...audit].sort());
  });
});

it("the service control policy keeps a member account from switching off, and nothing else from working", async () => {
  const denied = statementOf("Keep it on");
  expect(denied).toMatchObject({ Effect: "Deny", Resource: ["*"] });
  allowOnly(statementOf("Apply").Action.filter((action) => !denied.Action.includes(action)));
  await inStack(resources("app-disks"), async (stack) => {
    succeeded(await stack.up());
    stack.setProgram(resources("app-disks-next"));
    succeeded(await stack.up());
    expect(cloud.liveAlias()).toBe("app-disks-next");
    stack.setProgram(resources("app-disks-next", "enabled: false"));
    expect((await stack.up()).code).not.toBe(0);
    expect((await stack.destroy()).code).not.toBe(0);
    expect(cloud.live()).toMatchObject({ enabled: true, keyId: cloud.key("app-disks-next") });
  });
});
