// How the functions of this package reach their project: by the same configuration and credentials as the resources.
import type { Connection } from "../huaweicloud/services/context";
import { ConfigurationError } from "../huaweicloud/transport/errors";
import { resolveInputs } from "../inputs";
import type { Bag, CheckFailure } from "../protocol";
import type { Session } from "../session";
import { targetArgs } from "../target";

const strictArgs = targetArgs.strict();

/** A connection to the project that the arguments name. Throws an error of the family if they cannot be right. */
export async function connectTo(args: Bag, session: Session): Promise<Connection> {
  const { inputs, failures } = resolveInputs(strictArgs, args, session);
  if (inputs === undefined) throw new ConfigurationError(failures.map(describe).join("; "));
  return session.connect(inputs);
}

function describe({ property, reason }: CheckFailure): string {
  return property ? `${property} ${reason}` : reason;
}
