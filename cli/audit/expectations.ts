// What is right: of each account, region or project. By default: on, and not with the service's own key.
import { z } from "zod";
import { readDocument, words } from "../document";
import { matchesPlace, mayMatchPlace, placeShape, type Where } from "./place";

export interface Expectation {
  /** Alias or ID of the key, `evs/default` for the service's own; `undefined` for any but that. */
  key?: string | undefined;
  /** Default encryption may be off here. */
  mayBeOff?: boolean | undefined;
  /** Why it is not known what is expected, a sentence. */
  unknown?: string;
}

/** The alias or the ID of a key. */
const key = words.transform((text) => text.replace(/^alias\//, ""));
const expected = { key: key.optional(), mayBeOff: z.boolean("must be true or false").optional() };

export const expectationsForm = z.strictObject({
  default: z.strictObject(expected).optional(),
  rules: z.array(z.strictObject({ ...placeShape, ...expected })).optional(),
});

/** What is expected of each project. */
export interface Expect {
  (where: Where): Expectation;
  /** One sentence for each rule that no project of this audit is of: its place may be misspelled. */
  unused?: () => string[];
}

/** Of the file, the first rule that matches decides, else `default`. Throws a `UsageError` if the file is invalid. */
export function readExpectations(file: string): Expect {
  const { default: otherwise = {}, rules = [] } = readDocument(file, "a file of expectations", expectationsForm);
  const used = new Set<(typeof rules)[number]>();
  const expect: Expect = (where) => {
    // A rule that an earlier one hides is not misspelled.
    const matching = rules.filter((rule) => matchesPlace(rule, where) || mayMatchPlace(rule, where));
    for (const rule of matching) used.add(rule);
    const [first] = matching;
    if (first === undefined || matchesPlace(first, where)) return first ?? otherwise;
    const unknown = where.account.name === null ? "name" : "ID";
    return {
      unknown: `Whether the expectation for the account ${first.account} is for this one is not known: its ${unknown} is not known.`,
    };
  };
  expect.unused = () =>
    rules
      .filter((rule) => !used.has(rule))
      .map(({ account, region, project }) => [account, region, project].filter(Boolean).join(", ") || "all")
      .map((place) => `The expectation for ${place} matches no checked project.`);
  return expect;
}

/** The same key everywhere; `undefined` for any but the service's own. */
export function expectKey(text: string | undefined): Expect {
  const expectation = text === undefined ? {} : { key: key.parse(text) };
  return () => expectation;
}
