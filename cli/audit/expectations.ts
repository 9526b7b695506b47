// What is right: of each account, region or project. By default: on, and not with the service's own key.
import { z } from "zod";
import { readDocument, words } from "../document";
import { matchesPlace, placeShape, type Where } from "./place";

export interface Expectation {
  /** Alias or ID of the key, `evs/default` for the service's own; `undefined` for any but that. */
  key?: string | undefined;
  /** Default encryption may be off here. */
  mayBeOff?: boolean | undefined;
}

/** The alias or the ID of a key. */
const key = words.transform((text) => text.replace(/^alias\//, ""));
const expected = { key: key.optional(), mayBeOff: z.boolean("must be true or false").optional() };

export const expectationsForm = z.strictObject({
  default: z.strictObject(expected).optional(),
  rules: z.array(z.strictObject({ ...placeShape, ...expected })).optional(),
});

/** What is expected of each project. */
export type Expect = (where: Where) => Expectation;

/** Of the file, the first rule that matches decides, else `default`. Throws a `UsageError` if the file is not right. */
export function readExpectations(file: string): Expect {
  const { default: otherwise = {}, rules = [] } = readDocument(file, "a file of expectations", expectationsForm);
  return (where) => rules.find((rule) => matchesPlace(rule, where)) ?? otherwise;
}

/** The same key everywhere; `undefined` for any but the service's own. */
export function expectKey(text: string | undefined): Expect {
  const expectation = text === undefined ? {} : { key: key.parse(text) };
  return () => expectation;
}
