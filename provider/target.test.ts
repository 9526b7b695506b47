// Targets: what is resolved from user and configuration, and which changes make it another project.
import fc from "fast-check";
import { toProjectId, toRegion, unknown } from "../tests/fixtures/identifiers";
import { keyOf } from "./dynamic/front";
import type { ProjectId } from "./huaweicloud/services/identifiers";
import { unknownValue } from "./protocol";
import {
  compareTargets,
  describeTarget,
  inputsOfTarget,
  isWorthLookUp,
  parseResourceId,
  resolveTarget,
  resourceId,
  sameProject,
  sameRole,
  sameSpelling,
  scopeOf,
  type Target,
  type TargetArgs,
  type TargetDefaults,
  type TargetInputs,
  targetArgs,
  targetId,
} from "./target";

const here = toRegion("cn-north-4");
const elsewhere = toRegion("eu-west-101");
const projectId = toProjectId("0123456789abcdef0123456789abcdef");
const otherProjectId = toProjectId("fedcba9876543210fedcba9876543210");
const role = { agencyName: "evs-deployer", domainName: "example-partner" };

describe("the resource's ID", () => {
  it("is region and project, and is understood again", () => {
    expect(resourceId({ region: here, projectId })).toBe(`cn-north-4/${projectId}`);
    expect(parseResourceId(`cn-north-4/${projectId}`)).toEqual({ region: here, projectId });
  });

  it.each(["", "cn-north-4", "cn-north-4/", `/${projectId}`, `cn-north-4/${projectId}/more`])(
    "is refused as %p, with a valid example",
    (id) => {
      expect(() => parseResourceId(id)).toThrow(
        `"${id}" is not a resource ID. Expected "{region}/{projectId}", such as cn-north-4/0123456789abcdef`,
      );
    },
  );
});

it("is refused without being quoted in full if it is long", () => {
  expect(() => parseResourceId("x".repeat(500))).toThrow(`"${"x".repeat(120)}" is not a resource ID. Expected `);
});

it("is known by region and ID, in lower case", () => {
  expect(targetId({ region: here, projectId: toProjectId(projectId.toUpperCase()) })).toBe(`cn-north-4/${projectId}`);
});

describe("an agency", () => {
  it.each([role, { agencyName: "a", domainId: "d" }])(
    "is taken with one of the account's name and ID: %j",
    (assumeRole) => {
      expect(targetArgs.parse({ assumeRole })).toEqual({ assumeRole });
    },
  );

  it.each<[object, string[]]>([
    [{ agencyName: "a" }, ["must have either domainName or domainId: the account that owns the agency"]],
    [{ ...role, domainId: "d" }, ["must have either domainName or domainId: the account that owns the agency"]],
    // One thing at a time: what is misspelt is not also missing.
    [{ agencyName: "a", domianName: "d" }, [expect.stringMatching(/^must be an object such as/)]],
  ])("is refused with one reason: %j", (assumeRole, reasons) => {
    expect(targetArgs.safeParse({ assumeRole }).error?.issues.map(({ message }) => message)).toEqual(reasons);
  });
});

describe("resolveTarget", () => {
  const nothing: TargetDefaults = { region: undefined, projectId: undefined, projectName: undefined };
  const configured: TargetDefaults = { region: here, projectId, projectName: "cn-north-4_team" };

  it.each<[string, TargetArgs, Partial<TargetDefaults>, TargetInputs]>([
    ["the region's own project by default", { region: here }, {}, { region: here, projectName: "cn-north-4" }],
    ["the configured region", {}, { region: here }, { region: here, projectName: "cn-north-4" }],
    ["the configured project, by ID rather than by name", {}, configured, { region: here, projectId }],
    [
      "the configured project's name",
      {},
      { region: here, projectName: "cn-north-4_team" },
      { region: here, projectName: "cn-north-4_team" },
    ],
    [
      "the given project rather than the configured one",
      { projectId: otherProjectId },
      configured,
      { region: here, projectId: otherProjectId },
    ],
    [
      "the given name rather than the configured ID",
      { projectName: "cn-north-4_x" },
      configured,
      { region: here, projectName: "cn-north-4_x" },
    ],
    [
      "not the configured project in another region",
      { region: elsewhere },
      configured,
      { region: elsewhere, projectName: "eu-west-101" },
    ],
    ["the configured project in the same region, given", { region: here }, configured, { region: here, projectId }],
    [
      "not the configured project in another account",
      { assumeRole: role },
      configured,
      { region: here, projectName: "cn-north-4", assumeRole: role },
    ],
    [
      "the given name where a project is configured without a region",
      { region: here, projectName: "cn-north-4_x" },
      { projectId },
      { region: here, projectName: "cn-north-4_x" },
    ],
    [
      "the given ID where a project is configured without a region",
      { region: here, projectId: otherProjectId },
      { projectId },
      { region: here, projectId: otherProjectId },
    ],
    [
      "another account where a project is configured without a region",
      { region: here, assumeRole: role },
      { projectId },
      { region: here, projectName: "cn-north-4", assumeRole: role },
    ],
  ])("takes %s", (_, given, defaults, target) => {
    expect(resolveTarget(given, { ...nothing, ...defaults }, keyOf)).toStrictEqual({ target, failures: [] });
  });

  it.each<[string, Partial<TargetDefaults>]>([
    ["ID", { projectId }],
    ["name", { projectName: "cn-north-4_team" }],
  ])("refuses a configured project, by %s, without a region", (_, defaults) => {
    const { target, failures } = resolveTarget({ region: here }, { ...nothing, ...defaults }, keyOf);
    expect(target).toBeUndefined();
    expect(failures).toEqual([
      {
        property: "projectId",
        reason:
          "is configured (huaweicloud:projectId or projectName, HW_PROJECT_ID or HW_PROJECT_NAME) without a region: " +
          "set huaweicloud:region or HW_REGION_NAME too, or projectId or projectName here",
      },
    ]);
  });

  it("names every way to set the region where there is none", () => {
    const [failure, ...others] = resolveTarget({}, nothing, keyOf).failures;
    expect(others).toEqual([]);
    expect(failure?.property).toBe("region");
    expect(failure?.reason).toMatch(/huaweicloud:region.*HW_REGION_NAME.*cn-north-4/);
  });
});

describe("compareTargets", () => {
  const pinned: Target = { region: here, projectId };
  const named: Target = { region: here, projectId, projectName: "cn-north-4" };
  const byName: TargetInputs = { region: here, projectName: "cn-north-4" };
  const byDomainId = { agencyName: role.agencyName, domainId: "d" };
  const same = { replaces: [], changes: false, isSame: true };
  /** Written to state alone, and no other target. */
  const stateOnly = { replaces: [], changes: true, isSame: true };
  /** Unknown: update looks the project up before it writes. */
  const unsure = { replaces: [], changes: true, isSame: false };
  const another = (...replaces: string[]) => ({ replaces, changes: true, isSame: false });

  it.each<[string, Target, TargetInputs, object]>([
    ["the same, pinned", pinned, { ...pinned }, same],
    ["the same, by name", named, byName, same],
    ["the project's ID in capitals", pinned, { ...pinned, projectId: toProjectId(projectId.toUpperCase()) }, same],
    ["another region", pinned, { ...pinned, region: elsewhere }, another("region")],
    ["another region by name", named, { region: elsewhere, projectName: "eu-west-101" }, another("region")],
    ["another region and role", pinned, { ...pinned, region: elsewhere, assumeRole: role }, another("region")],
    ["another project", pinned, { ...pinned, projectId: otherProjectId }, another("projectId")],
    ["another name, not looked up", named, { region: here, projectName: "cn-north-4_team" }, unsure],
    [
      "another name, of another project",
      named,
      { region: here, projectName: "cn-north-4_team", projectId: otherProjectId },
      another("projectName"),
    ],
    ["another name, of the same project", named, { ...pinned, projectName: "cn-north-4_team" }, same],
    ["the ID that was looked up before, pinned now", named, { ...pinned }, same],
    ["looked up now what was pinned before, the same", pinned, { ...named }, same],
    ["looked up now what was pinned before, not known", pinned, byName, unsure],
    [
      "looked up now what was pinned before, another",
      pinned,
      { ...byName, projectId: otherProjectId },
      another("projectName"),
    ],
    ["a role where there was none, not looked up", named, { ...byName, assumeRole: role }, unsure],
    [
      "a role where there was none, of another project",
      named,
      { ...byName, projectId: otherProjectId, assumeRole: role },
      another("assumeRole"),
    ],
    ["a role where there was none, of the same project", named, { ...named, assumeRole: role }, stateOnly],
    ["a role where there was none, pinned", pinned, { ...pinned, assumeRole: role }, stateOnly],
    ["no role where there was one, pinned", { ...pinned, assumeRole: role }, { ...pinned }, stateOnly],
    [
      "another role, pinned",
      { ...pinned, assumeRole: role },
      { ...pinned, assumeRole: { ...role, agencyName: "other" } },
      stateOnly,
    ],
    [
      "no role in another project",
      { ...pinned, assumeRole: role },
      { ...pinned, projectId: otherProjectId },
      another("assumeRole"),
    ],
    [
      "the role's domain by ID, not looked up",
      { ...named, assumeRole: role },
      { ...byName, assumeRole: byDomainId },
      unsure,
    ],
    [
      "the role's domain by ID, the same project",
      { ...named, assumeRole: role },
      { ...named, assumeRole: byDomainId },
      stateOnly,
    ],
    ["an unknown region", pinned, { ...pinned, region: unknown() }, another("region")],
    ["an unknown project", pinned, { ...pinned, projectId: unknown() }, another("projectId")],
    ["an unknown name", named, { region: here, projectName: unknownValue }, another("projectName")],
    [
      "an unknown part of the role, pinned",
      { ...pinned, assumeRole: role },
      { ...pinned, assumeRole: { ...role, agencyName: unknownValue } },
      stateOnly,
    ],
    ["an unknown role where there was none, pinned", pinned, { ...pinned, assumeRole: unknown() }, stateOnly],
    ["an unknown role, pinned", { ...pinned, assumeRole: role }, { ...pinned, assumeRole: unknown() }, stateOnly],
  ])("%s", (_, olds, news, comparison) => {
    expect(compareTargets(olds, news)).toEqual(comparison);
  });
});

describe("for any spelling", () => {
  const id = fc.constantFrom(projectId, otherProjectId);
  const spelling = fc
    .boolean()
    .map((upper) => (given: ProjectId) => (upper ? toProjectId(given.toUpperCase()) : given));
  const more = fc.record(
    {
      projectName: fc.constantFrom("cn-north-4", "cn-north-4_team"),
      assumeRole: fc.constantFrom(role, { agencyName: "evs-deployer", domainId: "d" }),
    },
    { requiredKeys: [] },
  );
  const anyTarget = fc
    .tuple(fc.constantFrom(here, elsewhere), id, spelling, more)
    .map(([region, given, spell, rest]): Target => ({ region, projectId: spell(given), ...rest }));
  const isSame = (one: Target, other: Target) =>
    one.region === other.region && one.projectId.toLowerCase() === other.projectId.toLowerCase();

  it("replaces nothing if it is the same project of the same region, and always if it is known not to be", () =>
    fc.assert(
      fc.property(anyTarget, anyTarget, (olds, news) => {
        expect(compareTargets(olds, news).replaces.length > 0).toBe(!isSame(olds, news));
        expect(compareTargets(olds, news).isSame).toBe(isSame(olds, news));
      }),
    ));

  it("replaces nothing because of a name that is not looked up, and then never calls it the same for sure", () =>
    fc.assert(
      fc.property(anyTarget, anyTarget, (olds, { projectId: _, projectName = "cn-north-4", ...rest }) => {
        const news = { ...rest, region: olds.region, projectName };
        const comparison = compareTargets(olds, news);
        expect(comparison.replaces).toEqual([]);
        if (!sameSpelling({ ...olds, projectName: olds.projectName ?? "by ID" }, news)) {
          expect(comparison).toMatchObject({ changes: true, isSame: false });
        }
      }),
    ));

  it("compares the same in both directions", () =>
    fc.assert(
      fc.property(anyTarget, anyTarget, (one, other) => {
        expect(sameProject(one, other)).toBe(sameProject(other, one));
        expect(sameSpelling(one, other)).toBe(sameSpelling(other, one));
        expect(sameRole(one, other)).toBe(sameRole(other, one));
        expect(isWorthLookUp(one, other)).toBe(isWorthLookUp(other, one));
        expect(targetId(one) === targetId(other)).toBe(isSame(one, other));
      }),
    ));
});

describe("sameSpelling", () => {
  const named: TargetInputs = { region: here, projectName: "cn-north-4" };

  it.each<[string, TargetInputs, TargetInputs, boolean]>([
    ["the same name", named, { ...named }, true],
    ["the same name, of which one's ID is known", { ...named, projectId }, named, true],
    [
      "the same ID in capitals",
      { region: here, projectId },
      { region: here, projectId: toProjectId(projectId.toUpperCase()) },
      true,
    ],
    ["another name", named, { ...named, projectName: "cn-north-4_team" }, false],
    ["another name of one ID", { ...named, projectId }, { region: here, projectName: "x", projectId }, false],
    ["a name and its ID", { ...named, projectId }, { region: here, projectId }, false],
    ["another ID", { region: here, projectId }, { region: here, projectId: otherProjectId }, false],
    ["another region", named, { ...named, region: elsewhere }, false],
    ["another role", named, { ...named, assumeRole: role }, false],
  ])("%s", (_, one, other, same) => {
    expect(sameSpelling(one, other)).toBe(same);
    expect(sameSpelling(other, one)).toBe(same);
  });
});

describe("sameProject, by the spellings alone", () => {
  const named: TargetInputs = { region: here, projectName: "cn-north-4" };
  const byDomainId = { agencyName: "x", domainId: "d" };

  it.each<[string, TargetInputs, TargetInputs, boolean | undefined]>([
    ["another region", named, { ...named, region: elsewhere }, false],
    ["one ID, with any role", { region: here, projectId }, { region: here, projectId, assumeRole: role }, true],
    ["two IDs of one name", { ...named, projectId }, { ...named, projectId: otherProjectId }, false],
    ["one name in the credentials' own account", named, { ...named }, true],
    ["two names in one account", named, { ...named, projectName: "cn-north-4_team" }, false],
    ["a name and an ID", named, { region: here, projectId }, undefined],
    [
      "one name in one account, through two agencies",
      { ...named, assumeRole: role },
      { ...named, assumeRole: { ...role, agencyName: "x" } },
      true,
    ],
    [
      "one name in one account by its ID",
      { ...named, assumeRole: byDomainId },
      { ...named, assumeRole: { ...byDomainId, agencyName: "y" } },
      true,
    ],
    [
      "one name in two accounts",
      { ...named, assumeRole: role },
      { ...named, assumeRole: { ...role, domainName: "x" } },
      false,
    ],
    [
      "one name in two accounts by their IDs",
      { ...named, assumeRole: byDomainId },
      { ...named, assumeRole: { ...byDomainId, domainId: "e" } },
      false,
    ],
    [
      "a name and an ID in two accounts",
      { ...named, assumeRole: role },
      { region: here, projectId, assumeRole: { ...role, domainName: "x" } },
      false,
    ],
    [
      "an account by name and one by ID",
      { ...named, assumeRole: role },
      { ...named, assumeRole: byDomainId },
      undefined,
    ],
    ["the credentials' own account and an agency's", named, { ...named, assumeRole: role }, undefined],
  ])("%s", (_, one, other, same) => {
    expect(sameProject(one, other)).toBe(same);
    expect(sameProject(other, one)).toBe(same);
  });

  it("is worth a look-up of two accounts only if an agency leads to both, or to none", () => {
    expect(isWorthLookUp(named, { region: here, projectId })).toBe(true);
    expect(isWorthLookUp({ ...named, assumeRole: role }, { ...named, assumeRole: byDomainId })).toBe(true);
    expect(isWorthLookUp(named, { ...named, assumeRole: role })).toBe(false);
  });
});

it("gives back as inputs what check resolved: the ID only where it was not looked up", () => {
  expect(inputsOfTarget({ region: here, projectId, projectName: "n", assumeRole: role })).toEqual({
    region: here,
    projectName: "n",
    assumeRole: role,
  });
  expect(inputsOfTarget({ region: here, projectId })).toEqual({ region: here, projectId });
});

it("takes from a bag what says where and as whom, and nothing else", () => {
  const bag = { region: here, projectName: "n", kmsKeyId: "k", __provider: "p" };
  expect(scopeOf(bag)).toStrictEqual({ region: here, projectName: "n" });
  expect(describeTarget({ region: here, projectId })).toBe(`project ${projectId} in cn-north-4`);
});
