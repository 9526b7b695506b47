// The provider of DefaultEncryptionKey as Pulumi's dynamic-provider host loads it: what the package exports as provider/defaultEncryptionKey.
import { defaultEncryptionKey } from "../defaultEncryptionKey/lifecycle";
import { serve } from "./serve";

export { configure } from "./session";

const functions = serve(defaultEncryptionKey);
export const { check, diff, create, read, update } = functions;
const { delete: delete_ } = functions;

export { delete_ as delete };
