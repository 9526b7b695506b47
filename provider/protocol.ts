// The data between a front and a lifecycle: bags, answers, failures, the marker of unknown values.
import { shown } from "./huaweicloud/transport/shown";

/** A property bag as a front hands it over. */
export type Bag = Record<string, unknown>;

/** Whether a value has properties. */
export function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null;
}

/** A property of a value; `undefined` if the value has no properties. */
export function propertyOf(value: unknown, name: string): unknown {
  return isBag(value) ? value[name] : undefined;
}

export interface CheckFailure {
  /** The property as the user typed it; empty if it is about no property. */
  property: string;
  reason: string;
}

export interface CheckResult<Inputs> {
  inputs: Inputs;
  failures: CheckFailure[];
}

export interface DiffResult {
  changes: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** Shows the user an informational line; with the resource that it is about, if the front can show that. */
export type Notify = (line: string, about?: { urn?: string | undefined; severity?: Severity }) => void;
export type Severity = "info" | "warning";

/** The text that stands for a value not known yet, in a preview. It has the form of a key ID and must never be sent. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The marker in place of a value of any type. */
export function unknownOf<T>(): T {
  return unknownValue as T;
}

export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** Whether a value is unknown, or has an unknown part. */
export function hasUnknown(value: unknown): boolean {
  return isBag(value) ? Object.values(value).some(hasUnknown) : isUnknown(value);
}

/**
 * The resource exists, but is not as it should be. The engine records it with these properties as "initialization
 * failed", and the next `up` updates it.
 */
export class InitializationFailed extends Error {
  override readonly name = "InitializationFailed";
  readonly properties: Bag;
  readonly reasons: string[];

  constructor(
    readonly id: string,
    properties: object,
    reason: string,
    cause?: unknown,
  ) {
    const line = shown(reason, { limit: 10_000 });
    super(line, cause === undefined ? undefined : { cause });
    this.stack = line;
    this.properties = { ...properties };
    this.reasons = [line];
  }
}
