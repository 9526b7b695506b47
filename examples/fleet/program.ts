// What every account gets: the one file to change for your fleet. It runs once for each account, in that account's stack.
import * as evs from "pulumi-huaweicloud-evs";
import type { Target } from "./targets";

/** For accounts whose entry in the file of accounts has no regions of its own. */
const regions = ["cn-north-4", "ap-southeast-3"];
/** In every account and region, the key has this alias. */
export const keyAlias = "app-disks";

export async function program({ assumeRole, regions: own = regions }: Target): Promise<object> {
  const projects = await Promise.all(
    own.map(async (region) => {
      const place = { region, ...(assumeRole && { assumeRole }) };
      const { keyId } = await evs.getKmsKey({ ...place, alias: keyAlias });
      return [region, { ...place, kmsKeyId: keyId }];
    }),
  );
  const baseline = new evs.DefaultEncryptionBaseline("baseline", { projects: Object.fromEntries(projects) });
  return { projects: baseline.projects };
}
