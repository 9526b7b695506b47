// How long a token or key is kept, and after which failures another is asked for.
import { ApiError, CredentialsError, NetworkError } from "../transport/errors";
import { memoize } from "./memoize";

const minute = 60_000;
let time = 0;
beforeEach(() => {
  time = 1_000_000;
});

function counted(lifetimeMs: number | undefined) {
  let count = 0;
  const obtain = async () => ({
    number: ++count,
    ...(lifetimeMs === undefined ? {} : { expiresAt: time + lifetimeMs }),
  });
  return { kept: memoize(obtain, () => time), count: () => count };
}

it.each([
  ["a day", 24 * 60 * minute, 24 * 60 * minute - 10 * minute],
  ["an hour", 60 * minute, 50 * minute],
  ["15 minutes", 15 * minute, 10 * minute],
  ["30 seconds", 30_000, 20_000],
])("of what lives for %s, the end is not used", async (_, lifetimeMs, usedForMs) => {
  const { kept, count } = counted(lifetimeMs);
  await kept.current();
  time += usedForMs - 1;
  await kept.current();
  expect(count()).toBe(1);
  time += 1;
  expect(await kept.current()).toMatchObject({ number: 2 });
});

it.each([
  ["never ends", undefined],
  ["has expired already, because this clock is wrong", -5 * minute],
  ["ends on arrival", 0],
])("what %s is kept", async (_, lifetimeMs) => {
  const { kept, count } = counted(lifetimeMs);
  await kept.current();
  time += 365 * 24 * 60 * minute;
  await kept.current();
  expect(count()).toBe(1);
});

it("is obtained once for all who ask at the same time", async () => {
  const { kept, count } = counted(undefined);
  await Promise.all([kept.current(), kept.current(), kept.current()]);
  expect(count()).toBe(1);
});

it("forgets what was refused, but not what has replaced it, nor what it has not got yet", async () => {
  const { kept, count } = counted(undefined);
  expect(kept.drop({ number: 7 })).toBe(true);
  const first = await kept.current();
  expect(kept.drop(first)).toBe(true);
  const second = await kept.current();
  expect(kept.drop(first)).toBe(true);
  expect(await kept.current()).toBe(second);
  expect(count()).toBe(2);
});

const apiError = (status: number) => new ApiError("message", "code", status, undefined, "GET", "/", "reason");

it.each<[string, Error, number]>([
  ["no credentials", new CredentialsError("none"), 1],
  ...[400, 401, 403, 404, 499].map((status): [string, Error, number] => [`HTTP ${status}`, apiError(status), 1]),
  ...[399, 408, 429, 500, 503].map((status): [string, Error, number] => [`HTTP ${status}`, apiError(status), 2]),
  ["a broken connection", new NetworkError("broken"), 2],
  ["a mistake of ours", new TypeError("oops"), 2],
])("after %s", async (_, error, asked) => {
  let count = 0;
  const kept = memoize(
    async () => {
      count += 1;
      throw error;
    },
    () => time,
  );
  await expect(kept.current()).rejects.toBe(error);
  await expect(kept.current()).rejects.toBe(error);
  expect(count).toBe(asked);
});
