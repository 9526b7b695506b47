// ListKeys (list-keys): the keys of a project, filtered and paged.

import { z } from "zod";
import { kmsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { readBody } from "../../requestBody";
import { keyInfo, keyStateCodes } from "./keyInfo";

const maxLimit = 1000;
const defaultSpec = "AES_256";

/** Numbers are documented as texts; some clients send them plain. */
const numeral = z.union([z.string(), z.number()]).transform(Number);

const body = z.looseObject({
  limit: numeral.optional(),
  marker: numeral.optional(),
  key_state: z.union([z.string(), z.number()]).transform(String).optional(),
  key_spec: z.string().optional(),
});

export function listKeys({ cloud, project, body: sent }: ProjectCall): Answer {
  const asked = readBody(body, sent ?? {}, () => kmsError("KMS.0308"));
  const { limit = maxLimit, marker = 0, key_spec: spec = defaultSpec, key_state: state = "" } = asked;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) throw kmsError("KMS.1601");
  if (!Number.isInteger(marker) || marker < 0) throw kmsError("KMS.1602");
  const matching = cloud
    .keys(project.id)
    .filter((key) => spec === "ALL" || key.spec === spec)
    .filter((key) => state === "" || keyStateCodes[key.state] === state);
  const page = matching.slice(marker, marker + limit);
  const truncated = marker + limit < matching.length;
  return {
    body: {
      keys: page.map((key) => key.id),
      key_details: page.map((key) => keyInfo(project, key)),
      next_marker: truncated ? String(marker + limit) : "",
      truncated: String(truncated),
      total: matching.length,
    },
  };
}
