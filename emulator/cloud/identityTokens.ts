// ID tokens of pipelines: checked against the public key that the account has registered for their provider.

import { JsonWebTokenError, verify } from "jsonwebtoken";
import type { CloudError } from "../errors";
import type { IdentityProvider } from "./state";

/** Asymmetric algorithms only: with a symmetric one, the public key would do as the secret. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] as const;

/** The subject of the token, if signature, expiry and audience are right. */
export function verifyIdentityToken(
  provider: IdentityProvider,
  idToken: string,
  now: number,
  refuse: (reason: string) => CloudError,
): string {
  try {
    const claims = verify(idToken, provider.publicKeyPem, {
      algorithms: [...algorithms],
      clockTimestamp: Math.floor(now / 1000),
      ...(provider.audience === undefined ? {} : { audience: provider.audience }),
    });
    if (typeof claims === "object" && claims.sub !== undefined) return claims.sub;
  } catch (error) {
    if (error instanceof JsonWebTokenError) throw refuse(error.message);
    throw error;
  }
  throw refuse("the token has no subject");
}
