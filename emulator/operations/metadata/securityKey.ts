// The access key of the instance's agency: V1 asks for nothing, V2 for a session token.

import type { Answer, Call } from "../../operation";
import { instanceCredential } from "./instanceCredential";

export function getSecurityKey(call: Call): Answer {
  const { cloud, headers, now } = call;
  const token = headers["x-metadata-token"];
  const checked = cloud.metadata !== "v1" && (token !== undefined || cloud.metadata === "v2");
  if (checked && !cloud.sessions.isMetadataToken(String(token), now)) return { status: 401, body: "401 Unauthorized" };
  const credential = cloud.metadata === "noAgency" ? undefined : instanceCredential(call);
  if (credential === undefined) return { status: 401, body: "Please configure Cloud Service Agency first" };
  return { body: { credential } };
}
