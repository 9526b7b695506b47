// Which credentials win, what is said of half-set ones, and that no message quotes a secret.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { front } from "../../dynamic/front";
import { type Environment, readSettings, type Settings, type StackConfiguration } from "../settings";
import { findCredentials } from "./chain";

const settingsOf = (configuration: StackConfiguration, environment: Environment) =>
  readSettings(configuration, environment, front);
const credentialsOf = (settings: Settings) => findCredentials(settings, front);

let home: string;
beforeAll(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "evs-home-"));
  fs.mkdirSync(path.join(home, ".hcloud"));
  const keys = { accessKeyId: "PROFILEAK", secretAccessKey: "profile-secret" };
  const profiles = [
    { name: "default", mode: "AKSK", ...keys },
    { name: "other", mode: "AKSK", ...keys, securityToken: "profile-security-token" },
  ];
  fs.writeFileSync(path.join(home, ".hcloud", "config.json"), JSON.stringify({ current: "default", profiles }));
});
afterAll(() => fs.rmSync(home, { recursive: true }));

type Values = Record<string, string>;
const source = (configuration: Values, environment: Values = {}): string =>
  credentialsOf(settingsOf(configuration, environment)).source;

const variables = {
  oidc: { HW_ASSUME_ROLE_IDP_ID: "github", HW_ASSUME_ROLE_ID_TOKEN: "x" },
  token: { HW_AUTH_TOKEN: "x" },
  key: { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "x" },
  password: { HW_USER_NAME: "user", HW_USER_PASSWORD: "x", HW_DOMAIN_NAME: "account" },
  profile: () => ({ HW_PROFILE: "other", HOME: home }),
  sts: {
    HUAWEICLOUD_OIDC_PROVIDER_URN: "iam::id:oidcProvider:github",
    HUAWEICLOUD_OIDC_AGENCY_URN: "iam::id:agency:deployer",
    HUAWEICLOUD_OIDC_ID_TOKEN: "x",
  },
  sdkOidc: { HUAWEICLOUD_SDK_IDP_ID: "github", HUAWEICLOUD_SDK_ID_TOKEN_FILE: "/run/id-token" },
  sdkKey: { HUAWEICLOUD_SDK_AK: "AK", HUAWEICLOUD_SDK_SK: "x" },
  pod: { HC_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.1.1/v1", HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/t" },
  defaultProfile: () => ({ HOME: home }),
  nothing: {},
};

describe("precedence", () => {
  // Each row has everything of the rows below it set too, and still wins.
  const rows: [string, Values | (() => Values), string | RegExp][] = [
    ["an ID token", variables.oidc, "ID token of provider github (HW_ASSUME_ROLE_ID_TOKEN)"],
    ["a token", variables.token, "token (HW_AUTH_TOKEN)"],
    ["an access key", variables.key, "access key (HW_ACCESS_KEY)"],
    ["user and password", variables.password, "user name and password (HW_USER_NAME)"],
    ["a named profile", variables.profile, /^temporary access key \(profile other of .*config\.json\)$/],
    ["an ID token for STS", variables.sts, "ID token for agency iam::id:agency:deployer (HUAWEICLOUD_OIDC_ID_TOKEN)"],
    ["an ID token of the SDK", variables.sdkOidc, "ID token of provider github (HUAWEICLOUD_SDK_ID_TOKEN_FILE)"],
    ["an access key of the SDK", variables.sdkKey, "access key (HUAWEICLOUD_SDK_AK)"],
    ["pod identity", variables.pod, "agency of this pod (pod identity)"],
    ["the current profile", variables.defaultProfile, /^access key \(profile default of .*config\.json\)$/],
    ["instance metadata", variables.nothing, "agency of this cloud server (instance metadata)"],
  ];

  it.each(rows.map(([name, , expected], index) => ({ name, expected, index })))("$name", ({ expected, index }) => {
    const set = rows.slice(index).map(([, values]) => (typeof values === "function" ? values() : values));
    expect(source({}, Object.assign({}, ...set.reverse()))).toMatch(expected);
  });

  it.each([
    [{ "huaweicloud:token": "x" }, "token (huaweicloud:token)"],
    [{ "huaweicloud:accessKey": "AK", "huaweicloud:secretKey": "x" }, "access key (huaweicloud:accessKey)"],
    [{ "huaweicloud:userName": "user", "huaweicloud:password": "x" }, "user name and password (huaweicloud:userName)"],
    [
      { "huaweicloud:assumeRoleWithOidc": '{"idpId":"gitlab","idToken":"x"}' },
      "ID token of provider gitlab (huaweicloud:assumeRoleWithOidc)",
    ],
  ])("the configuration %j beats every variable, which may still complete it", (configuration, expected) => {
    const { oidc, token, key, password } = variables;
    expect(source(configuration as unknown as Values, { ...oidc, ...token, ...key, ...password })).toBe(expected);
  });

  it("never mixes a key of the configuration with the environment's security token", () => {
    const configuration = { "huaweicloud:accessKey": "AK", "huaweicloud:secretKey": "x" };
    expect(source(configuration, { ...variables.key, HW_SECURITY_TOKEN: "x" })).toBe(
      "access key (huaweicloud:accessKey)",
    );
  });

  it("takes a key and its security token of the configuration", () => {
    const configuration = { accessKey: "AK", secretKey: "x", securityToken: "x" };
    const keys = Object.fromEntries(
      Object.entries(configuration).map(([name, value]) => [`huaweicloud:${name}`, value]),
    );
    expect(source(keys)).toBe("temporary access key (huaweicloud:accessKey)");
  });

  it("calls a key with a security token temporary", () => {
    expect(source({}, { ...variables.key, HW_SECURITY_TOKEN: "x" })).toBe("temporary access key (HW_ACCESS_KEY)");
  });
});

describe("agencies to act as", () => {
  const { key } = variables;
  it.each<[string, Values, Values, string]>([
    [
      "one, of the configuration",
      { "huaweicloud:assumeRole": '{"agencyName":"deployer","domainName":"partner"}' },
      {},
      "agency deployer of account partner, assumed by access key (HW_ACCESS_KEY)",
    ],
    [
      "a chain",
      {
        "huaweicloud:assumeRoles":
          '[{"agencyName":"first","domainName":"a"},{"agencyName":"second","domainId":"b","duration":"900"}]',
      },
      {},
      "agency second of account b, assumed by agency first of account a, assumed by access key (HW_ACCESS_KEY)",
    ],
    [
      "one, of the environment",
      {},
      { HW_ASSUME_ROLE_AGENCY_NAME: "deployer", HW_ASSUME_ROLE_DOMAIN_ID: "id", HW_ASSUME_ROLE_DURATION: "900" },
      "agency deployer of account id, assumed by access key (HW_ACCESS_KEY)",
    ],
    ...["900", "86400"].map((duration): [string, Values, Values, string] => [
      `one that lives for ${duration} s`,
      {},
      { HW_ASSUME_ROLE_AGENCY_NAME: "deployer", HW_ASSUME_ROLE_DOMAIN_NAME: "n", HW_ASSUME_ROLE_DURATION: duration },
      "agency deployer of account n, assumed by access key (HW_ACCESS_KEY)",
    ]),
    [
      "one, of the older variables",
      {},
      { OS_AGENCY_NAME: "deployer", OS_AGENCY_DOMAIN_NAME: "partner" },
      "agency deployer of account partner, assumed by access key (HW_ACCESS_KEY)",
    ],
  ])("%s", (_, configuration, environment, expected) => {
    expect(source(configuration, { ...key, ...environment })).toBe(expected);
  });

  it("belong to the ID token where there is one", () => {
    const role = { HW_ASSUME_ROLE_AGENCY_NAME: "deployer", HW_ASSUME_ROLE_DOMAIN_ID: "id" };
    expect(source({}, { ...variables.oidc, ...role })).toBe(
      "agency deployer of account id, assumed by ID token of provider github (HW_ASSUME_ROLE_ID_TOKEN)",
    );
  });
});

describe("half-set or wrong credentials stop with what is missing", () => {
  const planted = "planted-secret";
  it.each<[Values, RegExp]>([
    [
      { HW_ACCESS_KEY: "AK" },
      /^Incomplete credentials: HW_ACCESS_KEY is set, but no secret key: set HW_SECRET_KEY \(huaweicloud:secretKey\)\.$/,
    ],
    [
      { HW_SECRET_KEY: planted },
      /^Incomplete credentials: HW_SECRET_KEY is set, but no access key: set HW_ACCESS_KEY \(huaweicloud:accessKey\)\.$/,
    ],
    [{ HW_SECURITY_TOKEN: planted }, /HW_SECURITY_TOKEN is set, but no access key/],
    [{ HW_USER_PASSWORD: planted }, /HW_USER_PASSWORD is set, but no user: set HW_USER_NAME/],
    [{ HW_USER_NAME: "user" }, /HW_USER_NAME is set, but no password: set HW_USER_PASSWORD/],
    [
      { HW_USER_NAME: "user", HW_USER_PASSWORD: planted },
      /HW_USER_NAME is set, but not the account: set HW_DOMAIN_NAME/,
    ],
    [
      { HW_ASSUME_ROLE_ID_TOKEN: planted },
      /HW_ASSUME_ROLE_ID_TOKEN is set, but no identity provider: set HW_ASSUME_ROLE_IDP_ID/,
    ],
    [
      { HW_ASSUME_ROLE_IDP_ID: "github" },
      /is set, but no ID token: set HW_ASSUME_ROLE_ID_TOKEN_FILE or HW_ASSUME_ROLE_ID_TOKEN/,
    ],
    [
      { HW_ASSUME_ROLE_IDP_ID: "github", HW_ASSUME_ROLE_ID_TOKEN: planted, HW_ASSUME_ROLE_AGENCY_NAME: "a" },
      /is set, but not the account of the agency: set HW_ASSUME_ROLE_DOMAIN_ID/,
    ],
    [
      { ...variables.key, HW_ASSUME_ROLE_AGENCY_NAME: "a" },
      /not the account of the agency: set HW_ASSUME_ROLE_DOMAIN_NAME or HW_ASSUME_ROLE_DOMAIN_ID/,
    ],
    [
      { ...variables.oidc, HW_ASSUME_ROLE_DOMAIN_ID: "id" },
      /HW_ASSUME_ROLE_IDP_ID is set, but no agency in the account that is named: set HW_ASSUME_ROLE_AGENCY_NAME/,
    ],
    [
      { ...variables.key, HW_ASSUME_ROLE_DOMAIN_NAME: "partner" },
      /HW_ASSUME_ROLE_DOMAIN_NAME is set, but no agency: set HW_ASSUME_ROLE_AGENCY_NAME/,
    ],
    [
      { ...variables.key, OS_AGENCY_DOMAIN_NAME: "a" },
      /OS_AGENCY_DOMAIN_NAME is set, but no agency: set OS_AGENCY_NAME/,
    ],
    [{ ...variables.key, OS_AGENCY_NAME: "a" }, /not the account of the agency: set OS_AGENCY_DOMAIN_NAME/],
    [
      { HUAWEICLOUD_OIDC_AGENCY_URN: "urn" },
      /HUAWEICLOUD_OIDC_AGENCY_URN is set, but no provider: set HUAWEICLOUD_OIDC_PROVIDER_URN/,
    ],
    [{ HUAWEICLOUD_OIDC_PROVIDER_URN: "urn" }, /no agency: set HUAWEICLOUD_OIDC_AGENCY_URN/],
    [
      { HUAWEICLOUD_OIDC_PROVIDER_URN: "urn", HUAWEICLOUD_OIDC_AGENCY_URN: "urn" },
      /no ID token: set HUAWEICLOUD_OIDC_TOKEN_FILE/,
    ],
    [
      { ...variables.sts, HUAWEICLOUD_OIDC_DURATION_SECONDS: "long" },
      /HUAWEICLOUD_OIDC_DURATION_SECONDS must be a number of seconds/,
    ],
    [{ HUAWEICLOUD_SDK_AK: "AK" }, /HUAWEICLOUD_SDK_AK is set, but no secret key: set HUAWEICLOUD_SDK_SK/],
    [{ HUAWEICLOUD_SDK_SK: "x" }, /HUAWEICLOUD_SDK_SK is set, but no access key: set HUAWEICLOUD_SDK_AK/],
    [{ HW_PROFILE: "work" }, /^No KooCLI profile: there is no home folder to look in\.$/],
    [
      { HW_SHARED_CONFIG_FILE: "/nowhere/config.json" },
      /^The KooCLI profiles in \/nowhere\/config\.json cannot be read: ENOENT\.$/,
    ],
    ...["899", "86401", "900.5", "long"].map((duration): [Values, RegExp] => [
      {
        ...variables.key,
        HW_ASSUME_ROLE_AGENCY_NAME: "a",
        HW_ASSUME_ROLE_DOMAIN_ID: "id",
        HW_ASSUME_ROLE_DURATION: duration,
      },
      /^HW_ASSUME_ROLE_DURATION is invalid: .*Expected a value such as 3600\.$/,
    ]),
    [
      { ...variables.oidc, HW_ASSUME_ROLE_DURATION: "long" },
      /HW_ASSUME_ROLE_DURATION is invalid: must be a number of seconds, such as 3600\./,
    ],
    [{ HUAWEICLOUD_SDK_IDP_ID: "github" }, /no ID token: set HUAWEICLOUD_SDK_ID_TOKEN_FILE/],
    [
      { HC_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/" },
      /no token file: set HC_CONTAINER_AUTHORIZATION_TOKEN_FILE/,
    ],
    [{ HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/t" }, /no address: set HC_CONTAINER_CREDENTIALS_FULL_URI/],
    [
      { HC_CONTAINER_CREDENTIALS_FULL_URI: "http://example.com/", HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/t" },
      /HC_CONTAINER_CREDENTIALS_FULL_URI must be an https URL, or an http URL on this node \(got "http:\/\/example\.com\/"\)/,
    ],
  ])("%j", (environment, expected) => {
    const settings = settingsOf({}, environment);
    const family = expect.objectContaining({ name: expect.stringMatching(/^(Credentials|Configuration)Error$/) });
    expect(() => credentialsOf(settings)).toThrow(family);
    expect(() => credentialsOf(settings)).toThrow(expected);
    expect(() => credentialsOf(settings)).not.toThrow(planted);
  });

  it.each<[Values, RegExp]>([
    [
      { "huaweicloud:assumeRole": "deployer" },
      /huaweicloud:assumeRole must be a map such as \{ "agencyName": "evs-deployer".*: use `pulumi config set --path`\./,
    ],
    [{ "huaweicloud:assumeRole": '{"domainName":"a"}' }, /huaweicloud:assumeRole\.agencyName is invalid: must be text/],
    [
      { "huaweicloud:assumeRole": '{"agencyName":"a"}' },
      /^huaweicloud:assumeRole is invalid: must have either domainName or domainId: the account that owns the agency\. Expected a value such as \{ "agencyName": "evs-deployer", "domainName": "other-account" \}\.$/,
    ],
    [
      { "huaweicloud:assumeRole": '{"agencyName":"a","domainName":"b","domainId":"c"}' },
      /^huaweicloud:assumeRole is invalid: must have either domainName or domainId: the account that owns the agency\. /,
    ],
    [
      { "huaweicloud:assumeRole": '{"agencyName":"","domainName":"b"}' },
      /\.agencyName is invalid: must not be empty\. /,
    ],
    [
      { "huaweicloud:assumeRole": '{"agencyName":"a","domainName":"b","duration":"5"}' },
      /assumeRole\.duration is invalid/,
    ],
    [
      { "huaweicloud:assumeRoleWithOidc": `{"idToken":"${planted}"}` },
      /assumeRoleWithOidc\.idpId is invalid: .* such as \{ "idpId": "github"/,
    ],
    [{ "huaweicloud:assumeRoleWithOidc": '{"idpId":"a"}' }, /no ID token: set idToken or idTokenFile in it/],
  ])("%j", (configuration, expected) => {
    const find = () => credentialsOf(settingsOf(configuration, variables.key));
    expect(find).toThrow(expected);
    expect(find).not.toThrow(planted);
  });
});

describe("a KooCLI profile", () => {
  const withFile = (content: unknown, more: Values = {}) => {
    const file = path.join(home, `${Math.abs(JSON.stringify(content).length)}-${Object.keys(more).length}.json`);
    fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return () => source({}, { HW_SHARED_CONFIG_FILE: file, ...more });
  };
  const profile = (given: object) => ({ current: "p", profiles: [{ name: "p", ...given }] });
  const keys = { accessKeyId: "AK", secretAccessKey: "planted-secret" };

  it.each<[string, object, RegExp]>([
    ["AKSK", { mode: "AKSK", ...keys }, /^access key \(profile p of /],
    ["no mode", keys, /^access key \(profile p of /],
    [
      "SSO",
      { mode: "SSO", ssoAuth: { stsToken: { ...keys, securityToken: "t" } } },
      /^temporary access key \(profile p of /,
    ],
    ["ecsAgency", { mode: "ecsAgency" }, /^agency of this cloud server/],
    [
      "AssumeRole with its own keys",
      { mode: "AssumeRole", agencyName: "a", agencyDomainName: "b", ...keys },
      /^agency a of account b, assumed by access key \(profile p of /,
    ],
  ])("serves the mode %s", (_, given, expected) => {
    expect(withFile(profile(given))()).toMatch(expected);
  });

  it("serves the mode AssumeRole with the keys of another profile", () => {
    const role = { name: "p", mode: "AssumeRole", agencyName: "a", agencyDomainId: "id", sourceProfile: "q" };
    const content = { current: "p", profiles: [role, { name: "q", ...keys }] };
    expect(withFile(content)()).toMatch(/^agency a of account id, assumed by access key \(profile q of /);
  });

  it("serves the mode AssumeRole by a profile of any other mode", () => {
    const role = { name: "p", mode: "AssumeRole", agencyName: "a", agencyDomainId: "id", sourceProfile: "q" };
    const sso = { name: "q", mode: "SSO", ssoAuth: { stsToken: { ...keys, securityToken: "t" } } };
    const chained = { name: "q", mode: "AssumeRole", agencyName: "b", agencyDomainId: "id", ...keys };
    expect(withFile({ current: "p", profiles: [role, sso] })()).toMatch(
      /assumed by temporary access key \(profile q of /,
    );
    expect(withFile({ current: "p", profiles: [role, chained] })()).toMatch(
      /^agency a .* by agency b .* by access key/,
    );
  });

  it("serves the mode AssumeRole that names itself as the source", () => {
    const role = { mode: "AssumeRole", agencyName: "a", agencyDomainId: "id", sourceProfile: "p", ...keys };
    expect(withFile(profile(role))()).toMatch(/^agency a of account id, assumed by access key \(profile p of /);
  });

  it("does not go round in circles", () => {
    const role = (name: string, sourceProfile: string) =>
      ({ name, mode: "AssumeRole", agencyName: "a", agencyDomainId: "id", sourceProfile }) as const;
    expect(withFile({ current: "p", profiles: [role("p", "q"), role("q", "p")] })).toThrow(/There is no profile p in/);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "an encrypted one",
      { ...profile(keys), authEncrypt: "true" },
      /are encrypted, .* run `hcloud configure set --cli-auth-encrypt=false`/,
    ],
    ["a missing one", { current: "", profiles: [] }, /There is no profile that is current in .* It has: none\./],
    ["one without a key", profile({ mode: "AKSK" }), /has no access key: run `hcloud configure set`/],
    ["one with half a key", profile({ accessKeyId: "AK" }), /no secret key: set secretAccessKey in it/],
    ["an SSO one without a login", profile({ mode: "SSO" }), /has no SSO login/],
    [
      "an agency without its account",
      profile({ mode: "AssumeRole", agencyName: "a", ...keys }),
      /does not name its agency/,
    ],
    [
      "a mode that cannot be served",
      profile({ mode: "token" }),
      /has the mode token, which is not supported: use AKSK, SSO, AssumeRole or ecsAgency\./,
    ],
    [
      "an agency without its name",
      profile({ mode: "AssumeRole", agencyDomainId: "id", ...keys }),
      /does not name its agency: it needs agencyName and agencyDomainId/,
    ],
    ["the other half of a key", profile({ secretAccessKey: "planted-secret" }), /no access key: set accessKeyId in it/],
    ["a file without profiles", { current: "p" }, /There is no profile p in .* It has: none\./],
    ["a file that names none", {}, /There is no profile that is current in .* It has: none\./],
    ["text", "planted-secret", /cannot be read: it is not JSON/],
    [
      "a value deep in it of another form",
      { profiles: [{ name: 1 }] },
      /cannot be read: profiles\.0\.name is invalid\./,
    ],
    ["another form", { profiles: "planted-secret" }, /cannot be read: profiles is invalid/],
  ])("refuses %s", (_, content, expected) => {
    expect(withFile(content)).toThrow(expected);
    expect(withFile(content)).not.toThrow("planted-secret");
  });

  it("names the profiles that there are", () => {
    const content = { current: "p", profiles: [{ name: "p" }, { name: "r" }] };
    expect(withFile(content, { HW_PROFILE: "q" })).toThrow(/There is no profile q in .* It has: p, r\./);
  });
});

describe("a left-over OS_AUTH_URL", () => {
  const OS_AUTH_URL = "https://iam.other.example/v3";
  const sources: [string, Values | (() => Values), string | (() => string)][] = [
    ["HW_PROFILE", variables.profile, "HW_PROFILE"],
    ["HW_SHARED_CONFIG_FILE", { HW_SHARED_CONFIG_FILE: "/f" }, "HW_SHARED_CONFIG_FILE"],
    ["an ID token for STS", variables.sts, "HUAWEICLOUD_OIDC_PROVIDER_URN"],
    ["half of that", { HUAWEICLOUD_OIDC_TOKEN_FILE: "/f" }, "HUAWEICLOUD_OIDC_TOKEN_FILE"],
    ["an ID token of the SDK", { HUAWEICLOUD_SDK_IDP_ID: "github" }, "HUAWEICLOUD_SDK_IDP_ID"],
    ["an access key of the SDK", variables.sdkKey, "HUAWEICLOUD_SDK_AK"],
    ["a security token of the SDK", { HUAWEICLOUD_SDK_SECURITY_TOKEN: "x" }, "HUAWEICLOUD_SDK_SECURITY_TOKEN"],
    ["pod identity", variables.pod, "HC_CONTAINER_CREDENTIALS_FULL_URI"],
    [
      "the current profile",
      variables.defaultProfile,
      () => `the profile in ${path.join(home, ".hcloud", "config.json")}`,
    ],
    ["the instance metadata", { HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:1" }, "the instance metadata"],
  ];

  it.each(sources)("is not sent what comes from %s", (_, environment, foreign) => {
    const given = typeof environment === "function" ? environment() : environment;
    expect(() => source({}, { ...given, OS_AUTH_URL })).toThrow(
      `OS_AUTH_URL is set, but ${typeof foreign === "function" ? foreign() : foreign} is not for that host`,
    );
  });

  it.each(sources)("does not matter where OS_PASSWORD is chosen before %s", (_, environment) => {
    const given = typeof environment === "function" ? environment() : environment;
    const old = { OS_AUTH_URL, OS_USERNAME: "u", OS_PASSWORD: "x", OS_DOMAIN_NAME: "d" };
    expect(source({}, { ...given, ...old })).toBe("user name and password (OS_USERNAME)");
  });

  it("is no longer in the way where HW_AUTH_URL is set too", () => {
    const both = { OS_AUTH_URL, HW_AUTH_URL: OS_AUTH_URL };
    expect(source({}, { ...variables.sdkKey, ...both })).toBe("access key (HUAWEICLOUD_SDK_AK)");
    expect(source({}, { ...variables.profile(), ...both })).toContain("profile other");
  });
});
