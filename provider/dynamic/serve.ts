// Serves a lifecycle to Pulumi's dynamic-provider host: with the process's session, and what the program says in hidden
// properties because the host does not.
import { callOf, type Lifecycle } from "../lifecycle";
import { type Bag, type CheckFailure, hasUnknown, InitializationFailed, propertyOf } from "../protocol";
import { deployingProperty, providerProperty, urnProperty } from "./hiddenProperties";
import { session } from "./session";

/** The functions that the host calls. */
export function serve<Inputs extends object, State extends object>(lifecycle: Lifecycle<Inputs, State>) {
  // Nothing but check is called in a preview.
  const deployment = () => callOf(session(), { urn: undefined, phase: "deployment" });
  return {
    check: async (olds: Bag, news: Bag) => {
      const { [providerProperty]: _, [deployingProperty]: isDeployment, [urnProperty]: urn, ...given } = news;
      const call = callOf(session(), {
        urn: typeof urn === "string" && !hasUnknown(urn) ? urn : undefined,
        phase: isDeployment === true ? "deployment" : "preview",
      });
      const { inputs, failures } = await lifecycle.check(call, olds, given);
      return failures.length > 0 ? { inputs: news, failures: withoutNames(failures) } : { inputs, failures };
    },
    diff: (id: string, olds: object, news: Inputs) => lifecycle.diff(deployment(), id, olds, news),
    create: (inputs: Inputs) => withProvider(inputs, () => lifecycle.create(deployment(), inputs)),
    read: (id: string, outputs: object) => lifecycle.read(deployment(), id, outputs),
    update: (id: string, olds: object, news: Inputs) =>
      withProvider(news, () => lifecycle.update(deployment(), id, olds, news)),
    delete: (id: string, olds: object) => lifecycle.delete(deployment(), id, olds),
  };
}

/**
 * Failures as the engine receives them. The engine prints a named property's value, which may be secret, so the name goes into the
 * reason.
 */
function withoutNames(failures: CheckFailure[]): CheckFailure[] {
  return failures.map(({ property, reason }) => ({
    property: "",
    reason: property === "" ? reason : `${property} ${reason}`,
  }));
}

/** On a failed create or update the host does not add the provider text itself. */
async function withProvider<T>(inputs: object, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InitializationFailed)) throw error;
    const provider = propertyOf(inputs, providerProperty);
    throw new InitializationFailed(
      error.id,
      { ...error.properties, [providerProperty]: provider },
      error.message,
      error.cause,
    );
  }
}
