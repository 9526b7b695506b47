// Finds the operation that a request is for.

import type { Operation } from "./operation";

export interface Match {
  operation: Operation;
  params: Record<string, string>;
}

export function findOperation(
  operations: readonly Operation[],
  method: string,
  path: string,
  body: unknown,
): Match | undefined {
  const segments = path.replace(/\/$/, "").split("/");
  const matches = operations.flatMap((operation) => {
    const params = operation.method === method ? matchPath(operation.path.split("/"), segments) : undefined;
    return params === undefined ? [] : [{ operation, params }];
  });
  // A body that fits none of those that share the path is the first one's to refuse.
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
