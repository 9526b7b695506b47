// Every hostile answer, from every service, at the first try and at all: the call ends, with an error of the family that is
// one short line, or as it should; and nothing secret is in what is shown.
import { inspect } from "node:util";
import { HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import { answerWell, secrets, startRun, ways } from "./cloud";
import { type Kind, kinds } from "./kinds";
import { type HostileServer, startServer } from "./server";

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

/** A service may say of a key, a project or an account what it likes: it is shown, and decides nothing but a yes or no. */
const mayBeAnAnswer = new Set([
  "words of a key that are commands from KMS",
  "a key that is deleted on no date from KMS",
  "names of projects that are commands from IAM, the projects",
  ...["KMS", "KMS, the list of keys", "EVS, the disks", "IAM, the projects", "IAM, the regions", "IAM, the account"]
    .concat("Organizations, the accounts", "Organizations, the units", "IAM, an ID token")
    .map((way) => `what was sent, in the fields of a success from ${way}`),
]);
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
    if (count === all && !isNone && !mayBeAnAnswer.has(`${kind} from ${name}`)) expect(ended).toHaveProperty("error");
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
