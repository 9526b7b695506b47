// The one interface by which a front, Pulumi's dynamic-provider host or the plugin, asks for the life of a resource. What it
// serves knows neither.
import type { Bag, CheckResult, DiffResult } from "./protocol";
import type { Session } from "./session";

/** One call of a front: the session that it belongs to, and what the front can say of it. */
export interface Call extends Session {
  /** The resource that the call is about; `undefined` if the front is not told. */
  readonly urn: string | undefined;
  /** Whether anything may be written in this run; `undefined` if the front is not told in this call. */
  readonly phase: Phase | undefined;
}

export type Phase = "preview" | "deployment";

/** The life of one type of resource. */
export interface Lifecycle<Inputs extends object, State extends object> {
  /** Called before each diff: validates what the user wrote and resolves defaults. `olds` are the inputs in state. */
  check(call: Call, olds: Bag, news: Bag): Promise<CheckResult<Bag>>;
  /** Called with the state's outputs and the checked inputs: what has to change? */
  diff(call: Call, id: string, olds: object, news: Inputs): Promise<DiffResult>;
  /** In a preview, returns what can be told in advance and writes nothing; so does `update`. */
  create(call: Call, inputs: Inputs): Promise<{ id: string; outs: State }>;
  /** Returns an empty ID if the resource is gone. */
  read(call: Call, id: string, outputs: object): Promise<{ id: string; props: object; inputs: object }>;
  update(call: Call, id: string, olds: object, news: Inputs): Promise<{ outs: State }>;
  delete(call: Call, id: string, olds: object): Promise<void>;
}

/** The session as one call has it: lines that it shows are about the call's resource. */
export function callOf(session: Session, { urn, phase }: Pick<Call, "urn" | "phase">): Call {
  return { ...session, urn, phase, notify: (line, about) => session.notify(line, { urn, ...about }) };
}

/** Wraps a call of a lifecycle: what fails by a cause that another resource has reported in full is reported in short. */
export function reporting<Args extends unknown[], Result>(
  work: (call: Call, ...args: Args) => Promise<Result>,
): (call: Call, ...args: Args) => Promise<Result> {
  return async (call, ...args) => {
    try {
      return await work(call, ...args);
    } catch (error) {
      throw call.notices.shorten(error);
    }
  };
}
