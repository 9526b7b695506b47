// The emulator's own HTTP interface, under /_emulator, by which another process looks at the cloud and changes it. Every call needs
// the token of this start.

import { z } from "zod";
import type { Cloud } from "./cloud/cloud";
import type { Description } from "./describe";
import { type Faults, faultRuleSchema } from "./faults";
import type { Settings } from "./gateway";
import type { RequestRecord } from "./requestLog";
import { type Reply, toReply } from "./wire";

export const controlPrefix = "/_emulator";

/** What the control interface shows and changes. */
export interface Controlled {
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly settings: Settings;
  readonly requests: readonly Readonly<RequestRecord>[];
  describe(): Description;
  clearRequests(): void;
}

interface ControlCall {
  emulator: Controlled;
  id: string;
  body: unknown;
}

interface ControlRoute {
  method: string;
  path: string;
  handle(call: ControlCall): unknown;
}

const done = {};
const settings = z.strictObject({
  latencyMs: z.number().min(0).optional(),
  throttle: z
    .strictObject({ perSecond: z.number().min(1), retryAfter: z.boolean().optional() })
    .nullable()
    .optional(),
  clockSkewMs: z.number().optional(),
  instanceKeyLifetimeMs: z.number().min(1).optional(),
  metadata: z.enum(["v1AndV2", "v1", "v2", "noAgency"]).optional(),
});
const defaultEncryption = z.strictObject({ keyId: z.string().optional(), enabled: z.boolean().optional() });
const keyState = z.strictObject({
  state: z.enum(["pendingActivation", "enabled", "disabled", "pendingDeletion", "pendingImport", "frozen"]),
});
const newProjects = z.strictObject({
  account: z.string(),
  region: z.string(),
  count: z.number().int().min(1).max(10_000),
});
const identityProvider = z.strictObject({
  id: z.string(),
  account: z.string(),
  publicKeyPem: z.string(),
  audience: z.string().optional(),
});

const routes: ControlRoute[] = [
  { method: "GET", path: "", handle: ({ emulator }) => emulator.describe() },
  { method: "GET", path: "/requests", handle: ({ emulator }) => emulator.requests },
  { method: "DELETE", path: "/requests", handle: ({ emulator }) => emulator.clearRequests() },
  { method: "GET", path: "/faults", handle: ({ emulator }) => emulator.faults.list() },
  {
    method: "POST",
    path: "/faults",
    handle: ({ emulator, body }) => ({ id: emulator.faults.add(faultRuleSchema.parse(body)).id }),
  },
  { method: "DELETE", path: "/faults", handle: ({ emulator }) => emulator.faults.clear() },
  {
    method: "DELETE",
    path: "/faults/{id}",
    handle: ({ emulator, id }) => ({ removed: emulator.faults.remove(Number(id)) }),
  },
  { method: "PUT", path: "/settings", handle: changeSettings },
  { method: "GET", path: "/projects/{id}/default-encryption", handle: ({ emulator, id }) => emulator.cloud.evs(id) },
  {
    method: "PUT",
    path: "/projects/{id}/default-encryption",
    handle: ({ emulator, id, body }) => {
      emulator.cloud.setDefaultEncryption(id, present(defaultEncryption.parse(body)));
      return emulator.cloud.evs(id);
    },
  },
  {
    method: "PUT",
    path: "/keys/{id}",
    handle: ({ emulator, id, body }) => emulator.cloud.setKeyState(id, keyState.parse(body).state),
  },
  {
    method: "POST",
    path: "/projects",
    handle: ({ emulator, body }) => {
      const { account, region, count } = newProjects.parse(body);
      return emulator.cloud.addProjects(account, region, count);
    },
  },
  { method: "DELETE", path: "/projects/{id}", handle: ({ emulator, id }) => emulator.cloud.removeProject(id) },
  {
    method: "POST",
    path: "/identity-providers",
    handle: ({ emulator, body }) => emulator.cloud.registerIdentityProvider(present(identityProvider.parse(body))),
  },
  { method: "POST", path: "/revoke-tokens", handle: ({ emulator }) => emulator.cloud.revokeTokens() },
];

export function handleControl(emulator: Controlled, method: string, path: string, raw: Buffer): Reply {
  try {
    const rest = path.slice(controlPrefix.length).replace(/\/$/, "");
    for (const route of routes) {
      const match = new RegExp(`^${route.path.replace("{id}", "([^/]+)")}$`).exec(rest);
      if (route.method !== method || match === null) continue;
      const body: unknown = raw.length === 0 ? {} : JSON.parse(raw.toString("utf8"));
      return toReply({ body: route.handle({ emulator, body, id: decodeURIComponent(match[1] ?? "") }) ?? done });
    }
    return toReply({ status: 404, body: { error: `No control call ${method} ${path}` } });
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : "?";
    return toReply({ status: 400, body: { error: problem } });
  }
}

function changeSettings({ emulator, body }: ControlCall): unknown {
  const { latencyMs, throttle, clockSkewMs, metadata, instanceKeyLifetimeMs } = settings.parse(body);
  if (latencyMs !== undefined) emulator.settings.latencyMs = latencyMs;
  if (clockSkewMs !== undefined) emulator.settings.clockSkewMs = clockSkewMs;
  if (throttle !== undefined) emulator.settings.throttle = throttle === null ? undefined : present(throttle);
  if (metadata !== undefined) emulator.cloud.setMetadata(metadata);
  if (instanceKeyLifetimeMs !== undefined) emulator.cloud.instanceKeyLifetimeMs = instanceKeyLifetimeMs;
  return { ...emulator.settings, throttle: emulator.settings.throttle ?? null, metadata: emulator.cloud.metadata };
}

type Present<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out the properties that are `undefined`: zod keeps them, and exact optional types refuse them. */
function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Present<T>;
}
