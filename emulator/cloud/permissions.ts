// Who may do what: a few roles, enough for each service to refuse something, and single permissions that are withheld from one
// user or agency.

export type Permission =
  | "evs:read"
  | "evs:write"
  | "evs:listDisks"
  | "kms:read"
  | "kms:write"
  | "kms:readRotation"
  | "iam:listProjects"
  | "iam:assumeAgencies"
  | "organizations:listAccounts"
  | "organizations:listUnits";

const reading = [
  "evs:read",
  "evs:listDisks",
  "kms:read",
  "kms:readRotation",
  "iam:listProjects",
  "organizations:listAccounts",
  "organizations:listUnits",
] as const;

export const roles = {
  admin: [...reading, "evs:write", "kms:write", "iam:assumeAgencies"],
  readOnly: reading,
  /** Reads, in other accounts too. */
  auditor: [...reading, "iam:assumeAgencies"],
  noKms: ["evs:read", "evs:write", "evs:listDisks", "iam:listProjects"],
  noProjectList: ["evs:read", "evs:write", "evs:listDisks", "kms:read", "kms:write", "kms:readRotation"],
  none: [],
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof roles;

export interface Rights {
  role: Role;
  /** What the role grants and a policy denies. */
  denied?: readonly Permission[];
}

export function isAllowed({ role, denied = [] }: Rights, permission: Permission): boolean {
  const granted: readonly Permission[] = roles[role];
  return granted.includes(permission) && !denied.includes(permission);
}
