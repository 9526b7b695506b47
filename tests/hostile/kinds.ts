// What hostile services and proxies answer: every kind of text, form and moment that has broken something somewhere.
import type http from "node:http";
import { secrets } from "./cloud";
import type { HostileServer } from "./server";

type Request = HostileServer["requests"][number];
export type Kind = (request: Request, response: http.ServerResponse) => void;

const json = (response: http.ServerResponse, status: number, body: unknown, headers: http.OutgoingHttpHeaders = {}) => {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
};
const error = (message: string, code = "TEST.1") => ({ error: { code, message } });
/** Everything that came in, as a careless service would put it into its words. */
const echo = ({ method, url, headers, body }: Request) => `${method} ${url} ${JSON.stringify(headers)} ${body}`;
const gson = (text: string) =>
  JSON.stringify(text).replace(/[=<>&']/g, (found) => `\\u00${found.charCodeAt(0).toString(16)}`);
/** Temporary credentials of every service's form, each spelled so. */
const issue = (response: http.ServerResponse, spell: (text: string) => string) => {
  const [access, secret, token] = ["ISSUEDAK", secrets.issuedKey, secrets.issuedSecurityToken].map(spell);
  const time = new Date(Date.now() + 3600_000).toISOString();
  json(response, 200, {
    credential: { access, secret, securitytoken: token, expires_at: time },
    credentials: { access_key_id: access, secret_access_key: secret, security_token: token, expiration: time },
  });
};
/** What a request carries of what is planted, as the services are sent it. */
export const plantedIn = ({ headers, body }: Request) =>
  Object.values(secrets).filter((secret) => `${Object.values(headers).join("\n")}\n${body}`.includes(secret));
/** An answer of every service's form at once, with these texts in all of its fields. */
export function echoInFields(response: http.ServerResponse, texts: readonly string[]): void {
  const later = new Date(Date.now() + 3600_000).toISOString();
  const [text = "none"] = texts;
  const key = { key_id: text, key_alias: texts.join(" "), key_state: text, key_spec: text, origin: text };
  const isKeyId = { ...key, key_id: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954" };
  const body = {
    token: { expires_at: later, project: { id: text } },
    // Two of the same name, and one that would be listed by it.
    projects: [text, `${text}2`]
      .map((id) => ({ id, name: "cn-north-4", domain_id: text }))
      .concat({
        id: text,
        name: `cn-north-4_${texts.join(" ")}`,
        domain_id: text,
      }),
    domains: [{ id: text, name: text }],
    regions: [{ id: text }, { id: "cn-north-4" }],
    accounts: [{ id: text, name: texts.join(" "), status: text }],
    organizational_units: [],
    kms_key_id: text,
    key_info: isKeyId,
    key_details: [isKeyId],
    key_rotation_enabled: text,
    volumes: [{ id: text, size: 1, encrypted: true, metadata: { __system__cmkid: text } }],
    request_id: text,
    credential: text,
    credentials: text,
  };
  json(response, 200, body, { "x-subject-token": "T", "x-request-id": text });
}
const ascii = (text: string) => text.replace(/[^ -~]/g, "?");

/** What a hostile service, or a proxy before it, may answer. */
export const kinds: Record<string, Kind> = {
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
  "a date that is a command": (_, response) =>
    json(response, 401, error("verify aksk signature fail", "APIGW.0301"), { date: "::error::x" }),
  "a Retry-After of 500 digits": (_, response) => json(response, 429, error("no"), { "retry-after": "9".repeat(500) }),
  "a Retry-After below zero": (_, response) => json(response, 503, error("no"), { "retry-after": "-5" }),
  "a Retry-After of the past": (_, response) =>
    json(response, 429, error("no"), { "retry-after": "Mon, 01 Jan 0001 00:00:00 GMT" }),
  "a Retry-After that is a command": (_, response) => json(response, 503, error("no"), { "retry-after": "::error::x" }),
  "text that turns round, and overwrites": (_, response) =>
    json(response, 400, error("\u202egnp.exe\u2066\u2028::error::x\u0085\u009b2J\u0000\ufeff\u200b\u{e0041}no")),
  "a link and a title": (_, response) =>
    json(response, 500, error("\u001b]8;;http://phishing.example\u001b\\no\u001b]8;;\u001b\\\u009d0;x\u009c")),
  "marks upon marks": (_, response) => json(response, 400, error(`n${"\u0301".repeat(5000)}o`)),
  "halves of characters": (_, response) => json(response, 400, '{"code":"\\ud800","message":"\\udc00no\\ud83d"}'),
  "bytes that are no UTF-8": (_, response) =>
    response.writeHead(500, { "content-type": "text/plain" }).end(Buffer.from([0xff, 0xfe, 0x80, 0x9b, 0x1b, 0x5b])),
  "a byte order mark": (_, response) => json(response, 400, `\ufeff${JSON.stringify(error("no"))}`),
  "a header over two lines": (_, response) =>
    response.socket?.end("HTTP/1.1 400 x\r\nx-request-id: a\r\n ::error::x\r\ncontent-length: 0\r\n\r\n"),
  "a header with a line of another": (_, response) =>
    response.socket?.end("HTTP/1.1 400 x\r\nx-request-id: a\r::error::x\r\ncontent-length: 0\r\n\r\n"),
  "an answer after the answer": (_, response) =>
    response.socket?.write(
      `HTTP/1.1 400 x\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\n{"kms_key_id":""}`,
    ),
  trailers: (_, response) => {
    response.writeHead(500, { "transfer-encoding": "chunked", trailer: "x-request-id" });
    response.addTrailers({ "x-request-id": "::error::x" });
    response.end("no");
  },
  "a name that is a command": (_, response) =>
    json(response, 200, '{"__proto__":{"kms_key_id":"x"},"constructor":"::error::x","::error::x":1,"toString":{}}'),
  "names of projects that are commands": (_, response) =>
    json(response, 200, {
      projects: ["\u001b[31ma", "::b\n::c", "../../v3/auth"].map((id) => ({ id, name: "cn-north-4" })),
    }),
  "words of a key that are commands": (_, response) =>
    json(response, 200, {
      kms_key_id: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954\n::error::x",
      key_info: {
        key_id: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954",
        key_alias: "\u001b]0;x\u0007::a",
        key_state: "::error::\u202e",
        key_usage: "\u009b2J",
      },
    }),
  "what was sent, in the fields of a success": (request, response) => echoInFields(response, plantedIn(request)),
  "credentials over two lines": (_, response) => issue(response, (text) => `${text}\r\nX-Evil: 1`),
  "credentials that no header can hold": (_, response) => issue(response, (text) => `${text}\u20ac\u0000`),
  "credentials of 2 MB": (_, response) => issue(response, (text) => text.repeat(70_000)),
  "empty credentials": (_, response) => issue(response, () => ""),
  "a key that is deleted on no date": (_, response) =>
    json(response, 200, { key_info: { key_id: "x", key_state: "4", scheduled_deletion_date: "1e300" } }),
};
