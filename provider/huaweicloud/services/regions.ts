// Calls of IAM about regions. API reference: https://support.huaweicloud.com/intl/en-us/api-iam/iam_05_0001.html
import { z } from "../transport/zod";
import type { AccountConnection } from "./context";
import { answeredText, region } from "./identifiers";

const answer = z.object({ regions: z.array(z.object({ id: answeredText })) });

/** `GET /v3/regions`: the regions of this cloud, also those in which a service or the account's right is missing. */
export async function listRegions(connection: AccountConnection): Promise<string[]> {
  const request = { method: "GET", path: "/v3/regions" } as const;
  const { regions } = await connection.call("iam", "listing the regions", request, answer);
  return regions.map(({ id }) => id).filter((id) => region.safeParse(id).success);
}
