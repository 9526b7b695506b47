// An error that nobody has thought of costs the project it came from, and no other.
import type { AccountConnection, Connection } from "../../provider/huaweicloud/services/context";
import { Audit } from "./audit";
import type { Client } from "./client";

const mockGetOwnAccount = jest.fn();
const mockAskProject = jest.fn();
jest.mock("../../provider/huaweicloud/services/projects", () => ({
  getOwnAccount: () => mockGetOwnAccount(),
  listProjects: async () => ["a", "b", "c"].map((id) => ({ id, name: "r", region: "r", accountId: "account" })),
}));
jest.mock("../../provider/huaweicloud/services/regions", () => ({ listRegions: async () => ["r"] }));
jest.mock("./facts", () => ({ askProject: (connection: unknown) => mockAskProject(connection) }));

const client: Client = {
  configuredRegion: undefined,
  of: () => ({
    account: () => ({}) as AccountConnection,
    project: async ({ projectId }) => ({ projectId }) as unknown as Connection,
  }),
};

function run() {
  const scope = { regions: [], excludedRegions: [], projects: [] };
  const progress = { found: jest.fn(), done: jest.fn() };
  const question = { expect: () => ({ mayBeOff: true }), disks: false };
  return new Audit(client, "r", scope as never, question as never, progress, new AbortController().signal).run();
}

beforeEach(() => {
  mockGetOwnAccount.mockResolvedValue({ id: "account", name: "own" });
});

it("of one project: the others are judged, and it is not checked", async () => {
  mockAskProject.mockImplementation(async ({ projectId }: Connection) => {
    if ((projectId as string) === "b") throw new RangeError("Invalid time value");
    return { enabled: false, kmsKeyId: "", key: undefined, disks: undefined };
  });
  const { checked } = await run();
  expect(checked.map(({ finding }) => [finding.projectId, finding.verdict, finding.cause, finding.reason])).toEqual([
    ["a", "ok", undefined, undefined],
    [
      "b",
      "not-checked",
      "other",
      "This is a defect of the audit; report it (see `bugs` in the package's package.json): RangeError: Invalid time value",
    ],
    ["c", "ok", undefined, undefined],
  ]);
});

it("of the own account's name: nothing is looked at, and the report says why", async () => {
  mockGetOwnAccount.mockRejectedValue(new RangeError("Invalid time value"));
  const { checked } = await run();
  expect(checked.map(({ finding }) => [finding.verdict, finding.cause, finding.reason])).toEqual([
    [
      "not-checked",
      "account-not-reachable",
      "This is a defect of the audit; report it (see `bugs` in the package's package.json): RangeError: Invalid time value",
    ],
  ]);
});
