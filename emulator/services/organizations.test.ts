// Organizations: who may list it, its pages and units, and accounts that are closed.

import { type AccessKey, findUser, passwordLogin, type Sent, send, signed } from "../../tests/fixtures/emulatorClient";
import { withFleet } from "../cloud/fleet";
import { defaultSeed } from "../defaults";
import { type Emulator, startEmulator } from "../server";

// An organization of 1,204 accounts, on a machine that may be busy.
jest.setTimeout(30_000);

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

const by = (user: string, path: string, on = emulator) => {
  const key: AccessKey = findUser(on, user).user;
  return send(on, signed(on, key, Date.now(), { method: "GET", path: `/v1/organizations/${path}` }));
};
const namesOf = (accounts: { name: string }[]) => accounts.map(({ name }) => name);

test("the management account and a delegated administrator see every account with its status", async () => {
  emulator.cloud.setAccountStatus("example-newcomer", "pending_closure");
  emulator.cloud.setAccountStatus("example-without-beta", "suspended");
  for (const user of ["deployer", "partner-admin"]) {
    const { status, data } = await by(user, "accounts");
    expect([status, data.page_info]).toEqual([200, { next_marker: null, current_count: 4 }]);
    expect(data.accounts.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`)).toEqual([
      "example-company active",
      "example-partner active",
      "example-newcomer pending_closure",
      "example-without-beta suspended",
    ]);
  }
  const { data } = await by("deployer", "accounts");
  expect(data.accounts[1]).toMatchObject({
    id: findUser(emulator, "partner-admin").account.domainId,
    urn: expect.stringMatching(/^organizations::[0-9a-f]{32}:account:o-[0-9a-f]{32}\/[0-9a-f]{32}$/),
    join_method: "invited",
    joined_at: "2025-01-01T00:00:00.000Z",
  });
});

test("another member is refused with a 401 that is no matter of credentials", async () => {
  const { status, data } = await by("newcomer-admin", "accounts");
  expect([status, data.error_code]).toEqual([401, "Organizations.1002"]);
});

test("an account without an organization is refused in the same way", async () => {
  const { organization: _, ...seed } = defaultSeed;
  const other = await startEmulator({ seed });
  const answer = await by("deployer", "accounts", other);
  await other.close();
  expect([answer.status, answer.data.error_code]).toEqual([401, "Organizations.1002"]);
});

test("a token of the account will do", async () => {
  const token = String((await passwordLogin(emulator, "deployer")).headers["x-subject-token"]);
  const request: Sent = { method: "GET", path: "/v1/organizations/accounts", headers: { "X-Auth-Token": token } };
  expect((await send(emulator, request)).status).toBe(200);
});

test("the units lie below the root, and each lists its own accounts and units only", async () => {
  const root = (await by("deployer", "roots")).data.roots[0].id;
  const below = async (id: string) => {
    const units = (await by("deployer", `organizational-units?parent_id=${id}`)).data.organizational_units;
    return { units, accounts: namesOf((await by("deployer", `accounts?parent_id=${id}`)).data.accounts) };
  };
  const atRoot = await below(root);
  expect([namesOf(atRoot.units), atRoot.accounts]).toEqual([
    ["Workloads"],
    ["example-company", "example-without-beta"],
  ]);
  const workloads = await below(atRoot.units[0].id);
  expect([namesOf(workloads.units), workloads.accounts]).toEqual([["Sandbox"], ["example-partner"]]);
  const sandbox = await below(workloads.units[0].id);
  expect([sandbox.units, sandbox.accounts]).toEqual([[], ["example-newcomer"]]);
});

test("all units at once, without a parent", async () => {
  const { data } = await by("deployer", "organizational-units");
  expect(namesOf(data.organizational_units)).toEqual(["Workloads", "Sandbox"]);
});

test.each([
  ["accounts?parent_id=ou-none", 404],
  ["accounts?limit=0", 400],
  ["accounts?limit=2001", 400],
  ["accounts?limit=2000", 200],
  ["accounts?with_register_contact_info=true&limit=201", 400],
  ["accounts?with_register_contact_info=true&limit=200", 200],
  ["accounts?marker=none", 400],
])("%s is answered with %i", async (path, status) => {
  expect((await by("deployer", path)).status).toBe(status);
});

test.each([
  [0, "", [1000, 204]],
  [0, "with_register_contact_info=true&", [200, 200, 200, 200, 200, 200, 4]],
  [500, "", [500, 500, 204]],
  [602, "", [602, 602]],
])("1,204 accounts come in pages, for a limit of %i (%s)", async (limit, more, sizes) => {
  const fleet = await startEmulator({ seed: withFleet(defaultSeed, { accounts: 1200, regions: 1 }) });
  const pages: number[] = [];
  const ids = new Set<string>();
  let marker: string | null = "";
  while (marker !== null) {
    const asked = `accounts?${more}${limit === 0 ? "" : `limit=${limit}&`}${marker === "" ? "" : `marker=${marker}`}`;
    const { data } = await by("deployer", asked.replace(/[&?]$/, ""), fleet);
    for (const { id } of data.accounts) ids.add(id);
    pages.push(data.page_info.current_count);
    marker = data.page_info.next_marker;
  }
  await fleet.close();
  expect([pages, ids.size]).toEqual([sizes, 1204]);
});

test.each(["suspended", "pending_closure"] as const)("nobody enters an account that is %s", async (status) => {
  const { user } = findUser(emulator, "deployer");
  const urn = `iam::${findUser(emulator, "partner-admin").account.domainId}:agency:evs-reader`;
  const body = { agency_urn: urn, agency_session_name: "audit" };
  const assume = () =>
    send(emulator, signed(emulator, user, Date.now(), { method: "POST", path: "/v5/agencies/assume", body }));
  expect((await assume()).status).toBe(200);
  emulator.cloud.setAccountStatus("example-partner", status);
  expect((await assume()).status).toBe(403);
});
