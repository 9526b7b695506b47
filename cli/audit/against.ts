// What a program declares, as `pulumi stack export` has it, compared with what was found.
import { z } from "zod";
import { sameId } from "../../provider/huaweicloud/services/identifiers";
import { shown } from "../../provider/huaweicloud/transport/shown";
import { readDocument } from "../document";
import type { ProjectFinding } from "../report/findings";
import type { Facts } from "./facts";

const properties = z.record(z.string(), z.unknown()).optional();
const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  /** It is to be deleted: the program does not declare it any more. */
  delete: z.boolean().optional(),
  /** It was only read (`get`): the program does not declare it. */
  external: z.boolean().optional(),
  inputs: properties,
  outputs: properties,
});
const exportForm = z.object({
  deployment: z.object({
    resources: z
      .array(resource)
      .nullish()
      .transform((list) => list ?? []),
  }),
});

/** Of both fronts: the dynamic provider's, and the plugin's. */
const types = {
  key: ["pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey", "huaweicloud-evs:index:DefaultEncryptionKey"],
  switch: ["pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption", "huaweicloud-evs:index:DefaultEncryption"],
};

/** One resource of the stack that declares a project's key or switch. */
interface Declared {
  kind: keyof typeof types;
  urn: string;
  /** What the program asks for; `undefined` if the export does not say, because it is a secret. */
  kmsKeyId: string | undefined;
  /** The key is a secret of the stack: no report quotes it. */
  isSecret: boolean;
  enabled: boolean | undefined;
  /** What destroying would set again; empty if nothing is noted, `undefined` if the export does not say. */
  previousKmsKeyId: string | undefined;
}

type Found = Pick<Facts, "enabled" | "kmsKeyId">;

/** Throws a `UsageError` if the file is no export of a stack. */
export function readExport(file: string): Declarations {
  const { deployment } = readDocument(file, "a stack's export (`pulumi stack export`)", exportForm);
  return new Declarations(deployment.resources);
}

export class Declarations {
  readonly #byTarget = new Map<string, Declared[]>();

  constructor(resources: readonly z.infer<typeof resource>[]) {
    for (const { urn, type, id, delete: isDeleted, external, inputs = {}, outputs = {} } of resources) {
      const kind = types.key.includes(type) ? "key" : types.switch.includes(type) ? "switch" : undefined;
      if (kind === undefined || id === undefined || isDeleted || external) continue;
      const target = id.toLowerCase();
      const declared = {
        kind,
        urn: shown(urn),
        kmsKeyId: plain(inputs.kmsKeyId, z.string()),
        isSecret: isSecret(inputs.kmsKeyId),
        enabled: plain(inputs.enabled, z.boolean()) ?? (isSecret(inputs.enabled) ? undefined : true),
        previousKmsKeyId:
          plain(outputs.previousKmsKeyId, z.string()) ?? (isSecret(outputs.previousKmsKeyId) ? undefined : ""),
      } as const;
      this.#byTarget.set(target, [...(this.#byTarget.get(target) ?? []), declared]);
    }
  }

  /** Why the key is not the declared one, a sentence; `undefined` if it is, or if none is declared. */
  differenceOfKey(region: string, projectId: string, found: Found): string | undefined {
    const declared = this.#of(region, projectId).find(({ kind }) => kind === "key");
    return declared && differenceOf(declared, found)[0];
  }

  /** How what is declared for a project and what was found there compare. */
  compare(region: string, projectId: string, found: Found): NonNullable<ProjectFinding["declared"]> {
    const declared = this.#of(region, projectId);
    if (declared.length === 0) return { status: "not-declared", resources: [], differences: [] };
    const differences = declared.flatMap((one) => differenceOf(one, found));
    const isKnown = declared.every((one) => desiredOf(one) !== undefined);
    return {
      status: differences.length > 0 ? "differs" : isKnown ? "same" : "unknown",
      resources: declared.map(({ urn }) => urn),
      differences,
    };
  }

  /** What the export does not say of a project, because it is a secret there, each a sentence. */
  secretsOf(region: string, projectId: string, asked: { declaredKey: boolean; previousKey: boolean }): string[] {
    const declared = this.#of(region, projectId);
    const isHidden = { key: declared.some(isKeyHidden), previous: declared.some(isPreviousKeyHidden) };
    return [
      ...(asked.declaredKey && isHidden.key ? ["The declared key is a secret"] : []),
      ...(asked.previousKey && isHidden.previous ? ["The key that destroying would set again is a secret"] : []),
    ].map((what) => `${what}: export with --show-secrets to compare it.`);
  }

  /** URNs of the resources that would set this key again when they are destroyed. */
  previousUsesOf(region: string, projectId: string, keyId: string): string[] {
    return this.#of(region, projectId)
      .filter(({ previousKmsKeyId }) => sameId(previousKmsKeyId, keyId))
      .map(({ urn }) => urn);
  }

  /** One sentence for each declared project that is not among these. */
  missing(targets: ReadonlySet<string>): string[] {
    return [...this.#byTarget]
      .filter(([target]) => !targets.has(target))
      .map(([target, [first]]) => shown(`${first?.urn} declares ${target}, which this audit has not looked at.`));
  }

  #of(region: string, projectId: string): Declared[] {
    return this.#byTarget.get(`${region}/${projectId}`.toLowerCase()) ?? [];
  }
}

/** What the program asks for; `undefined` if the export does not say. */
function desiredOf({ kind, kmsKeyId, enabled }: Declared): string | boolean | undefined {
  return kind === "key" ? kmsKeyId : enabled;
}

function isKeyHidden(declared: Declared): boolean {
  return declared.kind === "key" && desiredOf(declared) === undefined;
}

function isPreviousKeyHidden({ previousKmsKeyId }: Declared): boolean {
  return previousKmsKeyId === undefined;
}

function differenceOf(declared: Declared, found: Found): string[] {
  const { kind, kmsKeyId, isSecret, enabled } = declared;
  if (desiredOf(declared) === undefined) return [];
  if (kind === "switch") {
    if (enabled === found.enabled) return [];
    return [`The program declares ${onOrOff(enabled)}, but it is ${onOrOff(found.enabled)}.`];
  }
  if (sameId(kmsKeyId, found.kmsKeyId)) return [];
  const named = isSecret ? "another key, a secret" : `the key ${kmsKeyId}`;
  return [shown(`The program declares ${named}, but it is ${found.kmsKeyId || "none"}.`)];
}

function onOrOff(enabled: boolean | undefined): string {
  return enabled ? "on" : "off";
}

/** How an export writes a secret: with its text if `--show-secrets` was given. */
const secret = z.looseObject({ "4dabf18193072939515e22adb298388d": z.string(), plaintext: z.string().optional() });

function isSecret(value: unknown): boolean {
  return secret.safeParse(value).success;
}

function plain<T>(value: unknown, form: z.ZodType<T>): T | undefined {
  const parsed = secret.safeParse(value);
  if (!parsed.success) return form.safeParse(value).data;
  try {
    return form.safeParse(JSON.parse(parsed.data.plaintext ?? "null")).data;
  } catch {
    return undefined;
  }
}
