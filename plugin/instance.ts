// One provider instance: what one configuration makes. The engine has one for each provider of a program, each in a process of
// its own unless it attaches to one that runs already; nothing here is shared between them.
import type { Environment } from "../provider/huaweicloud/settings";
import { createSession, type Session } from "../provider/session";
import { asFlag, toStack } from "./configuration";
import type { EngineLog } from "./engineLog";
import { front } from "./front";
import type { Calls } from "./lifetime";
import { PreviewFailures } from "./previewFailures";
import { closeBag, type OpenedBag } from "./values";

export interface InstanceOptions {
  /** The provider's inputs. */
  inputs: OpenedBag;
  /** Whether the engine takes marks of secrets. */
  acceptsSecrets: boolean;
  /** How children of a component name this instance: its URN and ID. */
  reference: string | undefined;
  log: EngineLog;
  environment: Environment;
  calls: Calls;
}

export interface Instance {
  readonly session: Session;
  readonly refreshesBeforeUpdate: boolean;
  readonly reference: string | undefined;
  readonly previewFailures: PreviewFailures;
  readonly log: EngineLog;
  readonly calls: Calls;
  /** Properties on their way to the engine. */
  close(bag: object, secrets: OpenedBag["secrets"]): ReturnType<typeof closeBag>;
}

export function createInstance(options: InstanceOptions): Instance {
  const { inputs, acceptsSecrets, reference, log, environment, calls } = options;
  const notify = log.show.bind(log);
  return {
    session: createSession(toStack(inputs.bag), environment, { front, notify, cancelled: calls.cancelled }),
    refreshesBeforeUpdate: asFlag(inputs.bag.refreshBeforeUpdate) ?? false,
    reference,
    previewFailures: new PreviewFailures((line, urn) => log.show(line, { urn, severity: "error" })),
    log,
    calls,
    close: (bag, secrets) => closeBag(bag, acceptsSecrets ? secrets : {}),
  };
}
