// Every hostile answer, from every service, at the first try and at all: the call ends, with an error of the family that is
// one short line, or as it should; and nothing secret is in what is shown.
import type http from "node:http";
import { inspect } from "node:util";
import { HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import { answerWell, secrets, startRun, ways } from "./cloud";
import { type HostileServer, startServer } from "./server";

type Request = HostileServer["requests"][number];
type Kind = (request: Request, response: http.ServerResponse) => void;

const json = (response: http.ServerResponse, status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};
const error = (message: string, code = "TEST.1") => ({ error: { code, message } });
/** Everything that came in, as a careless service would put it into its words. */
const echo = ({ method, url, headers, body }: Request) => `${method} ${url} ${JSON.stringify(headers)} ${body}`;
const gson = (text: string) =>
  JSON.stringify(text).replace(/[=<>&']/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`);
const ascii = (text: string) => text.replace(/[^ -~]/g, "?");

const kinds: Record<string, Kind> = {
  "colours and cursors": (_, response) =>
    json(response, 400, error("\u001b[2J\u001b[31mno\u001b]0;title\u0007\r\u0008")),
  "commands for pipelines": (_, response) =>
    json(response, 400, error("::error::no\n::add-mask::x\n##vso[task.complete]\n::set-output name=x::y", "::stop::")),
  "commands in each header": (_, response) =>
    json(response, 500, error("no"), { "x-request-id": "::error::x", "x-iam-trace-id": "::error::y" }),
  "a message of 3.6 MB": (_, response) => json(response, 400, error("no ".repeat(1_200_000))),
  "a message of 200 kB": (_, response) => json(response, 500, error("x".repeat(200_000))),
  "a code of 100 kB": (_, response) => json(response, 400, error("no", "C".repeat(100_000))),
  "JSON of 100,000 levels": (_, response) => json(response, 500, `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  "lists of 100,000 levels": (_, response) => json(response, 400, `${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  "an answer of 100,000 levels": (_, response) =>
    json(response, 200, `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`),
  "an echo": (request, response) => json(response, 400, error(echo(request))),
  "an echo as Gson writes it": (request, response) =>
    json(response, 403, `{"error":{"code":"TEST.1","message":${gson(echo(request))}}}`),
  "an echo as Gson writes it, in JSON": (request, response) =>
    json(response, 500, error(gson(`{"request":${gson(echo(request))}}`))),
  "an echo of headers in base64": (request, response) =>
    json(response, 407, error(Buffer.from(echo(request)).toString("base64"))),
  "an echo in the request ID": (request, response) =>
    json(response, 400, error("no"), { "x-request-id": ascii(echo(request)).slice(0, 8000) }),
  "an echo in the type": (request, response) =>
    json(response, 502, "x", { "content-type": ascii(echo(request)).slice(0, 8000) }),
  "an echo in the type of a success": (request, response) =>
    json(response, 200, "x", { "content-type": ascii(echo(request)).slice(0, 8000) }),
  "an echo in HTML": (request, response) => json(response, 502, `<html><title>${echo(request).slice(0, 90)}</title>`),
  "an echo in the status line": (request, response) => {
    response.writeHead(500, ascii(echo(request)).slice(0, 8000));
    response.end();
  },
  "a redirect": (_, response) => json(response, 307, "", { location: "http://127.0.0.1:9/" }),
  "a broken connection": (_, response) => response.destroy(),
  "half an answer": (_, response) => {
    response.writeHead(200, { "content-length": 100 });
    response.write("{", () => response.destroy());
  },
  nothing: (_, response) => json(response, 200, ""),
  null: (_, response) => json(response, 200, "null"),
  "a list": (_, response) => json(response, 200, "[]"),
  "values that are objects": (_, response) =>
    json(response, 200, {
      kms_key_id: {},
      key_info: [],
      token: { expires_at: {} },
      projects: {},
      credential: 1,
      credentials: [],
    }),
  "a key ID that is a command": (_, response) =>
    json(response, 200, {
      kms_key_id: "::add-mask::x\n\u001b[31m",
      key_info: { key_id: "::error::\u001b[2J", key_state: "\u001b[2J" },
    }),
  "a date of the year 275760": (_, response) =>
    json(response, 401, error("verify aksk signature fail", "APIGW.0301"), { date: "Sat, 13 Sep 275760 00:00:00 GMT" }),
  "a date of the year 1": (_, response) =>
    json(response, 401, error("verify aksk signature fail", "APIGW.0301"), { date: "Mon, 01 Jan 0001 00:00:00 GMT" }),
  "a Retry-After of 500 digits": (_, response) => json(response, 429, error("no"), { "retry-after": "9".repeat(500) }),
};

let hostile: Kind | undefined;
/** How many of the requests that a way is about are answered so. */
let times: number;
let about: RegExp;
let server: HostileServer;
beforeAll(async () => {
  server = await startServer((request, response) => {
    if (hostile && about.test(request.url) && times-- > 0) hostile(request, response);
    else answerWell(request, response);
  });
});
afterAll(() => server.close());

const all = Number.POSITIVE_INFINITY;
const cases = Object.keys(kinds).flatMap((kind) => Object.keys(ways).map((way) => [kind, way] as const));

it.each(Object.keys(ways))("%s works with a cloud that is friendly", async (name) => {
  const way = ways[name];
  hostile = undefined;
  if (way) expect(await startRun(way, server.url).go()).toBeDefined();
});

it.each(cases)("%s from %s", async (kind, name) => {
  const way = ways[name];
  if (!way) throw new Error("no such way");
  about = way.path;
  hostile = kinds[kind];
  for (const count of [1, all]) {
    times = count;
    const run = startRun(way, server.url);
    const ended = await run.go().then(
      (value: unknown) => ({ value }),
      (error: unknown) => ({ error }),
    );
    // An answer of EVS without a key says that none was ever set.
    const isNone = "value" in ended && ended.value === "";
    if (count === all && !isNone && kind !== "a key ID that is a command") expect(ended).toHaveProperty("error");
    const shown = [...run.lines, inspect(ended, { depth: 20, showHidden: true }), JSON.stringify(ended)];
    if ("error" in ended) {
      expect(ended.error).toBeInstanceOf(HuaweiCloudError);
      const { message, stack, outcome } = ended.error as HuaweiCloudError;
      expect(["refused", "unknown"]).toContain(outcome);
      expect(message.length).toBeLessThanOrEqual(4100);
      shown.push(message, stack ?? "");
    }
    for (const secret of Object.values(secrets)) expect(shown.join("\n")).not.toContain(secret);
    for (const line of [...run.lines, ...("error" in ended ? [(ended.error as Error).message] : [])]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|^\s*::|##\w*\[/);
      expect(line).not.toContain(Buffer.from(secrets.token).toString("base64").slice(4, -6));
    }
  }
});
