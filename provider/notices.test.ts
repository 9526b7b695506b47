// One cause is one line, with a count and the places; and an error is reported in full once.
import {
  ApiError,
  ConfigurationError,
  CredentialsError,
  NetworkError,
  ResponseError,
  TimeoutError,
} from "./huaweicloud/transport/errors";
import { causeOf, Notices, RepeatedError } from "./notices";
import { InitializationFailed } from "./protocol";

let shown: string[];
let notices: Notices;
beforeEach(() => {
  jest.useFakeTimers();
  shown = [];
  notices = new Notices((line) => shown.push(line));
});
afterEach(() => jest.useRealTimers());

const place = (index: number) => `project p${index} in r`;
const denied = (index: number, reason = "action in pdp check deny") =>
  new ApiError(
    `setting the key (${place(index)}): ${reason} (EVS.2056, HTTP 403, request ID id-${index}). Grant the permission.`,
    "EVS.2056",
    403,
    `id-${index}`,
    "PUT",
    "/v5/p/key",
    reason,
  );

it("shows the first place of a cause at once, and the others in one line", async () => {
  const all = Array.from({ length: 60 }, (_, index) =>
    notices.say("it is off", place(index), `It is off in ${place(index)}.`),
  );
  expect(shown).toEqual(["It is off in project p0 in r."]);
  await jest.advanceTimersByTimeAsync(200);
  await Promise.all(all);
  expect(shown).toHaveLength(2);
  expect(shown[1]).toBe(
    `The same (it is off) for 59 more: ${Array.from({ length: 10 }, (_, index) => place(index + 1)).join("; ")} and 49 more.`,
  );
});

it("names every place where there are few, and goes on with the next moment", async () => {
  for (let index = 0; index < 3; index++) void notices.say("off", place(index), "Off.");
  await jest.advanceTimersByTimeAsync(200);
  void notices.say("off", place(3), "Off.");
  await jest.advanceTimersByTimeAsync(200);
  expect(shown).toEqual([
    "Off.",
    `The same (off) for 2 more: ${place(1)}; ${place(2)}.`,
    `The same (off) for 1 more: ${place(3)}.`,
  ]);
});

it("keeps two causes apart", () => {
  void notices.say("off", place(0), "Off.");
  void notices.say("unread", place(0), "Unread.");
  expect(shown).toEqual(["Off.", "Unread."]);
});

it("counts what is more than ten places", async () => {
  const all = Array.from({ length: 11 }, (_, index) => notices.say("off", place(index), "off"));
  await jest.advanceTimersByTimeAsync(200);
  await Promise.all(all);
  expect(shown[1]).toMatch(/for 10 more: .*; project p10 in r\.$/);
});

it("says as a warning, about a resource, what is said once", () => {
  const show = jest.fn();
  new Notices(show).once("a cause", "a line", { urn: "urn:pulumi:a" });
  new Notices(show).once("a cause", "a line");
  expect(show.mock.calls).toEqual([
    ["a line", { urn: "urn:pulumi:a", severity: "warning" }],
    ["a line", { severity: "warning" }],
  ]);
  expect(String(new RepeatedError("m"))).toBe("RepeatedError");
});

it.each([
  ["abcdef1-", true],
  ["abcdef1", false],
  ["abcdefgh", false],
  ["1234", true],
  ["12:34-", true],
  ["A1b2c3d4", true],
])("takes %s for an ID: %s", (word, isId) => {
  expect(causeOf(denied(1, `no ${word} here`))).toBe(`EVS.2056 no ${isId ? "…" : word} here`);
});

it("says once a run what is said once", () => {
  notices.once(causeOf(denied(1)), "first");
  notices.once(causeOf(denied(2)), "second");
  notices.once(causeOf(denied(2, "another")), "third");
  expect(shown).toEqual(["first", "third"]);
});

it("takes place and request ID out of a cause", () => {
  const unreachable = (index: number) => new NetworkError(`reading (project p${index} in r): cannot reach it.`);
  expect(causeOf(unreachable(1))).toBe(causeOf(unreachable(2)));
  expect(causeOf(unreachable(1))).toBe("reading: cannot reach it.");
});

it("shortens an error whose cause another place has reported", () => {
  const first = denied(1);
  expect(notices.shorten(first)).toBe(first);
  expect(notices.shorten(first)).toBe(first);
  const repeated = notices.shorten(denied(2));
  expect(repeated).toBeInstanceOf(RepeatedError);
  expect((repeated as Error).message).toBe(
    "setting the key (project p2 in r): same error as for project p1 in r, details there (EVS.2056, request ID id-2).",
  );
  const other = denied(3, "another reason");
  expect(notices.shorten(other)).toBe(other);
});

const silence = (index: number, words = "no answer from https://evs.example within 60 s") =>
  new TimeoutError(`setting the key (${place(index)}): ${words}. Check the network and any proxy.`, {
    commonCause: "no answer from https://evs.example",
  });

it("names a host that is silent once, however the silence is worded", () => {
  const first = silence(1);
  expect(notices.shorten(first)).toBe(first);
  for (const other of [silence(2), silence(3, "https://evs.example has not answered for 60 s")]) {
    const { message } = notices.shorten(other) as Error;
    expect(message).toMatch(
      /^setting the key \(project p\d in r\): same error as for project p1 in r, details there\.$/,
    );
  }
});

it("leaves in the short error what to do about its own resource", () => {
  const ownRemedy = "If the project was deleted, remove the resource from the state.";
  const gone = (index: number) =>
    new ConfigurationError(
      `reading the key (${place(index)}): the project does not belong to the account of the access key. Check it, and the region too. ${ownRemedy}`,
      {
        ownRemedy,
      },
    );
  const first = gone(1);
  expect(notices.shorten(first)).toBe(first);
  expect((notices.shorten(gone(2)) as Error).message).toBe(
    `reading the key (${place(2)}): same error as for ${place(1)}, details there. ${ownRemedy}`,
  );
});

it("shortens what is not known to be set, with its properties", () => {
  const failed = (index: number) => {
    const cause = silence(index);
    const both = new ResponseError(`${cause.message} Reading it back failed too: reading (x): no.`, { cause });
    const properties = { region: "r", __provider: "text" };
    return new InitializationFailed(`r/p${index}`, properties, `${both.message} Run up again.`, both);
  };
  const first = failed(1);
  expect(notices.shorten(first)).toBe(first);
  const short = notices.shorten(failed(2)) as InitializationFailed;
  const line = `setting the key (${place(2)}): same error as for ${place(1)}, details there. Run up again to repair it.`;
  expect(short).toBeInstanceOf(InitializationFailed);
  expect([short.id, short.message, short.reasons]).toEqual(["r/p2", line, [line]]);
  expect(short.properties).toEqual({ region: "r", __provider: "text" });
  expect((notices.shorten(silence(3)) as Error).message).toContain("same error as for project p1 in r, details there");
});

it("leaves a write of which the service has answered something else as it is", () => {
  const failed = () => new InitializationFailed("r/p", {}, `${"x ".repeat(200)}but the service answers none.`);
  for (const error of [failed(), failed()]) expect(notices.shorten(error)).toBe(error);
});

it("says once what is missing for all, and refers to it", () => {
  const none = () => new CredentialsError(`No credentials for Huawei Cloud: ${"set this or that, ".repeat(20)}`);
  const first = none();
  expect(notices.shorten(first)).toBe(first);
  expect((notices.shorten(none()) as Error).message).toBe(
    `${first.message.slice(0, 80)}… same error as for another resource, details there.`,
  );
});

it("leaves what would not get shorter, and what is not of the family, as it is", () => {
  const short = () => new ConfigurationError("region is missing.");
  for (const error of [short(), short(), new Error("ours"), "text"]) expect(notices.shorten(error)).toBe(error);
});

it.each([
  ["a project's ID", "no right in 0123456789abcdef0123456789abcde0", "no right in 0123456789abcdef0123456789abcde1"],
  ["a key's ID", "bad 7e1f6d5a-bfe7-4b7d-8125-c3017e661954", "bad 7e1f6d5a-bfe7-4b7d-8125-c3017e661955"],
  ["a request ID in letters and digits", "trace=req-7e1f6d5a1: no", "trace=req-7e1f6d5a2: no"],
  ["a time", "refused at 2026-01-02T03:04:05Z", "refused at 2027-11-12T13:14:15Z"],
  ["a number", "line 7: no", "line 8: no"],
])("takes %s out of the words of a service, in which one cause has many", (_, one, other) => {
  expect(causeOf(denied(1, one))).toBe(causeOf(denied(2, other)));
  expect(causeOf(denied(1, one))).toMatch(/^EVS\.2056 .*…/);
});

it("tells words apart, and short names with a digit", () => {
  expect(causeOf(denied(1, "kms is unavailable"))).toBe("EVS.2056 kms is unavailable");
  expect(causeOf(denied(1, "the ipv6-a and md5sum5 of it"))).toBe("EVS.2056 the ipv6-a and md5sum5 of it");
});

it("names a host that is down once, whatever its errors say", () => {
  const down = (index: number, reason: string) =>
    new ApiError(
      `setting (${place(index)}): ${reason}, ${"x".repeat(99)}`,
      "X",
      503,
      undefined,
      "PUT",
      "/",
      reason,
      0,
      {
        commonCause: "HTTP 503 at https://evs.example",
      },
    );
  expect(causeOf(down(1, "one"))).toBe(causeOf(down(2, "other")));
});
