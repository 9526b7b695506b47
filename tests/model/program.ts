// Programs of the model: what they declare, in which spelling, and what the engine gets of it.

import { accountId } from "../../emulator/cloud/seed";
import { deployingProperty, providerProperty, urnProperty } from "../../provider/dynamic/hiddenProperties";
import type { Bag } from "../../provider/protocol";
import { agencyName, company, furtherProjects, keyIdOf, otherRegion, partner, projectId, region } from "./cloud";
import type { Registration } from "./engine";

export type Kind = "DefaultEncryptionKey" | "DefaultEncryption";
export type OnDelete = "reset" | "restore";

/** A project that programs are for, by where it is, and all its spellings: they mean the same. */
interface TargetSpellings {
  account: string;
  name: string;
  region: string;
  spellings: (projectId: string, domainId: string) => Bag[];
}

const role = { agencyName, domainName: partner };

export const targets: readonly TargetSpellings[] = [
  {
    account: company,
    name: region,
    region,
    spellings: (projectId) => [
      { region },
      { region, projectId },
      { region, projectName: region },
      { region, projectId: projectId.toUpperCase() },
    ],
  },
  {
    account: partner,
    name: region,
    region,
    spellings: (projectId, domainId) => [
      { region, assumeRole: role },
      { region, assumeRole: { agencyName, domainId } },
      { region, projectId, assumeRole: role },
      { region, projectName: region, assumeRole: { agencyName, domainId } },
    ],
  },
  {
    account: company,
    name: `${region}_team`,
    region,
    spellings: (projectId) => [
      { region, projectName: `${region}_team` },
      { region, projectId },
    ],
  },
  {
    account: company,
    name: otherRegion,
    region: otherRegion,
    spellings: (projectId) => [{ region: otherRegion }, { region: otherRegion, projectId }],
  },
  // Only for the sequences that are told to the real engine too, many at a time.
  ...furtherProjects.map((name) => ({
    account: company,
    name,
    region,
    spellings: (projectId: string) => [
      { region, projectName: name },
      { region, projectId },
      { region, projectId: projectId.toUpperCase() },
    ],
  })),
];

/** Those of the random programs. */
export const modelledTargets = 4;

/** A resource as the program has it. */
export interface Declared {
  name: string;
  kind: Kind;
  /** Type of the component that it is in. */
  parent: string | undefined;
  /** Index in `targets`. */
  target: number;
  /** Index in its spellings, taken modulo their number. */
  spelling: number;
  /** Alias of a key. */
  key: string;
  enabled: boolean;
  onDelete: OnDelete | undefined;
  /** What the program writes for `onDelete` where a stack transformation makes it the above. */
  typedOnDelete?: OnDelete;
  /** Name of another resource of the program. */
  dependsOn: string | undefined;
  aliases: readonly string[];
  deleteBeforeReplace: boolean;
}

export interface Program {
  resources: readonly Declared[];
  /** Where among them a resource of another provider stands that cannot be created; at the `end`, it depends on all. */
  failsAt: number | "end" | undefined;
}

/** The name of that resource, to depend on. */
export const otherName = "other";
const otherUrn = `urn:pulumi:test::e2e::other:index:Thing::${otherName}`;

export function typeToken(kind: Kind): string {
  return `pulumi-nodejs:dynamic/huaweicloud/evs:${kind}`;
}

export function urnOf({ kind, parent, name }: Pick<Declared, "kind" | "parent" | "name">): string {
  return `urn:pulumi:test::e2e::${parent === undefined ? "" : `${parent}$`}${typeToken(kind)}::${name}`;
}

export function projectOf(target: number): string {
  const found = targets[target];
  if (!found) throw new Error(`there is no target ${target}`);
  return projectId(found.account, found.name);
}

export function spell(target: number, spelling: number): Bag {
  const all = targets[target]?.spellings(projectOf(target), accountId(partner)) ?? [];
  return all[spelling % all.length] ?? {};
}

/** What the program writes. */
export function argsOf({ kind, target, spelling, key, enabled, onDelete }: Declared): Bag {
  return {
    ...spell(target, spelling),
    ...(kind === "DefaultEncryptionKey" ? { kmsKeyId: keyIdOf(projectOf(target), key) } : { enabled }),
    ...(onDelete === undefined ? {} : { onDelete }),
  };
}

/** The second of two resources that spell one target the same: its constructor throws, and nothing is registered. */
export function sameSpelling({ resources }: Program): string | undefined {
  const known = new Map<string, string>();
  for (const declared of resources) {
    const spelling = JSON.stringify([declared.kind, spell(declared.target, declared.spelling)]);
    const other = known.get(spelling);
    if (other !== undefined) return `${other} and ${declared.name}`;
    known.set(spelling, declared.name);
  }
  return undefined;
}

/** As the package's classes hand it to the engine. */
export function register({ resources, failsAt }: Program, isDeployment: boolean): Registration[] {
  const registrations = resources.map((declared): Registration => {
    const { kind, dependsOn, aliases, deleteBeforeReplace } = declared;
    const urn = urnOf(declared);
    const other = resources.find(({ name }) => name === dependsOn);
    const dependsOnOther = dependsOn === otherName && failsAt !== undefined ? [otherUrn] : [];
    return {
      urn,
      kind,
      aliases,
      dependsOn: other ? [urnOf(other)] : dependsOnOther,
      deleteBeforeReplace,
      inputs: {
        ...argsOf(declared),
        [urnProperty]: urn,
        ...(isDeployment ? { [deployingProperty]: true } : {}),
        [providerProperty]: `exports.handler = () => require("pulumi-huaweicloud-evs/provider/${kind}");`,
      },
    };
  });
  if (failsAt === undefined) return registrations;
  const dependsOn = failsAt === "end" ? registrations.map(({ urn }) => urn) : [];
  registrations.splice(failsAt === "end" ? registrations.length : failsAt, 0, {
    urn: otherUrn,
    fails: true,
    dependsOn,
  });
  return registrations;
}
