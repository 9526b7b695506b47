// What must hold of check and diff for any inputs at all, tried with inputs at random.
import fc from "fast-check";
import { toProjectId } from "../../tests/fixtures/identifiers";
import { startRun } from "../../tests/fixtures/run";
import { check, diff } from "../dynamic/defaultEncryptionKey";
import { urnProperty } from "../dynamic/hiddenProperties";
import { shown } from "../huaweicloud/transport/shown";
import { type Bag, unknownValue } from "../protocol";
import type { AssumeRole } from "../target";
import type { DefaultEncryptionKeyInputs, DefaultEncryptionKeyState } from "./schema";

beforeEach(() => startRun({}, { "huaweicloud:preflight": "off" }));
afterEach(() => jest.restoreAllMocks());

const characters = (length: number, from = "0123456789abcdef") =>
  fc.string({ unit: fc.constantFrom(...from), minLength: length, maxLength: length });
const keyId = fc
  .tuple(characters(8), characters(4), characters(4), characters(4), characters(12))
  .map((parts) => parts.join("-"))
  .filter((id) => id !== unknownValue);
const projectId = characters(32);
const region = fc.constantFrom("cn-north-4", "ap-southeast-3", "eu-west-101", "la-south-2", "my-kualalumpur-1");
const name = fc.string({ minLength: 1, maxLength: 20 });
const role: fc.Arbitrary<AssumeRole> = fc.oneof(
  fc.record({ agencyName: name, domainName: name }),
  fc.record({ agencyName: name, domainId: name }),
);
const onDelete = fc.constantFrom("reset" as const, "restore" as const);

interface Program {
  kmsKeyId: string;
  region: string;
  projectId?: string;
  projectName?: string;
  assumeRole?: AssumeRole;
  onDelete?: "reset" | "restore";
}

const where: fc.Arbitrary<Pick<Program, "projectId" | "projectName">> = fc.oneof(
  fc.record({ projectId }),
  fc.record({ projectName: name }),
  fc.constant({}),
);
const program: fc.Arbitrary<Program> = fc
  .tuple(fc.record({ kmsKeyId: keyId, region }), where, fc.record({ assumeRole: role, onDelete }, { requiredKeys: [] }))
  .map((parts) => Object.assign({}, ...parts));

async function resolve(given: Bag): Promise<DefaultEncryptionKeyInputs> {
  // One resource, whatever it declares.
  const { inputs, failures } = await check({}, { ...given, [urnProperty]: "urn:pulumi:stack::project::type::key" });
  expect(failures).toEqual([]);
  return inputs as unknown as DefaultEncryptionKeyInputs;
}

/** The state that creating it leaves: a project looked up by name has an ID then. */
const stateOf = (inputs: DefaultEncryptionKeyInputs): DefaultEncryptionKeyState => ({
  ...inputs,
  projectId: inputs.projectId ?? toProjectId("0".repeat(32)),
});

async function decide(before: Program, after: Bag) {
  const olds = stateOf(await resolve({ ...before }));
  const news = await resolve(after);
  return { olds, news, ...(await diff("id", olds, news)) };
}

/** The same text with some of its letters in capitals. */
const respelt = (text: string, capitals: boolean[]) =>
  [...text].map((letter, index) => (capitals[index % capitals.length] ? letter.toUpperCase() : letter)).join("");
const capitals = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 });

it("finds no change between equal inputs, in any spelling", () =>
  fc.assert(
    fc.asyncProperty(program, capitals, async (given, spelling) => {
      const again = {
        ...given,
        kmsKeyId: respelt(given.kmsKeyId, spelling),
        ...(given.projectId === undefined ? {} : { projectId: respelt(given.projectId, spelling) }),
      };
      expect(await decide(given, again)).toMatchObject({ changes: false, replaces: [] });
    }),
  ));

it("always finds a change between different keys, and replaces nothing for it", () =>
  fc.assert(
    fc.asyncProperty(program, keyId, async (given, kmsKeyId) => {
      fc.pre(kmsKeyId !== given.kmsKeyId);
      expect(await decide(given, { ...given, kmsKeyId })).toMatchObject({ changes: true, replaces: [] });
    }),
  ));

it("replaces exactly if the region or the project's ID differs, and finds a change in all that is not known to be the same", () =>
  fc.assert(
    fc.asyncProperty(
      program,
      program,
      fc.subarray(["kmsKeyId", "region", "project", "assumeRole", "onDelete"]),
      async (before, other, changed) => {
        const after: Bag = { ...before };
        for (const property of changed.flatMap((part) =>
          part === "project" ? ["projectId", "projectName"] : [part],
        )) {
          const value = other[property as keyof Program];
          if (value === undefined) delete after[property];
          else after[property] = value;
        }
        const { olds, news, replaces, changes } = await decide(before, after);
        const sameRegion = olds.region === news.region;
        const sameRole = JSON.stringify(sorted(olds.assumeRole)) === JSON.stringify(sorted(news.assumeRole));
        const sameId = news.projectId === undefined ? undefined : news.projectId === olds.projectId;
        expect(replaces.length > 0).toBe(!sameRegion || sameId === false);
        const sameProject = sameId ?? (news.projectName === olds.projectName && sameRole);
        const same =
          sameRegion && sameProject && sameRole && olds.kmsKeyId === news.kmsKeyId && olds.onDelete === news.onDelete;
        expect(changes).toBe(!same);
      },
    ),
    { numRuns: 300 },
  ));

it("lets any value be unknown: check passes it, and diff calls it changed", () =>
  fc.assert(
    fc.asyncProperty(program, program, fc.context(), async (before, after, context) => {
      for (const path of leaves(after)) {
        const unknown = withUnknown(after, path);
        context.log(JSON.stringify(unknown));
        expect((await decide(before, unknown)).changes).toBe(true);
      }
    }),
    { numRuns: 50 },
  ));

it("answers with failures and never throws, whatever it is given", () =>
  fc.assert(
    fc.asyncProperty(
      fc.dictionary(
        fc.oneof(
          fc.constantFrom("kmsKeyId", "region", "projectId", "projectName", "assumeRole", "onDelete"),
          fc.string({ minLength: 1 }),
        ),
        fc.anything(),
      ),
      async (given) => {
        const { failures } = await check({}, given);
        for (const { property, reason } of failures) {
          // Of a named property the engine would print the value, secret or not: the reason names it instead.
          expect(property).toBe("");
          // As it can be shown: of several spaces there is one.
          const names = [...Object.keys(given), "kmsKeyId", "region"].map((name) => shown(name));
          expect(names.some((name) => reason.startsWith(`${name} `) || reason.startsWith(`${name}.`))).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  ));

function sorted(value: AssumeRole | undefined): unknown {
  return value && Object.entries(value).sort();
}

/** Paths to every value, the objects themselves included. */
function leaves(bag: object, prefix: string[] = []): string[][] {
  return Object.entries(bag).flatMap(([key, value]) => {
    const path = [...prefix, key];
    return typeof value === "object" && value !== null ? [path, ...leaves(value, path)] : [path];
  });
}

function withUnknown(bag: object, [first = "", ...rest]: string[]): Bag {
  const inner = (bag as Bag)[first];
  return { ...bag, [first]: rest.length === 0 ? unknownValue : withUnknown(inner as Bag, rest) };
}
