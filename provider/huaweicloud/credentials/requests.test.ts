// What the sources send, to the letter, and what they make of answers and refusals: against a service made of functions.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { failureOf } from "../../../tests/fixtures/failureOf";
import { front, keyOf } from "../../dynamic/front";
import type { ProjectScope } from "../services/context";
import { type Environment, readSettings, type Settings, type StackConfiguration } from "../settings";
import { ApiError, NetworkError, type Outcome } from "../transport/errors";
import type { OutgoingRequest, RawResponse, Send } from "../transport/request";
import { assumeAgency } from "./agency";
import { findCredentials } from "./chain";
import type { Credentials, ServiceClock } from "./credentials";
import { fromInstanceMetadata } from "./metadata";
import { signedCredentials } from "./signedCredentials";

const settingsOf = (configuration: StackConfiguration, environment: Environment) =>
  readSettings(configuration, environment, front);
const credentialsOf = (settings: Settings) => findCredentials(settings, front);

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const hour = 3600_000;
const scope: ProjectScope = { region: "cn-north-4", projectName: "cn-north-4" };
const iso = (time: number) => new Date(time).toISOString();

interface Sent {
  method: string;
  url: string;
  body: unknown;
  headers: Record<string, string>;
  local: boolean;
}

/** What an error would say was being done, and which texts it would not quote. */
type Said = Pick<OutgoingRequest["context"], "action" | "region" | "project" | "credentials"> & {
  secrets: readonly string[];
};

type Answer = Partial<RawResponse> | Error;

/** A service that answers each request by this function, and keeps what it was sent. */
function service(answer: (sent: Sent, count: number) => Answer) {
  const sent: Sent[] = [];
  const said: Said[] = [];
  const carried: (readonly string[])[] = [];
  const send: Send = async (outgoing: OutgoingRequest) => {
    const { method, url, body = "", authorize, instanceLocal = false, context, secrets = [] } = outgoing;
    const { headers = {}, secrets: inHeaders = [] } = (await authorize?.({ method, url, body })) ?? {};
    carried.push(inHeaders);
    const request = { method, url, body: body && JSON.parse(body), headers, local: instanceLocal };
    sent.push(request);
    said.push({ ...context, secrets });
    const answered = answer(request, sent.length);
    if (answered instanceof Error) throw answered;
    return { status: 200, headers: {}, body: "{}", ...answered };
  };
  return { sent, said, carried, send };
}

let warned: string[];
let clock: ServiceClock;
beforeEach(() => {
  warned = [];
  clock = {};
});
const bind = (credentials: Credentials, send: Send, time = () => now, where: Partial<ProjectScope> = {}) => {
  const bound = { ...scope, ...where };
  const endpoint = (name: string) => `https://${name}.example`;
  const warn = (line: string) => warned.push(line);
  return credentials.bind(bound, { region: bound.region, send, endpoint, now: time, clock, warn, keyOf });
};
const get = { method: "GET" as const, url: "https://evs.example/v5", context: { action: "reading", region: "x" } };
const apiError = (status: number, reason: string, serverTime?: number, code = "APIGW.0301") =>
  new ApiError("message", code, status, undefined, "GET", "/", reason, serverTime);

const key = (expiresAt: number) => ({
  credential: { access: "AK", secret: "SK", securitytoken: "ST", expires_at: iso(expiresAt) },
});

const stsKey = {
  credentials: { access_key_id: "AK2", secret_access_key: "SK2", security_token: "ST2", expiration: iso(now + hour) },
};

describe("user and password", () => {
  const login = (settings: Record<string, string>, where: Partial<ProjectScope> = {}) => {
    const { sent, send } = service(() => ({
      headers: { "x-subject-token": "T" },
      body: JSON.stringify({ token: { expires_at: iso(now + hour), project: { id: "p" } } }),
    }));
    const credentials = credentialsOf(settingsOf({}, { HW_USER_PASSWORD: "x", ...settings }));
    return { sent, send, credentials, done: bind(credentials, send, () => now, where).projectId() };
  };

  it.each([
    [
      { HW_USER_NAME: "u", HW_DOMAIN_NAME: "d" },
      { name: "u", domain: { name: "d" }, password: "x" },
    ],
    [
      { HW_USER_NAME: "u", HW_DOMAIN_ID: "id" },
      { name: "u", domain: { id: "id" }, password: "x" },
    ],
    [
      { HW_USER_NAME: "u", HW_DOMAIN_NAME: "d", HW_DOMAIN_ID: "id" },
      { name: "u", domain: { id: "id" }, password: "x" },
    ],
    [{ HW_USER_ID: "uid" }, { id: "uid", password: "x" }],
    [
      { HW_USER_ID: "uid", HW_USER_NAME: "u", HW_DOMAIN_NAME: "d" },
      { id: "uid", password: "x" },
    ],
  ])("%j logs in", async (settings, user) => {
    const { sent, done } = login(settings as unknown as Record<string, string>);
    expect(await done).toBe("p");
    const identity = { methods: ["password"], password: { user } };
    expect(sent).toEqual([
      {
        method: "POST",
        url: "https://iam.example/v3/auth/tokens?nocatalog=true",
        body: { auth: { identity, scope: { project: { name: "cn-north-4" } } } },
        headers: {},
        local: false,
      },
    ]);
  });

  it("logs in once for each project, by ID or by name", async () => {
    const { sent, send, credentials, done } = login({ HW_USER_ID: "u" });
    await done;
    const others: Partial<ProjectScope>[] = [
      {},
      { projectName: "cn-north-4_team" },
      { projectId: "one" },
      { projectId: "two" },
      { projectId: "one" },
      { region: "ap-southeast-3" },
    ];
    for (const where of others) await bind(credentials, send, () => now, where).send(get);
    const scopes = sent.flatMap(({ body }) => {
      const { auth } = (body || {}) as { auth?: { scope: { project: object } } };
      return auth ? [auth.scope.project] : [];
    });
    expect(scopes).toEqual([
      { name: "cn-north-4" },
      { name: "cn-north-4_team" },
      { id: "one" },
      { id: "two" },
      { name: "cn-north-4" },
    ]);
  });
});

it("a token is sent as it is, does not sign, and is not replaced", async () => {
  const credentials = credentialsOf(settingsOf({}, { HW_AUTH_TOKEN: "T" }));
  expect(credentials.signs).toBe(false);
  const projects = { projects: [{ id: "p", name: "cn-north-4" }] };
  const { sent, send } = service((_, count) =>
    count === 1 ? { body: JSON.stringify(projects) } : apiError(401, "decrypt token fail"),
  );
  const authorization = bind(credentials, send);
  expect(await authorization.projectId()).toBe("p");
  expect(await authorization.projectId()).toBe("p");
  await expect(authorization.send(get)).rejects.toThrow("message");
  expect(sent.map(({ url, headers }) => [url, headers])).toEqual([
    ["https://iam.example/v3/projects?name=cn-north-4", { "X-Auth-Token": "T" }],
    [get.url, { "X-Auth-Token": "T" }],
  ]);
});

describe("a signature", () => {
  const permanent = { accessKey: "AK", secretKey: "SK" };
  const temporary = { ...permanent, securityToken: "ST", expiresAt: now + hour };
  const signed = (held: typeof permanent, answer: (sent: Sent, count: number) => Answer) => {
    let obtained = 0;
    const { sent, send } = service(answer);
    const credentials = signedCredentials("key", async () => {
      obtained += 1;
      return held;
    });
    return { sent, obtained: () => obtained, authorization: bind(credentials, send), send, credentials };
  };
  const headersOf = ({ headers }: Sent) => /SignedHeaders=([^,]+)/.exec(headers.Authorization ?? "")?.[1];

  it("covers the body's type and the project where there are such", async () => {
    const { sent, authorization } = signed(permanent, () => ({}));
    await authorization.send(get);
    await authorization.send({ ...get, projectId: "p" });
    await authorization.send({ ...get, method: "PUT", body: "{}", projectId: "p" });
    await authorization.send({ ...get, method: "PUT", body: "{}" });
    expect(sent.map(headersOf)).toEqual([
      "host;x-sdk-date",
      "host;x-project-id;x-sdk-date",
      "content-type;host;x-project-id;x-sdk-date",
      "content-type;host;x-sdk-date",
    ]);
    expect(sent.map(({ headers }) => headers["x-project-id"] ?? headers["X-Project-Id"])).toEqual([
      undefined,
      "p",
      "p",
      undefined,
    ]);
    expect(sent.map(({ headers }) => headers["X-Sdk-Date"])).toEqual(Array(4).fill("20260102T030405Z"));
  });

  it("looks the project up at IAM, once", async () => {
    const projects = { projects: [{ id: "p", name: "cn-north-4" }] };
    const { sent, authorization } = signed(permanent, () => ({ body: JSON.stringify(projects) }));
    expect(await Promise.all([authorization.projectId(), authorization.projectId()])).toEqual(["p", "p"]);
    expect(sent.map(({ url }) => url)).toEqual(["https://iam.example/v3/projects?name=cn-north-4"]);
  });

  it("has a key for each region, unless one serves them all", async () => {
    const { send } = service(() => ({}));
    const count = async (options?: { oneForAllRegions: boolean }) => {
      const regions: string[] = [];
      const credentials = signedCredentials(
        "key",
        async ({ region }) => {
          regions.push(region);
          return permanent;
        },
        options,
      );
      for (const region of ["a", "b", "a"]) await bind(credentials, send, () => now, { region }).send(get);
      return regions;
    };
    expect(await count()).toEqual(["a", "b"]);
    expect(await count({ oneForAllRegions: false })).toEqual(["a", "b"]);
    expect(await count({ oneForAllRegions: true })).toEqual(["a"]);
  });

  const skewed = (ms: number) => apiError(401, "verify aksk signature fail", now + ms);

  it.each([
    [40 * 60_000, "40 minutes behind the service's", "20260102T034405Z"],
    [-40 * 60_000, "40 minutes ahead of the service's", "20260102T022405Z"],
  ])("whose time is %i ms off is put right, once", async (ms, words, date) => {
    const { sent, authorization } = signed(permanent, (_, count) => (count === 1 ? skewed(ms) : {}));
    await authorization.send(get);
    await authorization.send(get);
    expect(warned).toEqual([`This machine's clock is ${words}: requests are signed with the service's time.`]);
    expect(sent.map(({ headers }) => headers["X-Sdk-Date"])).toEqual(["20260102T030405Z", date, date]);
  });

  it("that is refused again with the service's own time is refused", async () => {
    const { sent, authorization } = signed(permanent, () => skewed(40 * 60_000));
    await expect(authorization.send(get)).rejects.toThrow("message");
    expect([sent.length, warned.length, clock]).toEqual([2, 0, {}]);
    // It is not the clock: it is the key, and the next is not even tried.
    await expect(authorization.send(get)).rejects.toThrow("message");
    expect([sent.length, warned.length]).toEqual([2, 0]);
  });

  it.each<[string, ApiError, number]>([
    ["a service that fails", apiError(500, "no", undefined, "EVS.5500"), 0],
    ["a gateway that throttles", apiError(429, "no", undefined, "APIGW.0308"), 0],
    ["a gateway that refuses", apiError(403, "no", undefined, "APIGW.0302"), 0],
    ["a service that refuses", apiError(403, "no", undefined, "EVS.1027"), 1],
  ])("with the service's own time is no proof of it if answered by %s", async (_, refusal, believed) => {
    const { authorization } = signed(permanent, (__, count) => (count === 1 ? skewed(40 * 60_000) : refusal));
    await expect(authorization.send(get)).rejects.toBe(refusal);
    expect([clock.skews?.size ?? 0, warned.length]).toEqual([believed, believed]);
  });

  it.each<[string, number, string, number[]]>([
    ["this machine's", 0, "20260102T030405Z", []],
    ["a third", -40 * 60_000, "20260102T022405Z", [-40 * 60_000]],
  ])("forgets the time that it was made with when the service's is %s now", async (_, ms, date, skews) => {
    const { sent, authorization } = signed(permanent, (__, count) =>
      count === 1 ? skewed(40 * 60_000) : count === 3 ? skewed(ms) : {},
    );
    for (let count = 0; count < 3; count += 1) await authorization.send(get);
    const dates = ["20260102T030405Z", "20260102T034405Z", "20260102T034405Z", date, date];
    expect(sent.map(({ headers }) => headers["X-Sdk-Date"])).toEqual(dates);
    expect([...(clock.skews?.values() ?? [])]).toEqual(skews);
  });

  it("keeps the time that it was made with when the service still has it", async () => {
    const refusal = skewed(40 * 60_000);
    const { sent, authorization } = signed(permanent, (_, count) => (count === 1 || count === 3 ? refusal : {}));
    await authorization.send(get);
    await expect(authorization.send(get)).rejects.toBe(refusal);
    expect(sent).toHaveLength(3);
    expect([...(clock.skews?.values() ?? [])]).toEqual([40 * 60_000]);
  });

  it("is made again without a word where another request has put the clock right meanwhile", async () => {
    const { sent, authorization } = signed(permanent, (_, count) => {
      if (count > 1) return {};
      clock.skews = new Map([["https://evs.example", 1000]]);
      return skewed(40 * 60_000);
    });
    await authorization.send(get);
    expect(warned).toEqual([]);
    expect(sent.map(({ headers }) => headers["X-Sdk-Date"])).toEqual(["20260102T030405Z", "20260102T030406Z"]);
  });

  it.each<[string, typeof permanent, ApiError, number]>([
    ["a temporary key that is over", temporary, apiError(401, "security token is expired"), 2],
    ["a permanent key, of which there is no other", permanent, apiError(401, "security token is expired"), 1],
    ["a temporary key that lacks a permission", temporary, apiError(403, "no", undefined, "EVS.1027"), 1],
  ])("by %s", async (_, held, refusal, tries) => {
    const { sent, obtained, authorization } = signed(held, (_request, count) => (count === 1 ? refusal : {}));
    const outcome = authorization.send(get);
    if (tries === 1) await expect(outcome).rejects.toBe(refusal);
    else await outcome;
    expect([sent.length, obtained()]).toEqual([tries, tries]);
  });

  it("is not asked of a key that could not be had", async () => {
    const { sent, send } = service(() => ({}));
    const credentials = signedCredentials("key", () => Promise.reject(new NetworkError("no key")));
    await expect(bind(credentials, send).send(get)).rejects.toThrow("no key");
    expect(sent).toEqual([]);
  });
});

describe("instance metadata", () => {
  const paths = ({ method, url, headers, local }: Sent) => [method, url, headers, local];
  const token = ["PUT", "http://169.254.169.254/meta-data/latest/api/token"];
  const credential = ["GET", "http://169.254.169.254/openstack/latest/securitykey"];
  const ttl = { "X-Metadata-Token-Ttl-Seconds": "21600" };
  const asked = async (answer: (sent: Sent, count: number) => Answer, endpoint?: string) => {
    const { sent, send } = service(answer);
    const setting = endpoint && { value: endpoint, origin: "x", level: "environment" as const };
    const credentials = fromInstanceMetadata(setting || undefined);
    return { sent, outcome: bind(credentials, send).send(get), send, credentials };
  };

  it("is asked at its own address, for a token and then for the key, for all regions", async () => {
    const { sent, outcome, send, credentials } = await asked((_, count) =>
      count === 1 ? { body: " T0ken~! \n" } : { body: JSON.stringify(key(now + hour)) },
    );
    await outcome;
    await bind(credentials, send, () => now, { region: "ap-southeast-3" }).send(get);
    expect(sent.slice(0, 2).map(paths)).toEqual([
      [...token, ttl, true],
      [...credential, { "X-Metadata-Token": "T0ken~!" }, true],
    ]);
    expect(sent.slice(2).map(({ url }) => url)).toEqual([get.url, get.url]);
  });

  it("may be at another address", async () => {
    const { sent, outcome } = await asked(
      (_, count) => (count === 1 ? { body: "T" } : { body: JSON.stringify(key(now + hour)) }),
      "http://127.0.0.1:80//",
    );
    await outcome;
    expect(sent[0]?.url).toBe("http://127.0.0.1:80/meta-data/latest/api/token");
  });

  it.each(["http://metadata.example", "http://127.0.0.1.example.com", "http://10.0.0.1"])(
    "is not asked at %s, which is plain http and not this machine",
    (value) => {
      const setting = { value, origin: "HW_ENDPOINT_URL_METADATA", level: "environment" as const };
      expect(() => fromInstanceMetadata(setting)).toThrow(
        `HW_ENDPOINT_URL_METADATA must be an https URL, or an http URL on this machine (got "${value}").`,
      );
    },
  );

  it.each(["https://metadata.example", "http://[::1]:80", "http://169.254.169.253"])("may be asked at %s", (value) => {
    expect(() => fromInstanceMetadata({ value, origin: "x", level: "environment" })).not.toThrow();
  });

  it.each([404, 405, 503])("goes on without a token after HTTP %i", async (status) => {
    const { sent, outcome } = await asked((_, count) =>
      count === 1 ? apiError(status, "no") : { body: JSON.stringify(key(now + hour)) },
    );
    await outcome;
    expect(sent.slice(0, 2).map(paths)).toEqual([
      [...token, ttl, true],
      [...credential, {}, true],
    ]);
  });

  it.each<[string, Answer]>([
    ["HTTP 403", apiError(403, "no")],
    ["a broken connection", new NetworkError("broken")],
  ])("ends with %s on the token", async (_, answer) => {
    const { sent, outcome } = await asked(() => answer);
    await expect(outcome).rejects.toBe(answer);
    expect(sent).toHaveLength(1);
  });

  it.each(["", "a b", "a\nb", "tök"])("does not take %j for a token", async (body) => {
    const { sent, outcome } = await asked(() => ({ body }));
    expect((await failureOf(outcome)).message).toBe(
      "asking the instance metadata for credentials (cn-north-4): the answer is not a token.",
    );
    expect(sent).toHaveLength(1);
  });

  it.each<[string, Answer, RegExp]>([
    ["no agency", apiError(401, "Please configure Cloud Service Agency first"), /^This cloud server has no agency/],
    ["another refusal", apiError(401, "no"), /^message$/],
    ["a broken connection", new NetworkError("configure Cloud Service Agency"), /^configure Cloud Service Agency$/],
  ])("with %s", async (_, answer, message) => {
    const { outcome } = await asked((_sent, count) => (count === 1 ? { body: "T" } : answer));
    expect((await failureOf(outcome)).message).toMatch(message);
  });
});

describe("pod identity", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-pod-"));
  const file = path.join(folder, "token");
  beforeAll(() => fs.writeFileSync(file, " pod-token\n"));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const pod = (uri: string) =>
    credentialsOf(
      settingsOf({}, { HC_CONTAINER_CREDENTIALS_FULL_URI: uri, HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file }),
    );

  it.each([
    "https://pod-identity.example/v1",
    "http://localhost/v1",
    "http://127.0.0.1:8080/v1",
    "http://127.100.0.10/v1",
    "http://169.254.170.23/v1",
    "http://[::1]/v1",
    "http://[fe80::1]/v1",
  ])("may be at %s", (uri) => {
    expect(pod(uri).source).toBe("agency of this pod (pod identity)");
  });

  it.each([
    "http://pod-identity.example/v1",
    "http://localhost.example.com/v1",
    "http://127.0.0.1.example.com/v1",
    "http://169.254.170.23.example.com/v1",
    "http://x.localhost.example/localhost",
    "http://my-localhost/v1",
    "http://10.0.0.1/v1",
    "http://example.com/[::1]",
    "http://[2001:db8::1]/v1",
    "ftp://127.0.0.1/v1",
    "127.0.0.1",
    "",
    "http://example.com/?[::1]",
  ])("must not be at %j, of which no query is quoted", (uri) => {
    const settings = settingsOf({}, { HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file });
    const podCredentialsUri = {
      value: uri,
      origin: "HC_CONTAINER_CREDENTIALS_FULL_URI",
      level: "environment",
    } as const;
    expect(() => credentialsOf({ ...settings, podCredentialsUri })).toThrow(
      `HC_CONTAINER_CREDENTIALS_FULL_URI must be an https URL, or an http URL on this node${uri.includes("?") ? "" : ` (got ${JSON.stringify(uri)})`}.`,
    );
  });

  it.each<[string, object]>([
    ["one spelling", { credential: { access: "AK", secret: "SK", securitytoken: "ST", expires_at: iso(now + hour) } }],
    [
      "another",
      { credentials: { accessKeyId: "AK", secretAccessKey: "SK", securityToken: "ST", expiration: iso(now + hour) } },
    ],
    ["a third", { access_key_id: "AK", secret_access_key: "SK", security_token: "ST", expiration: iso(now + hour) }],
  ])("is asked once for all regions, and again before the key ends: %s", async (_, body) => {
    let time = now;
    const { sent, send } = service(() => ({ body: JSON.stringify(body) }));
    const credentials = pod("http://127.0.0.1/v1");
    const asked = () => sent.filter(({ url }) => url === "http://127.0.0.1/v1");
    await bind(credentials, send, () => time).send(get);
    await bind(credentials, send, () => time, { region: "ap-southeast-3" }).send(get);
    expect(asked()).toEqual([
      { method: "POST", url: "http://127.0.0.1/v1", body: {}, headers: { Authorization: "pod-token" }, local: true },
    ]);
    expect(sent[1]?.headers).toMatchObject({ "X-Security-Token": "ST" });
    time += hour;
    await bind(credentials, send, () => time).send(get);
    expect(asked()).toHaveLength(2);
  });
});

describe("an agency", () => {
  const caller = (signs: boolean) =>
    signs
      ? credentialsOf(settingsOf({}, { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK" }))
      : credentialsOf(settingsOf({}, { HW_AUTH_TOKEN: "T" }));
  it.each<[string, Parameters<typeof assumeAgency>[1], boolean, string, unknown]>([
    [
      "by ID, signed",
      { agencyName: "a", domainId: "id", duration: 900 },
      true,
      "https://sts.example/v5/agencies/assume",
      { agency_urn: "iam::id:agency:a", agency_session_name: "pulumi-huaweicloud-evs", duration_seconds: 900 },
    ],
    [
      "by name, signed",
      { agencyName: "a", domainName: "n" },
      true,
      "https://iam.example/v3.0/OS-CREDENTIAL/securitytokens",
      {
        auth: {
          identity: {
            methods: ["assume_role"],
            assume_role: { agency_name: "a", domain_name: "n", duration_seconds: 3600 },
          },
        },
      },
    ],
    [
      "by ID, with a token",
      { agencyName: "a", domainId: "id" },
      false,
      "https://iam.example/v3.0/OS-CREDENTIAL/securitytokens",
      {
        auth: {
          identity: {
            methods: ["assume_role"],
            assume_role: { agency_name: "a", domain_id: "id", duration_seconds: 3600 },
          },
        },
      },
    ],
  ])("%s", async (_, role, signs, url, body) => {
    const { sent, send } = service(() => ({ body: JSON.stringify({ ...key(now + hour), ...stsKey }) }));
    const credentials = assumeAgency(caller(signs), role);
    await bind(credentials, send).send(get);
    expect(sent[0]).toMatchObject({ method: "POST", url, body });
    expect(sent[1]?.headers["X-Security-Token"]).toBe(url.includes("sts") ? "ST2" : "ST");
    expect(credentials.source).toMatch(/^agency a of account (id|n), assumed by (access key|token) \(HW_/);
  });

  it.each(["id:agency:other", "", "a b", "x".repeat(65), "\u001b[31m"])(
    "is not assumed in %j, which is no account and would make it the URN of something else",
    async (domainId) => {
      const { sent, send } = service(() => ({ body: JSON.stringify(stsKey) }));
      const { message } = await failureOf(
        bind(assumeAgency(caller(true), { agencyName: "a", domainId }), send).send(get),
      );
      expect(message).toMatch(
        / is not the ID of an account, such as 0123456789abcdef0123456789abcdef: no agency of it can be assumed\.$/,
      );
      expect(sent).toEqual([]);
    },
  );

  it.each(["0123456789abcdef0123456789abcdef", "A-z_9", "x".repeat(64)])("is assumed in %s", async (domainId) => {
    const { sent, send } = service(() => ({ body: JSON.stringify(stsKey) }));
    await bind(assumeAgency(caller(true), { agencyName: "a", domainId }), send).send(get);
    expect(sent[0]?.body).toMatchObject({ agency_urn: `iam::${domainId}:agency:a` });
  });

  it.each([
    [{}, 2],
    [{ oneForAllRegions: true }, 1],
  ])("is assumed once for each region, unless one key serves them all: %j", async (options, times) => {
    const { sent, send } = service(() => ({ body: JSON.stringify(stsKey) }));
    const credentials = assumeAgency(caller(true), { agencyName: "a", domainId: "id" }, options);
    for (const region of ["cn-north-4", "la-south-2"]) await bind(credentials, send, () => now, { region }).send(get);
    expect(sent.filter(({ url }) => url.endsWith("/assume"))).toHaveLength(times);
  });
});

describe("ID tokens", () => {
  it("for IAM are exchanged for a token, that for a key of the duration asked for, and that for the agency's", async () => {
    const { sent, send } = service((_, count) =>
      count === 1
        ? { headers: { "x-subject-token": "T" }, body: JSON.stringify({ token: { expires_at: iso(now + hour) } }) }
        : { body: JSON.stringify({ ...key(now + hour), ...stsKey }) },
    );
    const environment = {
      HW_ASSUME_ROLE_IDP_ID: "github",
      HW_ASSUME_ROLE_ID_TOKEN: "JWT",
      HW_ASSUME_ROLE_AGENCY_NAME: "a",
      HW_ASSUME_ROLE_DOMAIN_ID: "id",
      HW_ASSUME_ROLE_DURATION: "1800",
    };
    await bind(credentialsOf(settingsOf({}, environment)), send).send(get);
    expect(sent.map(({ method, url, body }) => [method, url, body])).toMatchObject([
      ["POST", "https://iam.example/v3.0/OS-AUTH/id-token/tokens", { auth: { id_token: { id: "JWT" } } }],
      [
        "POST",
        "https://iam.example/v3.0/OS-CREDENTIAL/securitytokens",
        { auth: { identity: { methods: ["token"], token: { id: "T", duration_seconds: 1800 } } } },
      ],
      ["POST", "https://sts.example/v5/agencies/assume", { agency_urn: "iam::id:agency:a", duration_seconds: 1800 }],
      ["GET", get.url, ""],
    ]);
    expect(sent[0]?.headers).toEqual({ "X-Idp-Id": "github" });
  });

  it.each([
    [{}, "pulumi-huaweicloud-evs", 3600],
    [{ HUAWEICLOUD_OIDC_SESSION_NAME: "ci", HUAWEICLOUD_OIDC_DURATION_SECONDS: "900" }, "ci", 900],
  ])("for STS go in one call, with %j", async (more, session, duration) => {
    const { sent, send } = service(() => ({ body: JSON.stringify(stsKey) }));
    const environment = {
      HUAWEICLOUD_OIDC_PROVIDER_URN: "provider",
      HUAWEICLOUD_OIDC_AGENCY_URN: "agency",
      HUAWEICLOUD_OIDC_ID_TOKEN: "JWT",
      ...more,
    };
    await bind(credentialsOf(settingsOf({}, environment)), send).send(get);
    expect(sent[0]).toEqual({
      method: "POST",
      url: "https://sts.example/v5/agencies/assume-with-oidc",
      body: {
        provider_urn: "provider",
        agency_urn: "agency",
        agency_session_name: session,
        id_token: "JWT",
        duration_seconds: duration,
      },
      headers: {},
      local: false,
    });
  });
});

describe("the project's ID", () => {
  const credentials = credentialsOf(settingsOf({}, { HW_AUTH_TOKEN: "T" }));
  const remedy = "Set projectId (huaweicloud:projectId or HW_PROJECT_ID) to avoid this look-up.";
  const found = async (answer: Answer | { projects: unknown }) => {
    const { send } = service(() => ("projects" in answer ? { body: JSON.stringify(answer) } : answer));
    return bind(credentials, send).projectId();
  };
  const project = (id: string, name: string) => ({ id, name });
  const happened = (what: string) =>
    `looking up the project's ID (project cn-north-4 in cn-north-4): ${what}. ${remedy}`;

  it("is that of the very name, whatever else the service lists", async () => {
    const projects = [project("a", "cn-north-4_team"), project("b", "cn-north-4"), project("c", "CN-NORTH-4")];
    expect(await found({ projects })).toBe("b");
  });

  it.each<[string, Answer | { projects: unknown }, string]>([
    ["there is none", { projects: [] }, happened("no project of this name, or the credentials may not see it")],
    [
      "there are others only",
      { projects: [project("a", "cn-north-4_team")] },
      happened("no project of this name, or the credentials may not see it"),
    ],
    [
      "there are several",
      { projects: [project("a", "cn-north-4"), project("b", "cn-north-4")] },
      happened("2 projects have this name (a, b)"),
    ],
    ["listing is forbidden", apiError(403, "no"), `message ${remedy}`],
    ["the service fails", apiError(500, "no"), "message"],
    ["nothing answers", new NetworkError("nothing"), "nothing"],
  ])("is an error where %s", async (_, answer, message) => {
    expect((await failureOf(found(answer))).message).toBe(message);
  });

  it.each([[{ projects: [{ id: "a" }] }], [{ projects: "a" }]])(
    "is an error after an answer such as %j",
    async (answer) => {
      expect((await failureOf(found(answer))).message).toMatch(/: the answer does not match the API: projects/);
    },
  );
});

it("a login without a token in the answer is an error", async () => {
  const { send } = service(() => ({ body: JSON.stringify({ token: { expires_at: iso(now + hour) } }) }));
  const credentials = credentialsOf(settingsOf({}, { HW_USER_ID: "u", HW_USER_PASSWORD: "x" }));
  expect((await failureOf(bind(credentials, send).projectId())).message).toBe(
    "logging in with user name and password (project cn-north-4 in cn-north-4): IAM answered without a token.",
  );
});

it.each([{}, { credential: {} }, { credential: { access: "AK", secret: "SK", securitytoken: "ST" } }])(
  "a key in the form %j is an error",
  async (body) => {
    const { send } = service((_, count) => (count === 1 ? { body: "T" } : { body: JSON.stringify(body) }));
    expect((await failureOf(bind(fromInstanceMetadata(undefined), send).send(get))).message).toMatch(
      /: the answer does not match the API: credential/,
    );
  },
);

describe("what an earlier sending may have done holds for the second one too", () => {
  const stale = (outcome: Outcome) =>
    new ApiError("m", "APIGW.0307", 401, undefined, "GET", "/", "The token must be updated.", undefined, { outcome });
  const wrongClock = (outcome: Outcome) =>
    new ApiError("m", "APIGW.0301", 401, undefined, "GET", "/", "verify aksk signature fail", now + hour, { outcome });
  const login = { headers: { "x-subject-token": "T" }, body: '{"token":{"expires_at":"2026-01-03T00:00:00Z"}}' };

  it.each<[string, Record<string, string>, (outcome: Outcome) => ApiError]>([
    ["after a stale token", { HW_USER_ID: "u", HW_USER_PASSWORD: "x" }, stale],
    ["after a wrong clock", { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK" }, wrongClock],
  ])("%s", async (_, environment, refusal) => {
    for (const outcome of ["refused", "unknown"] as const) {
      clock = {};
      const asked: (Outcome | undefined)[] = [];
      const { send } = service(({ url }) => (url.startsWith("https://iam.") ? login : refusal(outcome)));
      const spied: Send = (request) => {
        if (!request.url.startsWith("https://iam.")) asked.push(request.outcomeSoFar);
        return send(request);
      };
      await failureOf(bind(credentialsOf(settingsOf({}, environment)), spied).send(get));
      expect(asked).toEqual([undefined, outcome]);
    }
  });
});

describe("a request says which of its headers no error may quote", () => {
  const signature = /Signature=(\w+)/;

  it.each<[string, Record<string, string>, string[]]>([
    ["a token", { HW_AUTH_TOKEN: "T" }, ["T"]],
    ["an access key", { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK" }, ["AK", "SK"]],
    [
      "a temporary access key",
      { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK", HW_SECURITY_TOKEN: "ST" },
      ["AK", "SK", "ST"],
    ],
  ])("%s", async (_, environment, expected) => {
    const { carried, sent, send } = service(() => ({}));
    await bind(credentialsOf(settingsOf({}, environment)), send).send(get);
    const { Authorization: header } = sent[0]?.headers ?? {};
    const signed = header === undefined ? [] : [header, signature.exec(header)?.[1]];
    expect(carried).toEqual([[...expected, ...signed]]);
  });

  it("the tokens of the instance metadata and of a pod", async () => {
    const metadata = service(({ method }) => ({ body: method === "PUT" ? "MT" : JSON.stringify(key(now + hour)) }));
    await bind(fromInstanceMetadata(undefined), metadata.send).send(get);
    expect(metadata.carried.slice(0, 2)).toEqual([[], ["MT"]]);
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "pod-")), "token");
    fs.writeFileSync(file, "PT");
    const pod = service(() => ({ body: JSON.stringify(key(now + hour)) }));
    const environment = {
      HC_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1/",
      HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
    };
    await bind(credentialsOf(settingsOf({}, environment)), pod.send).send(get);
    expect(pod.carried[0]).toEqual(["PT"]);
  });
});

describe("an error of a login says what was being done, by which credentials, and quotes no secret", () => {
  const answers = JSON.stringify({ ...key(now + hour), ...stsKey, token: { expires_at: iso(now + hour) } });
  const region = "cn-north-4";
  const agency = { HW_ASSUME_ROLE_AGENCY_NAME: "a" };

  it.each<[string, Record<string, string>, Said[]]>([
    [
      "password",
      { HW_USER_ID: "u", HW_USER_PASSWORD: "x" },
      [
        {
          action: "logging in with user name and password",
          region,
          project: region,
          credentials: "user name and password (HW_USER_ID)",
          secrets: ["x"],
        },
      ],
    ],
    [
      "ID token, by IAM",
      { HW_ASSUME_ROLE_IDP_ID: "github", HW_ASSUME_ROLE_ID_TOKEN: "JWT" },
      [
        {
          action: "logging in with an ID token",
          region,
          credentials: "ID token of provider github (HW_ASSUME_ROLE_ID_TOKEN)",
          secrets: ["JWT"],
        },
        {
          action: "getting a temporary access key",
          region,
          credentials: "ID token of provider github (HW_ASSUME_ROLE_ID_TOKEN)",
          secrets: ["T"],
        },
      ],
    ],
    [
      "ID token, by STS",
      {
        HUAWEICLOUD_OIDC_PROVIDER_URN: "provider",
        HUAWEICLOUD_OIDC_AGENCY_URN: "agency",
        HUAWEICLOUD_OIDC_ID_TOKEN: "JWT",
      },
      [
        {
          action: "assuming an agency with an ID token",
          region,
          credentials: "ID token for agency agency (HUAWEICLOUD_OIDC_ID_TOKEN)",
          secrets: ["JWT"],
        },
      ],
    ],
    ...[{ HW_ASSUME_ROLE_DOMAIN_ID: "id" }, { HW_ASSUME_ROLE_DOMAIN_NAME: "id" }].map(
      (account): [string, Record<string, string>, Said[]] => [
        `agency, by ${Object.keys(account)[0]}`,
        { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK", ...agency, ...account } as Record<string, string>,
        [
          {
            action: "assuming an agency",
            region,
            credentials: "agency a of account id, assumed by access key (HW_ACCESS_KEY)",
            secrets: [],
          },
        ],
      ],
    ),
  ])("%s", async (_, environment, expected) => {
    const { said, send } = service(() => ({ headers: { "x-subject-token": "T" }, body: answers }));
    await bind(credentialsOf(settingsOf({}, environment)), send).send(get);
    expect(said.slice(0, -1)).toEqual(expected);
  });
});
