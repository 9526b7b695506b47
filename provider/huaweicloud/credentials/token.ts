// Credentials: a user token that the user brings (HW_AUTH_TOKEN). It cannot be renewed here.
import type { Setting } from "../settings";
import type { Credentials } from "./credentials";
import { guardSecret } from "./guardSecret";
import { refusesToken } from "./staleness";
import { authorizeByToken } from "./tokenCredentials";

export function fromToken({ value, origin }: Setting): Credentials {
  const source = `token (${origin})`;
  const tokens = { current: async () => ({ token: value, projectId: undefined }), drop: () => false };
  // One host may refuse what another takes: a token is for one region.
  const firstUse = guardSecret("token", refusesToken, { eachHostForItself: true });
  return { source, signs: false, bind: (scope, context) => authorizeByToken(source, scope, tokens, context, firstUse) };
}
