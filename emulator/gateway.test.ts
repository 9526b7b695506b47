// The gateway's limit: by service and by second, with and without Retry-After.

import { Throttling } from "./gateway";

const limit = { perSecond: 2 };

test("so many calls a second to each service", () => {
  const throttling = new Throttling();
  const refused = (service: "evs" | "kms", now: number) => throttling.refuse(service, limit, now) !== undefined;
  expect([0, 1, 2, 999].map((now) => refused("evs", now))).toEqual([false, false, true, true]);
  expect(refused("kms", 2)).toBe(false);
  expect([1000, 1001, 1002].map((now) => refused("evs", now))).toEqual([false, false, true]);
});

test.each([
  [undefined, {}],
  [false, {}],
  [true, { "Retry-After": "1" }],
])("with retryAfter %s the refusal has the headers %j", (retryAfter, headers) => {
  const throttling = new Throttling();
  const once = { perSecond: 0, ...(retryAfter === undefined ? {} : { retryAfter }) };
  expect(throttling.refuse("evs", once, 0)).toMatchObject({ status: 429, code: "APIGW.0308", headers });
});

test("neither without a limit, nor for metadata, nor for what is no service", () => {
  const throttling = new Throttling();
  const none = { perSecond: 0 };
  expect([
    throttling.refuse("evs", undefined, 0),
    throttling.refuse("metadata", none, 0),
    throttling.refuse(undefined, none, 0),
  ]).toEqual([undefined, undefined, undefined]);
});
