// Which credentials are used. Explicit beats implicit: a source that the stack's configuration names comes before one
// that only the environment names; within either, the order of the list below. Values a source still lacks may come
// from the other place. A source that is half set stops the search with an error, for going on would log in as
// somebody else than the user meant.
import { CredentialsError } from "../errors";
import type { SettingName, Settings } from "../settings";
import type { Credentials } from "./credentials";
import { fromPassword } from "./password";
import { fromToken } from "./token";

interface Source {
  /** Any of these being set means that the user wants this source. */
  chosenBy: readonly SettingName[];
  from: (settings: Settings) => Credentials;
}

const sources: readonly Source[] = [
  { chosenBy: ["token"], from: fromToken },
  { chosenBy: ["userName", "userId", "password"], from: fromPassword },
];

/** Finds the credentials to use. Throws a `CredentialsError` where a source is incomplete; answers nothing where none is set. */
export function findCredentials(settings: Settings): Credentials | undefined {
  for (const level of ["configuration", "environment"] as const) {
    const chosen = sources.find(({ chosenBy }) => chosenBy.some((name) => settings[name]?.level === level));
    if (chosen) return chosen.from(settings);
  }
  return undefined;
}

export function noCredentials(): CredentialsError {
  return new CredentialsError(
    "No credentials for Huawei Cloud: set HW_USER_NAME, HW_USER_PASSWORD and HW_DOMAIN_NAME, or HW_AUTH_TOKEN " +
      "(or huaweicloud:userName, password, domainName, token in the stack's configuration). " +
      "To preview without credentials, pass --refresh=false.",
  );
}
