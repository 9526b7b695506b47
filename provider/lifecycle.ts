// The interface between a front (dynamic-provider host or plugin) and a resource's lifecycle.
import type { Bag, CheckResult, DiffResult } from "./protocol";
import type { Session } from "./session";

/** Context of one call: its session, and what the front knows about it. */
export interface Call extends Session {
  /** URN of the resource; `undefined` if the front does not know it. */
  readonly urn: string | undefined;
  /** Whether anything may be written in this run; `undefined` if the front does not know it in this call. */
  readonly phase: Phase | undefined;
}

export type Phase = "preview" | "deployment";

/** The operations of one resource type. */
export interface Lifecycle<Inputs extends object, State extends object> {
  /** Called before each diff: validates what the user wrote and resolves defaults. `olds` are the inputs in state. */
  check(call: Call, olds: Bag, news: Bag): Promise<CheckResult<Bag>>;
  /** Called with the state's outputs and the checked inputs: what has to change? */
  diff(call: Call, id: string, olds: object, news: Inputs): Promise<DiffResult>;
  /** In a preview, returns the outputs as far as they are known and writes nothing; so does `update`. */
  create(call: Call, inputs: Inputs): Promise<{ id: string; outs: State }>;
  /** Returns an empty ID if the resource is gone. */
  read(call: Call, id: string, outputs: object): Promise<{ id: string; props: object; inputs: object }>;
  update(call: Call, id: string, olds: object, news: Inputs): Promise<{ outs: State }>;
  delete(call: Call, id: string, olds: object): Promise<void>;
}

/** The session for one call: its notices are about the call's resource. */
export function callOf(session: Session, { urn, phase }: Pick<Call, "urn" | "phase">): Call {
  return { ...session, urn, phase, notify: (line, about) => session.notify(line, { urn, ...about }) };
}

/** Wraps a call: an error whose cause was already reported is shortened. */
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
