// Writes docs/audit.schema.json, the JSON schema of the audit's report, from the zod schema that the command uses: `npm run docs`.

import fs from "node:fs";
import path from "node:path";
import { jsonSchema } from "../cli/report/json";

export const schemaFile = "docs/audit.schema.json";

if (require.main === module) fs.writeFileSync(path.join(__dirname, "..", "..", schemaFile), jsonSchema());
