// Who declares a target in this run, what was found there before, and that operations on it take turns.
import fc from "fast-check";
import { toProjectId, toRegion, unknown } from "../tests/fixtures/identifiers";
import { Declarations, lacksPrevious, OneAtATime } from "./declarations";
import type { ProjectId } from "./huaweicloud/services/identifiers";
import { InitializationFailed } from "./protocol";
import type { TargetInputs } from "./target";

const region = toRegion("cn-north-4");
const elsewhere = toRegion("eu-west-101");
const id = toProjectId("0123456789abcdef0123456789abcdef");
const teamId = toProjectId("fedcba9876543210fedcba9876543210");
const partnerId = toProjectId("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
const role = { agencyName: "evs-deployer", domainName: "partner" };
const roleByDomainId = { agencyName: "evs-deployer", domainId: "d" };

const urn = (name: string, types = "dynamic:Key") => `urn:pulumi:stack::project::${types}::${name}`;
const byName = { region, projectName: "cn-north-4" } satisfies TargetInputs;
const byId = { region, projectId: id } satisfies TargetInputs;
const team = { region, projectName: "cn-north-4_team" } satisfies TargetInputs;

/** IAM: which project each spelling names. */
function projectOf({ region: where, projectId, projectName, assumeRole }: TargetInputs): ProjectId {
  if (projectId !== undefined) return projectId;
  if (assumeRole !== undefined) return partnerId;
  return projectName === where ? id : teamId;
}

function declarations(fails = false) {
  const asked: TargetInputs[] = [];
  const made = new Declarations<string, string>("DefaultEncryptionKey", async (target) => {
    asked.push(target);
    if (fails) throw new Error("IAM is down.");
    return { projectId: projectOf(target) };
  });
  return { made, asked };
}

describe("declare", () => {
  it("names both resources, their components and the target", async () => {
    const { made } = declarations();
    await made.declare(urn("first", "pkg:index:Baseline$dynamic:Key"), byId, "a");
    expect(await made.declare(urn("second"), byId, "b")).toBe(
      `"second" is for the same target as "first" (in a Baseline) (project ${id} in cn-north-4), and a target has only one DefaultEncryptionKey: ` +
        "the two would overwrite each other. Remove one, or give it another region, projectId or projectName",
    );
  });

  it("names the kind alone for a program with an older copy of this package", async () => {
    const { made } = declarations();
    expect(await made.declare(undefined, byName, "a")).toBeUndefined();
    expect(await made.declare(urn("second"), byName, "b")).toMatch(
      /^"second" is for the same target as a DefaultEncryptionKey \(project cn-north-4 in cn-north-4\), and/,
    );
  });

  it.each<[string, TargetInputs, TargetInputs, number]>([
    ["by name", byName, byName, 0],
    ["by ID", byId, { region, projectId: toProjectId(id.toUpperCase()) }, 0],
    ["by name and by ID", byName, byId, 1],
    ["by ID and by name", byId, byName, 1],
    [
      "by the role's account, by name and by ID",
      { ...byName, assumeRole: role },
      { ...byName, assumeRole: roleByDomainId },
      2,
    ],
    [
      "through two agencies of one account",
      { ...byName, assumeRole: role },
      { ...byName, assumeRole: { ...role, agencyName: "b" } },
      0,
    ],
    ["by ID, through a role and without", byId, { ...byId, assumeRole: role }, 0],
  ])("sees that a target is the same: %s", async (_, one, other, lookUps) => {
    const { made, asked } = declarations();
    expect(await made.declare(urn("first"), one, "a")).toBeUndefined();
    expect(await made.declare(urn("second"), other, "b")).toMatch(/^"second" is for the same target as "first"/);
    expect(asked).toHaveLength(lookUps);
    // At every later check too, without another look-up; and the first goes on.
    expect(await made.declare(urn("second"), other, "b")).toMatch(/^"second" is for/);
    expect(await made.declare(urn("first"), one, "a")).toBeUndefined();
    expect(await made.declare(urn("third"), one, "c")).toMatch(/^"third" is for the same target as "first"/);
    expect(asked).toHaveLength(lookUps);
  });

  it.each<[string, TargetInputs, TargetInputs, number]>([
    ["another region", byName, { ...byName, region: elsewhere }, 0],
    ["another name", byName, team, 0],
    ["another ID", byId, { region, projectId: teamId }, 0],
    ["another project, one by name", team, byId, 1],
    ["an agency's project of that name", byName, { ...byName, assumeRole: role }, 0],
    ["another account's", { ...byName, assumeRole: role }, { ...byName, assumeRole: { ...role, domainName: "x" } }, 0],
    [
      "another account's by ID",
      { ...byName, assumeRole: roleByDomainId },
      { ...byName, assumeRole: { ...roleByDomainId, domainId: "x" } },
      0,
    ],
    ["not known yet", byName, { region, projectName: unknown() }, 0],
    ["not known yet itself", { region: unknown() }, byName, 0],
    ["of an ID not known yet", byName, { region, projectId: unknown() }, 0],
    ["of an ID not known yet itself", { region, projectId: unknown() }, byName, 0],
  ])("sees that a target is another: %s", async (_, one, other, lookUps) => {
    const { made, asked } = declarations();
    await made.declare(urn("first"), one, "a");
    expect(await made.declare(urn("second"), other, "b")).toBeUndefined();
    expect(asked).toHaveLength(lookUps);
  });

  it("takes a project that cannot be looked up for another one, until create looks again", async () => {
    const { made } = declarations(true);
    await made.declare(urn("first"), byId, "a");
    expect(await made.declare(urn("second"), byName, "b")).toBeUndefined();
    expect(() => made.resolve(byName, id)).toThrow(
      /^"second" is for the same target as "first" \(project .*projectName\.$/,
    );
  });

  it("needs no look-up for the same spelling, also if only one's ID is known", async () => {
    const { made } = declarations(true);
    await made.declare(urn("first"), byName, "a");
    made.resolve(byName, id);
    expect(await made.declare(urn("second"), byName, "b")).toContain(`"first" (project ${id} in cn-north-4)`);
  });

  it("compares the IDs that it knows, also if a look-up would not be worth its request", async () => {
    const { made, asked } = declarations();
    await made.declare(urn("first"), byName, "a");
    made.resolve(byName, id);
    expect(await made.declare(urn("second"), { ...byId, assumeRole: role }, "b")).toMatch(/^"second" is for/);
    expect(asked).toEqual([]);
  });

  it("is not upset by a URN of another form", async () => {
    const { made } = declarations();
    await made.declare("x", byId, "a");
    expect(await made.declare("y", byId, "b")).toMatch(/^"" is for the same target as "" \(project/);
  });

  it("keeps what create has noted while the spelling stays", async () => {
    const { made } = declarations();
    await made.declare(urn("first"), byName, "a");
    await made.declare(urn("first"), byName, "a");
    const declaration = made.resolve(byName, id);
    expect(declaration?.noted).toBeUndefined();
    if (declaration) declaration.noted = "sm4";
    await made.declare(urn("first"), byName, "b");
    expect(await made.declarationOf({ ...byName, projectId: id })).toMatchObject({ value: "b", noted: "sm4" });
    await made.declare(urn("first"), byId, "b");
    expect((await made.declarationOf({ ...byName, projectId: id }))?.noted).toBeUndefined();
    expect(made.resolve(byId, id, { noted: "aes" })).toMatchObject({ noted: "aes" });
  });

  it("lets a resource move to another target", async () => {
    const { made } = declarations();
    await made.declare(urn("first"), byName, "a");
    await made.declare(urn("first"), team, "a");
    expect(await made.declare(urn("second"), byName, "b")).toBeUndefined();
    expect(await made.declarationOf({ ...team, projectId: teamId })).toMatchObject({ urn: urn("first") });
  });

  it("remembers the ID that it has looked up while the spelling stays", async () => {
    const { made, asked } = declarations();
    await made.declare(urn("first"), byName, "a");
    made.resolve(byName, id);
    await made.declare(urn("first"), byName, "a2");
    expect(await made.declare(urn("second"), byId, "b")).toMatch(/^"second" is for/);
    await made.declare(urn("first"), team, "a");
    expect(await made.declare(urn("second"), byId, "b")).toBeUndefined();
    expect(asked).toEqual([team]);
  });
});

it("never lets two spellings of one target pass, in whatever order they come", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<TargetInputs>(byName, byId, team, { region, projectId: teamId }), {
        minLength: 2,
        maxLength: 6,
      }),
      async (targets) => {
        const { made } = declarations();
        const holders = new Map<string, number>();
        for (const [index, target] of targets.entries()) {
          const failure = await made.declare(urn(`r${index}`), target, "v");
          expect(failure === undefined).toBe(!holders.has(projectOf(target)));
          if (!holders.has(projectOf(target))) holders.set(projectOf(target), index);
        }
      },
    ),
  ));

describe("resolve", () => {
  it("returns the declaration of this spelling, with its ID, and whether it is settled", async () => {
    const { made } = declarations();
    await made.declare(urn("first"), byName, "a");
    await made.declare(urn("second"), team, "b");
    expect(made.resolve(byName, id)).toMatchObject({ urn: urn("first"), value: "a", projectId: id, isSettled: false });
    expect(made.settledOn(byId)).toBeUndefined();
    expect(made.resolve(team, teamId, { isSettled: true })).toMatchObject({ urn: urn("second"), isSettled: true });
    expect(made.settledOn({ region, projectId: teamId })).toMatchObject({ value: "b" });
    expect(made.settledOn({ region: elsewhere, projectId: teamId })).toBeUndefined();
  });

  it("knows nothing of what is not declared: a program with an older copy of this package", () => {
    expect(declarations().made.resolve(byName, id)).toBeUndefined();
  });

  it("refuses what turns out to be declared already, and nothing else", async () => {
    const { made } = declarations(true);
    await made.declare(urn("first"), byName, "a");
    await made.declare(urn("second"), byId, "b");
    await made.declare(urn("elsewhere"), team, "c");
    expect(() => made.resolve(byId, id)).not.toThrow(); // nothing is known of the first yet
    for (let time = 0; time < 2; time++)
      expect(() => made.resolve(byName, id)).toThrow('"first" is for the same target as "second"');
    expect(made.settledOn(byId)).toBeUndefined();
    expect(made.resolve(byId, id)).toMatchObject({ urn: urn("second") });
    expect(made.resolve(team, teamId)).toMatchObject({ urn: urn("elsewhere") });
  });

  it("lets the first of two go on if check could not tell, also if the second's ID is known earlier", async () => {
    const { made } = declarations(true);
    await made.declare(urn("first"), byName, "a");
    await made.declare(urn("second"), byId, "b");
    expect(made.resolve(byName, id)).toMatchObject({ urn: urn("first") });
    expect(() => made.resolve(byId, id)).toThrow(/^"second" is for the same target as "first"/);
  });

  it("lets the first of two go on if check has refused the second", async () => {
    const { made } = declarations();
    await made.declare(urn("first"), byName, "a");
    await made.declare(urn("second"), byId, "b");
    expect(made.resolve(byName, id, { isSettled: true })).toMatchObject({ urn: urn("first"), value: "a" });
    expect(() => made.resolve(byId, id, { isSettled: true })).toThrow(
      /^"second" is for the same target as "first" \(project .*projectName\.$/,
    );
    expect(made.settledOn(byId)).toMatchObject({ urn: urn("first") });
  });

  it.each<[string, TargetInputs]>([
    ["another", byId],
    ["the same", byName],
  ])("refuses the first too if only the second is in state, in %s spelling", async (_, second) => {
    const { made } = declarations();
    await made.declare(urn("new"), byName, "a");
    expect(await made.declare(urn("in state"), second, "b", { isInState: true })).toMatch(
      /^"in state" is for the same target as "new"/,
    );
    expect(() => made.resolve(byName, id)).toThrow(/^"new" is for the same target as "in state"/);
  });

  it("lets the first of two go on that are both in state", async () => {
    const { made } = declarations();
    await made.declare(urn("first"), byName, "a", { isInState: true });
    expect(await made.declare(urn("second"), byId, "b", { isInState: true })).toMatch(/^"second" is for/);
    expect(made.resolve(byName, id)).toMatchObject({ urn: urn("first") });
    expect(() => made.resolve(byId, id)).toThrow(/^"second" is for the same target as "first"/);
  });
});

describe("declarationOf", () => {
  const deleted = { ...byName, projectId: id };

  it("is nobody if nothing is declared, as in a destroy", async () => {
    expect(await declarations().made.declarationOf(deleted)).toBeUndefined();
  });

  it.each<[string, TargetInputs, number]>([
    ["the same name", byName, 0],
    ["the ID", byId, 0],
    ["the ID in capitals", { region, projectId: toProjectId(id.toUpperCase()) }, 0],
  ])("is who declares it by %s", async (_, target, lookUps) => {
    const { made, asked } = declarations();
    await made.declare(urn("goes on"), target, "a");
    expect(await made.declarationOf(deleted)).toMatchObject({ urn: urn("goes on"), value: "a" });
    expect(asked).toHaveLength(lookUps);
  });

  it("looks up a name if the deleted resource had the ID alone, once", async () => {
    const { made, asked } = declarations();
    await made.declare(urn("goes on"), byName, "a");
    expect(await made.declarationOf(byId)).toMatchObject({ urn: urn("goes on") });
    expect(await made.declarationOf(byId)).toMatchObject({ urn: urn("goes on") });
    expect(asked).toEqual([byName]);
  });

  it.each<[string, TargetInputs, number]>([
    ["another region", { ...byName, region: elsewhere }, 0],
    ["another ID", { region, projectId: teamId }, 0],
    ["the ID in another region", { region: elsewhere, projectId: id }, 0],
    // The project may have got another name since.
    ["another name", team, 1],
    ["an account that an agency belongs to", { ...byName, assumeRole: role }, 1],
  ])("is nobody who declares %s", async (_, target, lookUps) => {
    const { made, asked } = declarations();
    await made.declare(urn("other"), target, "a");
    expect(await made.declarationOf(deleted)).toBeUndefined();
    expect(asked).toHaveLength(lookUps);
  });

  it("is nobody who declares another account's, without a look-up", async () => {
    const { made, asked } = declarations();
    await made.declare(urn("other"), { ...byName, assumeRole: { ...role, domainName: "x" } }, "a");
    expect(await made.declarationOf({ ...byName, projectId: partnerId, assumeRole: role })).toBeUndefined();
    expect(asked).toEqual([]);
  });

  // With --continue-on-error, what depends on a failed resource is checked with unknown values; deletes are run all the same.
  it.each<[string, TargetInputs]>([
    ["region", { region: unknown(), projectName: unknown() }],
    ["project's ID", { region, projectId: unknown() }],
    ["project's name", { region, projectName: unknown() }],
    ["account", { ...byName, assumeRole: { ...role, domainName: unknown() } }],
  ])("throws, and asks nobody, if the %s of what may go on with it is not known", async (_, target) => {
    const { made, asked } = declarations();
    await made.declare(urn("goes on"), target, "a");
    await expect(made.declarationOf(deleted)).rejects.toThrow(
      `Cannot tell whether "goes on" also declares the project ${id} in cn-north-4, because a resource it depends on failed. Nothing was changed; run up again.`,
    );
    expect(asked).toEqual([]);
  });

  it.each<[string, TargetInputs, boolean]>([
    ["of another region", { region: elsewhere, projectId: unknown() }, false],
    ["of another project", { region, projectId: teamId, assumeRole: unknown() }, false],
    ["of this project", { ...byId, assumeRole: unknown() }, true],
    ["with an unknown region, of another project", { region: unknown(), projectId: teamId }, false],
  ])("knows what is known of a target with an unknown part: %s", async (_, target, isHeld) => {
    const { made } = declarations();
    await made.declare(urn("other"), target, "a");
    expect((await made.declarationOf(deleted)) !== undefined).toBe(isHeld);
  });

  it("throws if that cannot be looked up: what may be declared must not be given up", async () => {
    const { made } = declarations(true);
    await made.declare(urn("goes on"), byName, "a");
    await expect(made.declarationOf(byId)).rejects.toThrow("IAM is down.");
  });
});

describe("making", () => {
  const deleted = { ...byName, projectId: id };
  const declared = async () => {
    const { made } = declarations();
    await made.declare(urn("first"), byName, "a");
    return made;
  };

  it("hands on what create or update returns", async () => {
    const made = await declared();
    expect(await made.making(byName, async () => 1)).toBe(1);
    expect(await made.declarationOf(deleted)).toMatchObject({ urn: urn("first") });
  });

  it("hands on a failure, after which no delete on its target gives anything up", async () => {
    const made = await declared();
    const error = new Error("refused");
    await expect(made.making(byName, () => Promise.reject(error))).rejects.toBe(error);
    await expect(made.declarationOf(deleted)).rejects.toThrow(
      `"first", which declares the project ${id} in cn-north-4 now, has failed. Nothing was changed; run up again.`,
    );
    await expect(made.declarationOf({ region, projectId: teamId })).resolves.toBeUndefined();
  });

  it("hands on that it is half made, which state knows", async () => {
    const made = await declared();
    const error = new InitializationFailed("id", {}, "half made");
    await expect(made.making(byName, () => Promise.reject(error))).rejects.toBe(error);
    expect(await made.declarationOf(deleted)).toMatchObject({ urn: urn("first") });
  });

  it("knows nothing of what is not declared", async () => {
    const made = await declared();
    const error = new Error("refused");
    await expect(made.making(team, () => Promise.reject(error))).rejects.toBe(error);
    expect(await made.declarationOf(deleted)).toMatchObject({ urn: urn("first") });
  });
});

describe("settled values", () => {
  it("are known once they are written", async () => {
    const { made } = declarations();
    await made.declare(urn("first"), byName, "a");
    await made.declare(urn("second"), team, "b");
    made.resolve(byName, id);
    expect(made.isDeclared(byId, "a")).toBe(true);
    expect(made.isDeclared(byId, "b")).toBe(false);
    expect(made.isDeclared({ region, projectId: teamId }, "a")).toBe(false);
    expect(made.settledOn(byId)).toBeUndefined();
    made.settle(byName);
    expect(made.settledOn(byId)?.value).toBe("a");
    expect(() => made.settle({ ...byName, region: elsewhere })).not.toThrow(); // nobody's
    expect(made.settledOn({ region, projectId: teamId })).toBeUndefined();
  });
});

describe("what was found", () => {
  it("is what the first state says that says anything", () => {
    const { made } = declarations();
    expect(made.inheritPrevious(byId)).toBeUndefined();
    made.notePrevious(byId, undefined);
    expect(made.inheritPrevious(byId)).toEqual({ previous: undefined });
    made.notePrevious({ region, projectId: toProjectId(id.toUpperCase()) }, "sm4");
    expect(made.inheritPrevious(byId)).toEqual({ previous: "sm4" });
    made.notePrevious(byId, "another");
    expect(made.inheritPrevious(byId)).toEqual({ previous: "sm4" });
    expect(made.inheritPrevious({ region: elsewhere, projectId: id })).toBeUndefined();
  });
});

it("hands on what a call may have lost, unless a state says what was found", () => {
  const { made } = declarations();
  made.noteLost({ region, projectId: toProjectId(id.toUpperCase()) }, "lost");
  expect(made.inheritPrevious(byId)).toEqual({ previous: "lost" });
  expect(made.inheritPrevious({ region, projectId: teamId })).toBeUndefined();
  made.notePrevious(byId, undefined);
  expect(made.inheritPrevious(byId)).toEqual({ previous: undefined });
  made.notePrevious(byId, "sm4");
  expect(made.inheritPrevious(byId)).toEqual({ previous: "sm4" });
});

it("knows what is live where a call of this run may have changed it, by the target", () => {
  const { made } = declarations();
  expect(made.liveOn(byId)).toBeUndefined();
  made.noteLive({ region, projectId: toProjectId(id.toUpperCase()) }, undefined);
  expect(made.liveOn(byId)).toEqual({ live: undefined });
  made.noteLive(byId, "a");
  expect(made.liveOn(byId)).toEqual({ live: "a" });
  expect(made.liveOn({ region, projectId: teamId })).toBeUndefined();
});

it.each([
  [true, "does not have"],
  [undefined, "is not created yet, and unless this run creates it will not have"],
])("says whether the resource that declares a target has the previous value: resolved %p", (isResolved, words) => {
  const declaration = {
    kind: "DefaultEncryption",
    urn: undefined,
    target: byId,
    value: true,
    isInState: false,
  } as const;
  expect(lacksPrevious(isResolved ? { ...declaration, isResolved } : declaration)).toBe(words);
});

it("knows what the service has fallen back to, by the target", () => {
  const { made } = declarations();
  made.noteServiceReset({ region, projectId: toProjectId(id.toUpperCase()) }, { from: "a", to: "b" });
  expect(made.serviceResetOf(byId)).toEqual({ from: "a", to: "b" });
  expect(made.serviceResetOf({ region, projectId: teamId })).toBeUndefined();
});

describe("one at a time", () => {
  it("runs what touches one target in order, and what touches another at once", async () => {
    const writes = new OneAtATime();
    const log: string[] = [];
    let release = () => {};
    const first = writes.run(byId, async () => {
      log.push("first begins");
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      log.push("first ends");
      return 1;
    });
    const second = writes.run({ region, projectId: toProjectId(id.toUpperCase()) }, async () => log.push("second"));
    await writes.run({ region, projectId: teamId }, async () => log.push("elsewhere"));
    release();
    expect(await first).toBe(1);
    await second;
    expect(log).toEqual(["first begins", "elsewhere", "first ends", "second"]);
  });

  it("goes on after a failure, which only its own caller gets", async () => {
    const writes = new OneAtATime();
    const failed = writes.run(byId, () => Promise.reject(new Error("no")));
    const next = writes.run(byId, async () => "next");
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("next");
  });
});
