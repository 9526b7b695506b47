// Calls of KMS: keys of one project. API reference: https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html

import { ApiError } from "../transport/errors";
import { z } from "../transport/zod";
import type { Connection } from "./context";
import { evsDefaultKeyAlias } from "./evs";
import { answeredKmsKeyId, answeredText as text } from "./identifiers";
import { allPages, ListLimits } from "./pages";

const paths = {
  describeKey: (projectId: string) => `/v1.0/${projectId}/kms/describe-key`,
  listKeys: (projectId: string) => `/v1.0/${projectId}/kms/list-keys`,
};

/** A key's details. All values are text, also numbers and dates; older regions omit some. */
const keyDetails = z.object({
  key_id: answeredKmsKeyId,
  key_alias: text.optional(),
  /** "2" is enabled; all others cannot be used. */
  key_state: text,
  key_spec: text.optional(),
  key_usage: text.optional(),
  /** "1" for a service's own key, such as evs/default. */
  default_key_flag: text.optional(),
  /** See `timeOf`; empty if none is scheduled. */
  scheduled_deletion_date: text.optional(),
  /** "kms", or "external" for key material that was imported. */
  origin: text.optional(),
  /** "true" or "false". */
  key_rotation_enabled: text.optional(),
});
export type KeyDetails = z.infer<typeof keyDetails>;

const describeAnswer = z.object({ key_info: keyDetails }).transform(({ key_info }) => key_info);
const listAnswer = z.object({
  key_details: z.array(keyDetails),
  next_marker: z.string().optional(),
  truncated: z.string().optional(),
});

/** Whether this is a service's own key, such as evs/default. It cannot be chosen; a reset restores it. */
export function isServiceKey({ default_key_flag, key_alias }: KeyDetails): boolean {
  return default_key_flag === "1" || key_alias === evsDefaultKeyAlias;
}

/**
 * Converts a date of KMS to ISO 8601, such as 2030-01-01T00:00:00.000Z; empty if it is not a date. The API documents seconds
 * but sends milliseconds: both are accepted.
 */
export function timeOf(text: string | undefined): string {
  const value = Number(text);
  const date = new Date(value > 1e11 ? value : value * 1000);
  return !text || Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

const unknownKeyCodes = new Set(["KMS.0205", "KMS.0207"]);

/** The answer of describe-key to an ID that the project does not have. */
export function saysKeyIsUnknown(error: unknown): error is ApiError {
  return error instanceof ApiError && unknownKeyCodes.has(error.code);
}

/** `POST …/kms/describe-key`. Throws an `ApiError` if the project has no such key (`saysKeyIsUnknown`). */
export function describeKey(connection: Connection, keyId: string): Promise<KeyDetails> {
  const request = {
    method: "POST",
    path: paths.describeKey(connection.projectId),
    body: { key_id: keyId.toLowerCase() }, // KMS has IDs in lower case only
  } as const;
  return connection.call("kms", "looking up the KMS key", request, describeAnswer);
}

/** Above what any project has: the quota is some hundred keys. */
const maxPages = 200;

/** `POST …/kms/list-keys`, all pages: the project's keys of every kind and state. */
export async function listKeys(connection: Connection): Promise<KeyDetails[]> {
  const action = "listing KMS keys";
  const limits = new ListLimits(action, connection);
  const keys: KeyDetails[] = [];
  let pages = 0;
  const all = allPages(
    action,
    connection,
    async (marker = "0") => {
      if (pages === maxPages) {
        throw limits.error(`the list does not end: KMS sent ${pages} pages and announces more`);
      }
      pages += 1;
      const body = { limit: "100", marker, key_spec: "ALL" };
      const request = { method: "POST", path: paths.listKeys(connection.projectId), body } as const;
      const { key_details, truncated, next_marker: next } = await connection.call("kms", action, request, listAnswer);
      return { items: key_details, next: truncated !== "true" || !next || next === marker ? undefined : next };
    },
    limits,
  );
  for await (const key of all) keys.push(key);
  return keys;
}
