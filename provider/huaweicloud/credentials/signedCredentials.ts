// Credentials that are an access key: each request is signed, temporary keys are renewed, clock skew is corrected once.

import type { AuthorizedRequest } from "../services/context";
import { headers } from "../services/wire";
import { outcomeOf } from "../transport/errors";
import type { RawResponse } from "../transport/request";
import { shown } from "../transport/shown";
import type { Authorization, CredentialContext, Credentials } from "./credentials";
import { guardSecret } from "./guardSecret";
import { memoize, type Renewable } from "./memoize";
import type { AccessKey } from "./signing";
import { provesSignature, refusesSignature, saysKeyIsStale, skewThatWasRefused } from "./staleness";

/** What a try was signed with. */
interface Signed {
  key: AccessKey;
  skewMs: number | undefined;
}

/**
 * `obtain` gets the key, and again before the key expires: once for each region, whatever the number of projects. With
 * `oneForAllRegions` one key serves all regions, and one refusal stops all.
 */
export function signedCredentials(
  source: string,
  obtain: (context: CredentialContext) => Promise<AccessKey>,
  { oneForAllRegions = false } = {},
): Credentials {
  const keys = new Map<string, Renewable<AccessKey>>();
  const gates = new Map<string, ReturnType<typeof guardSecret>>();

  return {
    source,
    signs: true,
    bind(scope, context) {
      const { now, clock, send, warn } = context;
      const place = oneForAllRegions ? "" : context.region;
      const key = keys.get(place) ?? memoize(() => obtain(context), now);
      keys.set(place, key);
      const firstOfKey = gates.get(place) ?? guardSecret("access key", refusesSignature);
      gates.set(place, firstOfKey);
      let found: Promise<string> | undefined;

      /** Sends, signed with the known time of the host or with `trialSkewMs`. Calls `signed` for each try. */
      const attempt = (request: AuthorizedRequest, signed: (by: Signed) => void, trialSkewMs?: number) => {
        const { projectId, ...outgoing } = request;
        return send({
          ...outgoing,
          async authorize({ method, url, body }) {
            const current = await key.current();
            const skewMs = trialSkewMs ?? clock.skews?.get(hostOf(request));
            signed({ key: current, skewMs });
            const sent = {
              ...(body === "" ? {} : { "content-type": "application/json" }),
              ...(projectId === undefined ? {} : { [headers.project.toLowerCase()]: projectId }),
            };
            // Loaded with the first request, because a run without requests needs no cryptography.
            const { sign } = await import("./signing");
            const signature = sign(current, { method, url, body, headers: sent }, now() + (skewMs ?? 0));
            return { headers: signature, secrets: secretsOf(current, signature) };
          },
        });
      };

      /** Sends once more with the host's time, and keeps the skew if the signature is accepted. */
      const tryClock = async (request: AuthorizedRequest, skewMs: number): Promise<RawResponse> => {
        const keepSkew = () => {
          clock.skews ??= new Map();
          if (clock.skews.size === 0)
            warn(
              shown(
                `This machine's clock is ${describeSkew(skewMs)} the service's: requests are signed with the service's time.`,
              ),
            );
          clock.skews.set(hostOf(request), skewMs);
        };
        try {
          const response = await attempt(request, () => {}, skewMs);
          keepSkew();
          return response;
        } catch (error) {
          if (provesSignature(error)) keepSkew();
          throw error;
        }
      };

      const sendOrLearn = async (request: AuthorizedRequest): Promise<RawResponse> => {
        let by: Signed | undefined;
        try {
          return await attempt(request, (signed) => {
            by = signed;
          });
        } catch (error) {
          const again = { ...request, outcomeSoFar: outcomeOf(error) };
          if (by && skewThatWasRefused(error, now() + (by.skewMs ?? 0)) !== undefined) {
            const host = hostOf(request);
            // The known skew of the host is wrong now. A concurrent request may have corrected it meanwhile.
            if (clock.skews?.get(host) === by.skewMs) clock.skews?.delete(host);
            const skewMs = clock.skews?.has(host) ? undefined : skewThatWasRefused(error, now());
            return skewMs === undefined ? attempt(again, () => {}) : tryClock(again, skewMs);
          }
          if (!by || by.key.expiresAt === undefined || !saysKeyIsStale(error) || !key.drop(by.key)) throw error;
          return attempt(again, () => {});
        }
      };

      const authorization: Authorization = {
        projectId() {
          found ??= import("../services/iam").then(({ findProjectId }) =>
            findProjectId(scope, source, authorization, context),
          );
          return found;
        },
        async send(request) {
          await key.current(); // an error of obtaining the key is not a refusal of it
          return firstOfKey({ host: hostOf(request), context: request.context, work: () => sendOrLearn(request) });
        },
      };
      return authorization;
    },
  };
}

function hostOf({ url }: { url: string }): string {
  return new URL(url).origin;
}

/** Includes the access key's ID, which is a part of a header. */
function secretsOf({ accessKey, secretKey, securityToken }: AccessKey, signed: Record<string, string>): string[] {
  const { Authorization: authorization = "" } = signed;
  const signature = authorization.split("Signature=")[1];
  return [accessKey, secretKey, securityToken, authorization, signature].filter((text) => text !== undefined);
}

function describeSkew(skewMs: number): string {
  return `${Math.round(Math.abs(skewMs) / 60_000)} minutes ${skewMs > 0 ? "behind" : "ahead of"}`;
}
