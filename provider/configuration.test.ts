// Configuration: every invalid setting is refused by its key or variable, with an example of a right one.

import { resolveConfiguration } from "./configuration";
import { front } from "./dynamic/front";
import { ConfigurationError } from "./huaweicloud/transport/errors";

const failureOf = (stack: Record<string, string>, environment: Record<string, string> = {}): string => {
  try {
    resolveConfiguration(stack, environment, front);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as ConfigurationError).message;
  }
  return "";
};

it("has its documented defaults", () => {
  expect(resolveConfiguration({}, {}, front)).toEqual({
    region: undefined,
    projectId: undefined,
    projectName: undefined,
    cloud: undefined,
    endpoints: {},
    maxRetries: 5,
    requestTimeoutMs: 60_000,
    preflight: "auto",
    tls: { insecure: false, ca: undefined, cert: undefined, key: undefined },
    settings: {},
  });
});

it("resolves what is set", () => {
  const projectId = "0123456789abcdef0123456789abcdef";
  const stack = {
    "huaweicloud:region": "cn-north-4",
    "huaweicloud:projectId": projectId,
    "huaweicloud:maxRetries": "0",
    "huaweicloud:requestTimeout": "90",
    "huaweicloud:preflight": "require",
    "huaweicloud:cloud": "example.com",
  };
  expect(resolveConfiguration(stack, { HW_PROJECT_NAME: "cn-north-4_team" }, front)).toMatchObject({
    region: "cn-north-4",
    projectId,
    projectName: "cn-north-4_team",
    cloud: "example.com",
    maxRetries: 0,
    requestTimeoutMs: 90_000,
    preflight: "require",
  });
});

it("prefers the stack's configuration to the environment", () => {
  const environment = { HW_REGION_NAME: "eu-west-101", HW_PREFLIGHT: "off" };
  const stack = { "huaweicloud:region": "cn-north-4", "huaweicloud:preflight": "require" };
  expect(resolveConfiguration(stack, environment, front)).toMatchObject({ region: "cn-north-4", preflight: "require" });
});

it.each(["delegatedProject", "regional", "enterpriseProjectId", "version", "pluginDownloadURL"])(
  "leaves %s, a key of Huawei Cloud's own package or of Pulumi, alone",
  (key) => {
    expect(failureOf({ [`huaweicloud:${key}`]: "anything" })).toBe("");
  },
);

it("leaves other namespaces alone", () => {
  expect(failureOf({ "aws:regoin": "x", "project:kmsKeyId": "y" })).toBe("");
});

interface BadSetting {
  stack?: Record<string, string>;
  environment?: Record<string, string>;
  names: string;
  example: string;
}

const bad: BadSetting[] = [
  { stack: { "huaweicloud:regoin": "cn-north-4" }, names: "huaweicloud:regoin", example: "Did you mean region?" },
  { stack: { "huaweicloud:projectID": "x" }, names: "huaweicloud:projectID", example: "Did you mean projectId?" },
  { stack: { "huaweicloud:nonsense": "x" }, names: "huaweicloud:nonsense", example: "Known are region, projectId" },
  { stack: { "huaweicloud:region": "North" }, names: "huaweicloud:region", example: "such as cn-north-4" },
  { environment: { HW_REGION_NAME: "North" }, names: "HW_REGION_NAME", example: "such as cn-north-4" },
  { environment: { OS_REGION_NAME: "North" }, names: "OS_REGION_NAME", example: "such as cn-north-4" },
  {
    stack: { "huaweicloud:projectId": "x" },
    names: "huaweicloud:projectId",
    example: "0123456789abcdef0123456789abcdef",
  },
  { environment: { HW_PROJECT_ID: "x" }, names: "HW_PROJECT_ID", example: "0123456789abcdef0123456789abcdef" },
  {
    stack: { "huaweicloud:projectName": "x".repeat(65) },
    names: "huaweicloud:projectName",
    example: "cn-north-4_team",
  },
  { stack: { "huaweicloud:cloud": "huawei" }, names: "huaweicloud:cloud", example: "such as myhuaweicloud.com" },
  { stack: { "huaweicloud:maxRetries": "many" }, names: "huaweicloud:maxRetries", example: "such as 5" },
  { stack: { "huaweicloud:maxRetries": "1.5" }, names: "huaweicloud:maxRetries", example: "such as 5" },
  { stack: { "huaweicloud:maxRetries": "-1" }, names: "huaweicloud:maxRetries", example: "such as 5" },
  { environment: { HW_MAX_RETRIES: "21" }, names: "HW_MAX_RETRIES", example: "such as 5" },
  { stack: { "huaweicloud:requestTimeout": "soon" }, names: "huaweicloud:requestTimeout", example: "such as 60" },
  { stack: { "huaweicloud:requestTimeout": "0" }, names: "huaweicloud:requestTimeout", example: "at least 1 second" },
  { environment: { HW_REQUEST_TIMEOUT: "4000" }, names: "HW_REQUEST_TIMEOUT", example: "such as 60" },
  { stack: { "huaweicloud:preflight": "yes" }, names: "huaweicloud:preflight", example: '"auto", "off" or "require"' },
  { environment: { HW_PREFLIGHT: "yes" }, names: "HW_PREFLIGHT", example: '"auto", "off" or "require"' },
  {
    environment: { HW_ENDPOINT_URL: "http://evs.example.com" },
    names: "HW_ENDPOINT_URL",
    example: "https://evs.cn-north-4",
  },
  { environment: { HW_ENDPOINT_URL_EVS: "https://" }, names: "HW_ENDPOINT_URL_EVS", example: "https://evs.cn-north-4" },
  { environment: { HW_ENDPOINT_URL_KMS: "ftp://x" }, names: "HW_ENDPOINT_URL_KMS", example: "https://evs.cn-north-4" },
  { environment: { HW_AUTH_URL: "https://x?y=1" }, names: "HW_AUTH_URL", example: "https://evs.cn-north-4" },
  {
    environment: { HW_ENDPOINT_URL: "https://u:secret@x" },
    names: "HW_ENDPOINT_URL",
    example: "must not contain a user name",
  },
  {
    stack: { "huaweicloud:endpoints": "https://x" },
    names: "huaweicloud:endpoints",
    example: "pulumi config set --path",
  },
  {
    stack: { "huaweicloud:endpoints": '["https://x"]' },
    names: "huaweicloud:endpoints",
    example: "https://evs.cn-north-4",
  },
  {
    stack: { "huaweicloud:endpoints": '{"evs":7}' },
    names: "huaweicloud:endpoints",
    example: "https://evs.cn-north-4",
  },
  {
    stack: { "huaweicloud:endpoints": '{"evs":"http://x.y"}' },
    names: "huaweicloud:endpoints.evs",
    example: "https://evs.cn-north-4",
  },
  {
    stack: { "huaweicloud:endpoints": '{"EVS":"https://evs.example.com"}' },
    names: 'huaweicloud:endpoints has an endpoint for "EVS"',
    example: "Did you mean evs?",
  },
];

it.each(bad)("refuses what $names is set to, with $example", ({ stack = {}, environment = {}, names, example }) => {
  const message = failureOf(stack, environment);
  expect(message).toContain(names);
  expect(message).toContain(example);
  expect(message).not.toContain("\n");
});

describe("endpoints", () => {
  const endpoints = (stack: Record<string, string>, environment: Record<string, string> = {}) =>
    resolveConfiguration(stack, environment, front).endpoints;

  it("take the most particular source first", () => {
    const environment = {
      HW_ENDPOINT_URL: "https://all.example.com",
      HW_ENDPOINT_URL_EVS: "https://evs.example.com",
      HW_ENDPOINT_URL_KMS: "https://kms.example.com",
      HW_AUTH_URL: "https://iam.example.com/v3/",
    };
    const stack = {
      "huaweicloud:endpoints": '{"evs":"https://stack.example.com/","obs":"https://others.example.com"}',
    };
    expect(endpoints(stack, environment)).toEqual({
      all: "https://all.example.com",
      evs: "https://stack.example.com",
      kms: "https://kms.example.com",
      iam: "https://iam.example.com",
    });
  });

  it.each([
    ["vs", "Did you mean evs?"],
    ["organisations", "Did you mean organizations?"],
    ["obs", "Known are iam, kms, evs, sts, organizations."],
  ])("of %s are refused unless other packages read them too", (service, expected) => {
    const stack = { "huaweicloud:endpoints": JSON.stringify({ [service]: "https://example.com" }) };
    expect(endpoints(stack)).toEqual({});
    const own = () => resolveConfiguration(stack, {}, { ...front, sharesEndpoints: false });
    expect(own).toThrow(`has an endpoint for "${service}", which is not a supported service. ${expected}`);
  });

  it.each([
    ["evs.example.com", "https://evs.example.com"],
    ["https://evs.example.com:8443/base/", "https://evs.example.com:8443/base"],
    ["http://localhost:8080", "http://localhost:8080"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
    ["http://[::1]:8080", "http://[::1]:8080"],
  ])("%s becomes %s", (given, all) => {
    expect(endpoints({}, { HW_ENDPOINT_URL: given })).toEqual({ all });
  });

  it.each(["http://127.0.0.1.example.com", "http://localhost.example.com", "http://10.0.0.1", "http://[::2]"])(
    "%s is not the loopback, so that it needs https",
    (given) => {
      expect(failureOf({}, { HW_ENDPOINT_URL: given })).toContain("must use https");
    },
  );
});

describe("TLS", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";

  it("takes certificates as they are, or from files", () => {
    const stack = { "huaweicloud:cacertFile": pem, "huaweicloud:insecure": "true" };
    expect(resolveConfiguration(stack, { OS_CERT: __filename, OS_KEY: pem }, front).tls).toEqual({
      insecure: true,
      ca: pem,
      cert: expect.stringContaining("takes certificates as they are"),
      key: pem,
    });
  });

  it.each([
    [
      { "huaweicloud:cacertFile": "/no/such.pem" },
      /^huaweicloud:cacertFile names a file that cannot be read \(ENOENT\)/,
    ],
    [
      { "huaweicloud:cert": pem },
      /^huaweicloud:cert is set without its counterpart: set both huaweicloud:cert and huaweicloud:key \(OS_CERT, OS_KEY\)\.$/,
    ],
    [{ "huaweicloud:insecure": "maybe" }, /^huaweicloud:insecure must be "true" or "false" \(got "maybe"\)/],
  ])("refuses %j", (stack, expected) => {
    expect(failureOf(stack as unknown as Record<string, string>)).toMatch(expected);
  });
});
