// The proxies of the environment: checked before the first request, and their secrets.
import { ConfigurationError } from "./errors";

type Environment = Readonly<Record<string, string | undefined>>;

/** axios reads these, in lower case first. Plain http is for this machine only, which no proxy can reach. */
const variables = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/**
 * Returns the secrets of proxies, because a proxy may quote the login that it was sent. Throws a `ConfigurationError` that
 * names the variable, without its value, if its URL is invalid.
 */
export function secretsOfProxies(environment: Environment): string[] {
  return variables.flatMap((name) => {
    const value = environment[name];
    if (!value) return [];
    const text = value.includes("://") ? value : `https://${value}`;
    if (!URL.canParse(text)) {
      throw new ConfigurationError(`${name} is not a URL: give one such as http://proxy.example:3128, or unset it.`);
    }
    const { username, password } = new URL(text);
    const [user, secret] = [decoded(username), decoded(password)];
    if (user === "" && secret === "") return [];
    // A user without a password is a token.
    const login = `${user}:${secret}`;
    return [secret || user, login, Buffer.from(login).toString("base64")];
  });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
