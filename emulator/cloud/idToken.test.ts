// ID tokens of all algorithms, made by a library, and what each mistake is called.

import { generateKeyPairSync } from "node:crypto";
import { type Algorithm, type JwtPayload, sign } from "jsonwebtoken";
import { IdTokenError, subjectOf } from "./idToken";

const pem = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
};
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048, ...pem } as never) as unknown as Pair;
const curves = { ES256: "prime256v1", ES384: "secp384r1", ES512: "secp521r1" };
interface Pair {
  publicKey: string;
  privateKey: string;
}
const pairOf = (alg: Algorithm): Pair =>
  alg in curves
    ? (generateKeyPairSync("ec", {
        namedCurve: curves[alg as keyof typeof curves],
        ...pem,
      } as never) as unknown as Pair)
    : rsa;

const now = Date.UTC(2026, 0, 1);
const seconds = now / 1000;
const claims = { sub: "repo:a", aud: "cloud", iat: seconds, exp: seconds + 600 };
const tokenOf = (changes: JwtPayload = {}, alg: Algorithm = "RS256", key = rsa.privateKey) =>
  sign({ ...claims, ...changes }, key, { algorithm: alg });
const ask = (token: string, publicKeyPem = rsa.publicKey, audience: string | undefined = "cloud") =>
  subjectOf(token, { publicKeyPem, audience, now });

it.each<Algorithm>(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"])(
  "%s: the subject of a token that is right",
  (alg) => {
    const { publicKey, privateKey } = pairOf(alg);
    const token = tokenOf({}, alg, privateKey);
    expect(ask(token, publicKey)).toBe("repo:a");
    const [head, , signature] = token.split(".");
    const body = Buffer.from(JSON.stringify({ ...claims, sub: "repo:b" })).toString("base64url");
    expect(() => ask([head, body, signature].join("."), publicKey)).toThrow("its signature is not the provider's");
  },
);

it("takes one of several audiences, and any if none is registered", () => {
  expect(ask(tokenOf({ aud: ["other", "cloud"] }))).toBe("repo:a");
  expect(subjectOf(tokenOf({ aud: "other" }), { publicKeyPem: rsa.publicKey, now })).toBe("repo:a");
});

it.each<[string, () => string]>([
  ["it is no signed token", () => "abc"],
  ["it is no signed token", () => `${tokenOf()}.more`],
  ["it is no signed token", () => sign(claims, "", { algorithm: "none" })],
  ["algorithm is not allowed", () => sign(claims, "secret", { algorithm: "HS256" })],
  ["it is no JSON", () => "abc.def.ghi"],
  ["its signature is not the provider's", () => tokenOf({}, "ES256", pairOf("ES256").privateKey)],
  ["it has expired", () => tokenOf({ exp: seconds })],
  ["it is not valid yet", () => tokenOf({ nbf: seconds + 1 })],
  ["it is for another audience", () => tokenOf({ aud: "other" })],
  ["it has no subject", () => tokenOf({ sub: "" })],
  [
    "Invalid input: expected number, received string",
    () => {
      const { exp: _, ...others } = claims;
      return sign(JSON.stringify({ ...others, exp: "soon" }), rsa.privateKey, { algorithm: "RS256" });
    },
  ],
])("%s", (reason, token) => {
  expect(() => ask(token())).toThrow(IdTokenError);
  expect(() => ask(token())).toThrow(reason);
});
