// An agency's account is given once.
import { z } from "../transport/zod";
import { agencyShape, withOneAccount } from "./agency";

it.each<[string, object, string | undefined]>([
  ["a name", { agencyName: "a", domainName: "d" }, undefined],
  ["an ID", { agencyName: "a", domainId: "d" }, undefined],
  ["neither", { agencyName: "a" }, "must have either domainName or domainId: the account that owns the agency"],
  [
    "both",
    { agencyName: "a", domainName: "d", domainId: "d" },
    "must have either domainName or domainId: the account that owns the agency",
  ],
  ["a mistake besides, which is told alone", { agencyName: "" }, "must not be empty"],
])("the account by %s", (_, given, expected) => {
  const parsed = withOneAccount(z.object(agencyShape)).safeParse(given);
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual(expected === undefined ? undefined : [expected]);
});
