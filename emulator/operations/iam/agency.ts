// An agency as IAM v3 names it: by its own name and by the account that gives the right.

import { z } from "zod";
import type { Cloud } from "../../cloud/cloud";
import type { Agency } from "../../cloud/state";
import type { CloudError } from "../../errors";

/** The documented name is `agency_name`; some clients send `xrole_name`. The ID of the account beats its name. */
export const agencySchema = z.object({
  agency_name: z.string().optional(),
  xrole_name: z.string().optional(),
  domain_id: z.string().optional(),
  domain_name: z.string().optional(),
  duration_seconds: z.number().int().optional(),
});

export function findAgency(cloud: Cloud, asked: z.infer<typeof agencySchema>, unknown: () => CloudError): Agency {
  const account = cloud.account(asked.domain_id ?? asked.domain_name ?? "");
  const agency = account && cloud.agency(account.id, asked.agency_name ?? asked.xrole_name ?? "");
  if (agency === undefined) throw unknown();
  return agency;
}
