// Identifiers that users type, state holds and services answer: what a region, a project ID and a key ID look like, each
// with a valid example. Checked values are branded, so that unchecked text does not get into a URL.
import { shown } from "../transport/shown";
import { z } from "../transport/zod";

/** Checked by format, not against a list: new regions open every year. */
export const region = z
  .string("must be text, such as cn-north-4")
  .max(64, "must be a region ID, such as cn-north-4")
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d{1,3}$/, "must be a region ID, such as cn-north-4")
  .brand<"Region">();
export type Region = z.infer<typeof region>;

/** Upper and lower case are the same; requests have lower case. */
export const projectId = z
  .string("must be text: 32 characters, such as 0123456789abcdef0123456789abcdef")
  .regex(/^[0-9a-zA-Z]{32}$/, "must be a project ID of 32 characters, such as 0123456789abcdef0123456789abcdef")
  .brand<"ProjectId">();
export type ProjectId = z.infer<typeof projectId>;

export const projectName = z
  .string("must be text, such as cn-north-4_team")
  .min(1, "must not be empty; a project's name is the region's, or starts with it: cn-north-4_team")
  .max(64, "must have at most 64 characters, such as cn-north-4_team");

/**
 * Upper and lower case are the same; requests have lower case. Letters go to z, not to f:
 * https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html
 */
export const kmsKeyId = z
  .string("must be text: the ID of a KMS key, such as 7e1f6d5a-bfe7-4b7d-8125-c3017e661954")
  .regex(
    /^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$/i,
    "must be the ID of a KMS key, such as 7e1f6d5a-bfe7-4b7d-8125-c3017e661954 (not its alias or URN: DEW lists both)",
  )
  .brand<"KmsKeyId">();
export type KmsKeyId = z.infer<typeof kmsKeyId>;

/** A default key in an answer: an ID, or the empty text if none was ever set. */
export const liveKmsKeyId = z.union([z.literal(""), kmsKeyId]);
export type LiveKmsKeyId = z.infer<typeof liveKmsKeyId>;

/** Free text for people, such as an alias, with any content: sanitized for display. */
export const answeredText = z.string().transform((value): string => shown(value, { limit: 256 }));

/** Whether a text of an answer needs no sanitizing. A password or an access key may have the format of an ID. */
export const isShownAsIs = (text: string): boolean => shown(text) === text;
const notSecret = "must not be what this client keeps secret";

/** IDs in answers: the same format as those of users, and no secret that was sent. */
export const answeredKmsKeyId = kmsKeyId.refine(isShownAsIs, notSecret);
export const answeredLiveKmsKeyId = z.union([z.literal(""), answeredKmsKeyId]);

/** Whether this is safe as the account's ID in a URN: a colon, for example, could change what the URN names. */
export const isAccountId = (text: string): boolean => /^[0-9a-zA-Z_-]{1,64}$/.test(text);

/** Whether two IDs are the same, ignoring case; false if one is `undefined`. */
export function sameId(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  // In a program of hundreds each is compared with each. Lower-casing only those that begin alike (32 is the bit in which upper
  // and lower case differ) spares most of the memory that this takes.
  if ((one.charCodeAt(0) | 32) !== (other.charCodeAt(0) | 32)) return false;
  return one.toLowerCase() === other.toLowerCase();
}
