// The committed schema of the audit's report is the one that the command checks by.
import fs from "node:fs";
import path from "node:path";
import { jsonSchema } from "../cli/report/json";
import { schemaFile } from "./auditSchema";

it("is as the command has it", () => {
  // `npm run docs` writes it.
  expect(fs.readFileSync(path.join(__dirname, "..", schemaFile), "utf8")).toBe(jsonSchema());
});
