// Who is answered: programs of this machine by a loopback name, never a page of a browser; and the control calls only with the
// token of this start.

import { findUser, passwordLogin, send } from "../tests/fixtures/emulatorClient";
import { type Emulator, startEmulator } from "./server";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const control = (headers: Record<string, string> = {}, method = "GET", path = "", body?: unknown) =>
  send(emulator, {
    method,
    path: `/_emulator${path}`,
    headers: { Authorization: `Bearer ${emulator.controlToken}`, ...headers },
    body,
  });
/** Logs in with a good password: a refusal must come before. */
const login = (headers: Record<string, string>) => {
  const { account, user } = findUser(emulator, "deployer");
  const password = { user: { name: user.name, password: user.password, domain: { name: account.domainName } } };
  const body = { auth: { identity: { methods: ["password"], password } } };
  return send(emulator, { method: "POST", path: "/v3/auth/tokens", headers, body });
};

describe("the Host header", () => {
  test.each(["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"])("%s is answered", async (host) => {
    const headers = { Host: host.replace("PORT", String(emulator.port)) };
    expect([(await login(headers)).status, (await control(headers)).status]).toEqual([201, 200]);
  });

  test.each([
    ["of a page whose name resolves to 127.0.0.1", "rebound.example:PORT"],
    ["that begins like a loopback name", "localhost.rebound.example:PORT"],
    ["that begins like a loopback address", "127.0.0.1.rebound.example:PORT"],
    ["below localhost", "page.localhost:PORT"],
    ["of another address of the machine", "192.168.0.7:PORT"],
    ["of any address", "0.0.0.0:PORT"],
    ["without the port", "127.0.0.1"],
    ["with another port", "127.0.0.1:1"],
    ["with a user", "127.0.0.1:PORT@rebound.example"],
  ])("one %s is refused", async (_, host) => {
    const headers = { Host: host.replace("PORT", String(emulator.port)) };
    const answers = [await login(headers), await control(headers)];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect(JSON.stringify(answers.map(({ data }) => data))).not.toMatch(/rebound|Pa55/);
    expect(emulator.requests).toEqual([]);
  });

  test("that of a proxy is answered once it is among the settings", async () => {
    const headers = { Host: "127.0.0.1:1" };
    emulator.settings.alsoHosts.push("127.0.0.1:1");
    expect((await login(headers)).status).toBe(201);
  });
});

describe("pages in a browser", () => {
  test.each<[string, Record<string, string>]>([
    ["of another site", { Origin: "https://example.com" }],
    ["of another port of this machine", { Origin: "http://localhost:3000" }],
    ["over another scheme", { Origin: "https://127.0.0.1:PORT" }],
    ["of an opaque origin", { Origin: "null" }],
    ["that send no Origin, of another site", { "Sec-Fetch-Site": "cross-site" }],
    ["that send no Origin, of another port", { "Sec-Fetch-Site": "same-site" }],
  ])("those %s are refused, with the token too", async (_, template) => {
    const headers = Object.fromEntries(
      Object.entries(template).map(([name, value]) => [name, value.replace("PORT", String(emulator.port))]),
    );
    const rule = { action: { type: "empty" } };
    const answers = [await login(headers), await control(headers), await control(headers, "POST", "/faults", rule)];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(answers.some((answer) => "access-control-allow-origin" in answer.headers)).toBe(false);
    expect([emulator.requests, emulator.faults.list()]).toEqual([[], []]);
  });

  test("one whose address is typed, and requests of the emulator's own origin, are answered", async () => {
    expect((await control({ "Sec-Fetch-Site": "none" })).status).toBe(200);
    expect((await control({ "Sec-Fetch-Site": "same-origin", Origin: emulator.endpoint })).status).toBe(200);
  });
});

describe("control calls", () => {
  test.each<[string, Record<string, string>]>([
    ["no token", { Authorization: "" }],
    ["another token", { Authorization: `Bearer ${"0".repeat(32)}` }],
    ["the token in another scheme", { Authorization: "Basic TOKEN" }],
  ])("with %s are refused", async (_, template) => {
    const headers = { Authorization: (template.Authorization ?? "").replace("TOKEN", emulator.controlToken) };
    const answers = [
      await control(headers),
      await control(headers, "DELETE", "/requests"),
      await control(headers, "POST", "/faults", { action: { type: "empty" } }),
      await control(headers, "GET", "/none"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(emulator.faults.list()).toEqual([]);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=a",
    "application/jsonp",
  ])("with a body of type %s are refused", async (type) => {
    const answer = await control({ "Content-Type": type }, "POST", "/faults", { action: { type: "empty" } });
    expect([answer.status, emulator.faults.list()]).toEqual([415, []]);
  });

  test.each(["application/json", "application/json; charset=utf-8"])("with a body of type %s work", async (type) => {
    const answer = await control({ "Content-Type": type }, "POST", "/faults", { action: { type: "empty" } });
    expect([answer.status, emulator.faults.list().length]).toEqual([200, 1]);
  });

  test("each start has a token of its own, which the description holds", async () => {
    const other = await startEmulator();
    await other.close();
    expect(emulator.controlToken).toMatch(/^[0-9a-f]{32}$/);
    expect(other.controlToken).not.toBe(emulator.controlToken);
    expect((await control()).data.controlToken).toBe(emulator.controlToken);
  });

  test("they are not in the log", async () => {
    await passwordLogin(emulator, "deployer");
    expect((await control({}, "GET", "/requests")).data).toHaveLength(1);
  });
});
