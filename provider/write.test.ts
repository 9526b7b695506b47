// Writes, and what is known of them afterwards: applied, refused, or unknown.
import { ApiError, CredentialsError, NetworkError, ResponseError, withOutcome } from "./huaweicloud/transport/errors";
import { attemptWrite } from "./write";

const apiError = (status: number) => new ApiError("no", "c", status, undefined, "PUT", "/", "r");
const neverRead = new Error("it should not be read");

function attempt(write: string | Error, readBack: string | Error = neverRead) {
  const answer = (outcome: string | Error) => (typeof outcome === "string" ? outcome : Promise.reject(outcome));
  return attemptWrite({
    write: async () => answer(write),
    readBack: async () => answer(readBack),
    isWanted: (live) => live === "wanted",
  });
}

it.each(["wanted", "other"])("that succeed are applied, and not read back: %s", async (live) => {
  expect(await attempt(live)).toEqual({ outcome: "applied", live });
});

it.each([apiError(400), apiError(429), new CredentialsError("none")])(
  "that have changed nothing are refused, and not read back: %s",
  async (error) => {
    expect(await attempt(error)).toEqual({ outcome: "refused", error });
  },
);

const lost = [
  apiError(500),
  apiError(408),
  new NetworkError("broken"),
  new ResponseError("garbage"),
  // The first try may have been applied, and the last one was throttled.
  withOutcome(apiError(429), "unknown"),
];

it.each(lost)("whose answer was lost are confirmed by what holds now: %s", async (error) => {
  expect(await attempt(error, "wanted")).toEqual({ outcome: "applied", live: "wanted" });
});

it.each(lost)("whose answer was lost stay unknown if what was wanted does not hold: %s", async (error) => {
  expect(await attempt(error, "other")).toEqual({ outcome: "unknown", live: "other", error });
});

it("are unknown if nothing can be read back, and both reasons are given", async () => {
  const broken = new NetworkError("Broken.");
  const result = await attempt(broken, apiError(503));
  expect(result).toMatchObject({ outcome: "unknown", live: undefined, error: { cause: broken, outcome: "unknown" } });
  expect(result).toHaveProperty("error.message", "Broken. Reading it back failed too: no");
});

it("do not hide a mistake of ours, in writing or in reading back", async () => {
  const mistake = new TypeError("oops");
  await expect(attempt(mistake)).rejects.toBe(mistake);
  await expect(attempt(new NetworkError("Broken."), mistake)).rejects.toBe(mistake);
});
