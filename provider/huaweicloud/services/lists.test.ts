// What an audit asks for: projects, regions, accounts, disks and the rotation of a key; each list with all its pages.
import type { ZodType } from "../transport/zod";
import type { CallRequest, Connection } from "./context";
import { listDisks } from "./disks";
import { projectId } from "./identifiers";
import { listMemberAccounts } from "./organizations";
import { allPages, ListLimits } from "./pages";
import { getOwnAccount, listProjects } from "./projects";
import { listRegions } from "./regions";
import { getRotation } from "./rotation";

const project = projectId.parse("0123456789abcdef0123456789abcdef");
const keyId = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";

/** A connection that answers each path with its bodies, one after the other. */
function connection(answers: Record<string, unknown[]>) {
  const asked: string[] = [];
  const made: Connection = {
    region: "cn-north-4",
    projectId: project,
    async call<T>(service: string, action: string, request: CallRequest, answer: ZodType<T>): Promise<T> {
      const body = request.body ? ` ${JSON.stringify(request.body)}` : "";
      asked.push(`${service}: ${action}: ${request.method} ${request.path}${body}`);
      const next = answers[request.path]?.shift();
      if (next === undefined) throw new Error(`not expected: ${request.path}`);
      return answer.parse(next);
    },
  };
  return { asked, made };
}

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
}

describe("pages", () => {
  const place = { region: "cn-north-4", projectId: "p" };

  it("are asked for until one names no next", async () => {
    const asked: (string | undefined)[] = [];
    const all = allPages("listing", place, async (marker) => {
      asked.push(marker);
      return { items: [marker ?? "first"], next: { first: undefined, undefined: "a", a: "b" }[String(marker)] };
    });
    expect(await collect(all)).toEqual(["first", "a", "b"]);
    expect(asked).toEqual([undefined, "a", "b"]);
  });

  it("that come back to one that was read are an error", async () => {
    const all = allPages("listing", place, async () => ({ items: [1], next: "again" }));
    await expect(collect(all)).rejects.toMatchObject({
      name: "ResponseError",
      outcome: "refused",
      message: "listing (project p in cn-north-4): the list repeats a page that was already read.",
    });
  });

  it("without an end are an error", async () => {
    let page = 0;
    const all = allPages("listing", { region: "cn-north-4" }, async () => ({ items: [], next: String(page++) }));
    await expect(collect(all)).rejects.toThrow("listing (cn-north-4): the list does not end.");
    expect(page).toBe(2001);
  });

  it("that take more than ten deadlines of a call are an error", async () => {
    let time = 1000;
    let page = 0;
    const limits = new ListLimits("listing", { ...place, deadlineMs: 30_000 }, () => time);
    const all = allPages(
      "listing",
      place,
      async () => {
        time += 100_000;
        return { items: [], next: String(page++) };
      },
      limits,
    );
    await expect(collect(all)).rejects.toMatchObject({
      name: "ResponseError",
      outcome: "refused",
      message: "listing (project p in cn-north-4): the list did not end within 5 minutes.",
    });
    expect(page).toBe(3);
  });

  it("have ten minutes without a deadline of a call", () => {
    let time = 0;
    const limits = new ListLimits("listing", place, () => time);
    time = 599_999;
    limits.checkTime();
    time = 600_000;
    expect(() => limits.checkTime()).toThrow(/did not end within 10 minutes/);
  });

  it("of more than 100,000 entries are an error, over all pages and lists", async () => {
    const limits = new ListLimits("listing", place);
    let page = 0;
    const ask = async () => ({ items: Array(50_000).fill(0), next: page++ === 0 ? "more" : undefined });
    expect(await collect(allPages("listing", place, ask, limits))).toHaveLength(100_000);
    expect(() => limits.checkRoom(0)).not.toThrow();
    expect(() => limits.checkRoom(1)).toThrow(
      "listing (project p in cn-north-4): the list has more than 100000 entries.",
    );
  });
});

describe("projects", () => {
  const entry = (id: string, name: string, more: object = {}) => ({ id, name, domain_id: "d", ...more });

  it("are those of regions that are enabled, of all pages", async () => {
    const { made, asked } = connection({
      "/v3/auth/projects": [
        {
          projects: [
            entry("1", "cn-north-4"),
            entry("2", "cn-north-4_team_a", { enabled: true, is_domain: false }),
            entry("3", "MOS"),
            entry("4", "cn-south-1", { enabled: false }),
          ],
          links: { self: "x", next: "https://elsewhere.example/v3/auth/projects?page=2&per_page=4" },
        },
      ],
      "/v3/auth/projects?page=2&per_page=4": [
        {
          projects: [entry("5", "cn-south-1", { is_domain: true }), { id: "6", name: "eu-west-101" }],
          links: { next: null },
        },
      ],
    });
    expect(await listProjects(made)).toEqual([
      { id: "1", name: "cn-north-4", region: "cn-north-4", accountId: "d" },
      { id: "2", name: "cn-north-4_team_a", region: "cn-north-4", accountId: "d" },
      { id: "6", name: "eu-west-101", region: "eu-west-101", accountId: undefined },
    ]);
    expect(asked).toEqual([
      "iam: listing the projects: GET /v3/auth/projects",
      "iam: listing the projects: GET /v3/auth/projects?page=2&per_page=4",
    ]);
  });

  it.each<[string, object]>([
    ["no links", {}],
    ["a link without a query", { links: { next: "https://iam.example/v3/auth/projects" } }],
    ["an empty query", { links: { next: "https://iam.example/v3/auth/projects?" } }],
    ["no next", { links: {} }],
  ])("end with %s", async (_, more) => {
    const { made } = connection({ "/v3/auth/projects": [{ projects: [entry("1", "cn-north-4")], ...more }] });
    expect(await listProjects(made)).toHaveLength(1);
  });

  it("show no name that is more than a line", async () => {
    const { made } = connection({
      "/v3/auth/projects": [{ projects: [entry("1", "cn-north-4_\u001b[31m\n::error::x")] }],
    });
    expect((await listProjects(made))[0]?.name).toBe("cn-north-4_ ::error::x");
  });
});

describe("the own account", () => {
  it.each([
    [[{ id: "d", name: "n\n" }], { id: "d", name: "n " }],
    [[], undefined],
    [
      [
        { id: "d", name: "n" },
        { id: "e", name: "o" },
      ],
      undefined,
    ],
  ])("of %j is %j", async (domains, account) => {
    const { made, asked } = connection({ "/v3/auth/domains": [{ domains }] });
    expect(await getOwnAccount(made)).toEqual(account);
    expect(asked).toEqual(["iam: looking up the account: GET /v3/auth/domains"]);
  });
});

it("regions are those whose ID is one", async () => {
  const { made, asked } = connection({
    "/v3/regions": [{ regions: [{ id: "cn-north-4" }, { id: "<script>" }, { id: "eu-west-101" }] }],
  });
  expect(await listRegions(made)).toEqual(["cn-north-4", "eu-west-101"]);
  expect(asked).toEqual(["iam: listing the regions: GET /v3/regions"]);
});

describe("accounts of an organization", () => {
  const accounts = "/v1/organizations/accounts?limit=1000";
  const units = "/v1/organizations/organizational-units?limit=1000";
  const account = (id: string) => ({ id, name: `name-${id}`, status: "active" });

  it("are all, of all pages", async () => {
    const { made, asked } = connection({
      [accounts]: [{ accounts: [account("a")], page_info: { next_marker: "m/1" } }],
      [`${accounts}&marker=m%2F1`]: [{ accounts: [account("b")], page_info: { next_marker: "" } }],
    });
    expect((await listMemberAccounts(made)).map(({ id, name, status }) => [id, name, status])).toEqual([
      ["a", "name-a", "active"],
      ["b", "name-b", "active"],
    ]);
    expect(asked[0]).toBe(`organizations: listing the accounts of the organization: GET ${accounts}`);
  });

  it("of a unit are those of all units below it, each once", async () => {
    const { made, asked } = connection({
      [`${accounts}&parent_id=ou-1`]: [{ accounts: [account("a")] }],
      [`${units}&parent_id=ou-1`]: [{ organizational_units: [{ id: "ou-2" }], page_info: { next_marker: "m" } }],
      [`${units}&parent_id=ou-1&marker=m`]: [
        { organizational_units: [{ id: "ou-1" }], page_info: { next_marker: null } },
      ],
      [`${accounts}&parent_id=ou-2`]: [{ accounts: [account("b")], page_info: {} }],
      [`${units}&parent_id=ou-2`]: [{ organizational_units: [] }],
    });
    expect((await listMemberAccounts(made, "ou-1")).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(asked).toHaveLength(5);
    expect(asked[1]).toBe(`organizations: listing organizational units: GET ${units}&parent_id=ou-1`);
  });

  it("of units that never end are an error", async () => {
    let count = 0;
    const { made } = connection({});
    const endless: Connection = {
      ...made,
      async call<T>(_service: string, _action: string, { path }: CallRequest, answer: ZodType<T>): Promise<T> {
        const child = () => ({ id: `ou-${count++}` });
        return answer.parse(path.includes("units") ? { organizational_units: [child(), child()] } : { accounts: [] });
      },
    };
    await expect(listMemberAccounts(endless, "r-1")).rejects.toMatchObject({
      name: "ResponseError",
      message:
        `listing the accounts of the organization (project ${project} in cn-north-4): the organization has more than ` +
        "2000 units.",
    });
    expect(count).toBe(2000);
  });
});

describe("disks", () => {
  const path = `/v2/${project}/cloudvolumes/detail?limit=300`;
  const disk = (id: number, more: object = {}) => ({ id: `d${id}`, size: 10, ...more });

  it("tell their size and key, page by page", async () => {
    const { made, asked } = connection({
      [path]: [{ volumes: Array.from({ length: 300 }, (_, index) => disk(index)) }],
      [`${path}&marker=d299`]: [
        {
          volumes: [
            disk(300, { size: 40, encrypted: true, metadata: { __system__cmkid: keyId.toUpperCase() } }),
            disk(301, { encrypted: true, metadata: { __system__cmkid: "<no key>" } }),
            disk(302, { encrypted: true, metadata: null }),
            disk(303, { encrypted: false, metadata: { __system__cmkid: keyId } }),
            disk(304, { encrypted: null, size: "?" }),
            disk(305, { encrypted: true, metadata: { __system__cmkid: "" } }),
          ],
        },
      ],
    });
    const disks = await collect(listDisks(made));
    expect(disks).toHaveLength(306);
    expect(disks.slice(299)).toEqual([
      { sizeGib: 10, encrypted: false, kmsKeyId: undefined },
      { sizeGib: 40, encrypted: true, kmsKeyId: keyId },
      { sizeGib: 10, encrypted: true, kmsKeyId: undefined },
      { sizeGib: 10, encrypted: true, kmsKeyId: undefined },
      { sizeGib: 10, encrypted: false, kmsKeyId: undefined },
      { sizeGib: 0, encrypted: false, kmsKeyId: undefined },
      { sizeGib: 10, encrypted: true, kmsKeyId: undefined },
    ]);
    expect(asked).toEqual([`evs: listing the disks: GET ${path}`, `evs: listing the disks: GET ${path}&marker=d299`]);
  });

  it.each<[string, unknown, number]>([
    ["all that the service counts", 3, 2],
    ["more than there are, to the first empty page", 4, 3],
    ["none that is not counted", 2, 1],
    ["none without a count", undefined, 1],
    ["none if the count is none", null, 1],
    ["none if the count is no number", "3", 1],
  ])("are followed over a short page: %s", async (_, count, requests) => {
    const { made, asked } = connection({
      [path]: [{ count, volumes: [disk(0), disk(1)] }],
      [`${path}&marker=d1`]: [{ count, volumes: [disk(2)] }],
      [`${path}&marker=d2`]: [{ count, volumes: [] }],
    });
    expect(await collect(listDisks(made))).toHaveLength(requests === 1 ? 2 : 3);
    expect(asked).toHaveLength(requests);
  });
});

describe("the rotation of a key", () => {
  it.each([
    [
      { key_rotation_enabled: true, rotation_interval: 365 },
      { enabled: true, intervalDays: 365 },
    ],
    [{ key_rotation_enabled: false }, { enabled: false, intervalDays: undefined }],
    [
      { key_rotation_enabled: "true", rotation_interval: null },
      { enabled: true, intervalDays: undefined },
    ],
    [{ key_rotation_enabled: "false" }, { enabled: false, intervalDays: undefined }],
  ])("of %j is %j", async (answer, rotation) => {
    const path = `/v1.0/${project}/kms/get-key-rotation-status`;
    const { made, asked } = connection({ [path]: [answer] });
    expect(await getRotation(made, keyId.toUpperCase())).toEqual(rotation);
    expect(asked).toEqual([`kms: reading the key's rotation: POST ${path} {"key_id":"${keyId}"}`]);
  });
});
