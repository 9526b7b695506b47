// What an audit may send, and how fast: nothing that writes leaves, and no service gets more than the gateway allows.
import type { Connection } from "../../provider/huaweicloud/services/context";
import { resetDefaultKey, setDefaultKey, setEnabled } from "../../provider/huaweicloud/services/evs";
import { projectId } from "../../provider/huaweicloud/services/identifiers";
import type { OutgoingRequest } from "../../provider/huaweicloud/transport/request";
import { Pace } from "./pace";
import { onlyPermitted, permitted, serviceOf } from "./permitted";
import { Interrupted, Slots } from "./slots";

const id = projectId.parse("0123456789abcdef0123456789abcdef");
const context = { action: "trying", region: "cn-north-4" };

describe("what may be sent", () => {
  const request = (method: OutgoingRequest["method"], path: string): OutgoingRequest => ({
    method,
    url: `https://host.example${path}`,
    context,
  });

  it.each<[OutgoingRequest["method"], string, string]>([
    ["POST", "/v3/auth/tokens?nocatalog=true", "iam"],
    ["POST", "/v3.0/OS-AUTH/id-token/tokens", "iam"],
    ["POST", "/v3.0/OS-CREDENTIAL/securitytokens", "iam"],
    ["POST", "/v5/agencies/assume", "sts"],
    ["POST", "/v5/agencies/assume-with-oidc", "sts"],
    ["GET", "/v3/auth/projects", "iam"],
    ["GET", "/v3/auth/domains", "iam"],
    ["GET", "/v3/projects?name=x", "iam"],
    ["GET", "/v3/regions", "iam"],
    ["GET", "/v1/organizations/accounts?limit=1000", "organizations"],
    ["GET", "/v1/organizations/organizational-units", "organizations"],
    ["GET", `/v5/${id}/default-encryption/key`, "evs"],
    ["GET", `/v5/${id}/default-encryption/status`, "evs"],
    ["GET", `/behind/a/gateway/v2/${id}/cloudvolumes/detail?limit=300`, "evs"],
    ["POST", `/v1.0/${id}/kms/describe-key`, "kms"],
    ["POST", `/v1.0/${id}/kms/list-keys`, "kms"],
    ["POST", `/v1.0/${id}/kms/get-key-rotation-status`, "kms"],
  ])("%s %s, as a request to %s", async (method, path, service) => {
    const turns: string[] = [];
    const send = onlyPermitted(
      async () => ({ status: 200, headers: {}, body: path }),
      async (host) => void turns.push(host),
    );
    expect((await send(request(method, path))).body).toBe(path);
    expect(turns).toEqual([`https://host.example ${service}`]);
  });

  it.each<[OutgoingRequest["method"], string]>([
    ["PUT", `/v5/${id}/default-encryption/key`],
    ["PUT", `/v5/${id}/default-encryption/key/reset`],
    ["GET", `/v5/${id}/default-encryption/key/reset`],
    ["POST", `/v5/${id}/default-encryption/enable`],
    ["POST", `/v5/${id}/default-encryption/status`],
    ["POST", `/v1.0/${id}/kms/disable-key`],
    ["POST", `/v1.0/${id}/kms/describe-key/../disable-key`],
    ["POST", `/v1.0/${id}/kms/schedule-key-deletion`],
    ["GET", `/v2/${id}/cloudvolumes`],
    ["POST", `/v2/${id}/cloudvolumes/detail`],
    ["POST", "/v3/projects"],
    ["GET", "/v3/users"],
    ["POST", "/v1/organizations/accounts"],
    ["POST", "/v5/agencies/assume-x"],
  ])("but not %s %s", async (method, path) => {
    const sent = jest.fn();
    const send = onlyPermitted(sent, async () => {});
    await expect(send(request(method, path))).rejects.toThrow(
      `An audit only reads: ${method} ${new URL(`http://x${path}`).pathname} is not sent.`,
    );
    expect([sent.mock.calls, serviceOf(request(method, path))]).toEqual([[], undefined]);
  });

  it.each<[string, (connection: Connection) => Promise<unknown>]>([
    ["setting the key", (connection) => setDefaultKey(connection, "7e1f6d5a-bfe7-4b7d-8125-c3017e661954")],
    ["resetting the key", resetDefaultKey],
    ["switching on", (connection) => setEnabled(connection, true)],
    ["switching off", (connection) => setEnabled(connection, false)],
  ])("every call of the client that writes ends before it is sent: %s", async (_, write) => {
    const sent = jest.fn();
    const send = onlyPermitted(sent, async () => {});
    const connection: Connection = {
      region: "cn-north-4",
      projectId: id,
      call: async (service, _action, { method, path }, answer) => {
        await send({ method, url: `https://${service}.example${path}`, context });
        return answer.parse({});
      },
    };
    await expect(write(connection)).rejects.toThrow("An audit only reads");
    expect(sent).not.toHaveBeenCalled();
  });

  it("this machine is asked for credentials without waiting for a turn", async () => {
    const turn = jest.fn();
    const send = onlyPermitted(async () => ({ status: 200, headers: {}, body: "" }), turn);
    await send({ ...request("PUT", "/meta-data/latest/api/token"), instanceLocal: true });
    expect(turn).not.toHaveBeenCalled();
  });

  it("nothing in the table is a method that writes by its name", () => {
    expect(permitted.filter(({ method }) => method === "PUT")).toEqual([]);
  });
});

describe("the pace", () => {
  let time = 0;
  let waited = 0;
  let pace: Pace;
  beforeEach(() => {
    time = 0;
    pace = new Pace(
      () => time,
      async (ms) => {
        waited = ms;
      },
    );
  });

  /** When each of so many turns comes that are asked for now, in milliseconds. */
  async function turns(count: number, host = "https://a evs"): Promise<number[]> {
    const times: number[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      waited = 0;
      await pace.turn(host);
      times.push(time + waited);
    }
    return times;
  }
  const countIn = (times: number[], from: number) => times.filter((at) => at >= from && at < from + 1020).length;

  it("is at most 190 in any span of a second and a little", async () => {
    const times = await turns(600);
    expect([0, 189, 190, 379, 380, 599].map((index) => times[index])).toEqual([0, 0, 1020, 1020, 2040, 3060]);
    time = 3070;
    expect(await turns(161)).toEqual([...Array(160).fill(3070), 4080]);
  });

  it("is of each service of each host", async () => {
    await turns(190);
    expect(await turns(1, "https://a kms")).toEqual([0]);
    expect(await turns(1, "https://b evs")).toEqual([0]);
    expect(await turns(1)).toEqual([1020]);
  });

  it("is halved where a host throttles, once for those that were refused together, and grows again", async () => {
    await turns(1);
    await turns(1, "https://b evs");
    for (let refused = 0; refused < 16; refused += 1) pace.throttled("https://a/v5/x");
    const times = await turns(400);
    expect([0, 1020, 2040].map((from) => countIn(times, from))).toEqual([94, 100, 105]);
    expect(countIn(await turns(400, "https://b evs"), 0)).toBe(189);
  });

  it("is halved again only after a second", async () => {
    await turns(1);
    pace.throttled("https://a/v5/x");
    time = 1019;
    pace.throttled("https://a/v5/x");
    time = 5000;
    expect(countIn(await turns(200), 5000)).toBe(100); // 95, and a twentieth more
    time = 20_000;
    pace.throttled("https://a/v5/x");
    time = 30_000;
    expect(countIn(await turns(200), 30_000)).toBe(55); // half of 105, and a twentieth more
  });

  it("never stops, and never is more than at the beginning", async () => {
    await turns(1);
    for (let second = 0; second < 20; second += 1) {
      time += 1020;
      pace.throttled("https://a/v5/x");
    }
    time += 5000;
    const times = await turns(20_000);
    expect(countIn(times, time)).toBe(3);
    const last = times.at(-1) ?? 0;
    expect([1, 2, 3].map((second) => countIn(times, last - 1020 * second))).toEqual([190, 190, 190]);
  });

  it("waits by the clock", async () => {
    const real = new Pace();
    const start = Date.now();
    for (let turn = 0; turn < 191; turn += 1) await real.turn("https://a evs");
    expect(Date.now() - start).toBeGreaterThanOrEqual(1000);
  });
});

describe("slots", () => {
  it("run so many at a time, in order", async () => {
    const slots = new Slots(2, new AbortController().signal);
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const all = [0, 1, 2, 3].map((number) =>
      slots.run(async () => {
        begun.push(number);
        await new Promise<void>((resolve) => ends.push(resolve));
        return number;
      }),
    );
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1]);
    ends[1]?.();
    await new Promise(setImmediate);
    expect(begun).toEqual([0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await new Promise(setImmediate);
    ends[3]?.();
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3]);
    expect(await slots.run(async () => "free again")).toBe("free again");
  });

  it("run nothing more once the audit was interrupted, and go on after a failure", async () => {
    const stop = new AbortController();
    const slots = new Slots(1, stop.signal);
    await expect(slots.run(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
    const work = jest.fn();
    let end = () => {};
    const first = slots.run(() => new Promise<void>((resolve) => (end = resolve)));
    const second = slots.run(work);
    stop.abort();
    end();
    await first;
    await expect(second).rejects.toThrow(Interrupted);
    await expect(slots.run(work)).rejects.toMatchObject({ name: "Interrupted" });
    expect(work).not.toHaveBeenCalled();
  });
});
