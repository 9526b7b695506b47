// KeystoneListAuthProjects: the projects the caller can reach; needs no permission.

import type { Answer, CallerCall } from "../../operation";
import { projectEntry } from "./projectEntry";

export function listAuthProjects({ cloud, caller }: CallerCall): Answer {
  const projects = cloud.projects(caller.principal.accountId).map(projectEntry);
  return { body: { projects, links: { self: "https://iam.myhuaweicloud.com/v3/auth/projects" } } };
}
