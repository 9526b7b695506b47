// Agencies that the configuration says to act as: parsed, and applied one after the other.

import { agencyShape, name, withOneAccount } from "../services/agency";
import { type Front, keyOf, type Setting, type Settings } from "../settings";
import { ConfigurationError } from "../transport/errors";
import { z } from "../transport/zod";
import type { Role } from "./agency";
import { incomplete } from "./incomplete";

/** Lifetime of a key, in seconds. */
const duration = z.coerce.number("must be a number of seconds, such as 3600").int().min(900).max(86_400);
const role = withOneAccount(z.strictObject({ ...agencyShape, duration: duration.optional() }));

const oidcRole = z.strictObject({
  agencyName: name.optional(),
  domainId: name.optional(),
  duration: duration.optional(),
  idpId: name,
  idToken: name.optional(),
  idTokenFile: name.optional(),
});
export type OidcRole = z.infer<typeof oidcRole>;

const roleExample = '{ "agencyName": "evs-deployer", "domainName": "other-account" }';
const oidcExample =
  '{ "idpId": "github", "idTokenFile": "/run/id-token", "agencyName": "evs-deployer", "domainId": "…" }';

/** The agencies to act as, in this order: of the configuration (a list is a chain), else of the environment. */
export function configuredRoles(settings: Settings, front: Front): Role[] {
  const { assumeRole, assumeRoles, agencyName, agencyDomainName } = settings;
  const configured = assumeRoles ?? assumeRole;
  if (configured) {
    const value = parseJson(configured, roleExample, front);
    return (Array.isArray(value) ? value : [value]).map((entry) => parse(role, entry, configured, roleExample));
  }
  const { roleAgencyName, roleDomainName, roleDomainId, roleDuration, oidcIdpId } = settings;
  const alone = roleDomainName ?? roleDomainId ?? roleDuration;
  if (alone && !roleAgencyName && !oidcIdpId) throw incomplete(alone, "no agency: set HW_ASSUME_ROLE_AGENCY_NAME");
  if (roleAgencyName && !oidcIdpId) {
    if (!roleDomainName && !roleDomainId) {
      const names = "HW_ASSUME_ROLE_DOMAIN_NAME or HW_ASSUME_ROLE_DOMAIN_ID";
      throw incomplete(roleAgencyName, `not the account of the agency: set ${names}`);
    }
    const role = {
      agencyName: roleAgencyName.value,
      domainName: roleDomainName?.value,
      domainId: roleDomainId?.value,
    };
    return [roleDuration ? { ...role, duration: configuredDuration(roleDuration) } : role];
  }
  if (agencyDomainName && !agencyName) {
    throw incomplete(agencyDomainName, `no agency: set OS_AGENCY_NAME (${keyOf(front)("agencyName")})`);
  }
  if (agencyName) {
    if (!agencyDomainName) {
      const names = `OS_AGENCY_DOMAIN_NAME (${keyOf(front)("agencyDomainName")})`;
      throw incomplete(agencyName, `not the account of the agency: set ${names}`);
    }
    return [{ agencyName: agencyName.value, domainName: agencyDomainName.value }];
  }
  return [];
}

/** The setting `assumeRoleWithOidc`. */
export function configuredOidcRole(setting: Setting, front: Front): OidcRole {
  return parse(oidcRole, parseJson(setting, oidcExample, front), setting, oidcExample);
}

/** `HW_ASSUME_ROLE_DURATION`, in seconds. */
export function configuredDuration(setting: Setting): number {
  return parse(duration, setting.value, setting, "3600");
}

function parseJson(setting: Setting, example: string, { toSetMap }: Front): unknown {
  try {
    return JSON.parse(setting.value);
  } catch {
    throw new ConfigurationError(`${setting.origin} must be a map such as ${example}: ${toSetMap}.`);
  }
}

/** The message names the property but shows no values, because one may be a token. */
function parse<T>(form: z.ZodType<T>, value: unknown, { origin }: Setting, example: string): T {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const property = issue?.path.length ? `.${issue.path.join(".")}` : "";
  throw new ConfigurationError(
    `${origin}${property} is invalid: ${issue?.message}. Expected a value such as ${example}.`,
  );
}
