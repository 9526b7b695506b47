// Who may do what: a few roles, enough for each service to refuse something.

export type Permission =
  | "evs:read"
  | "evs:write"
  | "kms:read"
  | "kms:write"
  | "iam:listProjects"
  | "iam:assumeAgencies";

export const roles = {
  admin: ["evs:read", "evs:write", "kms:read", "kms:write", "iam:listProjects", "iam:assumeAgencies"],
  readOnly: ["evs:read", "kms:read", "iam:listProjects"],
  noKms: ["evs:read", "evs:write", "iam:listProjects"],
  noProjectList: ["evs:read", "evs:write", "kms:read", "kms:write"],
  none: [],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof roles;

export function isAllowed(role: Role, permission: Permission): boolean {
  const granted: readonly Permission[] = roles[role];
  return granted.includes(permission);
}
