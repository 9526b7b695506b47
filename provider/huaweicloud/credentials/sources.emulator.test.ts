// Each source at work against the emulator: what it asks for, what it sends, when it renews, and how it fails.
import { generateKeyPairSync } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import jwt from "jsonwebtoken";
import { company, type EmulatedCloud, partner, region, startCloud } from "../../../tests/fixtures/emulatedCloud";
import { failureOf } from "../../../tests/fixtures/failureOf";
import { front, keyOf } from "../../dynamic/front";
import { connect, createSend } from "../connection";
import { parseEndpoint } from "../services/endpoints";
import { getDefaultKey } from "../services/evs";
import { type Environment, readSettings, type Settings, type StackConfiguration } from "../settings";
import { NetworkError } from "../transport/errors";
import { findCredentials, withRole } from "./chain";

const settingsOf = (configuration: StackConfiguration, environment: Environment) =>
  readSettings(configuration, environment, front);
const credentialsOf = (settings: Settings) => findCredentials(settings, front);

let cloud: EmulatedCloud;
let folder: string;
let warned: string[];
let time: number;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-credentials-"));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));
beforeEach(async () => {
  time = Date.now();
  cloud = await startCloud({ clock: { now: () => time } });
  warned = [];
});
afterEach(() => cloud.close());

const user = (name = "deployer", account = company) => {
  const found = cloud.emulator.describe().accounts.find(({ domainName }) => domainName === account);
  const { accessKey, secretKey } = found?.users.find((candidate) => candidate.name === name) ?? {};
  return { HW_ACCESS_KEY: accessKey ?? "", HW_SECRET_KEY: secretKey ?? "" };
};
const domainId = (account: string) => cloud.emulator.cloud.account(account)?.id ?? "";

/** Opens connections as one run would, all with the same credentials. */
function run(
  environment: Record<string, string>,
  role?: { agencyName: string; domainName?: string; domainId?: string },
) {
  const metadata = { HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:9" };
  const credentials = withRole(credentialsOf(settingsOf({}, { ...metadata, ...environment })), role);
  const send = createSend({ keyOf, maxRetries: 2, deadlineMs: 5000, baseDelayMs: 1 });
  const parsed = parseEndpoint(cloud.emulator.endpoint);
  const endpoints = "endpoint" in parsed ? { all: parsed.endpoint } : {};
  const clock = {};
  return (projectName: string = region, projectId?: string) =>
    connect(
      { region, projectName, projectId },
      { send, keyOf, credentials, endpoints, now: () => time, clock, warn: (line) => warned.push(line) },
    );
}
/** The last one that the cloud has issued, without its security token. */
const temporaryKey = () => {
  const { accessKey, secretKey } = cloud.emulator.cloud.sessions.snapshot(time).temporaryKeys.at(-1) ?? {};
  return { HW_ACCESS_KEY: accessKey ?? "", HW_SECRET_KEY: secretKey ?? "" };
};
const operations = () => cloud.records().map(({ operation }) => operation);

describe("an access key", () => {
  it("signs every request, and looks the project up once", async () => {
    const open = run(user());
    const connection = await open();
    await getDefaultKey(connection);
    await getDefaultKey(connection);
    const records = cloud.records();
    expect(records.map(({ operation }) => operation)).toEqual([
      "KeystoneListProjects",
      "ShowDefaultKmsKeyId",
      "ShowDefaultKmsKeyId",
    ]);
    expect(new Set(records.map(({ authKind }) => authKind))).toEqual(new Set(["aksk"]));
  });

  it("signs anew at each try", async () => {
    cloud.emulator.faults.add({ match: { service: "evs" }, times: 2, action: { type: "status", status: 503 } });
    await getDefaultKey(await run(user())());
    expect(operations()).toEqual(["KeystoneListProjects", ...Array(3).fill("ShowDefaultKmsKeyId")]);
  });

  it.each([
    [
      "a wrong secret",
      () => ({ ...user(), HW_SECRET_KEY: "planted-secret" }),
      /APIGW\.0301.* The secret key does not match the access key/,
    ],
    [
      "an unknown key",
      () => ({ HW_ACCESS_KEY: "PLANTEDAK", HW_SECRET_KEY: "planted-secret" }),
      /The access key does not exist/,
    ],
  ])("says what is wrong with %s, and where it came from, after one request", async (_, environment, expected) => {
    const open = run(environment());
    const failures = await Promise.all(Array.from({ length: 20 }, () => failureOf(open())));
    for (const error of failures) {
      expect(error.message).toMatch(expected);
      expect(error.message).toContain("The credentials used: access key (HW_ACCESS_KEY).");
      expect(inspect(error, { depth: Number.POSITIVE_INFINITY }) + JSON.stringify(error)).not.toMatch(
        /planted-secret|PLANTEDAK|Signature=/,
      );
    }
    expect(operations()).toHaveLength(1);
  });

  it("says that a temporary one needs its security token", async () => {
    await run(user(), { agencyName: "evs-deployer", domainName: partner })();
    const error = await failureOf(run(temporaryKey())());
    expect(error.message).toMatch(/A temporary access key needs its security token: set HW_SECURITY_TOKEN/);
  });

  it("that is locked is said to be, and for how long", async () => {
    for (let failure = 0; failure < 6; failure++) await failureOf(run({ ...user(), HW_SECRET_KEY: "wrong" })());
    const error = await failureOf(run(user())());
    expect(error.message).toMatch(/locked.*five minutes/);
    time += 5 * 60_000 + 1;
    await run(user())();
  });

  it("puts a wrong clock right once, and says by how much", async () => {
    cloud.emulator.settings.clockSkewMs = 40 * 60_000;
    const open = run(user());
    await getDefaultKey(await open());
    expect(warned).toEqual([
      "This machine's clock is 40 minutes behind the service's: requests are signed with the service's time.",
    ]);
    expect(operations()).toEqual(["KeystoneListProjects", "KeystoneListProjects", "ShowDefaultKmsKeyId"]);
  });

  it("shares what it has learnt of the clock with the agencies that it acts as", async () => {
    cloud.emulator.settings.clockSkewMs = 5 * 3600_000;
    const open = run(user(), { agencyName: "evs-deployer", domainName: partner });
    const connection = await open();
    await getDefaultKey(connection);
    await getDefaultKey(connection);
    expect(warned).toEqual([expect.stringMatching(/^This machine's clock is 300 minutes behind/)]);
    expect(operations()).toEqual([
      "CreateTemporaryAccessKeyByAgency",
      "CreateTemporaryAccessKeyByAgency",
      "KeystoneListProjects",
      "ShowDefaultKmsKeyId",
      "ShowDefaultKmsKeyId",
    ]);
  });

  it("does not ask for another key at each request where this machine's clock is hours ahead", async () => {
    cloud.emulator.settings.clockSkewMs = -5 * 3600_000;
    const connection = await run(user(), { agencyName: "evs-deployer", domainName: partner })();
    await getDefaultKey(connection);
    await getDefaultKey(connection);
    // The one that told the time, and one key.
    expect(operations().filter((name) => name === "CreateTemporaryAccessKeyByAgency")).toHaveLength(2);
  });

  it("does not make all wait for one another's deadlines where nothing answers", async () => {
    let sent = 0;
    const send = (): Promise<never> => {
      sent += 1;
      return sent === 1 ? Promise.reject(new NetworkError("nothing answers")) : new Promise(() => {});
    };
    const scope = { region, projectName: region, projectId: cloud.project() };
    const connection = await connect(scope, {
      send,
      credentials: credentialsOf(settingsOf({}, user())),
      endpoints: {},
    });
    jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask", "Date"] });
    const [first] = Array.from({ length: 7 }, () => failureOf(getDefaultKey(connection)));
    expect((await first)?.message).toBe("nothing answers");
    await setImmediate();
    const counts = [sent];
    for (let seconds = 5; seconds <= 20; seconds += 5) {
      await jest.advanceTimersByTimeAsync(5000);
      counts.push(sent);
    }
    jest.useRealTimers();
    // The key may be wrong, so it is one at a time at first; nobody waits for a deadline of 60 seconds.
    expect(counts).toEqual([2, 3, 4, 6, 7]);
  });

  it("says that a project is another account's", async () => {
    const open = run(user());
    const error = await failureOf(open(region, cloud.project(region, partner)).then(getDefaultKey));
    expect(error.message).toMatch(/The credentials belong to another project or region than the request/);
  });
});

describe("the project's ID", () => {
  it.each([
    [
      "none has the name",
      "cn-north-4_nowhere",
      "deployer",
      /no project of this name, or the credentials may not see it/,
    ],
    ["the user may not list them", region, "pipeline", /HTTP 403/],
  ])("where %s, the error names the setting that avoids the look-up", async (_, name, as, expected) => {
    const error = await failureOf(run(user(as))(name));
    expect(error.message).toMatch(expected);
    expect(error.message).toContain("Set projectId (huaweicloud:projectId or HW_PROJECT_ID) to avoid this look-up.");
  });

  it("is not guessed where several have the name", async () => {
    const projects = [1, 2].map((id) => ({ id: `id-${id}`, name: region }));
    const send = async () => ({ status: 200, headers: {}, body: JSON.stringify({ projects }) });
    const credentials = credentialsOf(settingsOf({}, { HW_AUTH_TOKEN: "x" }));
    const error = await failureOf(connect({ region, projectName: region }, { send, credentials, endpoints: {} }));
    expect(error.message).toContain("2 projects have this name (id-1, id-2)");
  });
});

describe("an agency", () => {
  it.each([
    ["by name, with a key: IAM", () => user(), { domainName: partner }, "CreateTemporaryAccessKeyByAgency"],
    ["by ID, with a key: STS", () => user(), "id", "AssumeAgency"],
    ["by ID, with a password: IAM", () => cloud.credentials(), "id", "CreateTemporaryAccessKeyByAgency"],
  ])("%s", async (_, environment, account, operation) => {
    const owner = typeof account === "string" ? { domainId: domainId(partner) } : account;
    const open = run(environment(), { agencyName: "evs-deployer", ...owner });
    const [one, two] = await Promise.all([open(), open("ap-southeast-3")]);
    expect(one?.projectId).toBe(cloud.project(region, partner));
    expect(two?.projectId).toBe(cloud.project("ap-southeast-3", partner));
    await Promise.all([one, one].map((connection) => connection && getDefaultKey(connection)));
    expect(operations().filter((name) => name === operation)).toHaveLength(1);
  });

  it("chains", async () => {
    const roles = [
      { agencyName: "evs-deployer", domainName: partner },
      { agencyName: "evs-chained", domainName: "example-newcomer" },
    ];
    const settings = settingsOf({ "huaweicloud:assumeRoles": JSON.stringify(roles) }, user());
    const send = createSend({ keyOf, maxRetries: 0, deadlineMs: 5000 });
    const endpoints = { all: cloud.emulator.endpoint };
    const connection = await connect(
      { region, projectName: region },
      { send, credentials: credentialsOf(settings), endpoints },
    );
    expect(connection.projectId).toBe(cloud.project(region, "example-newcomer"));
  });

  it("gets another key before one ends, in the middle of a run", async () => {
    const open = run(user(), { agencyName: "evs-deployer", domainName: partner });
    const connection = await open();
    time += 45 * 60_000;
    await getDefaultKey(connection);
    time += 10 * 60_000;
    await getDefaultKey(connection);
    expect(operations().filter((name) => name === "CreateTemporaryAccessKeyByAgency")).toHaveLength(2);
  });

  it("gets another key where the service calls one expired early", async () => {
    const connection = await run(user(), { agencyName: "evs-deployer", domainName: partner })();
    const action = { type: "gateway", code: "APIGW.0301", detail: "security token is expired" } as const;
    cloud.emulator.faults.add({ match: { service: "evs" }, action });
    await getDefaultKey(connection);
    expect(operations().filter((name) => name === "CreateTemporaryAccessKeyByAgency")).toHaveLength(2);
  });

  it("that does not trust the caller is an error that names it", async () => {
    const open = run(user(), { agencyName: "evs-chained", domainName: "example-newcomer" });
    expect((await failureOf(open())).message).toMatch(/^assuming an agency .*IAM\.0002/);
  });
});

describe("the ID token of a pipeline", () => {
  const idToken = (claims: object = {}) =>
    jwt.sign({ sub: "repo:example/infra", ...claims }, privateKey, { algorithm: "RS256", expiresIn: "5m" });
  beforeEach(() => {
    const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
    cloud.emulator.cloud.registerIdentityProvider({ id: "github", account: company, publicKeyPem });
    fs.writeFileSync(path.join(folder, "id-token"), `${idToken()}\n`);
  });
  const sts = () => ({
    HUAWEICLOUD_OIDC_PROVIDER_URN: `iam::${domainId(company)}:oidcProvider:github`,
    HUAWEICLOUD_OIDC_AGENCY_URN: `iam::${domainId(company)}:agency:oidc-deployer`,
    HUAWEICLOUD_OIDC_TOKEN_FILE: path.join(folder, "id-token"),
  });

  it("serves by IAM v3.0, from a token", async () => {
    const environment = { HW_ASSUME_ROLE_IDP_ID: "github", HW_ASSUME_ROLE_ID_TOKEN: idToken() };
    await getDefaultKey(await run(environment)());
    expect(operations()).toEqual([
      "CreateTokenWithIdToken",
      "CreateTemporaryAccessKeyByToken",
      "KeystoneListProjects",
      "ShowDefaultKmsKeyId",
    ]);
  });

  it("serves by IAM v3.0, from a file, and then acts as an agency", async () => {
    cloud.emulator.cloud.setAgency(partner, "evs-deployer", { type: "account", accountId: domainId(company) });
    const environment = {
      HW_ASSUME_ROLE_IDP_ID: "github",
      HW_ASSUME_ROLE_ID_TOKEN_FILE: path.join(folder, "id-token"),
      HW_ASSUME_ROLE_AGENCY_NAME: "evs-deployer",
      HW_ASSUME_ROLE_DOMAIN_ID: domainId(partner),
    };
    expect((await run(environment)()).projectId).toBe(cloud.project(region, partner));
  });

  it("serves by STS v5, reading the file anew for each key", async () => {
    const connection = await run(sts())();
    await getDefaultKey(connection);
    time += 55 * 60_000;
    fs.writeFileSync(path.join(folder, "id-token"), idToken({ iat: Math.floor(time / 1000) }));
    await getDefaultKey(connection);
    expect(operations().filter((name) => name === "AssumeAgencyWithOIDC")).toHaveLength(2);
  });

  it("that is wrong is refused once, without being quoted", async () => {
    const forged = jwt.sign({ sub: "x" }, "planted-secret-planted-secret-planted");
    fs.writeFileSync(path.join(folder, "id-token"), forged);
    const open = run(sts());
    const failures = await Promise.all([failureOf(open()), failureOf(open("ap-southeast-3"))]);
    for (const error of failures) {
      expect(error.message).toMatch(/^assuming an agency with an ID token .*STS5\.1108/);
      expect(inspect(error)).not.toContain(forged);
    }
    expect(operations()).toEqual(["AssumeAgencyWithOIDC"]);
  });

  it.each([
    [
      "missing",
      undefined,
      "HUAWEICLOUD_OIDC_TOKEN_FILE names a file that cannot be read (ENOENT): give the path of the file with the ID token.",
    ],
    ["empty", "\n", "HUAWEICLOUD_OIDC_TOKEN_FILE names a file that is empty: it should hold the ID token."],
  ])(
    "in a file that is %s is an error, which does not quote what may be the token itself",
    async (name, content, expected) => {
      const file = path.join(folder, name);
      if (content !== undefined) fs.writeFileSync(file, content);
      expect((await failureOf(run({ ...sts(), HUAWEICLOUD_OIDC_TOKEN_FILE: file })())).message).toBe(expected);
    },
  );
});

describe("instance metadata", () => {
  const metadata = () => ({ HW_ENDPOINT_URL_METADATA: cloud.emulator.endpoint });

  it.each([
    ["v2", ["CreateMetadataToken", "GetSecurityKey"]],
    ["v1", ["CreateMetadataToken", "GetSecurityKey"]],
  ] as const)("serves in version %s", async (version, expected) => {
    cloud.emulator.cloud.setMetadata(version);
    await getDefaultKey(await run(metadata())());
    expect(operations().slice(0, 2)).toEqual(expected);
  });

  it("says that the server has no agency", async () => {
    cloud.emulator.cloud.setMetadata("noAgency");
    expect((await failureOf(run(metadata())())).message).toMatch(/This cloud server has no agency/);
  });

  it("that does not answer is no credentials, asked once a run", async () => {
    const open = run({});
    const errors = await Promise.all([failureOf(open()), failureOf(open("ap-southeast-3"))]);
    expect(errors.map(({ message }) => message)).toEqual(
      Array(2).fill(
        "No credentials for Huawei Cloud: set HW_ACCESS_KEY and HW_SECRET_KEY, or HW_USER_NAME, HW_USER_PASSWORD and " +
          "HW_DOMAIN_NAME, or HW_AUTH_TOKEN (or their keys in the stack's configuration, such as huaweicloud:accessKey); no " +
          "KooCLI profile and no instance metadata was found either. To preview without credentials, pass --refresh=false.",
      ),
    );
    expect(errors[0]).toBe(errors[1]);
  });

  it("of another cloud is no credentials", async () => {
    cloud.emulator.faults.add({ match: { service: "metadata" }, times: -1, action: { type: "html", status: 200 } });
    expect((await failureOf(run(metadata())())).message).toMatch(/^No credentials for Huawei Cloud/);
  });

  it("that hangs costs three seconds", async () => {
    cloud.emulator.faults.add({ match: { service: "metadata" }, times: -1, action: { type: "hang" } });
    expect((await failureOf(run(metadata())())).message).toMatch(/^No credentials/);
    expect(operations()).toHaveLength(2);
  });
});

describe("pod identity", () => {
  const pod = (token: string) => {
    const file = path.join(folder, "pod-token");
    fs.writeFileSync(file, token);
    return {
      HC_CONTAINER_CREDENTIALS_FULL_URI: `${cloud.emulator.endpoint}/pod-identity/credentials`,
      HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
    };
  };

  it("serves", async () => {
    await getDefaultKey(await run(pod("emulator-pod-token\n"))());
    expect(operations()[0]).toBe("GetPodCredentials");
  });

  it("says that the token is refused, without quoting it", async () => {
    const error = await failureOf(run(pod("planted-secret"))());
    expect(error.message).toMatch(/^asking the cluster for the pod's credentials .*HTTP 401/);
    expect(inspect(error)).not.toContain("planted-secret");
  });

  it("says that the token file is missing, without quoting what may be the token itself", async () => {
    const environment = { ...pod("x"), HC_CONTAINER_AUTHORIZATION_TOKEN_FILE: "planted-secret" };
    expect((await failureOf(run(environment)())).message).toBe(
      "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE names a file that cannot be read (ENOENT): give the path of the file with the pod's token.",
    );
  });
});

describe("user name and password", () => {
  it("logs in once for any number of calls, and not again after a refusal", async () => {
    const open = run(cloud.credentials());
    const connections = await Promise.all(Array.from({ length: 30 }, () => open()));
    expect(new Set(connections.map(({ projectId }) => projectId)).size).toBe(1);
    cloud.records();

    const wrong = run({ ...cloud.credentials(), HW_USER_PASSWORD: "planted-secret" });
    const connection = await wrong(region, cloud.project());
    for (let call = 0; call < 3; call++) {
      const error = await failureOf(getDefaultKey(connection));
      expect(error.message).toMatch(/^logging in with user name and password .*The username or password is wrong/);
      expect(error.message).toContain("The credentials used: user name and password (HW_USER_NAME).");
      expect(inspect(error)).not.toContain("planted-secret");
    }
    expect(operations()).toEqual(["KeystoneCreateUserTokenByPassword"]);
  });

  it("logs in once for all the agencies that it acts as", async () => {
    cloud.emulator.cloud.setAgency("example-newcomer", "evs-deployer", {
      type: "account",
      accountId: domainId(company),
    });
    const base = credentialsOf(settingsOf({}, cloud.credentials()));
    const send = createSend({ keyOf, maxRetries: 0, deadlineMs: 5000 });
    const endpoints = { all: cloud.emulator.endpoint };
    await Promise.all(
      [partner, "example-newcomer"].map((domainName) =>
        connect(
          { region, projectName: region },
          { send, credentials: withRole(base, { agencyName: "evs-deployer", domainName }), endpoints },
        ),
      ),
    );
    expect(operations().filter((name) => name === "KeystoneCreateUserTokenByPassword")).toHaveLength(1);
  });

  it("logs in anew shortly before the token ends, and where the service calls it stale", async () => {
    const connection = await run(cloud.credentials())();
    time += 23 * 3600_000 + 55 * 60_000;
    await getDefaultKey(connection);
    cloud.emulator.cloud.revokeTokens();
    await getDefaultKey(connection);
    expect(cloud.requests()).toEqual(["login", "login", "get key", "get key", "login", "get key"]);
  });
});

describe("a token", () => {
  it("serves, and is not replaced when the service refuses it", async () => {
    const open = run({ HW_AUTH_TOKEN: "planted-secret" });
    const error = await failureOf(open());
    expect(error.message).toMatch(/The credentials used: token \(HW_AUTH_TOKEN\)\./);
    expect(inspect(error)).not.toContain("planted-secret");
    expect(operations()).toHaveLength(1);
  });
});
