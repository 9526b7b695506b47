// The target of an update: the one in state, however it is spelled now, and never another one.
import fc from "fast-check";
import { toProjectId, toRegion } from "../tests/fixtures/identifiers";
import { createSession } from "./dynamic/session";
import type { Connection } from "./huaweicloud/services/context";
import type { ProjectId } from "./huaweicloud/services/identifiers";
import { ConfigurationError, NetworkError } from "./huaweicloud/transport/errors";
import type { Session } from "./session";
import type { Target, TargetInputs } from "./target";
import { targetOfUpdate } from "./update";

const region = toRegion("cn-north-4");
const projectId = toProjectId("0123456789abcdef0123456789abcdef");
const otherProjectId = toProjectId("fedcba9876543210fedcba9876543210");
const role = { agencyName: "evs-deployer", domainName: "partner" };
const pinned: Target = { region, projectId };
const named: Target = { region, projectId, projectName: "cn-north-4" };

/** A session that finds this project, and notes what it was asked for. */
function run(found: ProjectId | Error): { session: Session; asked: TargetInputs[] } {
  const asked: TargetInputs[] = [];
  const connect = async (scope: TargetInputs): Promise<Connection> => {
    asked.push(scope);
    if (found instanceof Error) throw found;
    return { region: scope.region, projectId: found, call: () => Promise.reject(new Error("nothing is called")) };
  };
  return { session: { ...createSession({}, {}), connect }, asked };
}

it.each<[string, Target, TargetInputs, Target]>([
  ["the same", named, { region, projectName: "cn-north-4" }, named],
  ["another name of the same ID", pinned, named, named],
  ["the ID alone", named, pinned, pinned],
  ["another role, pinned", pinned, { ...pinned, assumeRole: role }, { ...pinned, assumeRole: role }],
])("is the one in state, as the program spells it, without a look-up: %s", async (_, olds, news, target) => {
  const { session, asked } = run(otherProjectId);
  const inputs = { ...news, kmsKeyId: "k", onDelete: "reset" };
  expect(await targetOfUpdate(olds, inputs, session)).toEqual(target);
  expect(asked).toEqual([]);
});

it("keeps the spelling of the ID in state", async () => {
  const news = { region, projectId: toProjectId(projectId.toUpperCase()) };
  expect(await targetOfUpdate(pinned, news, run(otherProjectId).session)).toEqual(pinned);
});

it.each<[string, Target, TargetInputs]>([
  ["a name now", pinned, { region, projectName: "cn-north-4" }],
  ["another name", named, { region, projectName: "cn-north-4_team" }],
  ["another role by name", named, { region, projectName: "cn-north-4", assumeRole: role }],
])("is looked up if check could not tell: %s", async (_, olds, news) => {
  const same = run(toProjectId(projectId.toUpperCase()));
  expect(await targetOfUpdate(olds, { ...news }, same.session)).toEqual({ ...news, projectId });
  expect(same.asked).toEqual([news]);

  const failure = targetOfUpdate(olds, news, run(otherProjectId).session);
  await expect(failure).rejects.toThrow(ConfigurationError);
  await expect(failure).rejects.toThrow(
    `The project ${otherProjectId} in cn-north-4 is not the project of this resource (${projectId}). Preview with credentials to see the replacement.`,
  );
  const error = new NetworkError("Broken.");
  await expect(targetOfUpdate(olds, news, run(error).session)).rejects.toBe(error);
});

it("is never another project than the one in state", () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(pinned, named),
      fc.constantFrom<TargetInputs>(
        pinned,
        named,
        { region, projectName: "cn-north-4" },
        { region, projectName: "cn-north-4_team", assumeRole: role },
      ),
      fc.constantFrom(projectId, otherProjectId),
      async (olds, news, found) => {
        const target = await targetOfUpdate(olds, news, run(found).session).catch(() => undefined);
        expect(target?.projectId ?? olds.projectId).toBe(olds.projectId);
      },
    ),
  ));
