// Credentials: a user token that the user brings (HW_AUTH_TOKEN). It cannot be renewed here.
import type { Setting } from "../settings";
import type { Credentials } from "./credentials";
import { authorizeByToken } from "./tokenCredentials";

export function fromToken({ value, origin }: Setting): Credentials {
  const source = `token (${origin})`;
  const tokens = { current: async () => ({ token: value, projectId: undefined }), drop: () => false };
  return { source, signs: false, bind: (scope, context) => authorizeByToken(source, scope, tokens, context) };
}
