// State: what cannot have been written by this package is refused, and a project that is gone ends what can be ended.
import { toProjectId, toRegion } from "../tests/fixtures/identifiers";
import { state as switchState } from "./defaultEncryption/schema";
import { state as keyState } from "./defaultEncryptionKey/schema";
import { notify } from "./dynamic/session";
import { ProjectNotFoundError } from "./huaweicloud/services/project";
import { ApiError, ConfigurationError, NetworkError } from "./huaweicloud/transport/errors";
import { parseState, unlessGone } from "./state";

const target = { region: toRegion("cn-north-4"), projectId: toProjectId("0123456789abcdef0123456789abcdef") };
const kmsKeyId = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";

describe("parseState", () => {
  it.each<[string, object]>([
    ["of version 0.1.0", { kmsKeyId, onDelete: "reset" }],
    ["of version 0.1.0, with what was found", { kmsKeyId, onDelete: "restore", previousKmsKeyId: "" }],
    ["with another key live", { kmsKeyId: "", appliedKmsKeyId: kmsKeyId, onDelete: "reset" }],
    ["with nothing known", { appliedKmsKeyId: kmsKeyId, onDelete: "reset" }],
  ])("takes state of a key %s, without the host's own property", (_, own) => {
    expect(parseState(keyState, { ...target, ...own, __provider: "code" })).toEqual({ ...target, ...own });
  });

  it("takes state of a switch", () => {
    const own = { enabled: true, appliedEnabled: false, onDelete: "restore", previouslyEnabled: false };
    expect(parseState(switchState, { ...target, ...own })).toEqual({ ...target, ...own });
  });

  it.each<[string, object]>([
    ["projectId", { projectId: "../../v3/auth" }],
    ["region", { region: "cn-north-4.example.com/" }],
    ["kmsKeyId", { kmsKeyId: "alias/app-disks" }],
    ["appliedKmsKeyId", { appliedKmsKeyId: "" }],
    ["previousKmsKeyId", { previousKmsKeyId: "x" }],
    ["onDelete", { onDelete: "keep" }],
    ["assumeRole.agencyName", { assumeRole: { agencyName: 1, domainName: "d" } }],
  ])("refuses an invalid %s, and says how to go on", (property, wrong) => {
    const parse = () => parseState(keyState, { ...target, kmsKeyId, onDelete: "reset", ...wrong });
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(
      new RegExp(
        `^The state of this resource is invalid: ${property} \\S.* Fix it with pulumi state edit, or remove the resource with pulumi state delete\\.$`,
      ),
    );
  });
});

describe("unlessGone", () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line).trimEnd()) > 0);
  });
  afterEach(() => jest.restoreAllMocks());

  const consequence = "and with it its key";
  const fails = (error: unknown) => unlessGone(target, consequence, notify, () => Promise.reject(error));
  const apiError = (code: string, status = 400) =>
    new ApiError(`Reading failed (${code}).`, code, status, undefined, "GET", "/v5", "no");

  it("returns what the work returns", async () => {
    expect(await unlessGone(target, consequence, notify, async () => "live")).toBe("live");
    expect(lines).toEqual([]);
  });

  it("returns undefined if the project is gone, and says what follows from what", async () => {
    expect(await fails(apiError("EVS.0001"))).toBeUndefined();
    expect(lines).toEqual([
      `The project ${target.projectId} in cn-north-4 appears to have been deleted, and with it its key: Reading failed (EVS.0001).`,
    ]);
  });

  it.each([apiError("EVS.5403", 403), new ProjectNotFoundError("No project of this name.")])(
    "names the way out if the project may be gone, and ends nothing: %s",
    async (error) => {
      const failure = fails(error);
      await expect(failure).rejects.toThrow(ConfigurationError);
      await expect(failure).rejects.toThrow(
        `${error.message} If the project was deleted, remove the resource from the state: pulumi state delete URN.`,
      );
      expect(lines).toEqual([]);
    },
  );

  it.each([apiError("EVS.2040"), new NetworkError("Broken."), new TypeError("a mistake")])(
    "throws any other error as it is: %s",
    async (error) => {
      await expect(fails(error)).rejects.toBe(error);
      expect(lines).toEqual([]);
    },
  );
});
