// What every account gets: the one file to change for your fleet. It runs once for each account, in that account's stack. After
// `up`, new EVS disks of the account's regions are encrypted with the key of this alias.
import * as evs from "pulumi-huaweicloud-evs";
import type { Target } from "./targets";

/** For accounts whose entry in the file of accounts names no regions. */
export const regions = ["cn-north-4", "ap-southeast-3"];
/** The key has this alias in every account and region. */
export const keyAlias = "app-disks";

export async function program({ role, regions: own = regions }: Pick<Target, "role" | "regions">): Promise<object> {
  // Without the seconds that a key lives: the audit takes them, a resource does not.
  const { duration, ...agency } = role ?? {};
  const assumeRole = role && { ...agency, agencyName: role.agencyName };
  const projects = await Promise.all(
    own.map(async (region) => {
      const place = { region, assumeRole };
      const { keyId } = await evs.getKmsKey({ ...place, alias: keyAlias });
      return [region, { ...place, kmsKeyId: keyId }];
    }),
  );
  const baseline = new evs.DefaultEncryptionBaseline("baseline", { projects: Object.fromEntries(projects) });
  return { projects: baseline.projects };
}
