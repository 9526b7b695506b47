// The report as JSON: the whole of it, as docs/audit.schema.json says. And that schema, made of the same zod schema.
import { z } from "zod";
import { type Report, report } from "./findings";

export function toJson(value: Report): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** The text of docs/audit.schema.json. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(report, { io: "output" });
  const title = "Report of `pulumi-huaweicloud-evs audit`";
  return `${JSON.stringify({ ...schema, title }, undefined, 2)}\n`;
}
