// What the engine did, from its event log: the counts that Pulumi prints as its summary, and the steps behind them.

import { z } from "zod";

export interface Step {
  /** `create`, `update`, `same`, `delete`, `read`, `create-replacement`, `replace`, `delete-replaced` … */
  op: string;
  type: string;
  name: string;
  urn: string;
  failed: boolean;
}

export interface Diagnostic {
  severity: string;
  message: string;
  urn?: string | undefined;
}

export interface Events {
  /** As in Pulumi's summary: the stack itself counts as one resource, providers do not count. */
  changes: Record<string, number>;
  /** The program's own resources only, in order; without steps that only read the live state. */
  steps: Step[];
  /** Everything above the level of debugging. */
  diagnostics: Diagnostic[];
}

const metadata = z.object({ metadata: z.object({ op: z.string(), urn: z.string(), type: z.string() }) });
const event = z.object({
  resOutputsEvent: metadata.optional(),
  resOpFailedEvent: metadata.optional(),
  diagnosticEvent: z.object({ severity: z.string(), message: z.string(), urn: z.string().optional() }).optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()).nullish() }).optional(),
});

export function parseEvents(log: string): Events {
  const events: Events = { changes: {}, steps: [], diagnostics: [] };
  for (const line of log.split("\n")) {
    const entry = parseLine(line);
    if (entry === undefined) continue;
    const { resOutputsEvent, resOpFailedEvent, diagnosticEvent, summaryEvent } = entry;
    const step = (resOutputsEvent ?? resOpFailedEvent)?.metadata;
    if (step && step.op !== "refresh" && !isBookkeeping(step.type)) {
      const name = step.urn.split("::").at(-1) ?? "";
      events.steps.push({ ...step, name, failed: resOpFailedEvent !== undefined });
    }
    if (diagnosticEvent && diagnosticEvent.severity !== "debug") events.diagnostics.push(diagnosticEvent);
    if (summaryEvent) events.changes = summaryEvent.resourceChanges ?? {};
  }
  return events;
}

// The last line is torn where the engine was killed.
function parseLine(line: string): z.infer<typeof event> | undefined {
  if (line === "") return undefined;
  try {
    return event.parse(JSON.parse(line));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isBookkeeping(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");
}
