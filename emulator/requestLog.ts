// What was asked of the emulator, for tests to count. Never tokens, passwords, signatures or the value of any header but the agent's name.

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
  /** 0: not answered, or cut before the answer. */
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

  /** Logged on arrival, so that a request that is never answered is seen too; the status follows. */
  add(record: Omit<RequestRecord, "seq" | "status">): RequestRecord {
    const added = { seq: ++this.#seq, status: 0, ...record };
    this.records.push(added);
    return added;
  }

  clear(): void {
    this.records.length = 0;
  }
}
