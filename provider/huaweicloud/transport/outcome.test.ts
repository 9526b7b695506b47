// What a failed call may have done, over all its tries: one that may have been applied decides, whatever the last one said.
import http, { type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import fc from "fast-check";
import { failureOf } from "../../../tests/fixtures/failureOf";
import { CredentialsError, HuaweiCloudError, NetworkError, type Outcome } from "./errors";
import { createTransport } from "./transport";

type Kind = "timeout" | "reset" | "half" | 408 | 500 | 503 | 429 | 400 | 403 | 404 | 302 | "login fails" | "login lost";

/** What each kind of try may have done. */
const outcomes: Record<Kind, Outcome> = {
  timeout: "unknown",
  reset: "unknown",
  half: "unknown",
  302: "unknown",
  408: "unknown",
  500: "unknown",
  503: "unknown",
  400: "refused",
  403: "refused",
  404: "refused",
  429: "refused",
  "login fails": "refused",
  "login lost": "refused",
};
const endsTheCall: readonly Kind[] = [302, 400, 403, 404, "login fails", "login lost"];

let script: Kind[] = [];
let url: string;
let server: http.Server;
const sockets = new Set<Socket>();
beforeAll(async () => {
  server = http.createServer((request, response) => {
    const kind = script.shift();
    request.resume().on("end", () => play(kind ?? 400, response));
  });
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v5/p`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(resolve));
});

function play(kind: Kind, response: ServerResponse): void {
  if (kind === "timeout") return;
  if (kind === "reset") response.destroy();
  else if (kind === "half") {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => response.destroy());
  } else response.writeHead(Number(kind)).end();
}

const context = { action: "setting", region: "r" };

async function outcomeOf(kinds: Kind[], outcomeSoFar: Outcome = "refused"): Promise<Outcome> {
  script = kinds.filter((kind) => !String(kind).startsWith("login"));
  let tries = 0;
  const authorize = async () => {
    const kind = kinds[tries++];
    if (kind === "login fails") throw new CredentialsError("wrong password");
    if (kind === "login lost") throw new NetworkError("no answer from IAM");
    return { headers: {}, secrets: [] };
  };
  const deadlineMs = kinds.includes("timeout") ? 200 : 10_000;
  const send = createTransport({ maxRetries: kinds.length - 1, deadlineMs, baseDelayMs: 0.001, random: () => 0 });
  const error = await failureOf(send({ method: "PUT", url, body: "{}", authorize, outcomeSoFar, context }));
  expect(error).toBeInstanceOf(HuaweiCloudError);
  return (error as HuaweiCloudError).outcome;
}

it.each(Object.entries(outcomes))("one try, %s: %s", async (kind, expected) => {
  const only = (/^\d+$/.test(kind) ? Number(kind) : kind) as Kind;
  expect(await outcomeOf([only])).toBe(expected);
  expect(await outcomeOf([only], "unknown")).toBe("unknown");
});

it("is unknown if the first try may have been applied and the others were throttled", async () => {
  expect(await outcomeOf(["reset", 429, 429])).toBe("unknown");
  expect(await outcomeOf([429, 429, 429])).toBe("refused");
  expect(await outcomeOf(["half", "login fails"])).toBe("unknown");
});

it("is refused if nobody listens, or the name does not resolve", async () => {
  for (const nowhere of ["http://127.0.0.1:9", "https://evs.nowhere.invalid"]) {
    const send = createTransport({ maxRetries: 1, deadlineMs: 5000, baseDelayMs: 1 });
    const error = await failureOf(send({ method: "PUT", url: nowhere, context }));
    expect([(error as HuaweiCloudError).outcome, error.name]).toEqual(["refused", "NetworkError"]);
  }
});

it("of any tries is unknown if that of one is", async () => {
  const kind = fc.constantFrom<Kind>("reset", "half", 408, 500, 503, 429, 400, 403, 302, "login fails", "login lost");
  await fc.assert(
    fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 4 }), async (kinds) => {
      const last = kinds.findIndex((each) => endsTheCall.includes(each));
      const made = last < 0 ? kinds : kinds.slice(0, last + 1);
      const expected = made.some((each) => outcomes[each] === "unknown") ? "unknown" : "refused";
      expect(await outcomeOf(kinds)).toBe(expected);
    }),
    { numRuns: 200 },
  );
});
