// A service, or a proxy in front of it, that quotes what it was sent, in any spelling and in any place: none of it comes
// out, whichever way an error is looked at, and in whichever sink it ends: standard output, standard error, the state, the
// log of HW_DEBUG, and the comment on a pull request. That the sinks are these, engine.test.ts holds with the real engine.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { z } from "zod";
import { notify } from "../../provider/dynamic/session";
import { answeredText } from "../../provider/huaweicloud/services/identifiers";
import { parseAnswer } from "../../provider/huaweicloud/transport/answer";
import { HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import { knownSecrets } from "../../provider/huaweicloud/transport/knownSecrets";
import { createTransport } from "../../provider/huaweicloud/transport/transport";
import { InitializationFailed } from "../../provider/protocol";
import { failureOf } from "../fixtures/failureOf";
import { type HostileServer, startServer } from "./server";

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const hex = (character: string, digits: number) => character.charCodeAt(0).toString(16).padStart(digits, "0");
const each = (text: string, which: RegExp, spell: (character: string) => string) => text.replace(which, spell);
const bytesOf = (text: string) => Buffer.from(text, "utf8").toString("latin1");

/** How the libraries of the field write a text. */
const spellings: Record<string, (text: string) => string> = {
  "as it is": (text) => text,
  "V8's JSON": inJson,
  "Gson's JSON": (text) => each(inJson(text), /[=<>&']/g, (found) => `\\u${hex(found, 4)}`),
  "Go's JSON": (text) => each(inJson(text), /[<>&\u2028\u2029]/g, (found) => `\\u${hex(found, 4)}`),
  "Go's %+q": (text) => each(inJson(text), /[^ -~]/g, (found) => `\\u${hex(found, 4)}`),
  "PHP's JSON": (text) => each(inJson(text).replaceAll("/", "\\/"), /[^ -~]/g, (found) => `\\u${hex(found, 4)}`),
  "Python's JSON": (text) => each(inJson(text), /[^ -~]/g, (found) => `\\u${hex(found, 4)}`),
  "Python's repr": (text) => text.replaceAll("\\", "\\\\").replaceAll("'", "\\'"),
  "Python's repr of bytes": (text) =>
    each(bytesOf(text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")), /[^ -~]/g, (found) => `\\x${hex(found, 2)}`),
  "all of it as \\u": (text) => each(text, /[\s\S]/g, (found) => `\\u${hex(found, 4)}`),
  HTML: (text) =>
    each(text, /[&<>"']/g, (found) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[found] ?? "&#39;"),
  "HTML by numbers": (text) => each(text, /[^a-z0-9 ]/gi, (found) => `&#x${hex(found, 1)};`),
  percent: encodeURIComponent,
  "percent in small letters": (text) =>
    encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase()),
  "a form": (text) => new URLSearchParams({ x: text }).toString().slice(2),
  "base64 of a header": (text) => Buffer.from(`X-Auth-Token: ${text}`).toString("base64"),
  "base64 of user and password": (text) => Buffer.from(`user:${text}`).toString("base64"),
  "base64 for URLs": (text) => Buffer.from(`{"id":"${text}"}`).toString("base64url"),
  "in capitals of its bytes": (text) => bytesOf(text),
  trimmed: (text) => text.trim(),
  "broken by colours": (text) => text.split("").join("\u001b[0m"),
  "broken by invisible characters": (text) => text.split("").join("\u200b"),
};

interface Said {
  status: number;
  statusText?: string;
  headers?: Record<string, string>;
  body: string;
}
/** A header can hold no more than this. */
const forHeader = (text: string) => text.replace(/[^\t -~\u0080-\u00ff]/g, "");

/** Where it is quoted. */
const places: Record<string, (quoted: string) => Said> = {
  "the words": (quoted) => ({
    status: 400,
    body: JSON.stringify({ error: { code: "EVS.1", message: `bad: ${quoted} !` } }),
  }),
  "the words, spelled once more": (quoted) => ({
    status: 400,
    body: `{"code":"X.1","message":"bad: ${inJson(inJson(quoted))} !"}`,
  }),
  "the code": (quoted) => ({ status: 400, body: JSON.stringify({ code: quoted, message: "m" }) }),
  "the request ID": (quoted) => ({
    status: 400,
    body: JSON.stringify({ code: "X.1", message: "m", request_id: quoted }),
  }),
  "the names of JSON": (quoted) => ({ status: 502, body: JSON.stringify({ [quoted]: 1 }) }),
  "HTML's title": (quoted) => ({ status: 502, body: `<html><title>${quoted}</title>` }),
  text: (quoted) => ({ status: 502, body: `upstream said ${quoted} and ended` }),
  "text, a kilobyte in": (quoted) => ({ status: 502, body: `${"no ".repeat(28)}${quoted}` }),
  "words of a kilobyte": (quoted) => ({
    status: 400,
    body: JSON.stringify({ code: "X.1", message: `${"no ".repeat(330)}${quoted}` }),
  }),
  "the header of the request ID": (quoted) => ({
    status: 400,
    headers: { "x-request-id": forHeader(quoted) },
    body: "",
  }),
  "the header of IAM's trace ID": (quoted) => ({
    status: 400,
    headers: { "x-iam-trace-id": forHeader(quoted) },
    body: "",
  }),
  "the type of the content": (quoted) => ({ status: 502, headers: { "content-type": forHeader(quoted) }, body: "x" }),
  "the status line": (quoted) => ({ status: 500, statusText: forHeader(quoted), body: "" }),
  "a redirect": (quoted) => ({ status: 302, headers: { location: encodeURI(forHeader(quoted)) }, body: "" }),
  "the type of a success that is no JSON": (quoted) => ({
    status: 200,
    headers: { "content-type": forHeader(quoted) },
    body: quoted,
  }),
  "the request ID of such a success": (quoted) => ({
    status: 200,
    headers: { "x-request-id": forHeader(quoted) },
    body: quoted,
  }),
  "a success of another form": (quoted) => ({ status: 200, body: JSON.stringify({ [quoted]: quoted }) }),
};

let said: Said;
let server: HostileServer;
beforeAll(async () => {
  server = await startServer((_, response) => {
    response.writeHead(said.status, said.statusText ?? "x", said.headers ?? {});
    response.end(said.body);
  });
});
afterAll(() => server.close());

const context = { action: "setting the default encryption key", region: "cn-north-4", project: "a-project" };

/** Where what a call says ends, and how many calls have said something there. */
const sinks = { stdout: 0, stderr: 0, state: 0, debug: 0, comment: 0 };
/** What the comments are made of, when all calls are done. */
const forComments: { message: string; hidden: string[] }[] = [];

/** Everything that can be seen of a call that quotes a secret of its own, or of an earlier call, by sink. */
async function everythingShown(
  secret: string,
  quote: Said,
  earlier = false,
): Promise<{ error: Error; shown: Record<string, string> }> {
  // Else each run would look for the secrets of thousands before it.
  knownSecrets.clear();
  const lines: string[] = [];
  const write = jest.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const debugged: string[] = [];
  const send = createTransport({
    maxRetries: 0,
    deadlineMs: 5000,
    log: (line) => debugged.push(line),
    warn: notify,
  });
  const request = {
    method: "PUT" as const,
    url: `${server.url}/v5/a-project/default-encryption/key`,
    body: "{}",
    context,
  };
  const carrying = { ...request, authorize: async () => ({ headers: {}, secrets: [secret] }) };
  said = { status: 200, body: "{}" };
  if (earlier) await send(carrying);
  said = quote;
  const error = await failureOf(
    send(earlier ? request : carrying).then((response) => parseAnswer(response, z.object({ id: z.string() }), context)),
  );
  send.closeIdle();
  expect(error).toBeInstanceOf(HuaweiCloudError);
  notify(`Whether it is so could not be read: ${error.message}`);
  write.mockRestore();
  const failed = new InitializationFailed("r/p", { region: "r" }, `${error.message} Run up again.`, error);
  const { id, properties, reasons } = failed;
  return {
    error,
    shown: {
      stdout: [error.message, error.stack, String(error), inspect(error, { depth: 20, showHidden: true })].join("\n"),
      stderr: lines.join(""),
      state: JSON.stringify({ id, properties, reasons }) + JSON.stringify(error),
      debug: debugged.join("\n"),
    },
  };
}

/** Tokens, keys and passwords, some with what other spellings make something of. */
const secrets = fc
  .oneof(
    fc.string({ unit: "grapheme-ascii", minLength: 8, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(..."aZ09+/=-_.&<>\"'\\%;#$ é€"), minLength: 8, maxLength: 60 }),
    fc.base64String({ minLength: 16, maxLength: 400 }),
    fc.string({ unit: "grapheme", minLength: 8, maxLength: 20 }),
  )
  .map((text) => `k${text.replace(/\s+/g, " ").trim()}7`)
  .filter((text) => text.length >= 8);

it.each(Object.keys(places))(
  "%s",
  async (place) => {
    await fc.assert(
      fc.asyncProperty(secrets, fc.constantFrom(...Object.keys(spellings)), async (secret, spelling) => {
        const spelled = spellings[spelling]?.(secret) ?? "";
        const quote = places[place]?.(spelled) ?? { status: 400, body: "" };
        const { error, shown } = await everythingShown(secret, quote);
        // However it is read: as it stands, or decoded once more.
        const hidden = [secret, spelled, Buffer.from(secret).toString("base64").slice(2, -6)];
        for (const [sink, text] of Object.entries(shown)) {
          expect([sink, text]).not.toEqual([sink, ""]);
          expect([sink, hidden.filter((found) => text.includes(found))]).toEqual([sink, []]);
          sinks[sink as keyof typeof sinks] += 1;
        }
        forComments.push({ message: error.message, hidden });
      }),
      {
        numRuns: Math.ceil(2500 / Object.keys(places).length),
        examples: Object.keys(spellings).map((spelling) => ["k3y-é+/=&\\\"'<%41>7", spelling]),
      },
    );
  },
  60_000,
);

it.each(Object.keys(places))(
  "%s of a later call",
  async (place) => {
    await fc.assert(
      fc.asyncProperty(secrets, fc.constantFrom(...Object.keys(spellings)), async (secret, spelling) => {
        const spelled = spellings[spelling]?.(secret) ?? "";
        const quote = places[place]?.(spelled) ?? { status: 400, body: "" };
        const { shown } = await everythingShown(secret, quote, true);
        const hidden = [secret, spelled, Buffer.from(secret).toString("base64").slice(2, -6)];
        for (const [sink, text] of Object.entries(shown)) {
          expect([sink, hidden.filter((found) => text.includes(found))]).toEqual([sink, []]);
        }
      }),
      { numRuns: 50, examples: Object.keys(spellings).map((spelling) => ["k3y-é+/=&\\\"'<%41>7", spelling]) },
    );
  },
  60_000,
);

it("the fields of a success", () => {
  fc.assert(
    fc.property(
      secrets,
      fc.constantFrom(...Object.keys(spellings)),
      fc.constantFrom("", "a name ", "no ".repeat(80)),
      (secret, spelling, before) => {
        knownSecrets.clear();
        knownSecrets.add(secret);
        const spelled = spellings[spelling]?.(secret) ?? "";
        const text = answeredText.parse(`${before}${spelled}`);
        const hidden = [secret, spelled, Buffer.from(secret).toString("base64").slice(2, -6)];
        expect(hidden.filter((found) => text.includes(found))).toEqual([]);
      },
    ),
    { numRuns: 2500, examples: Object.keys(spellings).map((spelling) => ["k3y-é+/=&\\\"'<%41>7", spelling, ""]) },
  );
}, 60_000);

it("nor has any comment on a pull request, with as many errors as fit into it", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "comments-"));
  const script = path.resolve(__dirname, "../../examples/pipelines/ci/preview-comment.mjs");
  while (forComments.length > 0) {
    const some: typeof forComments = [];
    for (let length = 0; length < 12_000 && forComments.length > 0; length += some.at(-1)?.message.length ?? 0) {
      some.push(...forComments.splice(0, 1));
    }
    const events = some.map(({ message }) => ({
      diagnosticEvent: { severity: "error", message: `error: ${message}` },
    }));
    const file = path.join(folder, "preview.jsonl");
    fs.writeFileSync(file, events.map((event) => JSON.stringify(event)).join("\n"));
    const { stdout } = spawnSync(process.execPath, [script, file], { encoding: "utf8" });
    expect(stdout).not.toMatch(/more errors/);
    const text = stdout.replace(/&(amp|lt|gt|#64|#58|#35);/g, (found) => escaped[found] ?? "");
    expect(some.flatMap(({ hidden }) => hidden.filter((found) => text.includes(found)))).toEqual([]);
    sinks.comment += some.length;
  }
  fs.rmSync(folder, { recursive: true });
  expect(Object.entries(sinks).filter(([, count]) => count < 2000)).toEqual([]);
}, 60_000);

/** How the comment writes what Markdown and pipelines would take for more than text. */
const escaped: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&#64;": "@",
  "&#58;": ":",
  "&#35;": "#",
};
