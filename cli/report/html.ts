// The report as one HTML file. Not made yet.
import type { Report } from "./findings";

export function toHtml(_: Report): string {
  throw new Error("not made yet");
}
