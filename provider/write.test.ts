// Writes whose answer was lost: what holds now decides.
import { confirmedWrite } from "./confirmedWrite";
import { ApiError, CredentialsError, NetworkError, ResponseError } from "./huaweicloud/transport/errors";

const apiError = (status: number) => new ApiError("no", "c", status, undefined, "PUT", "/", "r");

function attempt(write: string | Error, readBack: string | Error = new Error("it should not be read")) {
  const answer = (outcome: string | Error) => (typeof outcome === "string" ? outcome : Promise.reject(outcome));
  return confirmedWrite({
    write: async () => answer(write),
    readBack: async () => answer(readBack),
    isWanted: (live) => live === "wanted",
    unconfirmed: (reason) => new RangeError(reason),
  });
}

it("that succeed are not read back", async () => {
  expect(await attempt("wanted")).toBe("wanted");
  expect(await attempt("other")).toBe("other");
});

it.each([apiError(400), apiError(429), new CredentialsError("none"), new TypeError("a mistake")])(
  "that have changed nothing are not read back: %s",
  async (error) => {
    await expect(attempt(error)).rejects.toBe(error);
  },
);

it.each([apiError(500), apiError(408), new NetworkError("broken"), new ResponseError("garbage")])(
  "whose answer was lost are confirmed by what holds now: %s",
  async (error) => {
    expect(await attempt(error, "wanted")).toBe("wanted");
  },
);

it("fail where what was wanted does not hold, unless the service has said yes in words that cannot be read", async () => {
  const error = apiError(500);
  await expect(attempt(error, "other")).rejects.toBe(error);
  expect(await attempt(new ResponseError("garbage"), "other")).toBe("other");
});

it("are unconfirmed where nothing can be read back, and both reasons are told", async () => {
  const failure = attempt(new NetworkError("Broken."), apiError(503));
  await expect(failure).rejects.toThrow(RangeError);
  await expect(failure).rejects.toThrow(/^Broken\. Reading it back failed too: no$/);
});

it("do not hide a mistake of ours in reading back", async () => {
  const mistake = new TypeError("oops");
  await expect(attempt(new NetworkError("Broken."), mistake)).rejects.toBe(mistake);
});
