// A project as IAM lists it.

import type { Project } from "../../cloud/state";

export function projectEntry(project: Project) {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.accountId,
    parent_id: project.parentId,
    enabled: true,
    is_domain: false,
    description: "",
    links: { self: `https://iam.${project.region}.myhuaweicloud.com/v3/projects/${project.id}` },
  };
}
