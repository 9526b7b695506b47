// What a program needs to know to work in one project of the emulated cloud, as the environment variables that a user
// of a real account would set.

import type { Description } from "../emulator/describe";

export interface EmulatedAccount {
  env: {
    HW_ENDPOINT_URL: string;
    HW_REGION_NAME: string;
    HW_DOMAIN_NAME: string;
    HW_USER_NAME: string;
    HW_USER_PASSWORD: string;
  };
  projectId: string;
  /** The keys of the project that EVS can use, by alias. */
  keys: { alias: string; keyId: string }[];
}

/** An administrator's view of the first account's project in a region. */
export function emulatedAccount(description: Description, region = "eu-west-101"): EmulatedAccount {
  const account = description.accounts[0];
  const user = account?.users.find(({ role }) => role === "admin");
  const project = account?.projects.find((candidate) => candidate.name === region);
  if (!account || !user || !project) throw new Error(`the emulated cloud has no administrator or project in ${region}`);
  return {
    env: {
      HW_ENDPOINT_URL: description.endpoint,
      HW_REGION_NAME: region,
      HW_DOMAIN_NAME: account.domainName,
      HW_USER_NAME: user.name,
      HW_USER_PASSWORD: user.password,
    },
    projectId: project.id,
    keys: description.kmsKeys.filter(
      ({ projectId, state, spec, usage }) =>
        projectId === project.id && state === "enabled" && spec === "AES_256" && usage === "ENCRYPT_DECRYPT",
    ),
  };
}

/** The caller's environment without anything that would reach a real account. */
export function withoutCloudVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(HW|OS|HUAWEICLOUD)_/.test(name)));
}
