// Which changes of a provider's inputs may make it another account, and what its projects are then.
import { ConfigurationError } from "../provider/huaweicloud/transport/errors";
import type { Call } from "../provider/lifecycle";
import { type Bag, unknownValue } from "../provider/protocol";
import { failureOf } from "../tests/fixtures/failureOf";
import { mayBeOtherAccount, withProjectOfAccount } from "./account";

const role = { agencyName: "evs-deployer", domainName: "partner" };
const oidc = { idpId: "ci", agencyName: "evs-deployer", domainId: "d" };

it.each([
  "accessKey",
  "token",
  "userName",
  "userId",
  "domainName",
  "domainId",
  "profile",
  "sharedConfigFile",
  "agencyName",
  "agencyDomainName",
  "cloud",
  "authUrl",
])("%s says which account", (name) => {
  expect(mayBeOtherAccount({}, { [name]: "a" })).toBe(true);
  expect(mayBeOtherAccount({ [name]: "a" }, {})).toBe(true);
  expect(mayBeOtherAccount({ [name]: "a" }, { [name]: "a" })).toBe(false);
  expect(mayBeOtherAccount({ [name]: "a" }, { [name]: "b" })).toBe(name !== "token");
});

it.each<[string, Bag, Bag, boolean]>([
  ["nothing", {}, {}, false],
  ["what says nothing of it", { region: "a", password: "x" }, { region: "b", maxRetries: 3 }, false],
  ["another agency's account", { assumeRole: role }, { assumeRole: { ...role, domainName: "other" } }, true],
  [
    "a role that is JSON, with its parts in another order",
    { assumeRole: JSON.stringify(role) },
    { assumeRole: { domainName: "partner", agencyName: "evs-deployer" } },
    false,
  ],
  ["a role that is no JSON", { assumeRole: "{a" }, { assumeRole: "{b" }, true],
  ["another chain", { assumeRoles: [role] }, { assumeRoles: [role, role] }, true],
  [
    "another ID token",
    { assumeRoleWithOidc: { ...oidc, idToken: "a" } },
    { assumeRoleWithOidc: { ...oidc, idToken: "b" } },
    false,
  ],
  [
    "another provider of ID tokens",
    { assumeRoleWithOidc: oidc },
    { assumeRoleWithOidc: { ...oidc, domainId: "e" } },
    true,
  ],
  ["what is no map of it", { assumeRoleWithOidc: "a" }, { assumeRoleWithOidc: "b" }, true],
  ["another temporary key", { accessKey: "a", securityToken: "s" }, { accessKey: "b", securityToken: "t" }, false],
  ["a temporary key in place of another", { accessKey: "a" }, { accessKey: "b", securityToken: "t" }, true],
  [
    "another account beside temporary keys",
    { accessKey: "a", securityToken: "s", domainName: "a" },
    { accessKey: "a", securityToken: "s", domainName: "b" },
    true,
  ],
  ["a number that is no map of it", { assumeRoleWithOidc: 5 }, { assumeRoleWithOidc: 6 }, true],
  [
    "an ID token that a role does not have",
    { assumeRole: { ...role, idToken: "a" } },
    { assumeRole: { ...role, idToken: "b" } },
    true,
  ],
  ["a list and what is in it", { assumeRoles: [5] }, { assumeRoles: 5 }, true],
  ["what is not known yet", { domainName: "a" }, { domainName: unknownValue }, false],
  ["the settings of the dynamic front", { "huaweicloud:domainName": "a" }, { domainName: "a" }, false],
  ["other settings than the dynamic front's", { "huaweicloud:domainName": "a" }, { domainName: "b" }, true],
])("%s: %j, then %j", (_, olds, news, expected) => {
  expect(mayBeOtherAccount(olds, news)).toBe(expected);
});

describe("the project of the account", () => {
  const inputs = { kmsKeyId: "k", region: "cn-north-4", projectName: "cn-north-4" };
  const id = "0123456789abcdef0123456789abcdef";
  const connect = jest.fn();
  const call = { connect } as unknown as Call;
  beforeEach(() => void connect.mockReset().mockResolvedValue({ projectId: id }));

  it("is looked up by its name, whatever ID is there", async () => {
    expect(await withProjectOfAccount(call, inputs)).toEqual({ ...inputs, projectId: id });
    const before = { ...inputs, projectId: "f".repeat(32), assumeRole: role };
    expect(await withProjectOfAccount(call, before)).toEqual({ ...before, projectId: id });
    const { kmsKeyId: _, ...target } = inputs;
    expect(connect.mock.calls).toEqual([[target], [{ ...target, assumeRole: role }]]);
  });

  it.each<[string, Bag]>([
    ["its ID alone", { region: "cn-north-4", projectId: id }],
    ["a name that is not known yet", { ...inputs, projectName: unknownValue }],
    ["what is no target", { projectName: "a" }],
  ])("is left as it is by %s", async (_, given) => {
    expect(await withProjectOfAccount(call, given)).toBe(given);
    expect(connect).not.toHaveBeenCalled();
  });

  it("that cannot be looked up fails, with the reason", async () => {
    connect.mockRejectedValueOnce(new ConfigurationError("No credentials."));
    const error = await failureOf(withProjectOfAccount(call, inputs));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({
      message:
        "The provider may be another account than before. Whether cn-north-4 in cn-north-4 is the project in state could not be looked up: No credentials.",
    });
    connect.mockRejectedValueOnce(new TypeError("a fault"));
    expect(await failureOf(withProjectOfAccount(call, inputs))).toBeInstanceOf(TypeError);
  });
});
