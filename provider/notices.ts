// Informational lines for the user. One cause is one line with its places, however many resources it concerns: the first
// is shown at once, and what follows within a moment is shown together, with a count.
import { ApiError, HuaweiCloudError } from "./huaweicloud/transport/errors";
import { InitializationFailed, type Notify } from "./protocol";

/** How long the places of one cause are collected, in milliseconds. */
const collectMs = 200;
/** Places that one line names; the others are counted. */
const maxPlaces = 10;

/** Length of the prefix that a short error has of a message without a place, in characters. */
const maxPrefix = 80;

/** A failure whose cause another resource has reported in full. */
export class RepeatedError extends HuaweiCloudError {
  override readonly name = "RepeatedError";
}

interface Cause {
  places: string[];
  shown: Promise<void>;
}

export class Notices {
  readonly #causes = new Map<string, Cause>();
  readonly #said = new Set<string>();
  readonly #failed = new Map<string, string>();

  constructor(private readonly show: Notify) {}

  /**
   * Shows `line` for the first place of a cause; later places are collected into one line. Await it: the host exits when the last
   * resource is done.
   *
   * @param cause What all places have in common, in a few words: `default encryption is off`.
   * @param place Where, such as `project 0123… in cn-north-4`.
   * @param about The resource that the line is about.
   */
  say(cause: string, place: string, line: string, about: Parameters<Notify>[1] = {}): Promise<void> {
    const known = this.#causes.get(cause);
    if (!known) {
      this.#causes.set(cause, { places: [], shown: Promise.resolve() });
      this.show(line, about);
      return Promise.resolve();
    }
    known.places.push(place);
    if (known.places.length === 1) known.shown = this.#collect(cause, known);
    return known.shown;
  }

  /** Shows `line` as a warning, once a run for each cause. */
  once(cause: string, line: string, { urn }: Parameters<Notify>[1] = {}): void {
    if (this.#said.has(cause)) return;
    this.#said.add(cause);
    this.show(line, { urn, severity: "warning" });
  }

  /** Returns the error, or a short one if another resource has reported the same cause in full. */
  shorten(error: unknown): unknown {
    const of = error instanceof InitializationFailed ? error.cause : error;
    if (!(error instanceof Error) || !(of instanceof HuaweiCloudError)) return error;
    // An error without a place, such as of missing credentials, is shortened for every resource but the first.
    const [, what, place = ""] = /^([^()]{1,200}) \(([^()]{1,200})\): /.exec(of.message) ?? [];
    const cause = causeOf(of);
    const first = this.#failed.get(cause);
    if (first === undefined) this.#failed.set(cause, place);
    if (first === undefined || (first === place && place !== "")) return error;
    const ids = of instanceof ApiError ? [of.code, of.requestId && `request ID ${of.requestId}`] : [];
    const known = ids.filter(Boolean).join(", ");
    const ownRemedy = of.ownRemedy === undefined ? "" : ` ${of.ownRemedy}`;
    const same = `same error as for ${first || "another resource"}, details there${known && ` (${known})`}.${ownRemedy}`;
    const short = what === undefined ? `${of.message.slice(0, maxPrefix)}… ${same}` : `${what} (${place}): ${same}`;
    if (short.length >= error.message.length) return error;
    if (!(error instanceof InitializationFailed)) return new RepeatedError(short);
    return new InitializationFailed(error.id, error.properties, `${short} Run up again to repair it.`);
  }

  async #collect(cause: string, known: Cause): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, collectMs));
    const places = known.places.splice(0);
    const more = places.length > maxPlaces ? ` and ${places.length - maxPlaces} more` : "";
    this.show(`The same (${cause}) for ${places.length} more: ${places.slice(0, maxPlaces).join("; ")}${more}.`);
  }
}

/** The error's text without places and times: the same for all resources that fail by the same cause. */
export function causeOf(error: Error): string {
  if (error instanceof HuaweiCloudError && error.commonCause !== undefined) return error.commonCause;
  if (error instanceof ApiError) return `${error.code} ${withoutIds(error.reason)}`;
  // If the outcome of a write could not be read back, the cause is the write's.
  if (error.cause instanceof HuaweiCloudError) return causeOf(error.cause);
  return error.message.replace(/ \([^()]{0,200}\)/g, "").replace(/request ID [\w-]{1,64}/g, "");
}

/** Removes IDs and times from a service's text, which differ although the cause is the same. */
function withoutIds(words: string): string {
  return words.replace(/[0-9a-z:-]{1,256}/gi, (word) => (isId(word) ? "…" : word));
}

/** Whether this is an ID or a number: eight or more characters with a digit, or no letters. */
function isId(word: string): boolean {
  return /\d/.test(word) && (word.length >= 8 || !/[a-z]/i.test(word));
}
