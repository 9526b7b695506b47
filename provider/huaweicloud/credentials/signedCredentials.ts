// Credentials that are an access key: each request is signed, temporary keys are renewed, a wrong clock is put right once.
import { findProjectId } from "../iam";
import { type AccessKey, sign } from "../signing";
import { refusesSignature, saysKeyIsStale, skewThatWasRefused } from "../staleness";
import { headers } from "../wire";
import type { Authorization, CredentialContext, Credentials } from "./credentials";
import { type Renewable, renewable } from "./renewal";

/** `obtain` gets the key. It is asked again before the key ends; once for each region, whatever the number of projects. */
export function signedCredentials(
  source: string,
  obtain: (context: CredentialContext) => Promise<AccessKey>,
): Credentials {
  const keys = new Map<string, Renewable<AccessKey>>();
  const oneAtFirst = untilAccepted();
  let clockSkewMs: number | undefined;

  return {
    source,
    signs: true,
    bind(scope, context) {
      const { region, now, send, endpoint, warn } = context;
      const key = keys.get(region) ?? renewable(() => obtain(context), now);
      keys.set(region, key);
      let found: Promise<string> | undefined;
      let used: AccessKey | undefined;

      const attempt: Authorization["send"] = ({ projectId, ...request }) =>
        send({
          ...request,
          async authorize({ method, url, body }) {
            used = await key.current();
            const sent = {
              ...(body === "" ? {} : { "content-type": "application/json" }),
              ...(projectId === undefined ? {} : { [headers.project.toLowerCase()]: projectId }),
            };
            return sign(used, { method, url, body, headers: sent }, now() + (clockSkewMs ?? 0));
          },
        });

      /** Puts right what a refusal tells. Answers whether another attempt makes sense. */
      const learnFrom = (error: unknown): boolean => {
        const skew = clockSkewMs === undefined ? skewThatWasRefused(error, now()) : undefined;
        if (skew !== undefined) {
          clockSkewMs = skew;
          warn(
            `This machine's clock is ${describeSkew(skew)} the service's: requests are signed with the service's time.`,
          );
          return true;
        }
        return saysKeyIsStale(error) && used?.expiresAt !== undefined && key.drop(used);
      };

      const authorization: Authorization = {
        projectId() {
          found ??= findProjectId(scope, source, authorization, endpoint("iam"));
          return found;
        },
        send: (request) =>
          oneAtFirst(() =>
            attempt(request).catch((error) => {
              if (!learnFrom(error)) throw error;
              return attempt(request);
            }),
          ),
      };
      return authorization;
    },
  };
}

function describeSkew(skewMs: number): string {
  return `${Math.round(Math.abs(skewMs) / 60_000)} minutes ${skewMs > 0 ? "behind" : "ahead of"}`;
}

/**
 * Lets one request through at a time until the service has accepted a signature, and none after it has refused one: a
 * wrong secret key that is tried more than five times locks the access key for five minutes.
 */
function untilAccepted(): <T>(work: () => Promise<T>) => Promise<T> {
  let accepted = false;
  let refusal: Error | undefined;
  let trial: Promise<unknown> | undefined;
  return async (work) => {
    while (!accepted) {
      if (refusal) throw refusal;
      if (!trial) {
        const first = work();
        trial = first.then(
          () => {
            accepted = true;
          },
          (error) => {
            if (refusesSignature(error)) refusal = error;
            trial = undefined;
          },
        );
        return first;
      }
      await trial;
    }
    return work();
  };
}
