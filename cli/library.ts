// What a program can use of this package, as index.d.ts says: a fleet of stacks reads its accounts and writes its audit by it.
import { shown as makeShown } from "../provider/huaweicloud/transport/shown";
import type * as published from "./index";

export { UsageError } from "./usageError";

export const findAccounts: typeof published.findAccounts = async (source) =>
  (await import("./audit/library")).findAccounts(source);

export const auditAccounts: typeof published.auditAccounts = async (accounts, options) =>
  (await import("./audit/library")).auditAccounts(accounts, options);

export const shown: typeof published.shown = (text, limit = 1000) => makeShown(text, { limit });
