// Records what the real engine asks of the provider. The program under test names a wrapper around the package's lifecycles
// as its provider; the wrapper writes each call to a file and hands it on. Nothing of this is in the package.
import fs from "node:fs";
import path from "node:path";
import type { Bag } from "../../provider/protocol";
import type { Stack } from "../harness/stack";
import type { Call } from "./engine";
import { argsOf, type Declared, otherName, type Program } from "./program";

/** A call as it can be compared: the provider is not told which resource it is for, and neither is this. */
export type RecordedCall = Pick<Call, "method" | "kind" | "id" | "olds" | "news">;

const wrapper = (log: string) => `
  const fs = require("fs");
  module.exports = (kind) => {
    const lifecycle = require("pulumi-huaweicloud-evs/provider/" + kind[0].toLowerCase() + kind.slice(1));
    const record = (method, kind, rest) => fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ method, kind, ...rest }) + "\\n");
    const wrapped = { configure: (request) => lifecycle.configure(request) };
    const named = {
      check: (olds, news) => ({ olds, news }),
      diff: (id, olds, news) => ({ id, olds, news }),
      create: (news) => ({ news }),
      read: (id, olds) => ({ id, olds }),
      update: (id, olds, news) => ({ id, olds, news }),
      delete: (id, olds) => ({ id, olds }),
    };
    for (const method of Object.keys(named)) wrapped[method] = (...args) => {
      record(method, kind, named[method](...args));
      return lifecycle[method](...args);
    };
    return wrapped;
  };`;

export class Recorder {
  readonly #log: string;
  readonly #wrapper: string;

  constructor(stack: Stack) {
    this.#log = path.join(stack.root, "calls.jsonl");
    this.#wrapper = path.join(stack.folder, "recorder.js");
    fs.writeFileSync(this.#wrapper, wrapper(this.#log));
  }

  /** The calls since the last time that this was asked. */
  take(): RecordedCall[] {
    if (!fs.existsSync(this.#log)) return [];
    const lines = fs.readFileSync(this.#log, "utf8").trim().split("\n");
    fs.rmSync(this.#log);
    return lines.map((line) => JSON.parse(line));
  }

  /** The program in JavaScript. */
  programText({ resources, failsAt }: Program): string {
    const lines = resources.map((declared) => this.#resourceText(declared));
    const dependsOn = failsAt === "end" ? `Object.values(made)` : "[]";
    const other = `made.${otherName} = new Other("pulumi-nodejs:dynamic/test:Other", "${otherName}", { __provider: failing }, { dependsOn: ${dependsOn} });`;
    if (failsAt !== undefined) lines.splice(failsAt === "end" ? lines.length : failsAt, 0, other);
    return `
      const pulumi = require("@pulumi/pulumi");
      const evs = require("pulumi-huaweicloud-evs");
      const failing = 'exports.handler = () => ({ create: async () => { throw new Error("the other resource cannot be created"); } })';
      class Other extends pulumi.CustomResource {}
      class Component extends pulumi.ComponentResource {}
      const components = {};
      const componentOf = (type) => (components[type] ??= new Component(type, "component"));
      pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
        const kind = type.split("evs:")[1];
        if (!kind) return undefined;
        const { __transform = {}, ...rest } = props;
        const __provider = 'exports.handler = () => require(' + ${JSON.stringify(JSON.stringify(this.#wrapper))} + ')("' + kind + '");';
        return { opts, props: { ...rest, ...__transform, __provider } };
      });
      const made = {};
      ${lines.join("\n")}
    `;
  }

  #resourceText(declared: Declared): string {
    const { kind, name, parent, aliases, dependsOn, deleteBeforeReplace } = declared;
    const options = [
      ...(parent === undefined ? [] : [`parent: componentOf("${parent}")`]),
      ...(aliases.length === 0 ? [] : [`aliases: ${JSON.stringify(aliases)}`]),
      ...(dependsOn === undefined ? [] : [`dependsOn: made.${dependsOn}`]),
      ...(deleteBeforeReplace ? ["deleteBeforeReplace: true"] : []),
    ];
    const { typedOnDelete, onDelete } = declared;
    const transformed = typedOnDelete && { onDelete: typedOnDelete, __transform: { onDelete } };
    const args = JSON.stringify({ ...argsOf(declared), ...transformed });
    return `made.${name} = new evs.${kind}("${name}", ${args}, { ${options.join(", ")} });`;
  }
}

/** Without what says nothing: the provider's text. */
export function comparable({ method, kind, id, olds, news }: RecordedCall): string {
  const plain = (bag: Bag | undefined) =>
    bag &&
    Object.fromEntries(Object.entries(bag).filter(([name, value]) => name !== "__provider" && value !== undefined));
  return JSON.stringify(sorted({ method, kind, id, olds: plain(olds), news: plain(news) }));
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, sorted(part)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
