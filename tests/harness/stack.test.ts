// The harness itself, on a resource so simple that a failure here is the engine's or the harness's.

import fs from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { processes } from "./hosts";
import { succeeded, withStack } from "./stack";

const program = (value: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const __provider = 'exports.handler = () => ({' +
    'check: async (olds, news) => ({ inputs: news }),' +
    'diff: async (id, olds, news) => ({ changes: olds.value !== news.value }),' +
    'create: async (inputs) => ({ id: "one", outs: inputs }),' +
    'read: async (id, props) => ({ id, props }),' +
    'update: async (id, olds, news) => { if (news.value === "bad") throw new Error("refused"); return { outs: news }; },' +
    'delete: async () => {} })';
  class Simple extends pulumi.CustomResource {}
  const simple = new Simple("pulumi-nodejs:dynamic/test:Simple", "simple", { value: ${JSON.stringify(value)}, __provider });
  exports.id = simple.id;
  exports.secret = new pulumi.Config("huaweicloud").getSecret("password");
  exports.home = process.env.HOME;
  exports.leaked = Object.keys(process.env).filter((name) => /^(HW|OS|HUAWEICLOUD)_/.test(name) && name !== "HW_ENDPOINT_URL_METADATA");
`;

describe("withStack", () => {
  beforeAll(() => {
    process.env.HW_SECRET_KEY = "the caller's own";
  });

  afterAll(() => {
    delete process.env.HW_SECRET_KEY;
  });

  it("counts what the engine did, keeps the caller's environment out, and leaves nothing behind", async () => {
    const root = await withStack(
      { program: program("a"), config: { "huaweicloud:password": { secret: "hunter2" } } },
      async (stack) => {
        expect(succeeded(await stack.up()).changes).toEqual({ create: 2 });
        expect(await stack.outputs()).toEqual({ id: "one", secret: "hunter2", home: stack.home, leaked: [] });
        expect((await stack.export()).deployment.resources.map(({ id }) => id)).toContain("one");

        stack.setProgram(program("b"));
        const preview = succeeded(await stack.preview({ diff: true }));
        expect(preview.changes).toEqual({ same: 1, update: 1 });
        expect(preview.stdout).toContain('~ value: "a" => "b"');
        expect(preview.steps).toEqual([expect.objectContaining({ op: "update", name: "simple", failed: false })]);

        stack.setProgram(program("bad"));
        const failed = await stack.up();
        expect(failed.code).not.toBe(0);
        expect(failed.diagnostics.map(({ message }) => message.trim())).toContain("refused");

        expect(succeeded(await stack.destroy()).changes).toEqual({ delete: 2 });
        expect(stack.transcript).toContain("$ pulumi destroy");
        expect(stack.writtenFiles().filter((file) => fs.readFileSync(file, "utf8").includes("hunter2"))).toEqual([]);
        expect(stack.writtenFiles()).toContain(path.join(stack.folder, "Pulumi.test.yaml"));
        return stack.root;
      },
    );
    expect(fs.existsSync(root)).toBe(false);
  });

  it("serializes a provider's closure, although the compiler for that comes late", async () => {
    const closure = `
      const pulumi = require("@pulumi/pulumi");
      const shout = (text) => text.toUpperCase();
      class Closure extends pulumi.dynamic.Resource {}
      new Closure({ create: async ({ value }) => ({ id: "one", outs: { value: shout(value) } }) }, "closure", { value: "a" });`;
    await withStack({ program: closure }, async (stack) => {
      succeeded(await stack.up());
      const { deployment } = await stack.export();
      expect(deployment.resources.map(({ outputs }) => outputs?.value)).toContain("A");
    });
  });

  it("kills a command on demand, and at the end what it has started", async () => {
    // Until it has said so it may end by itself, because it cannot tell the engine that it has begun.
    const program = `
      setInterval(() => {}, 1000);
      require("node:fs").writeFileSync("begun", "");
      module.exports = new Promise(() => {});`;
    const root = await withStack({ program }, async (stack) => {
      const stop = new AbortController();
      const running = stack.up({ signal: stop.signal });
      while (!fs.existsSync(path.join(stack.folder, "begun"))) await setTimeout(100);
      stop.abort();
      expect((await running).code).toBe(-1);
      expect(succeeded(await stack.run(["cancel", "--yes"])).code).toBe(0);
      expect(processes().filter(({ args }) => args.includes(stack.root))).not.toEqual([]);
      return stack.root;
    });
    expect(processes().filter(({ args }) => args.includes(root))).toEqual([]);
  });
});
