// Who owns what, under the real engine: after renames that were interrupted, foreign changes, duplicates, kills, lost
// writes and other spellings, each declared project is as declared, nothing of somebody else's is undone, and no line says
// what is not known. What counts is what the emulated cloud holds, not what the engine reports.
//
// The tests run side by side, each with a cloud and a stack of its own, because a test is mostly the engine's waiting.
import fs from "node:fs";
import path from "node:path";
import { company, type EmulatedCloud, otherRegion, partner, region, startCloud } from "./fixtures/emulatedCloud";
import { currentFront } from "./harness/front";
import { hostsOf, kill } from "./harness/hosts";
import {
  type OperationResult,
  type StackOptions,
  succeeded,
  type Stack as TestStack,
  withStack,
} from "./harness/stack";

interface Scene {
  cloud: EmulatedCloud;
  stack: TestStack;
}

/** A cloud with one stack. Retries wait, so there are none unless the test asks for them. */
async function scene(options: StackOptions, body: (scene: Scene) => Promise<void>): Promise<void> {
  const cloud = await startCloud();
  try {
    const env = { ...cloud.credentials(), HW_MAX_RETRIES: "0", ...options.env };
    await withStack({ emulator: cloud.emulator, ...options, env }, (stack) => body({ cloud, stack }));
  } finally {
    await cloud.close();
  }
}

/** Lines of a program. The resources that `key` and `encryption` declare are in `all`. */
const program = (...lines: string[]): string => `
  const pulumi = require("@pulumi/pulumi");
  let evs = require("pulumi-huaweicloud-evs");
  const all = [];
  ${lines.join("\n")}
`;
const key = (name: string, args: object, opts = "{}"): string =>
  `all.push(new evs.DefaultEncryptionKey("${name}", ${JSON.stringify(args)}, ${opts}));`;
const encryption = (name: string, args: object, opts = "{}"): string =>
  `all.push(new evs.DefaultEncryption("${name}", ${JSON.stringify(args)}, ${opts}));`;
/** A component of a type of its own: what `lines` declare, with `parent: this`. */
const component = (name: string, ...lines: string[]): string => `
  new (class extends pulumi.ComponentResource {
    constructor() {
      super("test:index:${name.split("-")[0]}", "${name}");
      ${lines.join("\n")}
      this.registerOutputs();
    }
  })();`;
const afterTheLast = "{ dependsOn: all.at(-1) }";

/** What the cloud holds: on or off, and the alias of the key. */
const live = (cloud: EmulatedCloud, project: string = region, account: string = company): [boolean, string] => [
  cloud.live(project, account).enabled,
  cloud.liveAlias(project, account),
];

/** The resources of this package in state, by name and kind. */
async function stateOf(stack: TestStack) {
  const { deployment } = await stack.export();
  return deployment.resources
    .filter(({ type }) => /huaweicloud[/-]evs:.*DefaultEncryption(Key)?$/.test(type))
    .map(({ urn, type, outputs = {}, ...more }) => ({
      urn,
      name: urn.split("::").at(-1) ?? "",
      kind: type.split(":").at(-1) ?? "",
      outputs,
      isPendingDeletion: more.delete === true,
    }));
}

/** State must say of each resource what the cloud holds, and nothing is left to be deleted. */
async function expectStateToBeTrue({ cloud, stack }: Scene): Promise<void> {
  for (const { name, kind, outputs, isPendingDeletion } of await stateOf(stack)) {
    const { keyId, enabled } = cloud.emulator.cloud.evs(String(outputs.projectId));
    const [said, held] = kind === "DefaultEncryption" ? [outputs.enabled, enabled] : [outputs.kmsKeyId, keyId];
    expect({ name, kind, said, isPendingDeletion }).toEqual({ name, kind, said: held, isPendingDeletion: false });
  }
}

const isWrite = (word: string): boolean => /put key|reset key|enable|disable/.test(word);
const opsOf = ({ steps }: OperationResult): string[] => [...new Set(steps.map(({ op }) => op))].sort();

describe.each(["always", "never"] as const)("a rename that does not come to its end (refresh: %s)", (refresh) => {
  const third = "la-south-2";
  const team = `${region}_team`;

  /** Before and after: names, a component's name, an agency's spelling, and one of a project together with an alias. */
  const declare = (cloud: EmulatedCloud, when: "old" | "new", ...more: string[]): string => {
    const owner = when === "old" ? { domainName: partner } : { domainId: cloud.emulator.cloud.account(partner)?.id };
    const teamProject = when === "old" ? { projectId: cloud.project(team) } : { projectName: team };
    return program(
      encryption(`switch-${when}`, { region }),
      key(`key-${when}`, { region, kmsKeyId: cloud.key("app-disks") }, afterTheLast),
      key("assumed", {
        region,
        kmsKeyId: cloud.key("app-disks", region, partner),
        assumeRole: { agencyName: "evs-deployer", ...owner },
      }),
      key(
        `aliased-${when}`,
        { region, kmsKeyId: cloud.key("app-disks", team), ...teamProject },
        '{ aliases: [{ name: "aliased-old" }] }',
      ),
      component(
        `team-${when}`,
        ...[otherRegion, third].flatMap((name) => [
          encryption(`team-${when}-${name}`, { region: name }, "{ parent: this }"),
          key(
            `team-${when}-${name}`,
            { region: name, kmsKeyId: cloud.key("app-disks", name) },
            "{ parent: this, dependsOn: all.at(-1) }",
          ),
        ]),
      ),
      ...more,
    );
  };
  const asDeclared = {
    [region]: [true, "app-disks"],
    [otherRegion]: [true, "app-disks"],
    [third]: [true, "app-disks"],
    [team]: "app-disks",
    [partner]: "app-disks",
  };
  const held = (cloud: EmulatedCloud) => ({
    [region]: live(cloud),
    [otherRegion]: live(cloud, otherRegion),
    [third]: live(cloud, third),
    [team]: cloud.liveAlias(team),
    [partner]: cloud.liveAlias(region, partner),
  });
  const failing = `
    const __provider = 'exports.handler = () => ({ create: async () => { throw new Error("out of order"); } })';
    new (class extends pulumi.CustomResource {})("pulumi-nodejs:dynamic/test:Other", "other", { __provider }, { dependsOn: all });`;

  /** Each returns the result of the interrupted `up` to the new program. */
  const interruptions: Record<string, (scene: Scene) => Promise<OperationResult>> = {
    "another resource fails": async ({ cloud, stack }) => {
      stack.setProgram(declare(cloud, "new", failing));
      const failed = await stack.up();
      expect(failed.output).toContain("out of order");
      expect(failed.steps.filter(({ op }) => op === "delete")).toEqual([]);
      return failed;
    },
    "Ctrl-C during a PUT": async ({ cloud, stack }) => {
      const ctrlC = new AbortController();
      const hold = cloud.emulator.hold({ operation: "UpdateDefaultKmsKeyId", projectId: cloud.project() });
      const interrupted = stack.up({ interrupt: ctrlC.signal });
      await Promise.race([hold.reached, interrupted]);
      ctrlC.abort();
      // The engine stops at once to begin anything new, and waits for what it has begun.
      await new Promise((resolve) => setTimeout(resolve, 500));
      hold.release();
      return interrupted;
    },
    "only what is new is targeted": async ({ stack }) => ({
      ...succeeded(await stack.up({ args: ["--target", "**new*"] })),
      code: -1,
    }),
    "a region fails under --continue-on-error": async ({ cloud, stack }) => {
      cloud.emulator.faults.add({
        match: { operation: "EnableEncryptionByDefault", projectId: cloud.project(third) },
        times: -1,
        action: { type: "error", status: 403, code: "EVS.5403", message: "Policy check failed." },
      });
      const failed = await stack.up({ args: ["--continue-on-error"] });
      expect(failed.output).toContain("EVS.5403");
      cloud.emulator.faults.clear();
      return failed;
    },
  };

  it.concurrent.each(Object.keys(interruptions))("%s: nothing is reset, then or later", async (name) => {
    await scene({ refresh }, async ({ cloud, stack }) => {
      stack.setProgram(declare(cloud, "old"));
      succeeded(await stack.up());
      expect(held(cloud)).toEqual(asDeclared);

      stack.setProgram(declare(cloud, "new"));
      expect((await interruptions[name]?.({ cloud, stack }))?.code).not.toBe(0);
      expect(held(cloud)).toEqual(asDeclared);

      stack.setProgram(declare(cloud, "new"));
      succeeded(await stack.up());
      expect(held(cloud)).toEqual(asDeclared);
      expect((await stateOf(stack)).map((resource) => resource.name)).not.toContainEqual(expect.stringMatching(/old/));
      await expectStateToBeTrue({ cloud, stack });
    });
  });
});

/** Projects of their own, so that the cases of one stack do not meet: each with a key "found-disks" more than others. */
function addProjects(cloud: EmulatedCloud, count: number): string[] {
  const added = cloud.emulator.cloud.addProjects(company, region, count);
  for (const { id } of added) cloud.emulator.cloud.addKey(id, { alias: "found-disks" });
  return added.map(({ name }) => name);
}

describe("a foreign change that a refresh has shown", () => {
  const removedOrDestroyed = ["removed from the program", "destroyed"] as const;
  it.concurrent.each(removedOrDestroyed)("stays when its resource is %s, and can be adopted", async (end) => {
    await scene({}, async ({ cloud, stack }) => {
      const [reset, restored, off, on, adopted] = addProjects(cloud, 5) as [string, string, string, string, string];
      const keyOf = (alias: string, projectName: string) => ({
        region,
        projectName,
        kmsKeyId: cloud.key(alias, projectName),
      });
      cloud.change({ keyId: cloud.key("found-disks", restored) }, restored);
      cloud.change({ enabled: true }, on);
      stack.setProgram(
        program(
          key("reset", keyOf("app-disks", reset)),
          key("restored", { ...keyOf("app-disks", restored), onDelete: "restore" }),
          encryption("off", { region, projectName: off, enabled: false, onDelete: "reset" }),
          encryption("on", { region, projectName: on }),
          key("adopted", keyOf("app-disks", adopted)),
        ),
      );
      succeeded(await stack.up());

      for (const name of [reset, restored, adopted]) cloud.change({ keyId: cloud.key("app-disks-next", name) }, name);
      cloud.change({ enabled: true }, off);
      cloud.change({ enabled: false }, on);
      succeeded(await stack.refresh());
      cloud.requests();
      stack.setProgram(program(key("adopted", keyOf("app-disks-next", adopted))));
      const gone = succeeded(end === "destroyed" ? await stack.destroy() : await stack.up());

      expect(cloud.requests().filter(isWrite)).toEqual([]);
      expect([reset, restored, adopted].map((name) => cloud.liveAlias(name))).toEqual(Array(3).fill("app-disks-next"));
      expect([off, on].map((name) => cloud.live(name).enabled)).toEqual([true, false]);
      expect(gone.output).toMatch(/The default encryption key of .* stays: it was changed outside this resource\./);
      expect(gone.output).toMatch(/Default encryption of .* stays (on|off): it was changed outside this resource\./);
      if (end === "destroyed") return;

      // What the program has adopted is its own from then on.
      succeeded(await stack.destroy());
      expect(cloud.liveAlias(adopted)).toBe("evs/default");
    });
  });
});

describe("a second resource for one project", () => {
  // If they are spelled differently, the second depends on the first: else the engine may check either of them first.
  const declare: Record<string, (cloud: EmulatedCloud, folder: string) => string> = {
    // Components of one type would get the engine's own refusal, because their children would have one URN.
    "as a child of the same name in another component": (cloud) =>
      program(
        component("one", key("disks", { region, kmsKeyId: cloud.key("app-disks") }, "{ parent: this }")),
        component("two", key("disks", { region, kmsKeyId: cloud.key("app-disks-next") }, "{ parent: this }")),
      ),
    "by name and by ID": (cloud) =>
      program(
        key("named", { region, kmsKeyId: cloud.key("app-disks") }),
        key("identified", { region, projectId: cloud.project(), kmsKeyId: cloud.key("app-disks-next") }, afterTheLast),
      ),
    "through a second copy of the package": (cloud, folder) => {
      const package_ = "pulumi-huaweicloud-evs";
      const [ours, team] = [path.join(folder, "node_modules", package_), path.join(folder, "node_modules", "team")];
      for (const part of ["package.json", "dist/sdk", "dist/provider"]) {
        fs.cpSync(path.join(ours, part), path.join(team, "node_modules", package_, part), { recursive: true });
      }
      fs.writeFileSync(path.join(team, "index.js"), `module.exports = require("${package_}");`);
      return program(
        key("here", { region, kmsKeyId: cloud.key("app-disks") }),
        'evs = require("team");',
        key("there", { region, projectName: region, kmsKeyId: cloud.key("app-disks-next") }, afterTheLast),
      );
    },
  };

  // The plugin's classes have no copies: each language has one, which says nothing of targets.
  const ways = Object.keys(declare).filter((how) => currentFront() === "dynamic" || !how.includes("copy"));
  it.concurrent.each(ways)("%s is refused in the preview and in each up", async (how) => {
    await scene({}, async ({ cloud, stack }) => {
      stack.setProgram(declare[how]?.(cloud, stack.folder) ?? "");
      const outcomes: unknown[] = [];
      const note = ({ code, output }: OperationResult) => {
        const line = /"\w+"( \(in a \w+\))? is for the same target as "\w+"/.exec(output)?.[0];
        outcomes.push([code !== 0, line !== undefined, /\n +at /.test(output)]);
      };
      note(await stack.preview());
      expect(cloud.requests().filter(isWrite)).toEqual([]);
      const keys = new Set<string>();
      for (let run = 1; run <= 2; run++) {
        note(await stack.up());
        keys.add(cloud.liveAlias());
      }
      expect(outcomes).toEqual(Array(3).fill([true, true, false]));
      // The first may have been created, and is not overwritten. Which is the first, the dynamic front's classes see to.
      const made = [...keys].filter((alias) => alias !== "");
      expect(made.length).toBeLessThanOrEqual(1);
      if (currentFront() === "dynamic") expect(made.filter((alias) => alias !== "app-disks")).toEqual([]);
      expect(cloud.requests().filter(isWrite).length).toBeLessThanOrEqual(1);
      expect((await stateOf(stack)).length).toBeLessThanOrEqual(1);
    });
  });
});

describe('what "restore" has found', () => {
  /** A key and a switch for a project that was found with another key, and on. */
  const both = (cloud: EmulatedCloud, projectName: string, opts = "{}", name = projectName, alias = "app-disks") => [
    encryption(name, { region, projectName, enabled: false }, opts),
    key(name, { region, projectName, kmsKeyId: cloud.key(alias, projectName), onDelete: "restore" }, opts),
  ];
  const foundProjects = (cloud: EmulatedCloud, count: number): string[] => {
    const names = addProjects(cloud, count);
    for (const name of names) cloud.change({ enabled: true, keyId: cloud.key("found-disks", name) }, name);
    return names;
  };
  const replace = async (stack: TestStack, name: string) => {
    const urns = (await stateOf(stack)).filter((resource) => resource.name === name).map(({ urn }) => urn);
    return urns.flatMap((urn) => ["--replace", urn]);
  };

  it.concurrent.each(["always", "never"] as const)(
    "through renames, --replace and taint (refresh: %s)",
    async (refresh) => {
      await scene({ refresh }, async ({ cloud, stack }) => {
        const names = foundProjects(cloud, 4) as [string, string, string, string];
        const [aliased, renamed, replaced, tainted] = names;
        const kept = [...both(cloud, replaced), ...both(cloud, tainted)];
        stack.setProgram(program(...both(cloud, aliased), ...both(cloud, renamed), ...kept));
        succeeded(await stack.up());
        const asDeclared = names.map(() => [false, "app-disks"]);
        expect(names.map((name) => live(cloud, name))).toEqual(asDeclared);

        for (const { urn, name } of await stateOf(stack)) {
          if (name === tainted) succeeded(await stack.run(["state", "taint", urn, "--yes"]));
        }
        stack.setProgram(
          program(
            ...both(cloud, aliased, `{ aliases: [{ name: "${aliased}" }] }`, "with-alias"),
            ...both(cloud, renamed, "{}", "without-alias"),
            ...kept,
          ),
        );
        const up = succeeded(await stack.up({ args: await replace(stack, replaced) }));
        for (const name of [replaced, tainted]) {
          expect(up.steps.filter((step) => step.name === name).map(({ op }) => op)).toContain("create-replacement");
        }
        expect(names.map((name) => live(cloud, name))).toEqual(asDeclared);
        const lost =
          up.output.match(/does not have the previous (key|setting) recorded by this one.*aliases: \[/g) ?? [];

        const destroyed = succeeded(await stack.destroy());
        const asFound = [true, "found-disks"];
        if (refresh === "always") {
          expect(lost).toEqual([]);
          expect(names.map((name) => live(cloud, name))).toEqual(names.map(() => asFound));
          return;
        }
        // Without a refresh the engine hands over nothing to the new resource but by an alias.
        expect(new Set(lost).size).toBe(2);
        expect(names.map((name) => live(cloud, name))).toEqual([asFound, ...Array(3).fill([false, "app-disks"])]);
        const lines = destroyed.output.split("\n").filter((line) => line.includes("restored to"));
        expect(new Set(lines.map((line) => /project (\w+)/.exec(line)?.[1]))).toEqual(
          new Set([cloud.project(aliased)]),
        );
      });
    },
  );

  it.concurrent("through a SIGKILL during the PUT of an update and of a replacement", async () => {
    await scene({}, async ({ cloud, stack }) => {
      const names = foundProjects(cloud, 3) as [string, string, string];
      const [updated, replaced, created] = names;
      const declare = (alias: string, ...more: string[]) =>
        program(...both(cloud, updated, "{}", updated, alias), ...both(cloud, replaced), ...more);
      stack.setProgram(declare("app-disks"));
      succeeded(await stack.up());

      stack.setProgram(declare("app-disks-next", ...both(cloud, created)));
      const args = await replace(stack, replaced);
      const operation = "UpdateDefaultKmsKeyId";
      const holds = names.map((name) => cloud.emulator.hold({ operation, projectId: cloud.project(name) }, "answer"));
      const power = new AbortController();
      const killed = stack.up({ args, signal: power.signal });
      await Promise.race([Promise.all(holds.map(({ reached }) => reached)), killed]);
      const hosts = hostsOf(stack.folder);
      power.abort();
      kill(hosts);
      expect((await killed).code).not.toBe(0);
      for (const hold of holds) hold.release();
      expect(names.map((name) => cloud.liveAlias(name))).toEqual(["app-disks-next", "app-disks", "app-disks"]);

      succeeded(await stack.run(["cancel", "--yes"]));
      const up = succeeded(await stack.up());
      await expectStateToBeTrue({ cloud, stack });

      const destroyed = succeeded(await stack.destroy());
      expect([updated, replaced].map((name) => live(cloud, name))).toEqual(Array(2).fill([true, "found-disks"]));
      // Of a creation that was killed nothing is in state: the line says what is known.
      expect(cloud.liveAlias(created)).toBe("app-disks");
      expect(up.output).toContain(`of project ${cloud.project(created)} in ${region} is the declared one already`);
      expect(destroyed.output).toContain(
        `of project ${cloud.project(created)} in ${region} stays as it is: the same key was set already when this`,
      );
    });
  });

  const withId = { first: "with", second: "without" };
  const withoutId = { first: "without", second: "with" };
  it.concurrent.each([withId, withoutId])(
    "where the project's ID was given $first and is then $second: no change at all",
    async ({ first, second }) => {
      await scene({ refresh: "never" }, async ({ cloud, stack }) => {
        for (const name of [region, otherRegion]) {
          cloud.change({ enabled: true, keyId: cloud.key("app-disks-next", name) }, name);
        }
        const env = (how: string): Record<string, string> => ({
          HW_REGION_NAME: region,
          ...(how === "with" && { HW_PROJECT_ID: cloud.project() }),
        });
        // In one region the ID is configured, in the other it is written in the program.
        const declare = (how: string) =>
          program(
            encryption("switch", { enabled: false }),
            key("key", { kmsKeyId: cloud.key("app-disks"), onDelete: "restore" }),
            key("written", {
              region: otherRegion,
              kmsKeyId: cloud.key("app-disks", otherRegion),
              onDelete: "restore",
              ...(how === "with" && { projectId: cloud.project(otherRegion) }),
            }),
          );
        stack.setProgram(declare(first));
        succeeded(await stack.up({ env: env(first) }));
        cloud.requests();
        stack.setProgram(declare(second));
        succeeded(await stack.preview({ env: env(second), args: ["--expect-no-changes"] }));
        expect(opsOf(succeeded(await stack.up({ env: env(second), args: ["--refresh"] })))).toEqual(["same"]);
        stack.setProgram(declare(first));
        succeeded(await stack.preview({ env: env(first), args: ["--expect-no-changes"] }));
        expect(cloud.requests().filter(isWrite)).toEqual([]);

        succeeded(await stack.destroy({ env: env(first) }));
        expect(live(cloud)).toEqual([true, "app-disks-next"]);
        expect(cloud.liveAlias(otherRegion)).toBe("app-disks-next");
      });
    },
  );

  it.concurrent("where the key found was the declared one and has become unusable: reset", async () => {
    await scene({}, async ({ cloud, stack }) => {
      cloud.change({ enabled: true, keyId: cloud.key("app-disks") });
      stack.setProgram(program(key("key", { region, kmsKeyId: cloud.key("app-disks"), onDelete: "restore" })));
      succeeded(await stack.up());
      cloud.emulator.cloud.setKeyState(cloud.key("app-disks"), "disabled");
      const destroyed = succeeded(await stack.destroy());
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(destroyed.output).toMatch(/is reset to the service's own: the key found at creation .*is disabled/);
    });
  });

  it.concurrent("was not recorded: no line says otherwise", async () => {
    await scene({}, async ({ cloud, stack }) => {
      const [found] = foundProjects(cloud, 1) as [string];
      const declare = (onDelete: string) =>
        program(
          encryption("switch", { region, projectName: found, onDelete }),
          key("key", { region, projectName: found, kmsKeyId: cloud.key("app-disks", found), onDelete }),
        );
      stack.setProgram(declare("reset"));
      succeeded(await stack.up());
      stack.setProgram(declare("restore"));
      cloud.requests();
      succeeded(await stack.up());
      expect(cloud.requests().filter(isWrite)).toEqual([]);
      const { output } = succeeded(await stack.destroy());
      expect(output).not.toMatch(/it was so at creation|no other was found|the same was found/);
      expect(output).toContain("stays on: the previous setting was not recorded.");
      expect(output).toContain("is reset to the service's own: the previous key was not recorded when this resource");
      expect(live(cloud, found)).toEqual([true, "evs/default"]);
    });
  });
});

describe("an error says what is true, and the next up does what is missing", () => {
  it.concurrent("a lost write, and then throttled to the end: what was found is not forgotten", async () => {
    await scene({ env: { HW_MAX_RETRIES: "2" } }, async ({ cloud, stack }) => {
      const [readable, unreadable] = addProjects(cloud, 2) as [string, string];
      const declare = (name: string) => [
        encryption(name, { region, projectName: name }),
        key(
          name,
          { region, projectName: name, kmsKeyId: cloud.key("app-disks", name), onDelete: "restore" },
          afterTheLast,
        ),
      ];
      for (const name of [readable, unreadable]) {
        // Found off, but it has been on before: else switching on would change the key, and put it back.
        cloud.change({ enabled: true, keyId: cloud.key("found-disks", name) }, name);
        cloud.change({ enabled: false }, name);
      }
      const loseAndThrottle = (operation: string, projectId: string) => {
        cloud.emulator.faults.add({ match: { operation, projectId }, action: { type: "resetAfter" } });
        const action = { type: "status", status: 429 } as const;
        cloud.emulator.faults.add({ match: { operation, projectId }, times: -1, action });
      };
      // Here both writes can be read back …
      const projectId = cloud.project(readable);
      loseAndThrottle("EnableEncryptionByDefault", projectId);
      loseAndThrottle("UpdateDefaultKmsKeyId", projectId);
      stack.setProgram(program(...declare(readable)));
      succeeded(await stack.up());
      expect(live(cloud, readable)).toEqual([true, "app-disks"]);

      // … and here the key cannot: the switch and what was found have been read before it.
      const unread = cloud.project(unreadable);
      loseAndThrottle("UpdateDefaultKmsKeyId", unread);
      const match = { operation: "ShowDefaultKmsKeyId", projectId: unread } as const;
      const readsBefore = 3;
      cloud.emulator.faults.add({ match, skip: readsBefore, times: -1, action: { type: "status", status: 500 } });
      stack.setProgram(program(...declare(readable), ...declare(unreadable)));
      const failed = await stack.up();
      expect(failed.code).not.toBe(0);
      expect(cloud.liveAlias(unreadable)).toBe("app-disks");
      cloud.emulator.faults.clear();
      const half = (await stateOf(stack)).find(({ name, kind }) => name === unreadable && kind.endsWith("Key"));
      expect(half?.outputs.previousKmsKeyId).toBe(cloud.key("found-disks", unreadable));
      expect(half?.outputs).not.toHaveProperty("kmsKeyId");

      succeeded(await stack.up());
      await expectStateToBeTrue({ cloud, stack });
      succeeded(await stack.destroy());
      expect([readable, unreadable].map((name) => live(cloud, name))).toEqual(Array(2).fill([false, "found-disks"]));
    });
  });

  it.concurrent("a write that was not confirmed is repaired, also where onDelete changes with it", async () => {
    await scene({ refresh: "never" }, async ({ cloud, stack }) => {
      const [updated, created, switched] = addProjects(cloud, 3) as [string, string, string];
      const declare = (alias: string, onDelete: string, names: string[]) =>
        program(
          ...names.map((name) => key(name, { region, projectName: name, kmsKeyId: cloud.key(alias, name), onDelete })),
          encryption(switched, { region, projectName: switched, enabled: alias === "app-disks-next", onDelete }),
        );
      stack.setProgram(declare("app-disks", "reset", [updated]));
      succeeded(await stack.up());

      for (const operation of ["UpdateDefaultKmsKeyId", "EnableEncryptionByDefault"] as const) {
        cloud.emulator.faults.add({ match: { operation }, times: -1, action: { type: "resetBefore" } });
      }
      for (const name of [updated, created]) {
        const match = { operation: "ShowDefaultKmsKeyId", projectId: cloud.project(name) } as const;
        cloud.emulator.faults.add({ match, times: -1, action: { type: "status", status: 500 } });
      }
      const match = { operation: "ShowEncryptionByDefault", projectId: cloud.project(switched) } as const;
      cloud.emulator.faults.add({ match, times: -1, action: { type: "status", status: 500 } });
      stack.setProgram(declare("app-disks-next", "reset", [updated, created]));
      expect((await stack.up({ args: ["--continue-on-error"] })).code).not.toBe(0);
      expect(await stateOf(stack)).toHaveLength(3);
      cloud.emulator.faults.clear();

      stack.setProgram(declare("app-disks-next", "restore", [updated, created]));
      succeeded(await stack.up());
      expect([updated, created].map((name) => cloud.liveAlias(name))).toEqual(["app-disks-next", "app-disks-next"]);
      expect(cloud.live(switched).enabled).toBe(true);
      await expectStateToBeTrue({ cloud, stack });
    });
  });

  it.concurrent("a switch and a key without dependsOn end right in either order", async () => {
    await scene({ env: { HW_PREFLIGHT: "off" } }, async ({ cloud, stack }) => {
      const [switchFirst, keyFirst] = addProjects(cloud, 2) as [string, string];
      const args = (name: string) => ({ region, projectName: name, kmsKeyId: cloud.key("app-disks", name) });
      stack.setProgram(
        program(
          encryption(switchFirst, { region, projectName: switchFirst }),
          key(switchFirst, args(switchFirst)),
          key(keyFirst, args(keyFirst)),
          encryption(keyFirst, { region, projectName: keyFirst }),
        ),
      );
      // Each call is held until the other has come, or will not come as long as this one is under way.
      const asked = (operation: string, projectId: string) =>
        cloud.emulator.requests.some((record) => record.operation === operation && record.projectId === projectId);
      const order = async (first: "UpdateDefaultKmsKeyId" | "EnableEncryptionByDefault", name: string) => {
        const second = first === "UpdateDefaultKmsKeyId" ? "EnableEncryptionByDefault" : "UpdateDefaultKmsKeyId";
        const projectId = cloud.project(name);
        const hold = cloud.emulator.hold({ operation: second, projectId });
        await hold.reached;
        for (let waited = 0; !asked(first, projectId) && waited < 1500; waited += 50) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        hold.release();
      };
      const ordered = [order("EnableEncryptionByDefault", switchFirst), order("UpdateDefaultKmsKeyId", keyFirst)];
      succeeded(await stack.up());
      await Promise.all(ordered);
      expect([switchFirst, keyFirst].map((name) => live(cloud, name))).toEqual(Array(2).fill([true, "app-disks"]));
      await expectStateToBeTrue({ cloud, stack });
      succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
    });
  });
});

describe("what is written otherwise", () => {
  it.concurrent("a configured project without its region is refused, and IDs are sent in lower case", async () => {
    await scene({}, async ({ cloud, stack }) => {
      const kmsKeyId = cloud.key("app-disks");
      stack.setProgram(program(key("key", { region, kmsKeyId })));
      const refused = await stack.preview({ env: { HW_PROJECT_ID: cloud.project(otherRegion) } });
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/is configured \(.*HW_PROJECT_ID.*\) without a region: set/);
      expect(cloud.requests().filter(isWrite)).toEqual([]);

      const upper = { region, projectId: cloud.project().toUpperCase(), kmsKeyId: kmsKeyId.toUpperCase() };
      stack.setProgram(program(key("key", upper)));
      succeeded(await stack.up());
      const put = cloud.records().find(({ operation }) => operation === "UpdateDefaultKmsKeyId");
      expect(put?.path).toContain(`/${cloud.project()}/`);
      expect(cloud.live().keyId).toBe(kmsKeyId);
      succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
    });
  });

  it.concurrent("outputs say what stack transformations have made of the arguments", async () => {
    await scene({}, async ({ cloud, stack }) => {
      const role = { agencyName: "evs-deployer", domainName: partner };
      cloud.change({ enabled: true, keyId: cloud.key("app-disks-next", region, partner) }, region, partner);
      stack.setProgram(
        program(
          `pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
            const changes = { onDelete: type.endsWith("Key") ? "restore" : "reset", assumeRole: ${JSON.stringify(role)} };
            return /huaweicloud.evs/.test(type) ? { props: { ...props, ...changes }, opts } : undefined;
          });`,
          encryption("switch", { region }),
          key("key", { region, kmsKeyId: cloud.key("app-disks", region, partner) }),
          "exports.said = all.map(({ onDelete, assumeRole, projectId }) => ({ onDelete, assumeRole, projectId }));",
        ),
      );
      succeeded(await stack.up());
      const projectId = cloud.project(region, partner);
      const { said } = await stack.outputs();
      expect(said).toEqual([
        { onDelete: "reset", assumeRole: role, projectId },
        { onDelete: "restore", assumeRole: role, projectId },
      ]);
      succeeded(await stack.destroy());
      expect(live(cloud, region, partner)).toEqual([false, "app-disks-next"]);
    });
  });
});

describe("a project that was deleted", () => {
  const declare = (cloud: EmulatedCloud, names: string[]) =>
    program(
      ...names.flatMap((name) => [
        encryption(name, { region, projectName: name }),
        key(name, { region, projectName: name, kmsKeyId: cloud.key("app-disks", name) }, afterTheLast),
      ]),
    );

  it.concurrent("refresh and destroy end, with one line", async () => {
    await scene({ refresh: "never" }, async ({ cloud, stack }) => {
      const [refreshed, destroyed] = addProjects(cloud, 2) as [string, string];
      const ids = [cloud.project(refreshed), cloud.project(destroyed)] as const;
      stack.setProgram(declare(cloud, [refreshed, destroyed]));
      succeeded(await stack.up());

      cloud.emulator.cloud.removeProject(ids[0]);
      const refresh = succeeded(await stack.refresh());
      expect(refresh.output).toContain(
        `The project ${ids[0]} in ${region} appears to have been deleted, and with it its default`,
      );
      expect((await stateOf(stack)).map(({ name }) => name)).toEqual([destroyed, destroyed]);

      cloud.emulator.cloud.removeProject(ids[1]);
      const destroy = succeeded(await stack.destroy());
      expect(destroy.output).toContain(
        `The project ${ids[1]} in ${region} appears to have been deleted, so there is nothing to restore`,
      );
      expect(await stateOf(stack)).toEqual([]);
    });
  });

  it.concurrent("that may as well be a lost permission: the error names the way out", async () => {
    const withoutPassword = { HW_USER_NAME: "", HW_USER_PASSWORD: "", HW_DOMAIN_NAME: "" };
    await scene({ refresh: "never", env: withoutPassword }, async ({ cloud, stack }) => {
      const [name] = addProjects(cloud, 1) as [string];
      const env = {
        HW_USER_NAME: undefined,
        HW_USER_PASSWORD: undefined,
        HW_DOMAIN_NAME: undefined,
        ...cloud.accessKey(),
      };
      stack.setProgram(declare(cloud, [name]));
      succeeded(await stack.up({ env }));
      cloud.emulator.cloud.removeProject(cloud.project(name));
      for (const failed of [await stack.refresh({ env }), await stack.destroy({ env })]) {
        expect(failed.code).not.toBe(0);
        expect(failed.output).toContain("If the project was deleted, remove the resource from the state: pulumi state");
        expect(failed.output).not.toMatch(/\n +at /);
      }
    });
  });
});

it.concurrent("state of 0.1.0 goes on without a request, and leaves a foreign change alone", async () => {
  await scene({}, async ({ cloud, stack }) => {
    const owned: [string, string?][] = [[region], [otherRegion], [region, partner], ["la-south-2"]];
    for (const [name, account] of owned) {
      cloud.change({ enabled: true, keyId: cloud.key("app-disks", name, account) }, name, account);
    }
    const kmsKeyId = (name: string, account = company) => cloud.key("app-disks", name, account);
    const assumeRole = { agencyName: "evs-deployer", domainName: partner };
    stack.setProgram(
      program(
        encryption("switch", { region }),
        key("key", { region, kmsKeyId: kmsKeyId(region), onDelete: "restore" }, afterTheLast),
        key("pinned", {
          region: otherRegion,
          projectId: cloud.project(otherRegion),
          kmsKeyId: kmsKeyId(otherRegion),
        }),
        key("assumed", { region, projectName: region, kmsKeyId: kmsKeyId(region, partner), assumeRole }),
        `new evs.DefaultEncryptionBaseline("all", { projects: { "la-south-2": "${kmsKeyId("la-south-2")}" } });`,
      ),
    );
    succeeded(await stack.run(["stack", "import", "--file", path.join(__dirname, "fixtures", "state-0.1.0.json")]));
    expect(opsOf(succeeded(await stack.up({ args: ["--refresh=false"] })))).toEqual(["same"]);
    expect(cloud.requests()).toEqual([]);

    cloud.change({ keyId: cloud.key("app-disks-next", otherRegion) }, otherRegion);
    cloud.change({ enabled: false, keyId: cloud.key("app-disks-next", "la-south-2") }, "la-south-2");
    succeeded(await stack.refresh());
    succeeded(await stack.destroy());
    expect(cloud.liveAlias(otherRegion)).toBe("app-disks-next");
    expect(live(cloud, "la-south-2")).toEqual([false, "app-disks-next"]);
    expect([live(cloud), cloud.liveAlias(region, partner)]).toEqual([[false, "evs/default"], "evs/default"]);
  });
});
