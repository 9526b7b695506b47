// Scripted faults: which requests a rule catches, and how often. What each action does to an answer is in wire.ts.

import { z } from "zod";
import { operations } from "./services/registry";

const services = ["iam", "kms", "evs", "sts", "organizations", "metadata"] as const;
const shapes = ["gateway", "iam", "iam3", "kms", "evs", "sts", "organizations"] as const;

/** Whether the operation is applied all the same. Each action has its own default. */
const applied = z.boolean().optional();

const action = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("latency"), ms: z.number().min(0) }),
  z.strictObject({
    type: z.literal("status"),
    status: z.number().int().min(400).max(599),
    /** Seconds, or "date" for an HTTP date one second from now. */
    retryAfter: z.union([z.number().min(0), z.literal("date")]).optional(),
    shape: z.enum(shapes).optional(),
    applied,
  }),
  z.strictObject({ type: z.literal("gateway"), code: z.string(), detail: z.string().optional() }),
  z.strictObject({
    type: z.literal("error"),
    status: z.number().int().min(400).max(599),
    code: z.string(),
    message: z.string(),
    shape: z.enum(shapes).optional(),
    applied,
  }),
  z.strictObject({ type: z.literal("resetBefore") }),
  z.strictObject({ type: z.literal("resetAfter") }),
  z.strictObject({ type: z.literal("halfBody") }),
  z.strictObject({ type: z.literal("garbage"), applied }),
  z.strictObject({ type: z.literal("html"), status: z.number().int().min(200).max(599).optional(), applied }),
  z.strictObject({ type: z.literal("empty"), applied }),
  z.strictObject({ type: z.literal("wrongContentType") }),
  z.strictObject({ type: z.literal("hang"), applied }),
  z.strictObject({ type: z.literal("staleToken") }),
  z.strictObject({ type: z.literal("wrongKey"), keyId: z.string().optional() }),
  z.strictObject({
    type: z.literal("redirect"),
    location: z.string(),
    status: z.number().int().min(300).max(399).optional(),
  }),
  z.strictObject({ type: z.literal("hugeBody"), bytes: z.number().int().min(1).optional(), applied }),
  z.strictObject({ type: z.literal("clockSkew"), ms: z.number() }),
]);

export const faultRuleSchema = z.strictObject({
  /** All that is given must match; `path` is a regular expression. Nothing given matches every request. */
  match: z
    .strictObject({
      service: z.enum(services).optional(),
      operation: z.string().refine(isOperation, "is not an operation of the emulator").optional(),
      method: z.string().optional(),
      path: z
        .union([z.string().refine(isRegularExpression, "is not a regular expression"), z.instanceof(RegExp)])
        .optional(),
      projectId: z.string().optional(),
    })
    .optional(),
  /** How many matching requests pass before the first that the rule catches. Default 0. */
  skip: z.number().int().min(0).optional(),
  /** How many requests it catches after that. Default 1; -1 or Infinity: all. */
  times: z.union([z.number().int().min(-1), z.literal(Number.POSITIVE_INFINITY)]).optional(),
  action,
});

export type FaultRule = z.infer<typeof faultRuleSchema>;
export type FaultAction = FaultRule["action"];

export interface Matchable {
  service: string | undefined;
  operation: string | undefined;
  method: string;
  path: string;
  projectId: string | undefined;
}

export interface FaultHandle {
  readonly id: number;
  hits(): number;
  remove(): void;
}

interface Entry {
  id: number;
  rule: FaultRule;
  seen: number;
  hits: number;
}

export class Faults {
  #entries: Entry[] = [];
  #lastId = 0;

  add(rule: FaultRule): FaultHandle {
    const entry = { id: ++this.#lastId, rule: faultRuleSchema.parse(rule), seen: 0, hits: 0 };
    this.#entries.push(entry);
    return { id: entry.id, hits: () => entry.hits, remove: () => this.remove(entry.id) };
  }

  remove(id: number): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  list(): { id: number; rule: FaultRule; hits: number }[] {
    return this.#entries.map(({ id, rule, hits }) => ({ id, rule, hits }));
  }

  /**
   * Returns what happens to this request. Rules are tried in the order in which they were added. After latency and clock skew the
   * next rules are tried too; any other action ends the search.
   */
  take(request: Matchable): FaultAction[] {
    const taken: FaultAction[] = [];
    for (const entry of this.#entries) {
      if (!matches(entry.rule.match ?? {}, request) || !catches(entry)) continue;
      taken.push(entry.rule.action);
      if (entry.rule.action.type !== "latency" && entry.rule.action.type !== "clockSkew") break;
    }
    return taken;
  }
}

/** A misspelt name would never match, and the test would pass without its fault. */
function isOperation(name: string): boolean {
  return operations.some((operation) => operation.name === name);
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

export function matches(match: NonNullable<FaultRule["match"]>, request: Matchable): boolean {
  return (
    (match.service === undefined || match.service === request.service) &&
    (match.operation === undefined || match.operation === request.operation) &&
    (match.method === undefined || match.method.toUpperCase() === request.method) &&
    (match.path === undefined || new RegExp(match.path).test(request.path)) &&
    (match.projectId === undefined || match.projectId === request.projectId)
  );
}

function catches(entry: Entry): boolean {
  const { skip = 0, times = 1 } = entry.rule;
  entry.seen += 1;
  if (entry.seen <= skip || (times >= 0 && entry.hits >= times)) return false;
  entry.hits += 1;
  return true;
}
