// Credentials that are an access key: each request is signed, temporary keys are renewed, a wrong clock is put right once.

import type { AuthorizedRequest } from "../services/context";
import { headers } from "../services/wire";
import { type HuaweiCloudError, outcomeOf, withOutcome } from "../transport/errors";
import type { Authorization, CredentialContext, Credentials } from "./credentials";
import { memoize, type Renewable } from "./memoize";
import { type AccessKey, sign } from "./signing";
import { refusesSignature, saysKeyIsStale, skewThatWasRefused } from "./staleness";

/** What a try was signed with. */
interface Signed {
  key: AccessKey;
  skewMs: number | undefined;
}

/**
 * `obtain` gets the key. It is asked again before the key ends; once for each region, whatever the number of projects. With
 * `oneForAllRegions` one key serves them all, and one refusal too.
 */
export function signedCredentials(
  source: string,
  obtain: (context: CredentialContext) => Promise<AccessKey>,
  { oneForAllRegions = false } = {},
): Credentials {
  const keys = new Map<string, Renewable<AccessKey>>();
  const oneAtFirst = firstAlone();

  return {
    source,
    signs: true,
    bind(scope, context) {
      const { now, clock, send, warn } = context;
      const place = oneForAllRegions ? "" : context.region;
      const key = keys.get(place) ?? memoize(() => obtain(context), now);
      keys.set(place, key);
      let found: Promise<string> | undefined;

      /** `signed` is told what each try was signed with. */
      const attempt = ({ projectId, ...request }: AuthorizedRequest, signed: (by: Signed) => void = () => {}) =>
        send({
          ...request,
          async authorize({ method, url, body }) {
            const current = await key.current();
            const { skewMs } = clock;
            signed({ key: current, skewMs });
            const sent = {
              ...(body === "" ? {} : { "content-type": "application/json" }),
              ...(projectId === undefined ? {} : { [headers.project.toLowerCase()]: projectId }),
            };
            const signature = await sign(current, { method, url, body, headers: sent }, now() + (skewMs ?? 0));
            return { headers: signature, secrets: secretsOf(current, signature) };
          },
        });

      /** Puts right what a refusal tells. Answers whether another attempt makes sense. */
      const learnFrom = (error: unknown, by: Signed | undefined): boolean => {
        const skew = by && by.skewMs === undefined ? skewThatWasRefused(error, now()) : undefined;
        if (skew !== undefined) {
          if (clock.skewMs !== undefined) return true; // others have put it right meanwhile
          clock.skewMs = skew;
          warn(
            `This machine's clock is ${describeSkew(skew)} the service's: requests are signed with the service's time.`,
          );
          return true;
        }
        return saysKeyIsStale(error) && by?.key.expiresAt !== undefined && key.drop(by.key);
      };

      const authorization: Authorization = {
        projectId() {
          found ??= import("../services/iam").then(({ findProjectId }) =>
            findProjectId(scope, source, authorization, context),
          );
          return found;
        },
        send: (request) =>
          oneAtFirst(() => {
            let last: Signed | undefined;
            return attempt(request, (by) => {
              last = by;
            }).catch((error) => {
              if (!learnFrom(error, last)) throw error;
              return attempt({ ...request, outcomeSoFar: outcomeOf(error) });
            });
          }),
      };
      return authorization;
    },
  };
}

/** Also the access key's ID, which is a part of a header. */
function secretsOf({ accessKey, secretKey, securityToken }: AccessKey, signed: Record<string, string>): string[] {
  const { Authorization: authorization = "" } = signed;
  const signature = authorization.split("Signature=")[1];
  return [accessKey, secretKey, securityToken, authorization, signature].filter((text) => text !== undefined);
}

function describeSkew(skewMs: number): string {
  return `${Math.round(Math.abs(skewMs) / 60_000)} minutes ${skewMs > 0 ? "behind" : "ahead of"}`;
}

/**
 * Lets one request go first, and none after the service has refused its signature: a wrong secret key that is tried more
 * than five times locks the access key for five minutes. Where the first gets no verdict, for the network is down, say,
 * the others do not wait for each other's deadlines.
 */
function firstAlone(): <T>(work: () => Promise<T>) => Promise<T> {
  let open = false;
  let refusal: HuaweiCloudError | undefined;
  let trial: Promise<unknown> | undefined;
  return async (work) => {
    while (!open) {
      if (refusal) throw withOutcome(refusal, "refused"); // this one was not sent
      if (!trial) {
        const first = work();
        trial = first.then(
          () => {
            open = true;
          },
          (error) => {
            if (refusesSignature(error)) refusal = error;
            else open = true;
          },
        );
        return first;
      }
      await trial;
    }
    return work();
  };
}
