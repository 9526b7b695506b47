// A cloud that quotes everything it ever saw: in its errors and in what it calls a success, whichever call saw it first.
import { inspect } from "node:util";
import type { Connection } from "../../provider/huaweicloud/services/context";
import { getDefaultKey, getEnabled } from "../../provider/huaweicloud/services/evs";
import { describeKey, listKeys } from "../../provider/huaweicloud/services/kms";
import { listMemberAccounts } from "../../provider/huaweicloud/services/organizations";
import { getOwnAccount, listProjects } from "../../provider/huaweicloud/services/projects";
import { listRegions } from "../../provider/huaweicloud/services/regions";
import { knownSecrets } from "../../provider/huaweicloud/transport/knownSecrets";
import { answerWell, keyId, secrets, startRun, ways } from "./cloud";
import { echoInFields, plantedIn } from "./kinds";
import { type HostileServer, refuse, startServer } from "./server";

type Quote = (response: Parameters<typeof refuse>[0], seen: string[]) => void;
const spelled = (text: string) => [text, encodeURIComponent(text), Buffer.from(`x:${text}`).toString("base64")];

const quotes: Record<string, Quote> = {
  "in the words of an error": (response, seen) => refuse(response, 400, "X.1", seen.flatMap(spelled).join(" ")),
  "in the code of an error": (response, seen) => refuse(response, 500, seen.join(" "), "no"),
  "in an answer that is no JSON": (response, seen) => response.writeHead(502).end(seen.join(" ")),
  "in the fields of a success": (response, seen) => echoInFields(response, seen),
  "in the fields of a success, one at a time": (response, seen) => echoInFields(response, seen.slice(-1)),
  "in the words of fields": (response, seen) => echoInFields(response, [`a ${seen.join(" or ")} b`]),
};

/** What later calls ask, with the connection that the first has made. */
const questions: ((connection: Connection) => Promise<unknown>)[] = [
  getDefaultKey,
  getEnabled,
  (connection) => describeKey(connection, keyId),
  listKeys,
  listProjects,
  listRegions,
  getOwnAccount,
  (connection) => listMemberAccounts(connection),
];

let quote: Quote | undefined;
let server: HostileServer;
beforeEach(async () => {
  quote = undefined;
  knownSecrets.clear();
  server = await startServer((request, response) => {
    if (quote) quote(response, [...new Set(server.requests.flatMap(plantedIn))]);
    else answerWell(request, response);
  });
});
afterEach(() => server.close());

it("has something to quote", async () => {
  const sent = async (way: string) => {
    const known = ways[way];
    if (known) await startRun(known, server.url).go();
    return [...new Set(server.requests.splice(0).flatMap(plantedIn))];
  };
  expect(await sent("IAM, a login")).toEqual([secrets.password, secrets.issuedToken]);
  expect(await sent("IAM, an ID token")).toEqual([secrets.idToken, secrets.issuedToken, secrets.issuedSecurityToken]);
  expect(await sent("a pod")).toEqual([secrets.podToken, secrets.issuedSecurityToken]);
});

const cases = Object.keys(quotes).flatMap((name) => Object.keys(ways).map((way) => [name, way] as const));

it.each(cases)("%s, after %s", async (name, way) => {
  const known = ways[way];
  if (!known) throw new Error("no such way");
  const shown: string[] = [];
  const ask = async (connection: Connection) => {
    quote = quotes[name];
    for (const question of questions) {
      const ended = await question(connection).catch((error: unknown) => error);
      shown.push(
        inspect(ended, { depth: 20, showHidden: true }),
        JSON.stringify(ended),
        String((ended as Error).message),
      );
    }
    return questions.length;
  };
  const run = startRun(
    { ...known, call: (connection) => (known.call?.(connection) ?? Promise.resolve()).then(() => ask(connection)) },
    server.url,
  );
  expect(await run.go()).toBe(questions.length);
  // Another region: all logins anew.
  const other = await run.go({ region: "la-south-2", projectId: undefined }).catch((error: unknown) => error);
  shown.push(inspect(other, { depth: 20, showHidden: true }), ...run.lines);
  for (const secret of Object.values(secrets)) {
    for (const hidden of spelled(secret)) expect(shown.join("\n")).not.toContain(hidden);
  }
});
