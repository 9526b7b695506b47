// Settings of different tools are not mixed where one's secret would go to the other's cloud.
import { front } from "../dynamic/front";
import { readSettings } from "./settings";

const read = (environment: Record<string, string>, configuration: Record<string, string> = {}) =>
  readSettings(configuration, environment, front);
const values = (environment: Record<string, string>, configuration: Record<string, string> = {}) => {
  const { accessKey, secretKey } = read(environment, configuration);
  return [accessKey?.value, secretKey?.value];
};

describe("a pair of keys", () => {
  it.each<[string, Record<string, string>, (string | undefined)[]]>([
    ["of one tool", { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "b" }, ["a", "b"]],
    ["of the other", { OS_ACCESS_KEY: "a", OS_SECRET_KEY: "b" }, ["a", "b"]],
    ["of both", { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "b", OS_ACCESS_KEY: "c", OS_SECRET_KEY: "d" }, ["a", "b"]],
    ["half of each", { HW_ACCESS_KEY: "a", OS_SECRET_KEY: "b" }, ["a", undefined]],
    ["the other half of each", { OS_ACCESS_KEY: "a", HW_SECRET_KEY: "b" }, [undefined, "b"]],
    ["half of one, all of the other", { HW_ACCESS_KEY: "a", OS_ACCESS_KEY: "c", OS_SECRET_KEY: "d" }, ["a", undefined]],
    ["half of one", { HW_ACCESS_KEY: "a" }, ["a", undefined]],
    ["of one tool, with a token of another", { HW_SECURITY_TOKEN: "t", OS_ACCESS_KEY: "a", OS_SECRET_KEY: "b" }, []],
  ])("%s", (_, environment, expected) => {
    expect(values(environment)).toEqual([expected[0], expected[1]]);
  });

  it("may be in the configuration by one half", () => {
    expect(values({ OS_SECRET_KEY: "b" }, { "huaweicloud:accessKey": "a" })).toEqual(["a", "b"]);
    expect(values({ HW_ACCESS_KEY: "a" }, { "huaweicloud:secretKey": "b" })).toEqual(["a", "b"]);
  });
});

describe("a user", () => {
  const own = { HW_USER_NAME: "u", HW_USER_PASSWORD: "p", HW_DOMAIN_NAME: "d" };
  const old = {
    OS_USERNAME: "ou",
    OS_USER_ID: "oi",
    OS_PASSWORD: "op",
    OS_DOMAIN_NAME: "od",
    OS_USER_DOMAIN_ID: "odi",
  };
  const ofOld = { userName: "ou", userId: "oi", password: "op", domainName: "od", domainId: "odi" };
  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["of one tool", own, { userName: "u", password: "p", domainName: "d" }],
    ["of the other", old, ofOld],
    ["of both", { ...old, ...own }, { userName: "u", password: "p", domainName: "d" }],
    ["a name of one, all of the other", { ...old, HW_USER_NAME: "u" }, { userName: "u" }],
    ["an ID of one, all of the other", { ...old, HW_USER_ID: "i" }, { userId: "i" }],
    ["a password of one, all of the other", { ...old, HW_USER_PASSWORD: "p" }, { password: "p" }],
    ["an account of one, all of the other", { ...old, HW_DOMAIN_NAME: "d", HW_DOMAIN_ID: "di" }, ofOld],
    [
      "an account of one, and nobody",
      { HW_DOMAIN_NAME: "d", OS_DOMAIN_NAME: "od", OS_DOMAIN_ID: "odi" },
      {
        domainName: "d",
        domainId: "odi",
      },
    ],
    ["an empty name of one, all of the other", { ...old, HW_USER_NAME: "" }, ofOld],
  ])("%s", (_, environment, expected) => {
    const found = Object.entries(read(environment)).map(([name, { value }]) => [name, value]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it("may be in the configuration by a part", () => {
    expect(read({ OS_PASSWORD: "op" }, { "huaweicloud:userName": "u" })).toMatchObject({
      userName: { value: "u", origin: "huaweicloud:userName" },
      password: { value: "op", origin: "OS_PASSWORD" },
    });
  });
});

describe("a left-over OS_AUTH_URL", () => {
  const OS_AUTH_URL = "https://iam.other.example/v3";

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["HW_USER_PASSWORD", { HW_USER_PASSWORD: "x" }, {}],
    ["HW_AUTH_TOKEN", { HW_AUTH_TOKEN: "x", OS_PASSWORD: "y" }, {}],
    ["HW_SECRET_KEY", { HW_ACCESS_KEY: "a", HW_SECRET_KEY: "x" }, {}],
    ["HW_SECURITY_TOKEN", { HW_SECURITY_TOKEN: "x", OS_ACCESS_KEY: "a", OS_SECRET_KEY: "b" }, {}],
    ["HW_ASSUME_ROLE_ID_TOKEN", { HW_ASSUME_ROLE_ID_TOKEN: "x" }, {}],
    ["HW_ASSUME_ROLE_ID_TOKEN_FILE", { HW_ASSUME_ROLE_ID_TOKEN_FILE: "x" }, {}],
    ["HUAWEICLOUD_SDK_ID_TOKEN_FILE", { HUAWEICLOUD_SDK_ID_TOKEN_FILE: "x" }, {}],
    ["huaweicloud:password", {}, { "huaweicloud:password": "x" }],
    ["huaweicloud:assumeRoleWithOidc", {}, { "huaweicloud:assumeRoleWithOidc": "{}" }],
  ])("is not sent what is in %s", (name, environment, configuration) => {
    expect(() => read({ OS_AUTH_URL, ...environment }, configuration)).toThrow(
      `OS_AUTH_URL is set, but ${name} is not for that host: its secret would be sent there. Unset OS_AUTH_URL, or set HW_AUTH_URL to the same.`,
    );
  });

  it("is sent what is meant for it", () => {
    expect(read({ OS_AUTH_URL, OS_PASSWORD: "x" }).authUrl?.value).toBe(OS_AUTH_URL);
    expect(read({ OS_AUTH_URL, HW_USER_NAME: "u" }).authUrl?.value).toBe(OS_AUTH_URL);
    expect(read({ OS_AUTH_URL, HW_AUTH_URL: "https://iam", HW_USER_PASSWORD: "x" }).authUrl?.value).toBe("https://iam");
    expect(read({ HW_AUTH_URL: "https://iam", OS_PASSWORD: "x" }).authUrl?.value).toBe("https://iam");
  });
});
