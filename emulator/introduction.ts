// What `npm run emulator` prints: the lines to export, the keys to try, and where to look.

import type { Description } from "./describe";

export function introduce({ endpoint, accounts, kmsKeys }: Description): string {
  const [account] = accounts;
  const [user] = account?.users ?? [];
  const [project] = account?.projects ?? [];
  if (account === undefined || user === undefined || project === undefined)
    return `Emulator of Huawei Cloud at ${endpoint}\n`;
  const keys = kmsKeys.filter((key) => key.projectId === project.id);
  const others = accounts.map(
    ({ domainName, users }) => `  ${domainName}: ${users.map(({ name }) => name).join(", ")}`,
  );
  return `Emulator of Huawei Cloud at ${endpoint}. Ctrl+C stops it.

To use it from a shell:

export HW_ENDPOINT_URL=${endpoint}
export HW_REGION_NAME=${project.region}
export HW_DOMAIN_NAME=${account.domainName}
export HW_USER_NAME=${user.name}
export HW_USER_PASSWORD=${user.password}

Or, instead of name and password:

export HW_ACCESS_KEY=${user.accessKey}
export HW_SECRET_KEY=${user.secretKey}

KMS keys of project ${project.name} (${project.id}):

${keys.map(({ keyId, alias, state, spec }) => `  ${keyId}  ${alias.padEnd(16)} ${spec.padEnd(9)} ${state}`).join("\n")}

Users of each account (password, keys and IDs: curl -s ${endpoint}/_emulator):

${others.join("\n")}

What was asked of it:  curl -s ${endpoint}/_emulator/requests
Change the key behind your back:
  curl -s -X PUT -d '{"keyId":"${keys[1]?.keyId ?? ""}"}' ${endpoint}/_emulator/projects/${project.id}/default-encryption
`;
}
