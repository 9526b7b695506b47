// The verifier against the published example and vectors made with an official SDK.

import { getCanonicalRequest, getSignature, parseAuthorization, parseSdkDate, sha256 } from "./signature";

const secretKey = "exampleSecretKey0000000000000000000TEST1";
const publishedSecretKey = "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc";
const project = "0123456789abcdef0123456789abcdef";
const date = "20260102T030405Z";
const keyId = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";
const json = { "content-type": "application/json" };
const evs = { ...json, host: "evs.cn-north-4.myhuaweicloud.com", "x-project-id": project, "x-sdk-date": date };
const temporary = { "x-security-token": "exampleSecurityToken/abc+def==" };
const path = `/v5/${project}/default-encryption`;

interface Vector {
  name: string;
  method: string;
  target: string;
  headers: Record<string, string>;
  body?: string;
  secret?: string;
  hash: string;
  signature: string;
}

// biome-ignore format: a vector a line
const vectors: Vector[] = [
  { name: "V0, the published example", method: "GET", target: "/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0", headers: { ...json, host: "service.region.example.com", "x-sdk-date": "20191115T033655Z" }, secret: publishedSecretKey, hash: "b25362e603ee30f4f25e7858e8a7160fd36e803bb2dfe206278659d71a9bcd7a", signature: "7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe" },
  { name: "V1, host and date only", method: "GET", target: `${path}/key`, headers: { host: evs.host, "x-sdk-date": date }, hash: "276f1dc485a0d8c73e2d2eec40a44403cf96cfe8b365266258320bb77b102905", signature: "34fd2ab3e3f649498eb520099d443a2eac73c204d8312e0a22d4f3582236c160" },
  { name: "V2, a GET with a project", method: "GET", target: `${path}/status`, headers: evs, hash: "28cd3c8a49315020d55dfd499ad05ac05b236ef8cd2385f17141b7e07c647f8b", signature: "d1519c0ebe71a1a68d58da5fb3e8395e643215cbb0b6fd8bd611c9830419c684" },
  { name: "V3, a PUT with a body", method: "PUT", target: `${path}/key`, headers: evs, body: `{"kms_key_id":"${keyId}"}`, hash: "628e4618bf5cc53d112db2814b64b1348d5377b3a9e69461344fe056751d887c", signature: "02170a2e910271e2668e34c08564f8f2736855ab92b5b10b44d4bfdf96a3e57d" },
  { name: "V4, a query and a security token", method: "GET", target: "/v3/projects?name=cn-north-4_my%20project&enabled=true", headers: { ...json, ...temporary, host: "iam.cn-north-4.myhuaweicloud.com", "x-sdk-date": date }, hash: "72d5f68688fa946e335570048cf9cff31be8a1c9b8a2b937acdf1416c0d7741a", signature: "9dfed642f1c1ed94859ffdd29bbef5cc33afcadac3ae5b4cc92307942a8c5436" },
  { name: "V5, a PUT without a body", method: "PUT", target: `${path}/key/reset`, headers: evs, hash: "64eebf6433adda034cf514ff26411901ecaab80fe96c5204af44803b4593e6d8", signature: "5e93fa1e6b098b81058bb79ae1a3a8c0d4faa97b1fb3d8f738663b4923150a72" },
  { name: "V6, a POST with an empty object", method: "POST", target: `${path}/enable`, headers: evs, body: "{}", hash: "903f1715e66e077089151b7ef1996882e4c2b173f3acbf01e1fba1662afd4748", signature: "974cba021a186bfd531ad2476aeb3f0adfb03b3b165119dd719fa85772d78205" },
  { name: "V7, KMS with a security token", method: "POST", target: `/v1.0/${project}/kms/describe-key`, headers: { ...evs, ...temporary, host: "kms.cn-north-4.myhuaweicloud.com" }, body: `{"key_id":"${keyId}"}`, hash: "371d69d3f8d02190772a05ccaef0ca6789fedb083f377fe58b8f0bcd62782abb", signature: "976ed94a62e97a62e1e896ae1daca042e0375012ad5bad8a1e5a7149e903622e" },
];

test.each(vectors)("$name", ({ method, target, headers, body = "", secret = secretKey, hash, signature }) => {
  const canonical = getCanonicalRequest({ method, target, headers, body: Buffer.from(body) }, Object.keys(headers));
  expect(sha256(canonical)).toBe(hash);
  expect(getSignature(canonical, headers["x-sdk-date"] ?? "", secret)).toBe(signature);
});

test("a body left unsigned is named so", () => {
  const headers = { "x-sdk-date": date, "x-sdk-content-sha256": "UNSIGNED-PAYLOAD" };
  const request = { method: "PUT", target: "/", headers, body: Buffer.from("anything") };
  expect(getCanonicalRequest(request, Object.keys(headers)).split("\n").at(-1)).toBe("UNSIGNED-PAYLOAD");
});

test.each([
  ["another algorithm", "SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=00"],
  ["a short signature", "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=00"],
  ["no access key", `SDK-HMAC-SHA256 SignedHeaders=host, Signature=${"0".repeat(64)}`],
])("an Authorization with %s is none", (_, header) => {
  expect(parseAuthorization(header)).toBeUndefined();
});

test.each(["2026-01-02T03:04:05Z", "20260102T030405", "20261302T030405Z", ""])(
  "%p is no date of a signature",
  (text) => {
    expect(parseSdkDate(text)).toBeUndefined();
  },
);
