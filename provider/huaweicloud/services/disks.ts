// Calls of EVS v2: the disks of a project. API reference: https://support.huaweicloud.com/intl/en-us/api-evs/evs_04_2006.html
import { z } from "../transport/zod";
import type { Connection } from "./context";
import { answeredLiveKmsKeyId } from "./identifiers";
import { allPages } from "./pages";

const answer = z.object({
  /** Of all pages. */
  count: z.number().nullish().catch(undefined),
  volumes: z.array(
    z.object({
      id: z.string(),
      size: z.number().min(0).catch(0),
      /** Absent or false on disks that are not encrypted. */
      encrypted: z.boolean().nullish(),
      metadata: z.object({ __system__cmkid: answeredLiveKmsKeyId.nullish().catch(undefined) }).nullish(),
    }),
  ),
});

/** A disk, as far as its encryption is concerned. */
export interface Disk {
  sizeGib: number;
  encrypted: boolean;
  /** Key of an encrypted disk; `undefined` if the service names none. */
  kmsKeyId: string | undefined;
}

/** A disk takes some kilobytes: the service's maximum of a thousand could exceed the size limit of an answer. */
const pageSize = 300;

/** `GET /v2/{project_id}/cloudvolumes/detail`, page by page: the disks of the project. Read permission of EVS is enough. */
export async function* listDisks(connection: Connection): AsyncGenerator<Disk> {
  const action = "listing the disks";
  let seen = 0;
  const pages = allPages(action, connection, async (marker) => {
    const query = new URLSearchParams({ limit: String(pageSize), ...(marker === undefined ? {} : { marker }) });
    const path = `/v2/${connection.projectId}/cloudvolumes/detail?${query}`;
    const { volumes, count } = await connection.call("evs", action, { method: "GET", path }, answer);
    seen += volumes.length;
    // A page may be shorter than was asked for, and not be the last.
    const isMore = volumes.length >= pageSize || seen < (count ?? 0);
    return { items: volumes, next: isMore ? volumes.at(-1)?.id : undefined };
  });
  for await (const { size, encrypted, metadata } of pages) {
    const kmsKeyId = encrypted ? metadata?.__system__cmkid?.toLowerCase() || undefined : undefined;
    yield { sizeGib: Math.round(size), encrypted: encrypted === true, kmsKeyId };
  }
}
