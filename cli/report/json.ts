// The report as JSON: the whole of it, as docs/audit.schema.json says. And that schema, made of the same zod schema.
import { z } from "zod";
import { type Report, report } from "./findings";

export function toJson(value: Report): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/**
 * The text of docs/audit.schema.json. A later command of the same version may write more fields, so none is forbidden. A
 * date's format says all that its pattern does.
 */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(report, {
    override({ jsonSchema: part }) {
      delete part.additionalProperties;
      if (part.format !== undefined) delete part.pattern;
    },
  });
  const title = "Report of `pulumi-huaweicloud-evs audit`";
  return `${JSON.stringify({ ...schema, title }, undefined, 2)}\n`;
}
