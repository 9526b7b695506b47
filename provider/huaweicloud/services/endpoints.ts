// Where each service of each region is: pure rules, plus the user's overrides. What goes into a URL is checked here.
import { ConfigurationError } from "../transport/errors";
import { withoutLongWords } from "../transport/redaction";
import { isShownAsIs, type ProjectId, projectId } from "./identifiers";

export const services = ["iam", "kms", "evs", "sts", "organizations"] as const;
export type Service = (typeof services)[number];

/** Overrides by service; `all` stands for every service that has none of its own. */
export type EndpointOverrides = Partial<Record<Service | "all", string>>;

const defaultCloud = "myhuaweicloud.com";
/** The European site is a separate cloud; its regions are recognized by name. */
const europeanCloud = "myhuaweicloud.eu";
const europeanRegion = /^eu-west-1\d\d$/;

/** A valid label of a host name. Any other text could change which host is meant. */
const hostLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Returns the project's ID in lower case, as paths have it. It may come from state, and any other text could change the path:
 * throws a `ConfigurationError` if it is not valid.
 */
export function checkedProjectId(text: string): ProjectId {
  const parsed = projectId.safeParse(text.toLowerCase());
  if (parsed.success) return parsed.data;
  throw malformed("project ID", text, "0123456789abcdef0123456789abcdef");
}

/** The same for an ID from IAM. The message does not quote it, because it may be a secret, such as a password sent to IAM. */
export function answeredProjectId(text: string): ProjectId {
  const parsed = projectId.safeParse(text.toLowerCase());
  if (parsed.success && isShownAsIs(text)) return parsed.data;
  throw new ConfigurationError(
    "The project ID in IAM's answer is not valid (expected, for example, 0123456789abcdef0123456789abcdef); no request was sent for it.",
  );
}

function malformed(what: string, value: string, example: string): ConfigurationError {
  const shown = JSON.stringify(value.slice(0, 64));
  return new ConfigurationError(
    `${shown} is not a valid ${what} (expected, for example, ${example}); no request was sent.`,
  );
}

/**
 * Base URL of a service in a region, without a slash at its end. Organizations has one host for all regions. Throws a
 * `ConfigurationError` if the region is not valid.
 */
export function endpointOf(
  service: Service,
  region: string,
  settings: { cloud?: string | undefined; overrides: EndpointOverrides },
): string {
  if (!hostLabel.test(region)) throw malformed("region", region, "cn-north-4");
  const override = settings.overrides[service] ?? settings.overrides.all;
  if (override) return override;
  const cloud = settings.cloud ?? (europeanRegion.test(region) ? europeanCloud : defaultCloud);
  return service === "organizations" ? `https://organizations.${cloud}` : `https://${service}.${region}.${cloud}`;
}

/**
 * Normalizes an endpoint that a user gave: `https://` if no scheme is given, no slash at the end, no `/v3` (which
 * `HW_AUTH_URL` has by custom). Returns a reason instead if it cannot be used.
 */
export function parseEndpoint(text: string): { endpoint: string } | { reason: string } {
  const example = "give a URL such as https://evs.cn-north-4.myhuaweicloud.com";
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    return { reason: `is not a URL: ${example}` };
  }
  if (url.username || url.password) return { reason: "must not contain a user name or password" };
  if (url.search || url.hash) return { reason: `must not have a query or fragment: ${example}` };
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    return { reason: `must use https (plain http is allowed for the loopback only): ${example}` };
  }
  return { endpoint: withoutSlash(url.origin + url.pathname).replace(/\/v3$/, "") };
}

/** Without the slashes at its end. An expression for them would take quadratic time. */
function withoutSlash(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}

/** Returns the refused URL for a message, with long words masked; an empty text if it may contain a password or a token. */
export function quoted(url: string): string {
  return /[@?#]/.test(url) ? "" : ` (got ${JSON.stringify(withoutLongWords(url))})`;
}

/** Whether this host is certainly this machine: a name such as 127.0.0.1.example.com is not. */
export function isThisNode(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|169\.254(\.\d+){2}|\[::1\]|\[fe80:[0-9a-f:]+\])$/.test(hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
