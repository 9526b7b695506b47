// Prints a temporary access key for the state in OBS, in the form that AWS SDKs expect of a `credential_process`: made
// from the job's ID token by the same agency that the provider acts as. The agency must be allowed to use the bucket.
// https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgencyWithOIDC.html

import { readFileSync, statSync } from "node:fs";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";

const MAX_ANSWER_BYTES = 1_000_000;
const MAX_TOKEN_BYTES = 256 * 1024;
const QUOTED_CHARACTERS = 12;
const { env } = process;

const idToken = env.HUAWEICLOUD_OIDC_ID_TOKEN || readIdToken(need("HUAWEICLOUD_OIDC_TOKEN_FILE"));
const { status, answer } = await askSts({
  provider_urn: need("HUAWEICLOUD_OIDC_PROVIDER_URN"),
  agency_urn: need("HUAWEICLOUD_OIDC_AGENCY_URN"),
  agency_session_name: "pulumi-state",
  id_token: idToken,
  duration_seconds: 3600,
});
if (status < 200 || status > 299) fail(`STS refuses the ID token (HTTP ${status})${wordsOf(answer)}`);

const { access_key_id, secret_access_key, security_token, expiration } = answer?.credentials ?? {};
if (![access_key_id, secret_access_key, security_token, expiration].every((part) => part && typeof part === "string"))
  fail(`STS answers without credentials (HTTP ${status})${wordsOf(answer)}: is ${host()} the STS of your region?`);
process.stdout.write(
  JSON.stringify({
    Version: 1,
    AccessKeyId: access_key_id,
    SecretAccessKey: secret_access_key,
    SessionToken: security_token,
    Expiration: expiration,
  }),
);

async function askSts(body) {
  const url = new URL(`${host()}/v5/agencies/assume-with-oidc`);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      // The ID token goes to the host that was asked for, and to no other.
      redirect: "error",
      signal: AbortSignal.timeout(30_000),
      body: JSON.stringify(body),
    });
    return { status: response.status, answer: parse(await textOf(response)) };
  } catch (error) {
    return fail(
      `STS cannot be reached (${url.host}): ${shown(error?.cause?.code ?? error?.cause?.message ?? error?.message)}`,
    );
  }
}

// As for the provider: the service's own endpoint, else one for all services, else the cloud's.
function host() {
  const variable = ["HW_ENDPOINT_URL_STS", "HW_ENDPOINT_URL"].find((name) => env[name]);
  if (!variable) {
    const region = need("HW_REGION_NAME");
    const cloud = env.HW_CLOUD || (/^eu-west-1\d\d$/.test(region) ? "myhuaweicloud.eu" : "myhuaweicloud.com");
    // Anything else could make it the address of another host, which would get the ID token.
    for (const [name, part] of Object.entries({ HW_REGION_NAME: region, HW_CLOUD: cloud }))
      if (!/^[a-z0-9.-]{1,100}$/i.test(part)) fail(`${name} is not a part of a host's name`);
    return `https://sts.${region}.${cloud}`;
  }
  // The value is not shown: it may hold a password.
  const url = URL.canParse(env[variable]) ? new URL(env[variable]) : fail(`${variable} is not a URL`);
  if (url.username || url.password) fail(`${variable} must not contain a user name or password`);
  const isLoopback = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback)) fail(`${variable} must use https`);
  let { length } = url.pathname;
  while (url.pathname[length - 1] === "/") length -= 1;
  return url.origin + url.pathname.slice(0, length);
}

async function textOf(response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readIdToken(file) {
  try {
    const stats = statSync(file);
    // A pipe would be waited for without end, and another file may be of any size.
    if (!stats.isFile()) fail("HUAWEICLOUD_OIDC_TOKEN_FILE does not name a regular file");
    if (stats.size > MAX_TOKEN_BYTES) fail("the file of HUAWEICLOUD_OIDC_TOKEN_FILE is too large for an ID token");
    return readFileSync(file, "utf8").trim() || fail(`the file of HUAWEICLOUD_OIDC_TOKEN_FILE is empty`);
  } catch (error) {
    return fail(`the file of HUAWEICLOUD_OIDC_TOKEN_FILE cannot be read (${error.code})`);
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wordsOf(answer) {
  const { error_code: code, error_msg: message } = answer ?? {};
  const words = [code, message].filter((part) => typeof part === "string" && part !== "").map(shown);
  return words.length > 0 ? `: ${words.join(", ")}` : "";
}

// What a service says may quote what it was sent. Any run of characters as long as a part of a token is taken out, however
// it is spelled (URL, JSON and HTML escapes are such runs too), and what is left is one short line. Characters that cannot
// be seen go first, because they could divide such a run; what else divides it is seen by comparing with the token itself.
function shown(text) {
  const line = stripVTControlCharacters(String(text).slice(0, 20_000))
    .replace(/\s+/g, " ")
    .replace(/\p{C}+/gu, "")
    .replace(/[A-Za-z0-9_\-.+/=%\\&;#~*]{33,}/g, "***")
    .slice(0, 500);
  return quotesToken(line) ? "***" : line;
}

function quotesToken(line) {
  const signs = line.replace(/[^A-Za-z0-9_\-.]/g, "");
  for (let start = 0; start + QUOTED_CHARACTERS <= signs.length; start += 1)
    if (idToken.includes(signs.slice(start, start + QUOTED_CHARACTERS))) return true;
  return false;
}

function need(name) {
  return env[name] || fail(`${name} is not set`);
}

function fail(reason) {
  process.stderr.write(`state-key: ${reason}\n`);
  process.exit(1);
}
