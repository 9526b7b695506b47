// Reads a request body by its schema; what does not fit becomes the service's own error.

import type { z } from "zod";
import type { CloudError } from "./errors";

export function readBody<T>(schema: z.ZodType<T>, body: unknown, refuse: (error: z.ZodError) => CloudError): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw refuse(result.error);
}
