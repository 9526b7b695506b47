// Credentials: a profile of KooCLI, Huawei Cloud's command line (`~/.hcloud/config.json`).
// Reference: https://support.huaweicloud.com/usermanual-hcli/hcli_03_004_01.html

import type { Setting, Settings } from "../settings";
import { CredentialsError } from "../transport/errors";
import { z } from "../transport/zod";
import { fromAccessKey } from "./accessKey";
import { assumeAgency } from "./agency";
import type { Credentials } from "./credentials";
import { fromInstanceMetadata } from "./metadata";
import { profileFile } from "./profileFile";
import { readSmallFile } from "./smallFile";

const text = z.string().default("");
const keys = z.object({ accessKeyId: text, secretAccessKey: text, securityToken: text });
const profile = keys.extend({
  name: text,
  mode: text,
  agencyName: text,
  agencyDomainId: text,
  agencyDomainName: text,
  sourceProfile: text,
  ssoAuth: z.object({ stsToken: keys.optional() }).optional(),
});
const file = z.object({ authEncrypt: text, current: text, profiles: z.array(profile).default([]) });
type Profile = z.infer<typeof profile>;
type File = z.infer<typeof file>;

export function fromProfile(settings: Settings): Credentials {
  const from = profileFile(settings);
  if (from === undefined) throw new CredentialsError("No KooCLI profile: there is no home folder to look in.");
  const { authEncrypt, current, profiles } = readFile(from);
  if (authEncrypt === "true") {
    throw new CredentialsError(
      `The KooCLI profiles in ${from} are encrypted, so only KooCLI can read them. To share them, run ` +
        "`hcloud configure set --cli-auth-encrypt=false`; or set HW_ACCESS_KEY and HW_SECRET_KEY.",
    );
  }
  const name = settings.profile?.value ?? current;
  return credentialsOf(findProfile(name, profiles, from), profiles, from, settings);
}

function credentialsOf(found: Profile, profiles: Profile[], from: string, settings: Settings): Credentials {
  const { name, mode, agencyName, agencyDomainId: domainId, agencyDomainName: domainName } = found;
  const where = `profile ${name} of ${from}`;
  switch (mode) {
    case "ecsAgency":
      return fromInstanceMetadata(settings.metadataEndpoint);
    case "SSO":
      if (found.ssoAuth?.stsToken === undefined) {
        throw new CredentialsError(`The ${where} has no SSO login: run \`hcloud configure sso\`.`);
      }
      return fromKeys(found.ssoAuth.stsToken, where);
    case "AssumeRole": {
      if (agencyName === "" || (domainId === "" && domainName === "")) {
        throw new CredentialsError(`The ${where} does not name its agency: it needs agencyName and agencyDomainId.`);
      }
      const { sourceProfile } = found;
      // Each profile is used once, so that a cycle of sources ends.
      const others = profiles.filter((candidate) => candidate !== found);
      const hasOwnKeys = sourceProfile === "" || sourceProfile === name;
      const caller = hasOwnKeys
        ? fromKeys(found, where)
        : credentialsOf(findProfile(sourceProfile, others, from), others, from, settings);
      return assumeAgency(caller, domainId ? { agencyName, domainId } : { agencyName, domainName });
    }
    case "":
    case "AKSK":
      return fromKeys(found, where);
    default:
      throw new CredentialsError(
        `The ${where} has the mode ${mode}, which is not supported: use AKSK, SSO, AssumeRole or ecsAgency.`,
      );
  }
}

function fromKeys(found: z.infer<typeof keys>, origin: string): Credentials {
  const setting = (value: string): Setting | undefined =>
    value === "" ? undefined : { value, origin, level: "environment" };
  const { accessKeyId, secretAccessKey, securityToken } = found;
  if (accessKeyId === "" && secretAccessKey === "") {
    throw new CredentialsError(`The ${origin} has no access key: run \`hcloud configure set\`.`);
  }
  return fromAccessKey(
    { accessKey: setting(accessKeyId), secretKey: setting(secretAccessKey), securityToken: setting(securityToken) },
    { accessKey: "accessKeyId in it", secretKey: "secretAccessKey in it" },
  );
}

function findProfile(name: string, profiles: Profile[], from: string): Profile {
  const found = profiles.find((candidate) => candidate.name === name);
  if (found) return found;
  const known = profiles.map((candidate) => candidate.name).join(", ") || "none";
  throw new CredentialsError(`There is no profile ${name || "that is current"} in ${from}. It has: ${known}.`);
}

function readFile(from: string): File {
  const read = readSmallFile(from);
  const refuse = (reason: string) => new CredentialsError(`The KooCLI profiles in ${from} cannot be read: ${reason}.`);
  if ("reason" in read) throw refuse(read.reason);
  let content: unknown;
  try {
    content = JSON.parse(read.text);
  } catch {
    throw refuse("it is not JSON"); // the error of JSON.parse may quote the file, and so a secret
  }
  const parsed = file.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join(".")} is invalid`);
}
