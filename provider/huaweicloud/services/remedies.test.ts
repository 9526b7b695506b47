// A next step for every code that a user can meet.
import { keyOf } from "../../dynamic/front";
import { remedyFor as find, remedies, worded } from "./remedies";

const remedyFor = (code: string, reason: string) => find(code, reason, keyOf);

describe("a next step", () => {
  const codes = [
    ..."0001 0002 0003 1013 1018 1027 1052 1070 2001 2002 2005 2010 2013 2014 2023 2034 2035 2036 2040 2041 2042 2044 2055 2056 2105 2108 2143 2144 2145 5400 5401 5403 5404 5500 5503"
      .split(" ")
      .map((code) => `EVS.${code}`),
    "Common.0013",
    "Common.0018",
    ..."0101 0103 0104 0105 0106 0201 0301 0302 0303 0304 0305 0306 0307 0308 0310 0401 0402 0404 0601 0605 0606 0608 0609 0610 0611 0612 0613 0705 0801 0802"
      .split(" ")
      .map((code) => `APIGW.${code}`),
    ..."0001 0002 0003 0004 0006 0007 0011 0012 0061 0062 0064 0066 0067 0080 0081 0082 0083"
      .split(" ")
      .map((code) => `IAM.${code}`),
    ..."0201 0202 0203 0204 0205 0207 0209 0210 0301 0302 0303 0304 0305 0306 0307 0314 0320 0321 0326 0328 0330"
      .split(" ")
      .map((code) => `KMS.${code}`),
    "STS5.1106",
    "PAP5.0001",
    "HTTP 407",
  ];

  it.each(codes)("is known for %s", (code) => {
    expect(remedyFor(code, "")).toMatch(/^[A-Z].*\.$/);
  });

  it("is known for nothing that is not listed here", () => {
    expect([...remedies.keys()].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("is the same under the gateway's older name", () => {
    expect(remedyFor("APIG.0308", "")).toBe(remedyFor("APIGW.0308", ""));
    expect(remedyFor("APIG.0301", "decrypt token fail")).toBe(remedyFor("APIGW.0301", "decrypt token fail"));
  });

  it.each([
    ["verify aksk signature fail", /^The secret key does not match the access key, or this machine's clock is wrong/],
    ["AK access failed to reach the limit,forbidden", /^The access key is locked for five minutes/],
    ["Get secretKey failed,ak:***,err:ak not exist", /^The access key does not exist/],
    ["decrypt token fail", /^Get a new token/],
    ["token expires, expires_at: 2026-01-01", /^Get a new token/],
    ["security token is expired", /^The temporary access key has expired/],
    [
      "the access key is temporary and x-security-token is missing or wrong",
      /^A temporary access key needs its security token/,
    ],
    ["the project does not belong to the account", /^The credentials belong to another project/],
    ["something new", /^Check the credentials\.$/],
  ])("for what the gateway means by %s", (reason, expected) => {
    expect(remedyFor("APIGW.0301", `Incorrect IAM authentication information: ${reason}`)).toMatch(expected);
  });

  it("is known for a wrong password, which has no code", () => {
    expect(remedyFor("HTTP 401", "The username or password is wrong.")).toMatch(/a HUAWEI ID cannot log in here/);
    expect(remedyFor("HTTP 418", "I am a teapot")).toBeUndefined();
  });
});

it("names settings as the front does", () => {
  expect(worded("Set {region} or {projectId}.", (setting) => `front:${setting}`)).toBe(
    "Set front:region or front:projectId.",
  );
});
