// Targets: what is resolved from user and configuration, and which changes make it another project.
import { unknownValue } from "./engine";
import {
  compareTargets,
  describeTarget,
  parseResourceId,
  resolveTarget,
  resourceId,
  scopeOf,
  type Target,
  type TargetDefaults,
  type TargetInputs,
  targetInputs,
} from "./target";

const projectId = "0123456789abcdef0123456789abcdef";
const otherProjectId = "fedcba9876543210fedcba9876543210";
const role = { agencyName: "evs-deployer", domainName: "example-partner" };

describe("the resource's ID", () => {
  it("is region and project, and is understood again", () => {
    expect(resourceId({ region: "cn-north-4", projectId })).toBe(`cn-north-4/${projectId}`);
    expect(parseResourceId(`cn-north-4/${projectId}`)).toEqual({ region: "cn-north-4", projectId });
  });

  it.each(["", "cn-north-4", "cn-north-4/", `/${projectId}`, `cn-north-4/${projectId}/more`])(
    "is refused as %p, with a valid example",
    (id) => {
      expect(() => parseResourceId(id)).toThrow(
        `"${id}" is not the ID of such a resource: it is "{region}/{projectId}", such as cn-north-4/0123456789abcdef`,
      );
    },
  );
});

describe("resolveTarget", () => {
  const nothing: TargetDefaults = { region: undefined, projectId: undefined, projectName: undefined };
  const configured: TargetDefaults = { region: "cn-north-4", projectId, projectName: "cn-north-4_team" };

  it.each<[string, Partial<TargetInputs>, Partial<TargetDefaults>, TargetInputs]>([
    [
      "the region's own project by default",
      { region: "cn-north-4" },
      {},
      { region: "cn-north-4", projectName: "cn-north-4" },
    ],
    ["the configured region", {}, { region: "cn-north-4" }, { region: "cn-north-4", projectName: "cn-north-4" }],
    ["the configured project, by ID rather than by name", {}, configured, { region: "cn-north-4", projectId }],
    [
      "the configured project's name",
      {},
      { region: "cn-north-4", projectName: "cn-north-4_team" },
      { region: "cn-north-4", projectName: "cn-north-4_team" },
    ],
    [
      "the given project rather than the configured one",
      { projectId: otherProjectId },
      configured,
      { region: "cn-north-4", projectId: otherProjectId },
    ],
    [
      "the given name rather than the configured ID",
      { projectName: "cn-north-4_x" },
      configured,
      { region: "cn-north-4", projectName: "cn-north-4_x" },
    ],
    [
      "not the configured project in another region",
      { region: "eu-west-101" },
      configured,
      { region: "eu-west-101", projectName: "eu-west-101" },
    ],
    [
      "the configured project in the same region, given",
      { region: "cn-north-4" },
      configured,
      { region: "cn-north-4", projectId },
    ],
    [
      "not the configured project in another account",
      { assumeRole: role },
      configured,
      { region: "cn-north-4", projectName: "cn-north-4", assumeRole: role },
    ],
    [
      "a configured project where no region is configured",
      { region: "cn-north-4" },
      { projectId },
      { region: "cn-north-4", projectId },
    ],
  ])("takes %s", (_, given, defaults, target) => {
    expect(resolveTarget(given, { ...nothing, ...defaults })).toEqual({ target, failures: [] });
  });

  it("names every way to set the region where there is none", () => {
    const [failure, ...others] = resolveTarget({}, nothing).failures;
    expect(others).toEqual([]);
    expect(failure?.property).toBe("region");
    expect(failure?.reason).toMatch(/huaweicloud:region.*HW_REGION_NAME.*cn-north-4/);
  });
});

describe("compareTargets", () => {
  const pinned: Target = { region: "cn-north-4", projectId };
  const named: Target = { region: "cn-north-4", projectId, projectName: "cn-north-4" };

  it.each<[string, Target, TargetInputs, string[], boolean]>([
    ["the same, pinned", pinned, { ...pinned }, [], false],
    ["the same, by name", named, { region: "cn-north-4", projectName: "cn-north-4" }, [], false],
    ["the project's ID in capitals", pinned, { ...pinned, projectId: projectId.toUpperCase() }, [], false],
    ["another region", pinned, { ...pinned, region: "eu-west-101" }, ["region"], true],
    ["another project", pinned, { ...pinned, projectId: otherProjectId }, ["projectId"], true],
    ["another name", named, { region: "cn-north-4", projectName: "cn-north-4_team" }, ["projectName"], true],
    [
      "another region by name",
      named,
      { region: "eu-west-101", projectName: "eu-west-101" },
      ["region", "projectName"],
      true,
    ],
    [
      "a role where there was none, by name",
      named,
      { region: "cn-north-4", projectName: "cn-north-4", assumeRole: role },
      ["assumeRole"],
      true,
    ],
    ["a role where there was none, pinned", pinned, { ...pinned, assumeRole: role }, [], true],
    [
      "another role, pinned",
      { ...pinned, assumeRole: role },
      { ...pinned, assumeRole: { ...role, agencyName: "other" } },
      [],
      true,
    ],
    [
      "another role in another project",
      { ...pinned, assumeRole: role },
      { ...pinned, projectId: otherProjectId },
      ["projectId", "assumeRole"],
      true,
    ],
    [
      "the role's domain by ID",
      { ...named, assumeRole: role },
      { region: "cn-north-4", projectName: "cn-north-4", assumeRole: { agencyName: role.agencyName, domainId: "d" } },
      ["assumeRole"],
      true,
    ],
    ["the ID that was looked up before, pinned now", named, { ...pinned }, [], true],
    [
      "looked up now what was pinned before",
      pinned,
      { region: "cn-north-4", projectName: "cn-north-4" },
      ["projectName"],
      true,
    ],
    ["an unknown region", pinned, { ...pinned, region: unknownValue }, ["region"], true],
    ["an unknown project", pinned, { ...pinned, projectId: unknownValue }, ["projectId"], true],
    ["an unknown name", named, { region: "cn-north-4", projectName: unknownValue }, ["projectName"], true],
    [
      "an unknown part of the role, pinned",
      { ...pinned, assumeRole: role },
      { ...pinned, assumeRole: { ...role, agencyName: unknownValue } },
      [],
      true,
    ],
  ])("%s", (_, olds, news, replaces, changes) => {
    expect(compareTargets(olds, news)).toEqual({ replaces, changes });
  });
});

it("gives back as inputs what check resolved: the ID only where it was not looked up", () => {
  expect(targetInputs({ region: "r", projectId, projectName: "n", assumeRole: role })).toEqual({
    region: "r",
    projectName: "n",
    assumeRole: role,
  });
  expect(targetInputs({ region: "r", projectId })).toEqual({ region: "r", projectId });
});

it("takes from a bag what says where and as whom, and nothing else", () => {
  const bag = { region: "r", projectName: "n", kmsKeyId: "k", __provider: "p" };
  expect(scopeOf(bag)).toEqual({ region: "r", projectName: "n" });
  expect(describeTarget({ region: "r", projectId })).toBe(`project ${projectId} in r`);
});
