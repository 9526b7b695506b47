// The configuration, resolved: from here on nothing reads settings, defaults or the environment again.

import { readSmallFile } from "./huaweicloud/credentials/smallFile";
import {
  type EndpointOverrides,
  parseEndpoint,
  quoted,
  type Service,
  services,
} from "./huaweicloud/services/endpoints";
import * as identifiers from "./huaweicloud/services/identifiers";
import {
  type Environment,
  type Front,
  keyOf,
  readSettings,
  type Setting,
  type Settings,
  type StackConfiguration,
  suggestion,
} from "./huaweicloud/settings";
import type { TlsSettings } from "./huaweicloud/transport/agents";
import { ConfigurationError } from "./huaweicloud/transport/errors";
import { z } from "./huaweicloud/transport/zod";

export interface Configuration {
  region: identifiers.Region | undefined;
  projectId: identifiers.ProjectId | undefined;
  projectName: string | undefined;
  cloud: string | undefined;
  endpoints: EndpointOverrides;
  /** Tries after the first; default 5. */
  maxRetries: number;
  /** Deadline of a call with all its tries, in milliseconds; default 60 s. */
  requestTimeoutMs: number;
  /** Whether keys are looked up in advance: if that can be done (`auto`), never, or always, failing if it cannot. */
  preflight: "auto" | "off" | "require";
  tls: TlsSettings;
  /** For the credential sources. */
  settings: Settings;
}

const cloud = z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, "must be a domain, such as myhuaweicloud.com");
const retries = z.coerce.number("must be a number, such as 5").int("must be a whole number, such as 5").min(0).max(20);
const seconds = z.coerce
  .number("must be a number of seconds, such as 60")
  .min(1, "must be at least 1 second")
  .max(3600);

const flag = z.enum(["true", "false", "1", "0"], 'must be "true" or "false"').transform((text) => /true|1/.test(text));
const preflight = z.enum(["auto", "off", "require"], 'must be "auto", "off" or "require"');

/** Resolves the configuration; throws a `ConfigurationError` that names the key or variable that is invalid. */
export function resolveConfiguration(stack: StackConfiguration, environment: Environment, front: Front): Configuration {
  const settings = readSettings(stack, environment, front);
  return {
    region: valid(settings.region, identifiers.region),
    projectId: valid(settings.projectId, identifiers.projectId),
    projectName: valid(settings.projectName, identifiers.projectName),
    cloud: valid(settings.cloud, cloud),
    endpoints: resolveEndpoints(settings, environment, front),
    maxRetries: valid(settings.maxRetries, retries) ?? 5,
    requestTimeoutMs: (valid(settings.requestTimeout, seconds) ?? 60) * 1000,
    preflight: valid(settings.preflight, preflight) ?? "auto",
    tls: resolveTls(settings, front),
    settings,
  };
}

/** Certificates may be given as paths, or themselves (PEM). */
function resolveTls({ insecure, cacertFile, cert, key }: Settings, front: Front): TlsSettings {
  if ((cert === undefined) !== (key === undefined)) {
    const given = (cert ?? key)?.origin;
    throw new ConfigurationError(
      `${given} is set without its counterpart: set both ${keyOf(front)("cert")} and ${keyOf(front)("key")} (OS_CERT, OS_KEY).`,
    );
  }
  return {
    insecure: valid(insecure, flag) ?? false,
    ca: cacertFile && pem(cacertFile),
    cert: cert && pem(cert),
    key: key && pem(key),
  };
}

function pem({ value, origin }: Setting): string {
  if (value.includes("-----BEGIN")) return value;
  const read = readSmallFile(value);
  if ("text" in read) return read.text;
  throw new ConfigurationError(
    `${origin} names a file that cannot be read (${read.reason}): give the path of a PEM file.`,
  );
}

function valid<Form extends z.ZodType>(setting: Setting | undefined, form: Form): z.output<Form> | undefined {
  if (!setting) return undefined;
  const parsed = form.safeParse(setting.value);
  if (parsed.success) return parsed.data;
  throw new ConfigurationError(`${setting.origin} ${parsed.error.issues[0]?.message}${quoted(setting.value)}.`);
}

/** The setting `endpoints` beats `HW_AUTH_URL` and `HW_ENDPOINT_URL_<SERVICE>`, which beat `HW_ENDPOINT_URL`. */
function resolveEndpoints(settings: Settings, environment: Environment, front: Front): EndpointOverrides {
  const given: [keyof EndpointOverrides, string, string][] = [];
  const add = (service: keyof EndpointOverrides, origin: string, value: string | undefined) => {
    if (value) given.push([service, origin, value]);
  };
  add("all", "HW_ENDPOINT_URL", environment.HW_ENDPOINT_URL);
  add("iam", settings.authUrl?.origin ?? "", settings.authUrl?.value);
  for (const service of services) {
    const variable = `HW_ENDPOINT_URL_${service.toUpperCase()}`;
    add(service, variable, environment[variable]);
  }
  for (const [service, value] of Object.entries(parseEndpointsMap(settings.endpoints, front))) {
    add(service as Service, `${keyOf(front)("endpoints")}.${service}`, value);
  }
  const overrides: EndpointOverrides = {};
  for (const [service, origin, value] of given) {
    const parsed = parseEndpoint(value);
    if ("reason" in parsed) throw new ConfigurationError(`${origin} ${parsed.reason}${quoted(value)}.`);
    overrides[service] = parsed.endpoint;
  }
  return overrides;
}

/**
 * By service. A name of no service of ours is refused; but if the map is shared with Huawei Cloud's own package, which has many
 * services, only if it differs from ours in case alone.
 */
function parseEndpointsMap(setting: Setting | undefined, { sharesEndpoints }: Front): Partial<Record<Service, string>> {
  if (!setting) return {};
  let map: unknown;
  try {
    map = JSON.parse(setting.value);
  } catch {
    map = undefined;
  }
  const parsed = z.record(z.string(), z.string()).safeParse(map);
  if (!parsed.success) {
    throw new ConfigurationError(
      `${setting.origin} must be a map of services to URLs: pulumi config set --path '${setting.origin}.evs' https://evs.cn-north-4.myhuaweicloud.com.`,
    );
  }
  const given: Partial<Record<Service, string>> = {};
  for (const [name, url] of Object.entries(parsed.data)) {
    if (isService(name)) given[name] = url;
    else if (!sharesEndpoints || isService(name.toLowerCase())) {
      throw new ConfigurationError(
        `${setting.origin} has an endpoint for ${JSON.stringify(name)}, which is not a supported service.${suggestion(name, services)}`,
      );
    }
  }
  return given;
}

function isService(name: string): name is Service {
  return (services as readonly string[]).includes(name);
}
