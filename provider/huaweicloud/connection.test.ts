// A connection: which project it is for, where its calls go, and what an error of one would say.

import { connect, connectToAccount } from "./connection";
import type { Credentials } from "./credentials/credentials";
import type { AuthorizedRequest } from "./services/context";
import { z } from "./transport/zod";

const id = "0123456789abcdef0123456789abcdef";

function credentials() {
  const sent: AuthorizedRequest[] = [];
  const bound: unknown[] = [];
  let lookUps = 0;
  const made: Credentials = {
    source: "token (HW_AUTH_TOKEN)",
    signs: false,
    bind: (scope, { region, endpoint, now, clock, warn }) => {
      warn("bound");
      bound.push([scope, region, endpoint("iam"), now(), clock]);
      return {
        projectId: async () => {
          lookUps += 1;
          return id;
        },
        send: async (request) => {
          sent.push(request);
          return { status: 200, headers: {}, body: '{"a":1}' };
        },
      };
    },
  };
  return { made, sent, bound, lookUps: () => lookUps };
}
const send = () => Promise.reject(new Error("not by itself"));
const answer = z.object({ a: z.number() });

it("calls the service of its project, and says so in errors", async () => {
  const { made, sent, lookUps } = credentials();
  const scope = { region: "cn-north-4", projectName: "cn-north-4" };
  const connection = await connect(scope, { send, credentials: made, endpoints: {} });
  expect([connection.region, connection.projectId, lookUps()]).toEqual(["cn-north-4", id, 1]);
  expect(await connection.call("kms", "looking", { method: "POST", path: "/x", body: { b: 2 } }, answer)).toEqual({
    a: 1,
  });
  await connection.call("evs", "reading", { method: "GET", path: "/y" }, answer);
  const context = { region: "cn-north-4", project: id, credentials: "token (HW_AUTH_TOKEN)" };
  expect(sent).toEqual([
    {
      method: "POST",
      url: "https://kms.cn-north-4.myhuaweicloud.com/x",
      projectId: id,
      body: '{"b":2}',
      context: { action: "looking", ...context },
    },
    {
      method: "GET",
      url: "https://evs.cn-north-4.myhuaweicloud.com/y",
      projectId: id,
      context: { action: "reading", ...context },
    },
  ]);
});

it("looks no project up that is given, and binds the credentials to what the run shares", async () => {
  const { made, bound, lookUps } = credentials();
  const scope = { region: "r", projectName: "r", projectId: "0123456789ABCDEF0123456789abcdef" };
  const clock = { skews: new Map([["https://iam.r.example.com", 5]]) };
  const warned: string[] = [];
  const shared = { cloud: "example.com", endpoints: { kms: "http://kms" }, now: () => 7, clock };
  const connection = await connect(scope, { send, credentials: made, ...shared, warn: (line) => warned.push(line) });
  expect([connection.projectId, lookUps(), warned]).toEqual(["0123456789abcdef0123456789abcdef", 0, ["bound"]]);
  const inLowerCase = { ...scope, projectId: connection.projectId };
  expect(bound).toEqual([[inLowerCase, "r", "https://iam.r.example.com", 7, clock]]);
});

it("an account is reached without a project, from the region that is given", async () => {
  const { made, sent, bound } = credentials();
  const connection = connectToAccount("cn-north-4", { send, credentials: made, endpoints: {}, warn: () => {} });
  expect(connection.region).toBe("cn-north-4");
  expect(sent).toEqual([]);
  const iam = { method: "GET", path: "/v3/auth/projects" } as const;
  expect(await connection.call("iam", "listing", iam, answer)).toEqual({ a: 1 });
  await connection.call("organizations", "asking", { method: "POST", path: "/x", body: { b: 2 } }, answer);
  const context = { region: "cn-north-4", credentials: "token (HW_AUTH_TOKEN)" };
  expect(sent).toEqual([
    {
      method: "GET",
      url: "https://iam.cn-north-4.myhuaweicloud.com/v3/auth/projects",
      context: { action: "listing", ...context },
    },
    {
      method: "POST",
      url: "https://organizations.myhuaweicloud.com/x",
      body: '{"b":2}',
      context: { action: "asking", ...context },
    },
  ]);
  expect(bound).toEqual([
    [
      { region: "cn-north-4", projectName: "cn-north-4" },
      "cn-north-4",
      "https://iam.cn-north-4.myhuaweicloud.com",
      expect.any(Number),
      {},
    ],
  ]);
});
