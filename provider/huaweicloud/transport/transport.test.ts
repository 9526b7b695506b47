// The transport against real servers: what is sent, what is tried again and when, what is trusted, and that nothing that
// leaves it holds a credential.
import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import https from "node:https";
import net, { type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect, promisify } from "node:util";
import selfsigned from "selfsigned";
import { failureOf } from "../../../tests/fixtures/failureOf";
import { ApiError, HuaweiCloudError, NetworkError, ResponseError, TimeoutError } from "./errors";
import type { OutgoingRequest } from "./request";
import { createTransport, type TransportOptions } from "./transport";

const context = { action: "setting the default encryption key", region: "cn-north-4", project: "a-project" };
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  for (const name of ["HTTPS_PROXY", "NO_PROXY"]) delete process.env[name];
});

const tokenHeader = (token: string) => ({ headers: { "X-Auth-Token": token }, secrets: [token] });

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function listen(server: Server | https.Server | net.Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const withBody =
  (handler: Handler) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    handler(request, response, body);
  };

const serve = async (handler: Handler): Promise<string> =>
  `http://127.0.0.1:${await listen(http.createServer(withBody(handler)))}`;

const answer = (response: ServerResponse, status: number, body: unknown = {}, headers: Record<string, string> = {}) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};

const transport = (options: Partial<TransportOptions> = {}) =>
  createTransport({
    maxRetries: 2,
    deadlineMs: 5000,
    baseDelayMs: 1,
    keyOf: (setting) => `huaweicloud:${setting}`,
    retryableCodes: new Set(["EVS.2044"]),
    remedyFor: (code) => (code === "EVS.5503" ? "This is on the service's side." : undefined),
    ...options,
  });
const put = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: "PUT",
  url: `${url}/v5/a-project/default-encryption/key`,
  body: '{"kms_key_id":"x"}',
  context,
  ...more,
});

describe("a request", () => {
  it("is sent as it is, byte for byte, with few headers", async () => {
    const seen: { method?: string; url?: string; body: string; headers: http.IncomingHttpHeaders }[] = [];
    const url = await serve((request, response, body) => {
      const { method = "", url: target = "", headers } = request;
      seen.push({ method, url: target, body, headers });
      answer(response, 200, { kms_key_id: "x" }, { "X-Request-Id": "id" });
    });
    const authorize = async () => tokenHeader("t");
    const send = transport();
    expect(await send(put(url, { authorize }))).toMatchObject({
      status: 200,
      body: '{"kms_key_id":"x"}',
      headers: { "x-request-id": "id" },
    });
    await send({ method: "GET", url: `${url}/v3/projects?name=a%20b`, context });
    expect(seen).toMatchObject([
      { method: "PUT", url: "/v5/a-project/default-encryption/key", body: '{"kms_key_id":"x"}' },
      { method: "GET", url: "/v3/projects?name=a%20b", body: "" },
    ]);
    const { host: _, connection, "accept-encoding": __, ...headers } = seen[0]?.headers ?? {};
    expect(connection).toBe("keep-alive");
    expect(headers).toEqual({
      accept: "application/json",
      "content-type": "application/json",
      "content-length": "18",
      "user-agent": expect.stringMatching(/^pulumi-huaweicloud-evs\/\d+\.\d+\.\d+/),
      "x-auth-token": "t",
    });
    expect(seen[1]?.headers).not.toHaveProperty("content-type");
  });

  it("shares connections, at most sixteen to a host", async () => {
    const sockets = new Set<Socket>();
    let open = 0;
    let most = 0;
    const url = await serve((request, response) => {
      sockets.add(request.socket);
      most = Math.max(most, ++open);
      setTimeout(() => {
        open -= 1;
        answer(response, 200);
      }, 20);
    });
    const send = transport();
    await Promise.all(Array.from({ length: 100 }, () => send(put(url))));
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(16);
    expect(sockets.size).toBeLessThanOrEqual(16);
  });

  it("leaves no connection open that its server will not keep much longer", async () => {
    const server = http.createServer(withBody((_, response) => answer(response, 200)));
    server.keepAliveTimeout = 2000; // which its answers say
    const url = `http://127.0.0.1:${await listen(server)}`;
    const closed = new Promise<number>((resolve) => {
      server.once("connection", (socket: Socket) => socket.once("end", () => resolve(Date.now())));
    });
    await transport()(put(url));
    const answeredAt = Date.now();
    expect((await closed) - answeredAt).toBeLessThan(1900);
  });

  it("leaves no connection open once its run is over, and cuts no call off", async () => {
    const server = http.createServer(withBody((_, response) => void setTimeout(() => answer(response, 200), 50)));
    const url = `http://127.0.0.1:${await listen(server)}`;
    const open = () => promisify(server.getConnections.bind(server))();
    const send = transport();
    await Promise.all([send(put(url)), send(put(url))]);
    const underWay = send(put(url));
    await sleep(20);
    expect(await open()).toBe(2);
    server.keepAliveTimeout = 60_000;
    send.closeIdle();
    const closing = async () => {
      for (let wait = 0; wait < 400 && (await open()) > 0; wait += 1) await sleep(5);
      return open();
    };
    expect(await underWay).toMatchObject({ status: 200 });
    expect(await closing()).toBe(0);
    expect(await send(put(url))).toMatchObject({ status: 200 });
    expect(await closing()).toBe(0);
  });

  it("may wait for a login to the same host, however many do", async () => {
    let login: Promise<unknown> | undefined;
    const url = await serve((_, response) => answer(response, 200));
    const send = transport({ deadlineMs: 2000 });
    const authorize = async () => {
      login ??= send({ method: "POST", url: `${url}/v3/auth/tokens`, body: "{}", context });
      await login;
      return { headers: {}, secrets: [] };
    };
    await Promise.all(Array.from({ length: 50 }, () => send(put(url, { authorize }))));
  });
});

describe("another try", () => {
  const failingFirst = (times: number, fail: Handler) => {
    let tries = 0;
    return {
      count: () => tries,
      url: serve((request, response, body) => {
        tries += 1;
        if (tries <= times) fail(request, response, body);
        else answer(response, 200);
      }),
    };
  };

  it.each<[string, Handler]>([
    ...[408, 429, 500, 502, 503, 504].map((status): [string, Handler] => [
      `HTTP ${status}`,
      (_, response) => answer(response, status),
    ]),
    ["a 404 that is EVS.2044", (_, response) => answer(response, 404, { error: { code: "EVS.2044", message: "x" } })],
    ["a connection that breaks", (request) => request.socket.destroy()],
    [
      "an answer that breaks off",
      (_, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("{");
        setTimeout(() => response.destroy(), 5);
      },
    ],
  ])("is made after %s", async (_, fail) => {
    const { url, count } = failingFirst(2, fail);
    await transport()(put(await url));
    expect(count()).toBe(3);
  });

  it.each([400, 401, 403, 404, 405, 409, 413, 501])("is not made after HTTP %d", async (status) => {
    const { url, count } = failingFirst(1, (_, response) => answer(response, status));
    const error = await failureOf(transport()(put(await url)));
    expect(error).toBeInstanceOf(ApiError);
    expect(count()).toBe(1);
  });

  it("is authorized anew, and the last one tells how many there were", async () => {
    const { url } = failingFirst(9, (_, response) =>
      answer(response, 503, { error: { code: "EVS.5503", message: "Service unavailable." } }),
    );
    let authorized = 0;
    const authorize = async () => tokenHeader(`t${++authorized}`);
    const error = await failureOf(transport()(put(await url, { authorize })));
    expect(error.message).toMatch(
      /^setting the default encryption key \(project a-project in cn-north-4\): Service unavailable \(EVS\.5503, HTTP 503\) after 3 tries in \d\.\d s\. This is on the service's side/,
    );
    expect(authorized).toBe(3);
  });

  it("after answers that break off each time ends with that", async () => {
    const { url } = failingFirst(9, (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("{");
      setTimeout(() => response.destroy(), 5);
    });
    const error = await failureOf(transport()(put(await url)));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toMatch(/: the answer of http:\/\/127\.0\.0\.1:\d+ broke off: .* after 3 tries in/);
  });

  it("is not made where the configuration says so", async () => {
    const { url, count } = failingFirst(1, (_, response) => answer(response, 500));
    const error = await failureOf(transport({ maxRetries: 0 })(put(await url)));
    expect(error.message).not.toContain("tries");
    expect(count()).toBe(1);
  });

  it("is called with the URL of a service that throttles and the delay, and for no other failure", async () => {
    const calls: [string, number][] = [];
    const throttled = (url: string, delayMs: number) => void calls.push([url, delayMs]);
    const refusing = await failingFirst(1, (_, response) => answer(response, 429)).url;
    await transport({ throttled })(put(refusing));
    await transport({ throttled })(put(await failingFirst(1, (_, response) => answer(response, 500)).url));
    expect(calls).toEqual([[put(refusing).url, expect.any(Number)]]);
    expect(calls[0]?.[1]).toBeGreaterThan(0);
  });

  it("counts what it waits towards the deadline", async () => {
    const { url, count } = failingFirst(99, (_, response) => answer(response, 503));
    const send = transport({ deadlineMs: 400, baseDelayMs: 100, maxRetries: 50, random: () => 1 });
    const error = await failureOf(send(put(await url)));
    expect(error.message).toMatch(/HTTP 503\) after 3 tries in 0\.[34] s\./);
    expect(count()).toBe(3);
  });

  it("of a request to this very machine comes soon, unless nobody listens there", async () => {
    const { url, count } = failingFirst(2, (_, response) => answer(response, 503));
    const startedAt = Date.now();
    await transport({ baseDelayMs: 1 })(put(await url, { instanceLocal: true }));
    expect(Date.now() - startedAt).toBeLessThan(500);
    expect(count()).toBe(3);
    const error = await failureOf(transport()(put("http://127.0.0.1:9", { instanceLocal: true })));
    expect(error.message).toMatch(/ECONNREFUSED/);
    expect(error.message).not.toContain("tries");
  });

  it("ends with the deadline, however long the service asks to wait", async () => {
    const { url, count } = failingFirst(9, (_, response) => answer(response, 429, {}, { "Retry-After": "3600" }));
    const target = await url;
    const send = transport({ deadlineMs: 300 });
    const startedAt = Date.now();
    const errors = await Promise.all([failureOf(send(put(target))), failureOf(send(put(target)))]);
    expect(Date.now() - startedAt).toBeLessThan(1000);
    for (const error of errors) {
      expect(error.message).toContain(
        "The next try would be in 3601 s, and a call may take 0.3 s in all (huaweicloud:requestTimeout).",
      );
    }
    expect(count()).toBeLessThanOrEqual(2);
  });
});

describe("what cannot succeed", () => {
  it("a redirect is not followed", async () => {
    let stolen = false;
    const other = await serve((_, response) => {
      stolen = true;
      answer(response, 200);
    });
    const url = await serve((_, response) => answer(response, 307, "", { location: `${other}/` }));
    const error = await failureOf(transport()(put(url)));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toMatch(/answered with a redirect \(HTTP 307\), which is not followed so that no credential/);
    expect(stolen).toBe(false);
  });

  it("an endless answer is cut off", async () => {
    const url = await serve((_, response) => answer(response, 200, "x".repeat(5 * 1024 * 1024)));
    const error = await failureOf(transport({ maxRetries: 0 })(put(url)));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("is too large to be one of this API");
  });

  it("silence ends at the deadline; a request to this very machine after three seconds and two tries", async () => {
    let tries = 0;
    const url = await serve(() => {
      tries += 1;
    });
    const send = transport({ deadlineMs: 60_000 });
    const error = await failureOf(send(put(url, { instanceLocal: true })));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toContain("within 3 s");
    expect(tries).toBe(2);
  });

  it("nobody listens", async () => {
    const error = await failureOf(transport({ maxRetries: 1 })(put("http://127.0.0.1:9")));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toMatch(
      /: cannot reach http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED.* after 2 tries in .* Check region, endpoint, network and proxy/,
    );
  });

  it("a host that does not exist is not tried again", async () => {
    const error = await failureOf(transport()(put("https://evs.nowhere.invalid")));
    expect(error.message).toMatch(/cannot reach https:\/\/evs\.nowhere\.invalid: .*(ENOTFOUND|EAI_AGAIN)/);
    expect(error.message).not.toContain("tries");
  });
});

describe("TLS", () => {
  let authority: { private: string; cert: string };
  let server: { private: string; cert: string };
  let client: { private: string; cert: string };
  beforeAll(async () => {
    const make = (name: string, more: object) => selfsigned.generate([{ name: "commonName", value: name }], more);
    authority = await make("A test authority", {
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, critical: true },
      ],
    });
    const ca = { key: authority.private, cert: authority.cert };
    const names = [
      { type: 2, value: "evs.test" },
      { type: 7, ip: "127.0.0.1" },
    ];
    server = await make("evs.test", { ca, extensions: [{ name: "subjectAltName", altNames: names }] });
    client = await make("a client", { ca });
  });

  const serveTls = async (options: https.ServerOptions = {}) => {
    const handler = withBody((_, response) => answer(response, 200));
    const port = await listen(https.createServer({ key: server.private, cert: server.cert, ...options }, handler));
    return `https://127.0.0.1:${port}`;
  };
  const tls = (given: object) => ({ insecure: false, ca: undefined, cert: undefined, key: undefined, ...given });

  it("does not trust a stranger, and says how to name an authority", async () => {
    const error = await failureOf(transport()(put(await serveTls())));
    expect(error.message).toMatch(
      /The server's certificate is not trusted\. .* set huaweicloud:cacertFile \(OS_CACERT\) to it\./,
    );
    expect(error.message).not.toContain("tries");
  });

  it("trusts an authority that the user names", async () => {
    await transport({ tls: tls({ ca: authority.cert }) })(put(await serveTls()));
  });

  it("shows a client certificate", async () => {
    const url = await serveTls({ requestCert: true, rejectUnauthorized: true, ca: authority.cert });
    await transport({ tls: tls({ ca: authority.cert, cert: client.cert, key: client.private }) })(put(url));
    await failureOf(transport({ tls: tls({ ca: authority.cert }), maxRetries: 0 })(put(url)));
  });

  it("warns by the setting's bare name unless a front has another, and only where certificates are not checked", () => {
    const warned: string[] = [];
    const limits = { maxRetries: 0, deadlineMs: 1 };
    createTransport({ ...limits, tls: tls({}), warn: (line) => warned.push(line) });
    createTransport({ ...limits, warn: (line) => warned.push(line) });
    createTransport({ ...limits, tls: tls({ insecure: true }) });
    expect(warned).toEqual([]);
    createTransport({ ...limits, tls: tls({ insecure: true }), warn: (line) => warned.push(line) });
    expect(warned).toEqual([expect.stringContaining("are not checked (insecure):")]);
  });

  it("trusts everybody where the user says so, with one warning", async () => {
    const warned: string[] = [];
    const send = transport({ tls: tls({ insecure: true }), warn: (line) => warned.push(line) });
    const url = await serveTls();
    await send(put(url));
    await send(put(url));
    expect(warned).toEqual([
      expect.stringMatching(/^Certificates of servers are not checked \(huaweicloud:insecure\)/),
    ]);
  });

  describe("through a proxy", () => {
    let tunnels: string[];
    let inClear: string[];
    const startProxy = async () => {
      tunnels = [];
      inClear = [];
      const proxy = http.createServer((request, response) => {
        inClear.push(`${request.method} ${request.url}`);
        response.end();
      });
      proxy.on("connect", (request, socket) => {
        tunnels.push(`${request.url} ${request.headers["x-auth-token"] ?? ""}`.trim());
        const [, port] = (request.url ?? "").split(":");
        const onward = net.connect(Number(port), "127.0.0.1", () => {
          socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
          onward.pipe(socket).pipe(onward);
        });
        onward.on("error", () => socket.destroy());
        socket.on("error", () => onward.destroy());
      });
      process.env.HTTPS_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    };

    it("tunnels, so that the proxy sees neither requests nor credentials", async () => {
      await startProxy();
      const url = await serveTls();
      const authorize = async () => tokenHeader("t");
      await transport({ tls: tls({ ca: authority.cert }) })(put(url, { authorize }));
      expect(tunnels).toEqual([new URL(url).host]);
      expect(inClear).toEqual([]);
    });

    it("goes past it where NO_PROXY says so, and to this very machine", async () => {
      await startProxy();
      const url = await serveTls();
      const send = transport({ tls: tls({ ca: authority.cert }) });
      await send(put(url, { instanceLocal: true }));
      process.env.NO_PROXY = "127.0.0.1";
      await send(put(url));
      expect(tunnels).toEqual([]);
    });

    it("still checks whom it talks to", async () => {
      await startProxy();
      const error = await failureOf(transport()(put(await serveTls())));
      expect(error.message).toMatch(/certificate/);
    });
  });
});

describe("the debug log", () => {
  it("has one line a try, of an allow-list", async () => {
    let tries = 0;
    const url = await serve((_, response) =>
      answer(response, ++tries === 1 ? 503 : 200, {}, { "X-Request-Id": "an-id" }),
    );
    const lines: string[] = [];
    const authorize = async () => tokenHeader("planted-secret");
    await transport({ log: (line) => lines.push(line) })(
      put(url, { authorize, body: '{"password":"planted-secret"}' }),
    );
    const target = `PUT ${url}/v5/a-project/default-encryption/key`;
    expect(lines.map((line) => line.replace(/\d+ ms/, "N ms"))).toEqual([
      `${target} 503 N ms, try 1, request ID an-id`,
      `${target} 200 N ms, try 2, request ID an-id`,
    ]);
  });

  it("names what went wrong on the network", async () => {
    const lines: string[] = [];
    await failureOf(transport({ log: (line) => lines.push(line), maxRetries: 0 })(put("http://127.0.0.1:9")));
    expect(lines).toEqual([expect.stringMatching(/^PUT http:\/\/127\.0\.0\.1:9\S+ ECONNREFUSED \d+ ms, try 1$/)]);
  });
});

describe("nothing that leaves it holds a credential", () => {
  const secrets = {
    token: "planted-token",
    securityToken: "planted-security-token",
    accessKey: "PLANTEDACCESSKEY",
    signature: "abcdef0123456789",
    password: "planted-password",
  };
  const authorize = async () => ({
    headers: {
      "X-Auth-Token": secrets.token,
      "X-Security-Token": secrets.securityToken,
      Authorization: `SDK-HMAC-SHA256 Access=${secrets.accessKey}, SignedHeaders=host;x-sdk-date, Signature=${secrets.signature}`,
    },
    secrets: Object.values(secrets),
  });
  const body = JSON.stringify({ password: secrets.password });
  const everything = Object.values(secrets).join(" ");

  it.each<[string, Handler]>([
    [
      "an error that quotes all of it",
      (_, response) => answer(response, 400, { error_code: "X", error_msg: everything }),
    ],
    [
      "an HTML page that quotes all of it",
      (_, response) => answer(response, 500, `<html><title>${everything}</title>`),
    ],
    ["text that quotes all of it", (_, response) => answer(response, 502, everything)],
    [
      "a gateway that echoes the signed request",
      (_, response) =>
        answer(response, 401, {
          error_code: "APIGW.0301",
          error_msg: `Incorrect IAM authentication information: verify aksk signature fail, canonical request: PUT|/v5/|x-security-token:other|`,
        }),
    ],
    ["a broken connection", (request) => request.socket.destroy()],
    ["a redirect", (_, response) => answer(response, 302, everything, { location: "/" })],
  ])("%s", async (_, handler) => {
    const error = await failureOf(
      transport({ maxRetries: 1 })(put(await serve(handler), { authorize, body, secrets: [secrets.password] })),
    );
    expect(error).toBeInstanceOf(HuaweiCloudError);
    const written = [
      error.message,
      error.stack,
      String(error),
      JSON.stringify(error),
      inspect(error, { depth: 20, showHidden: true }),
    ];
    for (const secret of [...Object.values(secrets), "x-security-token"])
      expect(written.join("\n")).not.toContain(secret);
  });
});

describe("a run that is being cancelled", () => {
  it("gives up what is on the wire, which may have been applied", async () => {
    const cancelling = new AbortController();
    const url = await serve(() => cancelling.abort());
    const startedAt = Date.now();
    const error = await failureOf(transport({ cancelled: cancelling.signal, deadlineMs: 60_000 })(put(url)));
    expect(Date.now() - startedAt).toBeLessThan(5000);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ outcome: "unknown" });
    expect(error).toHaveProperty(
      "message",
      expect.stringMatching(/given up before http\S+ answered: the run is being cancelled/),
    );
  });

  it("ends a wait between tries, and tries no more", async () => {
    const cancelling = new AbortController();
    let tries = 0;
    const url = await serve((_, response) => {
      tries += 1;
      answer(response, 503);
      setTimeout(() => cancelling.abort(), 50);
    });
    const startedAt = Date.now();
    const error = await failureOf(transport({ cancelled: cancelling.signal, baseDelayMs: 4000 })(put(url)));
    expect(Date.now() - startedAt).toBeLessThan(1500);
    expect(tries).toBe(1);
    expect(error).toMatchObject({ outcome: "unknown" });
  });

  it("sends nothing more, and that is no write of unknown outcome", async () => {
    const url = await serve(() => {
      throw new Error("was sent");
    });
    const error = await failureOf(transport({ cancelled: AbortSignal.abort() })(put(url)));
    expect(error).toMatchObject({
      outcome: "refused",
      message: expect.stringContaining("not sent, because the run is being cancelled"),
    });
  });
});
