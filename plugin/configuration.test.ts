// The provider's inputs: as texts for the session, and all that is wrong with them, by property.
import { unknownValue } from "../provider/protocol";
import { asFlag, checkSettings, toStack } from "./configuration";

it("hands settings over as text, by full key, without what is not there or not known yet", () => {
  const endpoints = { evs: "https://evs.example.com" };
  const inputs = { region: "a", insecure: true, maxRetries: 0, endpoints, token: undefined, cloud: unknownValue };
  expect(toStack({ ...inputs, assumeRole: { agencyName: unknownValue } })).toStrictEqual({
    "huaweicloud-evs:region": "a",
    "huaweicloud-evs:insecure": "true",
    "huaweicloud-evs:maxRetries": "0",
    "huaweicloud-evs:endpoints": '{"evs":"https://evs.example.com"}',
  });
});

it.each([
  [true, true],
  ["true", true],
  [false, false],
  ["false", false],
  ["yes", undefined],
  [1, undefined],
])("takes %s for the flag %s", (value, expected) => {
  expect(asFlag(value)).toBe(expected);
});

it.each([true, "false", unknownValue, undefined])("takes %s for refreshBeforeUpdate", (refreshBeforeUpdate) => {
  expect(checkSettings({ refreshBeforeUpdate }, {})).toEqual([]);
});

const reasonsOf = (inputs: object, environment = {}) =>
  checkSettings({ ...inputs }, environment).map(({ property, reason }) => {
    expect(property).toBe("");
    return reason;
  });

it("says which setting is wrong, not one whose name begins like it", () => {
  const reasons = reasonsOf({ key: "no such file", cert: "no such file", region: "a", projectName: "b" });
  expect(reasons).toEqual([
    expect.stringMatching(/^huaweicloud-evs:region must be a region ID/),
    expect.stringMatching(/^huaweicloud-evs:cert names a file that cannot be read/),
    expect.stringMatching(/^huaweicloud-evs:key is set without its counterpart/),
  ]);
});

it("says once what is wrong with credentials, of which the others are part", () => {
  expect(reasonsOf({ accessKey: "AK", userName: "u", region: "mars" })).toEqual([
    expect.stringContaining("huaweicloud-evs:region must be a region ID"),
    expect.stringContaining("Incomplete credentials: huaweicloud-evs:accessKey"),
  ]);
});

it("leaves credentials alone of which a part is not known yet", () => {
  expect(checkSettings({ accessKey: "AK", secretKey: unknownValue }, {})).toEqual([]);
});

it("quotes no value, because any may be a secret", () => {
  const domain = "huaweicloud-evs:cloud must be a domain, such as myhuaweicloud.com.";
  for (const cloud of ["planted", "planted@b", 'planted") (got "planted\\"'])
    expect(reasonsOf({ cloud })).toEqual([domain]);
  expect(reasonsOf({ refreshBeforeUpdate: "planted" })).toEqual([
    "huaweicloud-evs:refreshBeforeUpdate must be true or false.",
  ]);
  expect(reasonsOf({ endpoints: '{"evs":"ftp://planted"}' })).toEqual([
    expect.stringMatching(/^huaweicloud-evs:endpoints\.evs (?!.*planted)/),
  ]);
  expect(reasonsOf({ authUrl: "http://user:planted@iam" })).toEqual([
    expect.stringMatching(/^huaweicloud-evs:authUrl (?!.*planted)/),
  ]);
  expect(reasonsOf({ secretKye: "planted" })).toEqual([
    "Unknown configuration key huaweicloud-evs:secretKye. Did you mean secretKey?",
  ]);
});

it("shows what is wrong with the provider although something of the environment is", () => {
  const environment = { HW_MAX_RETRIES: "many", OS_CERT: "x", HW_REQUEST_TIMEOUT: "long", HOME: "huaweicloud-evs:" };
  expect(reasonsOf({ region: "cn-north-4", preflight: "perhaps", insecure: "no" }, environment)).toEqual([
    expect.stringMatching(/^huaweicloud-evs:preflight /),
    expect.stringMatching(/^huaweicloud-evs:insecure /),
  ]);
  expect(environment).toEqual({
    HW_MAX_RETRIES: "many",
    OS_CERT: "x",
    HW_REQUEST_TIMEOUT: "long",
    HOME: "huaweicloud-evs:",
  });
});

it("counts what the environment adds, also beside a variable that is wrong", () => {
  const environment = { HW_SECRET_KEY: "SK", HW_MAX_RETRIES: "many" };
  expect(checkSettings({ accessKey: "AK" }, environment)).toEqual([]);
  expect(checkSettings({ accessKey: "AK" }, { HW_MAX_RETRIES: "many" })).toHaveLength(1);
});

it("passes a fault on, which is nothing that is wrong with a setting", () => {
  const toJSON = () => {
    throw new TypeError("a fault");
  };
  expect(() => checkSettings({ endpoints: { toJSON } }, {})).toThrow(new TypeError("a fault"));
});

it("leaves what is wrong with the environment to the calls", () => {
  expect(checkSettings({ region: "cn-north-4" }, { HW_MAX_RETRIES: "many" })).toEqual([]);
  expect(checkSettings({}, { HW_ACCESS_KEY: "AK" })).toEqual([]);
});
