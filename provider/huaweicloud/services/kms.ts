// Calls of KMS: keys of one project. API reference: https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html
import { z } from "zod";
import type { Connection } from "./context";

const paths = {
  describeKey: (projectId: string) => `/v1.0/${projectId}/kms/describe-key`,
  listKeys: (projectId: string) => `/v1.0/${projectId}/kms/list-keys`,
};

/** What KMS says of a key. All values are text, numbers and dates too; older regions omit some. */
const keyDetails = z.object({
  key_id: z.string(),
  key_alias: z.string().optional(),
  /** "2" is enabled; all others cannot be used. */
  key_state: z.string(),
  key_spec: z.string().optional(),
  key_usage: z.string().optional(),
  /** "1" for a service's own key, such as evs/default. */
  default_key_flag: z.string().optional(),
  /** Milliseconds since 1970; empty where none is scheduled. */
  scheduled_deletion_date: z.string().optional(),
});
export type KeyDetails = z.infer<typeof keyDetails>;

const describeAnswer = z.object({ key_info: keyDetails }).transform(({ key_info }) => key_info);
const listAnswer = z.object({
  key_details: z.array(keyDetails),
  next_marker: z.string().optional(),
  truncated: z.string().optional(),
});

/** `POST …/kms/describe-key`. Throws an `ApiError` with code KMS.0207 where the project has no such key. */
export function describeKey(connection: Connection, keyId: string): Promise<KeyDetails> {
  const request = {
    method: "POST",
    path: paths.describeKey(connection.projectId),
    body: { key_id: keyId.toLowerCase() }, // KMS knows no capitals
  } as const;
  return connection.call("kms", "looking up the KMS key", request, describeAnswer);
}

/** `POST …/kms/list-keys`, all pages: the project's keys of every kind and state. */
export async function listKeys(connection: Connection): Promise<KeyDetails[]> {
  const keys: KeyDetails[] = [];
  let marker = "0";
  for (;;) {
    const body = { limit: "100", marker, key_spec: "ALL" };
    const request = { method: "POST", path: paths.listKeys(connection.projectId), body } as const;
    const page = await connection.call("kms", "listing KMS keys", request, listAnswer);
    keys.push(...page.key_details);
    if (page.truncated !== "true" || !page.next_marker || page.next_marker === marker) return keys;
    marker = page.next_marker;
  }
}
