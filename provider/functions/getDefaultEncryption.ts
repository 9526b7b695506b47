// The function getDefaultEncryption: reads a project's switch.
import { getEnabled } from "../huaweicloud/services/evs";
import type { Bag } from "../protocol";
import type { Session } from "../session";
import { connectTo } from "./ask";

/** One GET. Throws an error of the family. */
export async function getDefaultEncryption(args: Bag, session: Session) {
  const connection = await connectTo(args, session);
  const { region, projectId } = connection;
  return { enabled: await getEnabled(connection), region, projectId };
}
