// The dynamic-provider protocol: what Pulumi's engine and its host ask of a provider, and what they are given.
import { providerProperty } from "./hiddenProperties";
import { shown } from "./huaweicloud/transport/shown";

export { deployingProperty, providerProperty, urnProperty } from "./hiddenProperties";

/** A property bag as the engine hands it over. */
export type Bag = Record<string, unknown>;

export interface CheckFailure {
  /** The property as the user typed it; empty where it is about none. */
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

/** The text that stands for a value not known yet, in a preview. It has the form of a key ID and must never be sent. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** Whether a value is unknown, or has an unknown part. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasUnknown);
  return isUnknown(value);
}

/**
 * The resource exists, but is not as it should be. The engine records it with these properties as "initialization
 * failed", and the next `up` updates it.
 */
export class InitializationFailed extends Error {
  override readonly name = "InitializationFailed";
  readonly properties: Bag;
  readonly reasons: string[];

  /** `inputs` are those that the host called with: of what fails, it does not put the provider into state by itself. */
  constructor(
    readonly id: string,
    properties: object,
    inputs: object,
    reason: string,
    cause?: Error,
  ) {
    const line = shown(reason, { limit: 10_000 });
    super(line, cause && { cause });
    this.stack = line;
    this.properties = { ...properties, [providerProperty]: (inputs as Bag)[providerProperty] };
    this.reasons = [line];
  }
}

let standardErrorIsGuarded = false;

/**
 * Shows the user one line that is no error. The engine shows what a provider writes to standard error; if that is closed,
 * the line is lost, and the run goes on.
 */
export function notify(line: string): void {
  if (!standardErrorIsGuarded) process.stderr.on("error", () => {});
  standardErrorIsGuarded = true;
  process.stderr.write(`${shown(line, { limit: 4000 })}\n`);
}
