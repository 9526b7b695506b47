// EVS: the six calls of default encryption (v5), and the list of disks (v2). What the six do to a project is in
// cloud/defaultEncryption.ts.

import { z } from "zod";
import { disable, enable, resetKey, setKey, shownKeyId } from "../cloud/defaultEncryption";
import type { Disk, Project } from "../cloud/state";
import { evsError } from "../errors";
import { diskQueryInvalid } from "../inferred";
import { type Answer, type Operation, type ProjectCall, readBody } from "../operation";

const path = "/v5/{project_id}/default-encryption";

// biome-ignore format: one operation a line
export const evs = [
  { service: "evs", name: "UpdateDefaultKmsKeyId", method: "PUT", path: `${path}/key`, auth: "project", beta: true, permission: "evs:write", handle: updateDefaultKmsKeyId },
  { service: "evs", name: "ShowDefaultKmsKeyId", method: "GET", path: `${path}/key`, auth: "project", beta: true, permission: "evs:read", handle: showDefaultKmsKeyId },
  { service: "evs", name: "ResetDefaultKmsKeyId", method: "PUT", path: `${path}/key/reset`, auth: "project", beta: true, permission: "evs:write", handle: resetDefaultKmsKeyId },
  { service: "evs", name: "EnableEncryptionByDefault", method: "POST", path: `${path}/enable`, auth: "project", beta: true, permission: "evs:write", handle: enableEncryptionByDefault },
  { service: "evs", name: "DisableEncryptionByDefault", method: "POST", path: `${path}/disable`, auth: "project", beta: true, permission: "evs:write", handle: disableEncryptionByDefault },
  { service: "evs", name: "ShowEncryptionByDefault", method: "GET", path: `${path}/status`, auth: "project", beta: true, permission: "evs:read", handle: showEncryptionByDefault },
  { service: "evs", name: "ListVolumes", method: "GET", path: "/v2/{project_id}/cloudvolumes/detail", auth: "project", permission: "evs:listDisks", handle: listVolumes },
] as const satisfies readonly Operation[];

const updateRequest = z.looseObject({ kms_key_id: z.string().min(1) });

function updateDefaultKmsKeyId({ cloud, project, body }: ProjectCall): Answer {
  const request = readBody(updateRequest, body, () => evsError(isWrongType(body) ? "EVS.1018" : "EVS.2108"));
  return { body: { kms_key_id: setKey(cloud, project, request.kms_key_id) } };
}

function isWrongType(body: unknown): boolean {
  return typeof body === "object" && body !== null && "kms_key_id" in body && typeof body.kms_key_id !== "string";
}

function showDefaultKmsKeyId({ project }: ProjectCall): Answer {
  return { body: { kms_key_id: shownKeyId(project) } };
}

function resetDefaultKmsKeyId({ cloud, project }: ProjectCall): Answer {
  return { body: { kms_key_id: resetKey(cloud, project) } };
}

function enableEncryptionByDefault({ cloud, project }: ProjectCall): Answer {
  enable(cloud, project);
  return { body: { default_encryption: true } };
}

function disableEncryptionByDefault({ cloud, project }: ProjectCall): Answer {
  disable(cloud, project);
  return { body: { default_encryption: false } };
}

function showEncryptionByDefault({ project }: ProjectCall): Answer {
  return { body: { default_encryption: project.defaultEncryption.enabled } };
}

const maxDisks = 1000;

const volumesQuery = z.object({
  limit: z.coerce.number().int().min(1).max(maxDisks).default(maxDisks),
  offset: z.coerce.number().int().min(0).default(0),
  /** The last disk of the page before. */
  marker: z.string().optional(),
  metadata: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue("not JSON");
        return z.NEVER;
      }
    })
    .pipe(z.record(z.string(), z.string()))
    .default({}),
});

/** Pages by `marker`, or by `offset`. */
function listVolumes({ cloud, project, query, headers }: ProjectCall): Answer {
  const asked = readBody(volumesQuery, Object.fromEntries(query), diskQueryInvalid);
  const matching = cloud
    .disks(project.id)
    .map((disk) => ({ disk, metadata: metadataOf(disk) }))
    .filter(({ metadata }) => Object.entries(asked.metadata).every(([name, value]) => metadata[name] === value));
  const marked = asked.marker === undefined ? 0 : 1 + matching.findIndex(({ disk }) => disk.id === asked.marker);
  if (asked.marker !== undefined && marked === 0) throw diskQueryInvalid();
  const start = marked + asked.offset;
  const page = matching.slice(start, start + asked.limit);
  const last = page.at(-1);
  const more = last !== undefined && start + asked.limit < matching.length;
  const next = `http://${headers.host ?? ""}/v2/${project.id}/cloudvolumes/detail?limit=${asked.limit}&marker=${last?.disk.id}`;
  return {
    body: {
      count: matching.length,
      volumes: page.map(({ disk, metadata }) => volumeEntry(project, disk, metadata)),
      volumes_links: more ? [{ rel: "next", href: next }] : [],
    },
  };
}

function metadataOf({ keyId }: Disk): Record<string, string> {
  return keyId === undefined ? {} : { __system__encrypted: "1", __system__cmkid: keyId };
}

/** `encrypted` is left out for a plain disk. */
function volumeEntry(project: Project, disk: Disk, metadata: Record<string, string>) {
  return {
    id: disk.id,
    name: disk.name,
    status: "in-use",
    size: disk.sizeGb,
    availability_zone: `${project.region}a`,
    volume_type: "SSD",
    ...(disk.keyId === undefined ? {} : { encrypted: true }),
    metadata,
    created_at: new Date(disk.createdAt).toISOString().replace("Z", "000"),
  };
}
