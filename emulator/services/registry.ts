// Every operation that the emulator has, and which of them a request is for. A route that is not here does not exist.

import type { Operation } from "../operation";
import { evs } from "./evs";
import { iam } from "./iam";
import { kms } from "./kms";
import { metadata } from "./metadata";
import { organizations } from "./organizations";
import { sts } from "./sts";

const all = [...iam, ...sts, ...kms, ...evs, ...organizations, ...metadata] as const;

/** The vendor's name of an operation. */
export type OperationName = (typeof all)[number]["name"];

export type RegisteredOperation = Operation & { name: OperationName };

export const operations: readonly RegisteredOperation[] = all;

export interface Match {
  operation: RegisteredOperation;
  params: Record<string, string>;
}

export function findOperation(method: string, path: string, body: unknown): Match | undefined {
  const segments = path.replace(/\/$/, "").split("/");
  const matches = operations.flatMap((operation) => {
    const params = operation.method === method ? matchPath(operation.path.split("/"), segments) : undefined;
    return params === undefined ? [] : [{ operation, params }];
  });
  // If the body fits none of the operations that share the path, the first one refuses it.
  return matches.find(({ operation }) => fits(operation, body)) ?? matches[0];
}

function matchPath(template: string[], segments: string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("{") && segment !== "") params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

function fits(operation: Operation, body: unknown): boolean {
  return operation.identityMethod === undefined || identityMethods(body).includes(operation.identityMethod);
}

function identityMethods(body: unknown): unknown[] {
  const found = (body as { auth?: { identity?: { methods?: unknown } } } | undefined)?.auth?.identity?.methods;
  return Array.isArray(found) ? found : [];
}
