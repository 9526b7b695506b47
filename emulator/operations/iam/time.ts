// Times as IAM writes them.

/** UTC with six digits of microseconds. */
export function toIamTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
