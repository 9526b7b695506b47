// What an authentication error says of the credentials: whether others would help, and whether the clock is to blame.
import { ApiError, NetworkError } from "../transport/errors";
import {
  provesSignature,
  refusesPassword,
  refusesSignature,
  refusesToken,
  saysKeyIsStale,
  saysTokenIsStale,
  skewThatWasRefused,
} from "./staleness";

const error = (status: number, code: string, reason: string, serverTime?: number) =>
  new ApiError("message", code, status, undefined, "GET", "/", reason, serverTime);
const gateway = (reason: string, code = "APIGW.0301") => error(401, code, reason);

describe("a token", () => {
  it.each([
    ...[
      "APIGW.0307",
      "APIG.0307",
      "EVS.0002",
      "Common.0013",
      "KMS.0301",
      "KMS.0302",
      "KMS.0303",
      "IAM.0066",
      "IAM.0067",
    ].map((code) => error(403, code, "")),
    error(401, "HTTP 401", "The X-Auth-Token is invalid!"),
    gateway("decrypt token fail"),
    gateway("decrypt token fail", "APIG.0301"),
    gateway("token expires, expires_at: 2026-01-02"),
    gateway("the token is invalid"),
    gateway("Token has expired"),
  ])("is stale: $status $code $reason", (stale) => {
    expect(saysTokenIsStale(stale)).toBe(true);
  });

  it.each([
    error(403, "EVS.1027", ""),
    error(403, "HTTP 403", "The X-Auth-Token is invalid!"),
    error(401, "EVS.2143", "the token is invalid"),
    gateway("verify aksk signature fail"),
    gateway("security token is expired"),
    gateway("the security-token is invalid"),
    gateway("decrypt token fail", "APIGW.03011"),
    gateway("decrypt token fail", "X.APIGW.0301"),
    new NetworkError("decrypt token fail"),
  ])("is not stale: $status $code $reason", (other) => {
    expect(saysTokenIsStale(other)).toBe(false);
  });
});

describe("a temporary key", () => {
  it.each([
    [gateway("security token is expired"), true],
    [gateway("the SecurityToken is invalid"), true],
    [gateway("token is expired"), false],
    [gateway("expired or invalid: see security token"), false],
    [error(403, "APIGW.0301", "security token is expired"), false],
    [new NetworkError("security token is expired"), false],
  ])("%s: %s", (given, stale) => {
    expect(saysKeyIsStale(given)).toBe(stale);
  });
});

describe("the clock", () => {
  const now = Date.UTC(2026, 0, 2);
  const minute = 60_000;
  it.each([
    [16 * minute, 16 * minute],
    [-16 * minute, -16 * minute],
    [15 * minute - 4999, 15 * minute - 4999],
    [15 * minute - 5000, undefined],
    [-15 * minute + 4999, -15 * minute + 4999],
    [-15 * minute + 5000, undefined],
    [0, undefined],
    [24 * 60 * minute, 24 * 60 * minute],
    [24 * 60 * minute + 1, undefined],
    [-24 * 60 * minute, -24 * 60 * minute],
    [-24 * 60 * minute - 1, undefined],
  ])("that is %i ms off", (skew, refused) => {
    expect(skewThatWasRefused(error(401, "APIGW.0301", "", now + skew), now)).toBe(refused);
  });

  it.each([
    error(403, "EVS.1027", "", now + 60 * minute),
    error(401, "APIGW.0301", ""),
    new NetworkError("no answer"),
    undefined,
  ])("is not to blame for %s", (other) => {
    expect(skewThatWasRefused(other, now)).toBeUndefined();
  });
});

it.each([
  [gateway("verify aksk signature fail, canonical request: …"), true],
  [gateway("Get secretKey failed,ak:AK,err:ak not exist"), true],
  [gateway("AK access failed to reach the limit,forbidden", "APIG.0301"), true],
  [gateway("security token is expired"), true],
  [error(401, "EVS.5401", "Authentication required."), true],
  [error(401, "IAM.0001", "no"), true],
  [error(401, "APIGW.0303", "no"), true],
  [error(401, "APIGW.0305", "no"), true],
  [error(401, "HTTP 401", "<html>"), true],
  [gateway("decrypt token fail"), false],
  [error(401, "APIGW.0307", "The token must be updated."), false],
  [error(401, "EVS.2143", "verify aksk signature fail"), false],
  [error(403, "APIGW.0301", "verify aksk signature fail"), false],
  [new NetworkError("verify aksk signature fail"), false],
])("the signature is refused by %s: %s", (given, refused) => {
  expect(refusesSignature(given)).toBe(refused);
});

it.each([
  [error(400, "KMS.0201", "no"), true],
  [error(403, "EVS.1027", "no"), true],
  [error(404, "IAM.0004", "no"), true],
  [error(409, "STS5.1106", "no"), true],
  [error(403, "PAP5.0001", "no"), true],
  [error(401, "EVS.5401", "no"), false],
  [error(408, "EVS.5500", "no"), false],
  [error(429, "EVS.5500", "no"), false],
  [error(500, "EVS.5500", "no"), false],
  [error(503, "IAM.0006", "no"), false],
  [error(403, "APIGW.0302", "no"), false],
  [error(403, "HTTP 403", "no"), false],
  [error(403, "XEVS.1027", "no"), false],
  [new NetworkError("no answer"), false],
  [undefined, false],
])("that the signature has passed is proven by %s: %s", (given, proven) => {
  expect(provesSignature(given)).toBe(proven);
});

it.each([
  [error(401, "HTTP 401", "The username or password is wrong."), true],
  [error(401, "EVS.2143", "no"), false],
  [error(400, "STS5.1001", "no"), true],
  [error(403, "PAP5.0001", "no"), true],
  [error(404, "STS5.1106", "no"), false],
  [error(500, "STS5.0002", "no"), false],
  [error(403, "XSTS5.1001", "no"), false],
  [error(403, "IAM.0003", "no"), false],
  [error(400, "IAM.0007", "no"), false],
  [new NetworkError("no answer"), false],
  [undefined, false],
])("a password is refused by %s: %s", (given, refused) => {
  expect(refusesPassword(given)).toBe(refused);
});

it.each([
  [error(401, "APIGW.0307", "The token must be updated."), true],
  [error(403, "KMS.0303", "no"), true],
  [error(401, "EVS.5401", "Authentication required."), true],
  [error(401, "HTTP 401", "<html>"), true],
  [error(401, "EVS.2143", "no"), false],
  [error(403, "EVS.1027", "no"), false],
  [new NetworkError("no answer"), false],
  [undefined, false],
])("a token is refused by %s: %s", (given, refused) => {
  expect(refusesToken(given)).toBe(refused);
});
