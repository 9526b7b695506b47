// The provider's inputs: as texts for the session, and all that is wrong with them, by property.
import { unknownValue } from "../provider/protocol";
import { asFlag, checkSettings, toStack } from "./configuration";

it("hands settings over as text, by full key, without what is not there or not known yet", () => {
  const endpoints = { evs: "https://evs.example.com" };
  const inputs = { region: "a", insecure: true, maxRetries: 0, endpoints, token: undefined, cloud: unknownValue };
  expect(toStack({ ...inputs, assumeRole: { agencyName: unknownValue } })).toEqual({
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

it("names the setting that is wrong, not one whose name begins like it", () => {
  const failures = checkSettings({ key: "no such file", cert: "no such file", region: "a", projectName: "b" }, {});
  expect(failures.map(({ property }) => property)).toEqual(["region", "cert", ""]);
});

it("says once what is wrong with credentials, of which the others are part", () => {
  const failures = checkSettings({ accessKey: "AK", userName: "u", region: "mars" }, {});
  expect(failures).toEqual([
    { property: "region", reason: expect.stringContaining("must be a region ID") },
    { property: "accessKey", reason: expect.stringContaining("Incomplete credentials") },
  ]);
});

it("leaves credentials alone of which a part is not known yet", () => {
  expect(checkSettings({ accessKey: "AK", secretKey: unknownValue }, {})).toEqual([]);
});

it("leaves what is wrong with the environment to the calls", () => {
  expect(checkSettings({ region: "cn-north-4" }, { HW_MAX_RETRIES: "many" })).toEqual([]);
  expect(checkSettings({}, { HW_ACCESS_KEY: "AK" })).toEqual([]);
});
