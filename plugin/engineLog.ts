// Lines for the user. The engine shows them beside the resource that they are about.
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { shown } from "../provider/huaweicloud/transport/shown";
import { channelOptions } from "./channel";

const severities = { info: LogSeverity.INFO, warning: LogSeverity.WARNING, error: LogSeverity.ERROR } as const;

export interface LogOptions {
  urn?: string | undefined;
  severity?: keyof typeof severities;
}

export class EngineLog {
  #allSent = Promise.resolve();
  #client: EngineClient | undefined;

  /** Lines go to standard error until an engine is known: it shows those too. */
  connect(address: string): void {
    this.#client?.close();
    this.#client = new EngineClient(address, grpc.credentials.createInsecure(), channelOptions);
  }

  show(line: string, { urn = "", severity = "info" }: LogOptions = {}): void {
    const message = shown(line, { limit: 4000 });
    const client = this.#client;
    if (client === undefined) {
      process.stderr.write(`${message}\n`);
      return;
    }
    const request = new LogRequest().setMessage(message).setUrn(urn).setSeverity(severities[severity]);
    // An engine that is gone needs no lines.
    const sent = new Promise<void>((resolve) => client.log(request, () => resolve()));
    this.#allSent = this.#allSent.then(() => sent);
  }

  /** Resolves when the engine has taken all lines: it shows none that come after the last answer. */
  flush(): Promise<void> {
    return this.#allSent;
  }

  /** The engine is gone: what is still shown goes to standard error. */
  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }
}
