// Where services are, and which addresses a user may give for them.
import { knownSecrets } from "../transport/knownSecrets";
import {
  answeredProjectId,
  checkedProjectId,
  endpointOf,
  isThisNode,
  parseEndpoint,
  quoted,
  type Service,
} from "./endpoints";

it.each<[Service, string, Parameters<typeof endpointOf>[2], string]>([
  ["evs", "cn-north-4", { overrides: {} }, "https://evs.cn-north-4.myhuaweicloud.com"],
  ["iam", "eu-west-101", { overrides: {} }, "https://iam.eu-west-101.myhuaweicloud.eu"],
  ["iam", "eu-west-1011", { overrides: {} }, "https://iam.eu-west-1011.myhuaweicloud.com"],
  ["iam", "my-eu-west-101", { overrides: {} }, "https://iam.my-eu-west-101.myhuaweicloud.com"],
  ["kms", "eu-west-0", { overrides: {} }, "https://kms.eu-west-0.myhuaweicloud.com"],
  ["kms", "eu-west-101", { cloud: "example.com", overrides: {} }, "https://kms.eu-west-101.example.com"],
  ["evs", "cn-north-4", { overrides: { all: "http://a", evs: "http://b" } }, "http://b"],
  ["kms", "cn-north-4", { overrides: { all: "http://a", evs: "http://b" } }, "http://a"],
  ["organizations", "cn-north-4", { overrides: {} }, "https://organizations.myhuaweicloud.com"],
  ["kms", "cn-north-4", { overrides: { evs: "http://b" } }, "https://kms.cn-north-4.myhuaweicloud.com"],
])("%s of %s with %j", (service, region, settings, expected) => {
  expect(endpointOf(service, region, settings)).toBe(expected);
});

const url = "https://evs.cn-north-4.myhuaweicloud.com";

it.each([
  [url, url],
  [`${url}/`, url],
  [`${url}//`, url],
  ["evs.cn-north-4.myhuaweicloud.com", url],
  ["https://iam.example.com/v3", "https://iam.example.com"],
  ["https://iam.example.com/v3/", "https://iam.example.com"],
  ["https://example.com/v3/iam", "https://example.com/v3/iam"],
  ["https://example.com/iam/v3", "https://example.com/iam"],
  ["https://example.com/v34", "https://example.com/v34"],
  ["https://example.com:8443/x", "https://example.com:8443/x"],
  ["HTTPS://example.com", "https://example.com"],
  ["example.com/x+http://y", "https://example.com/x+http://y"],
  ["http://localhost:8080", "http://localhost:8080"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["http://127.255.10.1", "http://127.255.10.1"],
  ["http://[::1]:8080", "http://[::1]:8080"],
])("%s is taken as %s", (text, endpoint) => {
  expect(parseEndpoint(text)).toEqual({ endpoint });
});

const example = `give a URL such as ${url}`;

it.each([
  ["https://", `is not a URL: ${example}`],
  ["not a host", `is not a URL: ${example}`],
  ["https://user@example.com", "must not contain a user name or password"],
  ["https://:word@example.com", "must not contain a user name or password"],
  ["https://example.com?x=1", `must not have a query or fragment: ${example}`],
  ["https://example.com#x", `must not have a query or fragment: ${example}`],
  ...[
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://x.localhost",
    "http://[::2]",
    "ftp://localhost",
    "ws+x://127.0.0.1",
  ].map((text) => [text, `must use https (plain http is allowed for the loopback only): ${example}`]),
])("%s is refused", (text = "", reason) => {
  expect(parseEndpoint(text)).toEqual({ reason });
});

it("takes a project ID in any case, as requests have it", () => {
  expect(checkedProjectId("0123456789ABCDEF0123456789abcdef")).toBe("0123456789abcdef0123456789abcdef");
});

it("quotes the beginning of what is no project ID, with an example of one", () => {
  expect(() => checkedProjectId("x".repeat(100))).toThrow(
    `"${"x".repeat(64)}" is not a valid project ID (expected, for example, 0123456789abcdef0123456789abcdef); no request was sent.`,
  );
});

it.each([
  ["ftp://x", ' (got "ftp://x")'],
  ["http://a=b/c", ' (got "http://a=b/c")'],
  [`http://a.example/.${"s3cr3t".repeat(6)}`, ' (got "http://a.example/.***")'],
  ["http://x/?s3cret", ""],
  ["http://x/#s3cret", ""],
  ["http://x/?token=y", ""],
  ["?token=y", ""],
  ["http://x/#token=y", ""],
  ["http://x@y", ""],
])("%s is quoted as %j", (text, expected) => {
  expect(quoted(text)).toBe(expected);
});

describe("a project's ID that IAM has answered with", () => {
  const refusal =
    "The project ID in IAM's answer is not valid (expected, for example, 0123456789abcdef0123456789abcdef); no request was sent for it.";
  afterEach(() => knownSecrets.clear());

  it("is taken in any case", () => {
    expect(answeredProjectId("0123456789ABCDEF0123456789abcdef")).toBe("0123456789abcdef0123456789abcdef");
  });

  it.each(["x".repeat(100), "", "../../v3", "0123456789abcdef0123456789abcde-"])(
    "is not %j, and not quoted",
    (text) => {
      expect(() => answeredProjectId(text)).toThrow(refusal);
    },
  );

  it("is not a password of an ID's form", () => {
    const password = "Passw0rd0fThisVeryForm0123456789";
    expect(answeredProjectId(password)).toBe(password.toLowerCase());
    knownSecrets.add(password);
    expect(() => answeredProjectId(password)).toThrow(refusal);
  });
});

it.each([
  ["localhost", true],
  ["127.0.0.1", true],
  ["127.1.2.3", true],
  ["169.254.169.254", true],
  ["[::1]", true],
  ["[fe80::a9fe]", true],
  ["127.0.0.1.example.com", false],
  ["x127.0.0.1", false],
  ["169.255.0.1", false],
  ["localhost.example.com", false],
  ["[::2]", false],
  ["metadata.example", false],
])("%s is of this machine: %s", (host, expected) => {
  expect(isThisNode(host)).toBe(expected);
});
