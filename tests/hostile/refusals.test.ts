// What was refused is not sent again, and what one host says about the clock is believed for that host alone.
import { HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import { failureOf } from "../fixtures/failureOf";
import { answerWell, region, startRun, ways } from "./cloud";
import { type HostileServer, refuse, startServer } from "./server";

const regions = [
  "cn-north-4",
  "cn-south-1",
  "cn-east-3",
  "ap-southeast-1",
  "ap-southeast-3",
  "la-south-2",
  "af-south-1",
];
const wayOf = (name: string) => {
  const way = ways[name];
  if (!way) throw new Error("no such way");
  return way;
};

const servers: HostileServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
const start = async (...args: Parameters<typeof startServer>) => {
  const server = await startServer(...args);
  servers.push(server);
  return server;
};

describe("in seven regions at once", () => {
  it("a wrong password is sent once, and each region's error is about itself", async () => {
    const server = await start((_, response) => {
      response.writeHead(401, { "content-type": "application/json" });
      response.end('{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}');
    });
    const run = startRun(wayOf("IAM, a login"), server.url);
    const failures = await Promise.all(regions.map((each) => failureOf(run.go({ region: each }))));
    expect(server.requests).toHaveLength(1);
    failures.forEach(({ message }, index) => {
      expect(message).toContain(`(project ${regions[index]} in ${regions[index]}): `);
      expect(message).toContain("The username or password is wrong");
      if (index > 0) expect(message).toContain(`not sent, because the same password was refused in ${region}`);
    });
    expect((await failureOf(run.go({ region: "cn-north-9" }))).message).toContain("(project cn-north-9 in cn-north-9)");
    expect(server.requests).toHaveLength(1);
  });

  it("a wrong secret key signs once, and each region's error is about itself", async () => {
    const server = await start((_, response) => refuse(response, 401, "APIGW.0301", "verify aksk signature fail"));
    const run = startRun(wayOf("EVS, with an access key"), server.url);
    const failures = await Promise.all(regions.map((each) => failureOf(run.go({ region: each }))));
    expect(server.requests).toHaveLength(1);
    failures.forEach(({ message }, index) => {
      expect(message).toContain(` in ${regions[index]}): `);
    });
    for (const error of failures.slice(1)) expect((error as HuaweiCloudError).outcome).toBe("refused");
  });

  it.each(["IAM, an ID token", "STS, an ID token"])("%s that is wrong is sent once", async (name) => {
    const server = await start((_, response) => refuse(response, 401, "IAM.0067", "it is wrong"));
    const run = startRun(wayOf(name), server.url);
    const failures = await Promise.all(regions.map((each) => failureOf(run.go({ region: each }))));
    expect(server.requests).toHaveLength(1);
    failures.forEach(({ message }, index) => {
      expect(message).toContain(`(${regions[index]}): `);
    });
  });

  it.each<[string, number, string]>([
    ["IAM, an ID token", 401, "IAM.0001"],
    ["STS, an ID token", 400, "STS5.1001"],
    ["STS, an ID token", 403, "PAP5.0001"],
    ["EVS, with a token", 401, "EVS.5401"],
    ["EVS, with an access key", 401, "IAM.0001"],
    ["EVS, with an access key", 401, "APIGW.0303"],
    ["EVS, with an access key", 401, "APIGW.0305"],
  ])("%s is not sent again after HTTP %i, %s", async (name, status, code) => {
    const server = await start((_, response) => refuse(response, status, code, "no"));
    const run = startRun(wayOf(name), server.url);
    await Promise.all(regions.map((each) => failureOf(run.go({ region: each }))));
    expect(server.requests).toHaveLength(1);
  });

  it.each(["EVS, with a token", "EVS, with an access key", "IAM, a login"])(
    "%s is not sent again after a page of HTML with 401",
    async (name) => {
      const server = await start((_, response) => {
        response.writeHead(401, { "content-type": "text/html" }).end("<html><title>Sign in</title>");
      });
      const run = startRun(wayOf(name), server.url);
      await Promise.all(regions.map((each) => failureOf(run.go({ region: each }))));
      expect(server.requests).toHaveLength(1);
    },
  );

  it("an agency for EVS that is missing says nothing about the access key", async () => {
    const server = await start((_, response) => refuse(response, 401, "EVS.2143", "no"));
    const run = startRun(wayOf("EVS, with an access key"), server.url);
    await Promise.all(regions.map((each) => failureOf(run.go({ region: each }))));
    expect(server.requests).toHaveLength(regions.length);
  });

  describe("each with a host of its own", () => {
    const wrong: Parameters<typeof start>[0] = (_, response) =>
      refuse(response, 401, "APIGW.0301", "verify aksk signature fail");
    /** One after the other, as the resources of a program begin. */
    const goEach = (run: ReturnType<typeof startRun>, hosts: HostileServer[]) =>
      Promise.allSettled(hosts.map(({ url }, index) => run.go({ region: regions[index] ?? "" }, url)));
    const startEach = (handlers: Parameters<typeof start>[0][]) =>
      Promise.all(handlers.map((handler) => start(handler)));
    const counts = (hosts: HostileServer[]) => hosts.map(({ requests }) => requests.length);

    it("a key that one refuses serves all others", async () => {
      const hosts = await startEach(regions.map((_, index) => (index === 0 ? wrong : answerWell)));
      const ended = await goEach(startRun(wayOf("EVS, with an access key"), ""), hosts);
      expect(counts(hosts)).toEqual([1, 1, 1, 1, 1, 1, 1]);
      expect(ended.map(({ status }) => status)).toEqual(["rejected", ...regions.slice(1).map(() => "fulfilled")]);
    });

    it("a key that all refuse is sent to three", async () => {
      const hosts = await startEach(regions.map(() => wrong));
      const ended = await goEach(startRun(wayOf("EVS, with an access key"), ""), hosts);
      expect(counts(hosts)).toEqual([1, 1, 1, 0, 0, 0, 0]);
      ended.forEach((end, index) => {
        const { message } = (end as PromiseRejectedResult).reason as Error;
        expect(message).toContain(` in ${regions[index]}): `);
        if (index < 3) expect(message).not.toContain("not sent");
        else expect(message).toContain(`was refused in ${regions.slice(0, 3).join(", ")}: verify aksk signature fail`);
      });
    });

    it("a wrong password that the first gives no verdict on is sent to three more", async () => {
      const hosts = await startEach(
        regions.map((_, index) => (__, response) => {
          if (index === 0) response.destroy();
          else refuse(response, 401, "HTTP 401", "The username or password is wrong.");
        }),
      );
      await goEach(startRun(wayOf("IAM, a login"), "", { maxRetries: 0 }), hosts);
      expect(counts(hosts)).toEqual([1, 1, 1, 1, 0, 0, 0]);
    });
  });

  it("a wrong token is sent once to each host", async () => {
    const handler: Parameters<typeof start>[0] = (_, response) =>
      refuse(response, 401, "APIGW.0307", "The token must be updated.");
    const [one, other] = [await start(handler), await start(handler)];
    const way = wayOf("EVS, with a token");
    const run = startRun(way, one.url);
    await Promise.all(Array.from({ length: 20 }, () => failureOf(run.go())));
    expect(one.requests).toHaveLength(1);
    await Promise.all(Array.from({ length: 20 }, () => failureOf(run.go({}, other.url))));
    expect([one.requests.length, other.requests.length]).toEqual([1, 1]);
  });

  it("a permission that one region lacks says nothing about the others", async () => {
    const server = await start((request, response) => {
      if (request.body.includes("cn-south-1")) refuse(response, 403, "IAM.0003", "no");
      else answerWell(request, response);
    });
    const run = startRun(wayOf("IAM, a login"), server.url);
    const ended = await Promise.allSettled(regions.map((each) => run.go({ region: each })));
    expect(ended.map(({ status }) => status)).toEqual(
      regions.map((each) => (each === "cn-south-1" ? "rejected" : "fulfilled")),
    );
  });
});

describe("a clock", () => {
  const hour = 3600_000;
  const refusal = { error_code: "APIGW.0301", error_msg: "verify aksk signature fail" };
  /** A gateway that takes signatures of the last 15 minutes by its own clock. */
  const gateway = (clock: () => number) =>
    start((request, response) => {
      const [, ...parts] =
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(request.headers["x-sdk-date"])) ?? [];
      const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts.map(Number);
      const signedAt = Date.UTC(year, month - 1, day, hours, minutes, seconds);
      response.setHeader("date", new Date(clock()).toUTCString());
      if (Math.abs(signedAt - clock()) <= 15 * 60_000) answerWell(request, response);
      else response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify(refusal));
    });

  it("is put right with one more request, and one line", async () => {
    const server = await gateway(() => Date.now() + hour);
    const run = startRun(wayOf("EVS, with an access key"), server.url);
    await run.go();
    await Promise.all(regions.map((each) => run.go({ region: each })));
    expect(server.requests).toHaveLength(2 + regions.length);
    expect(run.lines.filter((line) => line.includes("clock"))).toEqual([
      "This machine's clock is 60 minutes behind the service's: requests are signed with the service's time.",
    ]);
    expect([...(run.clock.skews?.keys() ?? [])]).toEqual([server.url]);
  });

  it.each([
    ["a liar, whose own time it refuses too", () => Date.now() + hour, 2],
    ["of the year 275760", () => 8.64e15 - 1000, 1],
    ["of 1970", () => 0, 1],
    ["of the day after tomorrow", () => Date.now() + 48 * hour, 1],
  ])("%s is not believed", async (_, clock, requests) => {
    const server = await start((__, response) => {
      response.setHeader("date", new Date(clock()).toUTCString());
      response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify(refusal));
    });
    const run = startRun(wayOf("EVS, with an access key"), server.url);
    const error = await failureOf(run.go());
    expect(error).toBeInstanceOf(HuaweiCloudError);
    expect(server.requests).toHaveLength(requests);
    expect(run.clock).toEqual({});
    expect(run.lines.filter((line) => line.includes("clock"))).toEqual([]);
  });

  it("that one host has is not used for another", async () => {
    const wrong = await gateway(() => Date.now() - hour);
    const right = await gateway(Date.now);
    const way = wayOf("EVS, with an access key");
    const run = startRun(way, wrong.url);
    await run.go();
    const other = startRun(way, right.url);
    other.clock.skews = new Map(run.clock.skews);
    await other.go();
    expect(right.requests).toHaveLength(1);
    expect([...(other.clock.skews?.keys() ?? [])]).toEqual([wrong.url]);
  });
});
