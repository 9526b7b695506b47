// Validation: every failure at once, under the name that the user typed; unknown values pass.
import { company } from "../tests/fixtures/emulatedCloud";
import { args } from "./defaultEncryptionKey/schema";
import { createSession } from "./dynamic/session";
import { resolveInputs } from "./inputs";
import { type Bag, type CheckFailure, unknownValue } from "./protocol";

const kmsKeyId = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";
const projectId = "0123456789abcdef0123456789abcdef";

/** With a region configured, so that only the arguments themselves can be wrong. */
const fails = (given: Bag): CheckFailure[] =>
  resolveInputs(args, given, createSession({}, { HW_REGION_NAME: "cn-north-4" })).failures;

describe("the arguments", () => {
  it.each<[string, Bag]>([
    ["only a key", { kmsKeyId }],
    ["a key in capitals", { kmsKeyId: kmsKeyId.toUpperCase() }],
    ["a key with letters beyond f, as the API allows", { kmsKeyId: "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz" }],
    ["a region of a kind not seen yet", { kmsKeyId, region: "my-kualalumpur-1" }],
    ["a project", { kmsKeyId, region: "cn-north-4", projectId, onDelete: "restore" }],
    ["a project's name", { kmsKeyId, projectName: "cn-north-4_team" }],
    ["a role by the account's name", { kmsKeyId, assumeRole: { agencyName: "a", domainName: "d" } }],
    ["a role by the account's ID", { kmsKeyId, assumeRole: { agencyName: "a", domainId: "d" } }],
  ])("takes %s", (_, given) => {
    expect(fails(given)).toEqual([]);
  });

  const badKeys: [unknown, RegExp][] = [
    ["alias/app-disks", /^must be the ID of a KMS key, such as 7e1f6d5a-.*not its alias/],
    [` ${kmsKeyId}`, /^must be the ID of a KMS key, such as 7e1f6d5a-/],
    [`${kmsKeyId}\n`, /^must be the ID of a KMS key/],
    [`${kmsKeyId}0`, /^must be the ID of a KMS key/],
    ["", /^must be the ID of a KMS key/],
    [7, /^must be text: the ID of a KMS key, such as/],
    [null, /^must be text: the ID of a KMS key, such as/],
    [undefined, /^is required and must be text: the ID of a KMS key, such as/],
  ];
  it.each<[string, unknown, RegExp]>([
    ...badKeys.map(([value, reason]): [string, unknown, RegExp] => ["kmsKeyId", value, reason]),
    ["region", "CN-NORTH-4", /^must be a region ID, such as cn-north-4$/],
    ["region", "cn-north-4a", /^must be a region ID, such as cn-north-4$/],
    ["region", "north", /^must be a region ID, such as cn-north-4$/],
    ["region", "", /^must be a region ID, such as cn-north-4$/],
    ["region", "cn-north-4/../..", /^must be a region ID, such as cn-north-4$/],
    ["region", 4, /^must be text, such as cn-north-4$/],
    ["projectId", "cn-north-4", /^must be a project ID of 32 characters, such as 0123456789abcdef/],
    ["projectId", `${projectId}/..`, /^must be a project ID of 32 characters/],
    ["projectId", 1, /^must be text: 32 characters, such as 0123456789abcdef/],
    ["projectName", "", /^must not be empty; a project's name .* cn-north-4_team$/],
    ["projectName", "x".repeat(65), /^must have at most 64 characters/],
    ["onDelete", "keep", /^must be "reset" or "restore"$/],
    ["onDelete", true, /^must be "reset" or "restore"$/],
    [
      "assumeRole",
      "evs-admin",
      /^must be an object such as \{ agencyName: "evs-admin", domainName: "other-account" \}$/,
    ],
    ["assumeRole", { agencyName: "a" }, /^must have either domainName or domainId/],
    ["assumeRole", { agencyName: "a", domainName: "d", domainId: "d" }, /^must have either domainName or domainId/],
    ["assumeRole.agencyName", { domainName: "d" }, /^is required and must be text$/],
    ["assumeRole.agencyName", { agencyName: "", domainName: "d" }, /^must not be empty$/],
    ["assumeRole.domainId", { agencyName: "a", domainId: 5 }, /^must be text$/],
    ["assumeRole.agency", { agencyName: "a", domainName: "d", agency: "x" }, /^is not a property of this resource/],
  ])("refuses %s = %j by its name, with the reason", (property, value, reason) => {
    const [top = ""] = property.split(".");
    expect(fails({ kmsKeyId, [top]: value })).toEqual([{ property, reason: expect.stringMatching(reason) }]);
  });

  it.each([
    ["kmskeyid", "Did you mean kmsKeyId?"],
    ["regoin", "Did you mean region?"],
    ["projectID", "Did you mean projectId?"],
    ["tags", "Known are kmsKeyId, region, projectId, projectName, assumeRole, onDelete."],
  ])("refuses the unknown property %s and says: %s", (property, hint) => {
    expect(fails({ kmsKeyId, [property]: "x" })).toEqual([
      { property, reason: `is not a property of this resource. ${hint}` },
    ]);
  });

  it("refuses a project's ID and name together", () => {
    expect(fails({ kmsKeyId, projectId, projectName: "n" })).toEqual([
      { property: "projectName", reason: expect.stringContaining("must not be given together with projectId") },
    ]);
  });

  it("reports every problem at once", () => {
    const given = {
      kmsKeyId: "k",
      region: "R",
      projectId: "p",
      assumeRole: { agencyName: 1, nonsense: 2 },
      onDelete: "never",
      misspelt: 0,
    };
    expect(
      fails(given)
        .map(({ property }) => property)
        .sort(),
    ).toEqual([
      "assumeRole.agencyName",
      "assumeRole.nonsense",
      "kmsKeyId",
      "misspelt",
      "onDelete",
      "projectId",
      "region",
    ]);
  });

  it.each<[string, Bag]>([
    ["kmsKeyId", { kmsKeyId: unknownValue }],
    ["region", { kmsKeyId, region: unknownValue }],
    ["projectId", { kmsKeyId, projectId: unknownValue }],
    ["projectName", { kmsKeyId, projectName: unknownValue }],
    ["onDelete", { kmsKeyId, onDelete: unknownValue }],
    ["assumeRole", { kmsKeyId, assumeRole: unknownValue }],
    ["assumeRole.agencyName", { kmsKeyId, assumeRole: { agencyName: unknownValue, domainName: "d" } }],
    ["assumeRole.domainName", { kmsKeyId, assumeRole: { agencyName: "a", domainName: unknownValue } }],
    ["assumeRole.domainId", { kmsKeyId, assumeRole: { agencyName: "a", domainId: unknownValue } }],
  ])("lets an unknown %s pass", (_, given) => {
    expect(fails(given)).toEqual([]);
  });

  it("checks the known values beside an unknown one", () => {
    expect(fails({ kmsKeyId: unknownValue, region: "R" }).map(({ property }) => property)).toEqual(["region"]);
  });
});

describe("resolveInputs", () => {
  const credentials = { HW_USER_NAME: "u", HW_USER_PASSWORD: "p", HW_DOMAIN_NAME: company };
  const resolve = (given: Bag, environment: Record<string, string> = credentials, stack = {}) =>
    resolveInputs(args, given, createSession(stack, environment));

  it("fills in defaults and configuration", () => {
    expect(resolve({ kmsKeyId }, { HW_REGION_NAME: "cn-north-4" })).toEqual({
      inputs: { kmsKeyId, region: "cn-north-4", projectName: "cn-north-4", onDelete: "reset" },
      failures: [],
    });
  });

  it("leaves what the user wrote as it was", () => {
    const given = { kmsKeyId, region: "eu-west-101", projectId, onDelete: "restore" };
    expect(resolve(given, { HW_REGION_NAME: "cn-north-4" }).inputs).toEqual(given);
  });

  it("reports a missing region together with the other problems", () => {
    expect(resolve({ kmsKeyId: "bad" }).failures.map(({ property }) => property)).toEqual(["kmsKeyId", "region"]);
  });

  it.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ["a bad setting", {}, { "huaweicloud:maxRetries": "many" }, /^huaweicloud:maxRetries must be a number, such as 5/],
    [
      "half-set credentials",
      { HW_USER_NAME: "u" },
      {},
      /^Incomplete credentials: HW_USER_NAME is set, but no password/,
    ],
  ])("reports %s beside the resource's own problems, and does not throw", (_, environment, stack, reason) => {
    expect(resolve({ kmsKeyId: "bad", region: "cn-north-4" }, environment, stack).failures).toEqual([
      { property: "kmsKeyId", reason: expect.any(String) },
      { property: "", reason: expect.stringMatching(reason) },
    ]);
  });

  it("is content without any credentials", () => {
    expect(resolve({ kmsKeyId, region: "cn-north-4" }, {}).failures).toEqual([]);
  });

  it("refuses a property that there is none of, also if its value is not known yet", () => {
    expect(resolve({ kmsKeyId, region: unknownValue, onDelet: unknownValue }).failures).toEqual([
      { property: "onDelet", reason: "is not a property of this resource. Did you mean onDelete?" },
    ]);
  });
});
