// The function getDefaultEncryptionKey: reads a project's default key.
import { getDefaultKey } from "../huaweicloud/services/evs";
import type { Bag } from "../protocol";
import type { Session } from "../session";
import { connectTo } from "./ask";

/** One GET. Throws an error of the family. */
export async function getDefaultEncryptionKey(args: Bag, session: Session) {
  const connection = await connectTo(args, session);
  const { region, projectId } = connection;
  return { kmsKeyId: await getDefaultKey(connection), region, projectId };
}
