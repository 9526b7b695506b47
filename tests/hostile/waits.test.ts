// Every wait has an end: a host that says nothing, one that always throttles, pages without an end, metadata that stumble.
import { listKeys } from "../../provider/huaweicloud/services/kms";
import { HuaweiCloudError, ResponseError, TimeoutError } from "../../provider/huaweicloud/transport/errors";
import { createTransport } from "../../provider/huaweicloud/transport/transport";
import { Notices, RepeatedError } from "../../provider/notices";
import { failureOf } from "../fixtures/failureOf";
import { answerWell, keyId, startRun, ways } from "./cloud";
import { type HostileServer, refuse, startServer } from "./server";

const servers: HostileServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
const start = async (...args: Parameters<typeof startServer>) => {
  const server = await startServer(...args);
  servers.push(server);
  return server;
};
const context = { action: "setting the default encryption key", region: "cn-north-4" };

describe.each([
  ["that says nothing", () => {}, /has not answered for \d s, so nothing more is sent to it in this run/],
  [
    "that always throttles",
    (_: unknown, response: Parameters<typeof refuse>[0]) => refuse(response, 429, "APIGW.0308", "too many"),
    /has throttled every request for \d s, so nothing more is sent to it in this run/,
  ],
])("a host %s", (_, handler, words) => {
  it("ends 200 calls within twice the deadline, and is named", async () => {
    const server = await start(handler);
    const deadlineMs = 1000;
    const send = createTransport({ maxRetries: 5, deadlineMs, baseDelayMs: 20 });
    const startedAt = Date.now();
    const call = () => failureOf(send({ method: "PUT", url: `${server.url}/v5/p`, body: "{}", context }));
    const failures = await Promise.all(Array.from({ length: 200 }, call));
    expect(Date.now() - startedAt).toBeLessThan(2 * deadlineMs + 500);
    const givenUp = failures.filter(({ message }) => words.test(message));
    expect(givenUp.length).toBeGreaterThan(150);
    for (const error of givenUp) expect(error).toBeInstanceOf(TimeoutError);
    for (const { message } of failures) expect(message).toMatch(/http:\/\/127\.0\.0\.1:\d+|APIGW\.0308/);
    const asked = server.requests.length;
    const later = Date.now();
    expect((await call()).message).toMatch(words);
    expect(Date.now() - later).toBeLessThan(100);
    expect(server.requests).toHaveLength(asked);
  }, 20_000);
});

/** A port that nothing listens at any more. */
async function closedPort(): Promise<string> {
  const server = await startServer(() => {});
  await server.close();
  return server.url;
}

describe.each<[string, () => Promise<string>, RegExp]>([
  [
    "that refuses connections",
    closedPort,
    /could not be reached \(ECONNREFUSED\) for \d s, so nothing more is sent to it/,
  ],
  [
    "that breaks off each connection",
    async () => (await start((_, response) => response.destroy())).url,
    /could not be reached \(ECONNRESET\) for \d s, so nothing more is sent to it/,
  ],
  [
    "that speaks no TLS",
    async () => (await start(() => {})).url.replace("http:", "https:"),
    /could not be reached \(\w+\) for \d s, so nothing more is sent to it/,
  ],
  [
    "that is down behind its gateway",
    async () =>
      (
        await start((_, response) =>
          refuse(
            response,
            503,
            "X.1",
            "The service is unavailable at present, and will be again in a while: please try later.",
          ),
        )
      ).url,
    /has answered every request with an error \(HTTP 503\) for \d s, so nothing more is sent to it/,
  ],
])("a host %s", (_, hostOf, words) => {
  it("ends 200 resources of a program, 16 at a time, within twice the deadline, and is named once", async () => {
    const url = await hostOf();
    // Each call has time for all its tries, some 0.9 s: without an end for all of them 200 would take 12 s.
    const deadlineMs = 4000;
    const send = createTransport({ maxRetries: 5, deadlineMs, baseDelayMs: 40 });
    const notices = new Notices(() => {});
    const startedAt = Date.now();
    const failures: Error[] = [];
    const left = Array.from({ length: 200 }, (_each, index) => `project p${index}`);
    const worker = async () => {
      for (let project = left.pop(); project !== undefined; project = left.pop()) {
        const request = { method: "PUT" as const, url: `${url}/v5/p`, body: "{}", context: { ...context, project } };
        failures.push(await failureOf(send(request)));
      }
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    expect(Date.now() - startedAt).toBeLessThan(2 * deadlineMs);
    expect(failures).toHaveLength(200);
    for (const error of failures) expect(error).toBeInstanceOf(HuaweiCloudError);
    const full = failures.map((error) => notices.shorten(error)).filter((error) => !(error instanceof RepeatedError));
    expect(full.map((error) => (error as Error).message)).toHaveLength(1);
    expect((full[0] as Error).message).toContain(/503/.test(words.source) ? "HTTP 503" : url);
    if (!url.startsWith("https:"))
      expect(failures.filter(({ message }) => words.test(message)).length).toBeGreaterThan(100);
    send.closeIdle();
  }, 20_000);
});

it("a host that fails now and then is not given up", async () => {
  let count = 0;
  const server = await start((_, response) => {
    count += 1;
    if (count % 3 === 0) response.end("{}");
    else refuse(response, 503, "X.1", "no");
  });
  const send = createTransport({ maxRetries: 5, deadlineMs: 300, baseDelayMs: 1 });
  const startedAt = Date.now();
  while (Date.now() - startedAt < 900) await send({ method: "GET", url: `${server.url}/v5/p`, context });
});

it("a host that answers slowly, but answers, is not given up", async () => {
  const server = await start((_, response) => setTimeout(() => response.end("{}"), 500));
  const send = createTransport({ maxRetries: 0, deadlineMs: 2000 });
  await Promise.all(Array.from({ length: 100 }, () => send({ method: "GET", url: `${server.url}/v5/p`, context })));
});

it("pages of keys that never end are an error", async () => {
  let page = 0;
  const server = await start((request, response) => {
    if (!request.url.includes("list-keys")) return answerWell(request, response);
    page += 1;
    const key_details = [{ key_id: keyId, key_state: "2" }];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ key_details, next_marker: String(page), truncated: "true" }));
  });
  const way = ways.KMS;
  if (!way) throw new Error("no such way");
  const error = await failureOf(startRun({ ...way, call: listKeys }, server.url).go());
  expect(error).toBeInstanceOf(ResponseError);
  expect(error.message).toBe(
    "listing KMS keys (project 0123456789abcdef0123456789abcdef in cn-north-4): the list does not end: KMS sent " +
      "200 pages and announces more.",
  );
  expect(page).toBe(200);
});

describe("the instance metadata", () => {
  const way = ways["the instance metadata"];
  if (!way) throw new Error("no such way");
  type Stumble = (response: Parameters<typeof refuse>[0], go: () => void) => void;
  const stumbles: [string, Stumble][] = [
    ["fail", (response) => refuse(response, 500, "X", "internal")],
    ["break off", (response) => response.destroy()],
    ["are 1.2 s late", (_, go) => setTimeout(go, 1200)],
  ];

  it.each(stumbles)("may %s once", async (_, stumble) => {
    let stumbled = false;
    const server = await start((request, response) => {
      if (stumbled || !/meta-data|securitykey/.test(request.url)) return answerWell(request, response);
      stumbled = true;
      stumble(response, () => answerWell(request, response));
    });
    expect(await startRun(way, server.url, { deadlineMs: 60_000 }).go()).toBe(keyId);
  });

  it.each<[string, Stumble, RegExp]>([
    ["fail", (response) => refuse(response, 500, "X", "internal"), /internal \(X, HTTP 500\)/],
    [
      "break off",
      (response) => response.destroy(),
      /cannot reach http:\/\/127\.0\.0\.1:\d+: (socket hang up|read ECONNRESET)/,
    ],
    ["say nothing", () => {}, /no answer from http:\/\/127\.0\.0\.1:\d+ within 3 s/],
  ])("that always %s are the cause that is shown", async (_, stumble, cause) => {
    const server = await start((_request, response) => stumble(response, () => {}));
    const { message } = await failureOf(startRun(way, server.url, { deadlineMs: 60_000 }).go());
    expect(message).toMatch(/^No credentials for Huawei Cloud: .* Last attempt: asking the instance metadata/);
    expect(message).toMatch(cause);
  });

  it("that are not there are not the cause, and cost nothing", async () => {
    const startedAt = Date.now();
    const { message } = await failureOf(startRun(way, "http://127.0.0.1:9").go());
    expect(message).toMatch(/pass --refresh=false\.$/);
    expect(Date.now() - startedAt).toBeLessThan(500);
  });
});
