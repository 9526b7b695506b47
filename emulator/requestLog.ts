// The requests that the emulator got, for tests to count. It holds no token, password or signature, and of the headers only the
// user agent.

import type { AuthKind } from "./authentication";
import type { Service } from "./errors";
import type { FaultAction } from "./faults";
import type { OperationName } from "./services/registry";

export interface RequestRecord {
  seq: number;
  /** ISO 8601. */
  time: string;
  service: Service | "unknown";
  /** The vendor's name of the operation, such as UpdateDefaultKmsKeyId; `unknown` for a route the emulator lacks. */
  operation: OperationName | "unknown";
  method: string;
  path: string;
  query: string;
  projectId: string | undefined;
  /** 0 if the request has no answer, or the connection was cut before it. */
  status: number;
  requestId: string;
  userAgent: string | undefined;
  authKind: AuthKind;
  bodyBytes: number;
  /** The scripted action that it met, if any. */
  fault?: FaultAction["type"];
}

export class RequestLog {
  readonly records: RequestRecord[] = [];
  #seq = 0;

  /** Logs a request on arrival, so that one without an answer is logged too. The status is set later. */
  add(record: Omit<RequestRecord, "seq" | "status">): RequestRecord {
    const added = { seq: ++this.#seq, status: 0, ...record };
    this.records.push(added);
    return added;
  }

  clear(): void {
    this.records.length = 0;
  }
}
