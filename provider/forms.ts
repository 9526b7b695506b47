// The forms of identifiers that users type: what a region, a project ID and a key ID look like, each with a valid example.
import { z } from "zod";
import { kmsKeyIdForm } from "./huaweicloud/services/kms";

/** By form, never against a list: new regions open every year. */
export const region = z
  .string("must be text, such as cn-north-4")
  .regex(/^[a-z]{2,}(-[a-z]+)+-\d{1,3}$/, "must be a region ID, such as cn-north-4");

export const projectId = z
  .string("must be text: 32 characters, such as 0123456789abcdef0123456789abcdef")
  .regex(/^[0-9a-zA-Z]{32}$/, "must be a project ID of 32 characters, such as 0123456789abcdef0123456789abcdef");

export const projectName = z
  .string("must be text, such as cn-north-4_team")
  .min(1, "must not be empty; a project's name is the region's, or starts with it: cn-north-4_team")
  .max(64, "must have at most 64 characters, such as cn-north-4_team");

export const kmsKeyId = z
  .string("must be text: the ID of a KMS key, such as 7e1f6d5a-bfe7-4b7d-8125-c3017e661954")
  .regex(
    kmsKeyIdForm,
    "must be the ID of a KMS key, such as 7e1f6d5a-bfe7-4b7d-8125-c3017e661954 (not its alias or URN: DEW lists both)",
  );
