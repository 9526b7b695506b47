// What programs compile against: the declarations need Pulumi's, and no other package. A program that checks the types of
// its libraries would otherwise check those of zod and axios, under settings that they were not made for.
import fs from "node:fs";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import type { z } from "zod";
import type { ProjectFinding } from "../cli/report/findings";
import type { DefaultEncryptionState, args as switchArgs } from "../provider/defaultEncryption/schema";
import type { DefaultEncryptionKeyState, args as keyArgs } from "../provider/defaultEncryptionKey/schema";
import type { getDefaultEncryption } from "../provider/functions/getDefaultEncryption";
import type { getDefaultEncryptionKey } from "../provider/functions/getDefaultEncryptionKey";
import type { getKmsKey } from "../provider/functions/getKmsKey";
import type { AssumeRole as ProvidersAssumeRole } from "../provider/target";
import type * as evs from "./index";
import type { AssumeRole } from "./index";

const folder = path.resolve(__dirname, "../dist/sdk");

/** Follows all that a declaration file names, from the package's own. */
function walk(file: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(file)) return found;
  const text = fs.readFileSync(path.join(folder, file), "utf8");
  const { importedFiles, referencedFiles, typeReferenceDirectives, libReferenceDirectives } = ts.preProcessFile(text);
  const named = [...importedFiles, ...referencedFiles, ...typeReferenceDirectives, ...libReferenceDirectives].map(
    ({ fileName }) => fileName,
  );
  const [own, packages] = [true, false].map((isOwn) => named.filter((name) => name.startsWith(".") === isOwn));
  found.set(file, packages ?? []);
  for (const name of own ?? []) walk(path.posix.join(path.posix.dirname(file), `${name}.d.ts`), found);
  return found;
}

it("the declarations import Pulumi's SDK and each other, nothing else", () => {
  const found = walk("index.d.ts");
  expect(found.size).toBeGreaterThan(5);
  expect([...found.keys()].filter((file) => file.startsWith(".."))).toEqual([]);
  expect([...new Set([...found.values()].flat())]).toEqual(["@pulumi/pulumi"]);
});

/** Whether two types are the same; `true` can be assigned to it only then. */
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/** A type of the provider as programs see it: identifiers are text, and what may be absent may be `undefined`. */
type Plain<T> = T extends string
  ? T extends z.$brand
    ? string
    : T
  : T extends object
    ? { [Name in keyof T]: Plain<T[Name]> }
    : T;

/** What `npm run types` checks: declarations need Pulumi's types alone, so sdk/ writes anew what provider/ parses. */
const same: {
  role: Same<AssumeRole, Plain<ProvidersAssumeRole>>;
  keyArguments: Same<keyof evs.DefaultEncryptionKeyArgs, keyof z.input<typeof keyArgs>>;
  switchArguments: Same<keyof evs.DefaultEncryptionArgs, keyof z.input<typeof switchArgs>>;
  keyOutputs: Same<OutputsOf<evs.DefaultEncryptionKey>, StateOf<DefaultEncryptionKeyState, "kmsKeyId">>;
  switchOutputs: Same<OutputsOf<evs.DefaultEncryption>, StateOf<DefaultEncryptionState, "enabled">>;
  getDefaultEncryptionKey: Same<evs.GetDefaultEncryptionKeyResult, ResultOf<typeof getDefaultEncryptionKey>>;
  getDefaultEncryption: Same<evs.GetDefaultEncryptionResult, ResultOf<typeof getDefaultEncryption>>;
  getKmsKey: Same<evs.GetKmsKeyResult, ResultOf<typeof getKmsKey>>;
  keyStates: Same<evs.KmsKeyState | "gone", NonNullable<ProjectFinding["keyState"]>>;
} = {
  role: true,
  keyArguments: true,
  switchArguments: true,
  keyOutputs: true,
  switchOutputs: true,
  getDefaultEncryptionKey: true,
  getDefaultEncryption: true,
  getKmsKey: true,
  keyStates: true,
};

/** The outputs of a class, by name. */
type OutputsOf<Resource> = {
  [Name in Exclude<keyof Resource, keyof pulumi.CustomResource>]: pulumi.Unwrap<Resource[Name]>;
};

/** A state without what the provider keeps for itself; what the resource sets is there once a write was confirmed. */
type StateOf<State, Setting extends keyof State> = {
  [Name in Exclude<keyof State, `applied${string}`>]: Name extends Setting
    ? Plain<Exclude<State[Name], undefined>>
    : Plain<State[Name]>;
};

type ResultOf<Ask extends (...given: never[]) => Promise<unknown>> = Plain<Awaited<ReturnType<Ask>>>;

it("arguments, outputs and results are the same for programs and for the provider", () => {
  expect(Object.values(same)).not.toContain(false);
});
