// `fleet manifests`: a Stack object for each account, for the Pulumi Kubernetes Operator. It runs index.ts of this folder.
import { project } from "./account";
import type { Target } from "./targets";

/** Where the operator finds this folder, and what it runs it with: to be changed for your cluster. */
const common = {
  projectRepo: "https://git.example.com/evs-fleet.git",
  branch: "main",
  serviceAccountName: "evs-fleet",
  /** PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE and the HW_* variables, in this Secret. */
  secret: "evs-fleet",
  /** Else a pod and its volume stay for each stack. */
  workspaceReclaimPolicy: "Delete",
  /** How often the operator runs `up` although nothing has changed. It puts drift right; it does not report it. */
  resyncFrequencySeconds: 24 * 3600,
};
const variables = [
  "PULUMI_BACKEND_URL",
  "PULUMI_CONFIG_PASSPHRASE",
  "HW_ACCESS_KEY",
  "HW_SECRET_KEY",
  "HW_REGION_NAME",
];

/** JSON, which is YAML too: `fleet manifests … | kubectl apply -f -`. Accounts that cannot be entered are left out. */
export function toManifests(targets: readonly Target[]): string {
  const { secret, ...spec } = common;
  const fromSecret = (key: string) => [key, { type: "Secret", secret: { name: secret, key } }];
  const items = targets
    .filter(({ unreachable }) => unreachable === undefined)
    .map(({ stack, account, role, regions }) => ({
      apiVersion: "pulumi.com/v1",
      kind: "Stack",
      metadata: { name: `evs-${stack.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}` },
      spec: {
        ...spec,
        stack: `organization/${project}/${stack}`,
        config: { [`${project}:target`]: JSON.stringify({ account, role, regions }) },
        envRefs: Object.fromEntries(variables.map(fromSecret)),
        refresh: true,
        continueResyncOnCommitMatch: true,
      },
    }));
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items }, undefined, 2)}\n`;
}
