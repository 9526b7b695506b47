// Values on the wire. The engine marks secrets, unknowns, outputs and references to resources by objects and texts of its own;
// the lifecycles take plain values, with one text for what is not known yet. Which parts are secret is kept beside them, and
// marked again on the way back.
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type Bag, isBag, unknownValue } from "../provider/protocol";

/** The key by which an object of the engine says what it is. */
export const signature = "4dabf18193072939515e22adb298388d";
export const signatures = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  output: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  resource: "5cf8f73096256a8f31e491e813e4eb8e",
} as const;

/** An unknown has a text for each type that it may turn out to be of: text, flag, number, list, asset, archive, map. */
const unknowns: ReadonlySet<unknown> = new Set([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Which parts of a value are secret: all of it, or some of its properties. */
export type Secrets = true | { [property: string]: Secrets };

/** A value without marks, and what they said. */
export interface Opened {
  value: unknown;
  secrets: Secrets | undefined;
  /** URNs of the resources that it depends on. */
  dependencies: string[];
}

export function open(wire: unknown): Opened {
  if (unknowns.has(wire)) return { value: unknownValue, secrets: undefined, dependencies: [] };
  if (!isBag(wire)) return { value: wire, secrets: undefined, dependencies: [] };
  if (Array.isArray(wire)) {
    const items = wire.map(open);
    return { value: items.map(({ value }) => value), ...marksOf(items.map((item, index) => [String(index), item])) };
  }
  const bag = wire;
  switch (bag[signature]) {
    case signatures.secret:
      return { ...open(bag.value), secrets: true };
    case signatures.output: {
      const { value, secrets, dependencies } = "value" in bag ? open(bag.value) : open(unknownValue);
      const own = Array.isArray(bag.dependencies) ? bag.dependencies.filter((urn) => typeof urn === "string") : [];
      return { value, secrets: bag.secret === true ? true : secrets, dependencies: [...own, ...dependencies] };
    }
    case signatures.resource:
      // As the engine does for a provider without references: the ID in place of a resource, the URN in place of a component.
      return "id" in bag ? open(bag.id || unknownValue) : open(bag.urn);
  }
  // What is null is as if it were not there: a program in YAML has no other way to leave a property out.
  const properties = Object.entries(bag)
    .map(([name, value]): [string, Opened] => [name, open(value)])
    .filter(([, { value }]) => value !== null);
  const value = Object.fromEntries(properties.map(([name, { value }]) => [name, value]));
  return { value, ...marksOf(properties) };
}

/**
 * The parts of a map as they are on the wire, each marked as the whole is: secret, and dependent on what the whole depends on,
 * but not on what another part does.
 */
export function partsOf(wire: unknown): Bag {
  if (!isBag(wire)) return {};
  if (wire[signature] !== signatures.secret && wire[signature] !== signatures.output) return wire;
  const parts = Object.entries(partsOf(wire.value));
  return Object.fromEntries(parts.map(([name, value]) => [name, { ...wire, value }]));
}

function marksOf(parts: [string, Opened][]): Omit<Opened, "value"> {
  const marked = parts.flatMap(([name, { secrets }]) => (secrets === undefined ? [] : [[name, secrets] as const]));
  return {
    secrets: marked.length === 0 ? undefined : Object.fromEntries(marked),
    dependencies: parts.flatMap(([, { dependencies }]) => dependencies),
  };
}

/** Marks the secret parts again. A part that is not there any more needs no mark. */
export function close(value: unknown, secrets: Secrets | undefined): unknown {
  if (secrets === undefined || value === undefined) return value;
  if (secrets === true) return { [signature]: signatures.secret, value };
  if (!isBag(value)) return close(value, true);
  if (Array.isArray(value)) return value.map((item, index) => close(item, secrets[index]));
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, close(part, secrets[name])]));
}

/** A bag as a message has it, opened. */
export interface OpenedBag {
  bag: Bag;
  secrets: { [property: string]: Secrets };
}

/** Properties that begin so are a front's own: of the dynamic one, what has migrated still has some in state. */
const hidden = "__";

export function openBag(struct: Struct | undefined): OpenedBag {
  const bag: Bag = {};
  const secrets: { [property: string]: Secrets } = {};
  for (const [name, wire] of Object.entries(struct?.toJavaScript() ?? {})) {
    if (name.startsWith(hidden)) continue;
    const opened = open(wire);
    if (opened.value === null) continue; // as if it were not there
    bag[name] = opened.value;
    if (opened.secrets !== undefined) secrets[name] = opened.secrets;
  }
  return { bag, secrets };
}

export function closeBag(bag: object, secrets: { [property: string]: Secrets }): Struct {
  return toStruct(Object.fromEntries(Object.entries(bag).map(([name, part]) => [name, close(part, secrets[name])])));
}

/** The protocol's message of a bag. Leaves out `undefined`, which the protocol does not have. */
export function toStruct(wire: Bag): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(wire)));
}
