// The provider of DefaultEncryption as Pulumi's dynamic-provider host loads it: what the package exports as provider/defaultEncryption.
import { defaultEncryption } from "../defaultEncryption/lifecycle";
import { serve } from "./serve";

export { configure } from "./session";

const functions = serve(defaultEncryption);
export const { check, diff, create, read, update } = functions;
const { delete: delete_ } = functions;

export { delete_ as delete };
