// Credentials: the ID token of a pipeline (OpenID Connect), exchanged for a temporary access key. No secret is stored
// anywhere: the pipeline's own system issues the token, for minutes.
import { createKeyByToken, createTokenWithIdToken } from "../services/iam";
import { assumeAgencyWithOidc } from "../services/sts";
import type { Setting } from "../settings";
import { CredentialsError } from "../transport/errors";
import { assumeAgency, defaultDurationSeconds } from "./agency";
import type { Credentials } from "./credentials";
import { guardSecret } from "./guardSecret";
import { incomplete } from "./incomplete";
import { signedCredentials } from "./signedCredentials";
import { readSmallFile } from "./smallFile";
import { refusesPassword } from "./staleness";

/** Where the ID token is: itself, or a file that is read anew each time one is needed. */
interface IdToken {
  idToken: Setting | undefined;
  idTokenFile: Setting | undefined;
}

/** IAM v3.0: the identity provider of the account, and the agency to act as afterwards, if any. */
export interface IdentityProviderSettings extends IdToken {
  idpId: Setting | undefined;
  agencyName?: string | undefined;
  domainId?: string | undefined;
  duration?: number | undefined;
}

/** `names` says where the token can be set, for the error about a missing one. */
export function fromIdentityProvider(settings: IdentityProviderSettings, names: string): Credentials {
  const { idpId, idToken, idTokenFile, agencyName, domainId, duration = defaultDurationSeconds } = settings;
  if (!idpId) throw incomplete(idToken ?? idTokenFile, "no identity provider: set HW_ASSUME_ROLE_IDP_ID");
  const readToken = idTokenReader(idpId, { idToken, idTokenFile }, names);
  const source = `ID token of provider ${idpId.value} (${(idToken ?? idTokenFile)?.origin})`;
  const firstUse = guardSecret("ID token", refusesPassword);
  const federated = signedCredentials(source, async (context) => {
    const { token } = await firstUse({
      host: context.endpoint("iam"),
      context: { action: "logging in with an ID token", region: context.region, credentials: source },
      work: async () => createTokenWithIdToken({ idpId: idpId.value, idToken: readToken() }, source, context),
    });
    return createKeyByToken(token, duration, source, context);
  });
  if (agencyName === undefined && domainId !== undefined) {
    throw incomplete(idpId, "no agency in the account that is named: set HW_ASSUME_ROLE_AGENCY_NAME");
  }
  if (agencyName === undefined) return federated;
  if (domainId === undefined) throw incomplete(idpId, "not the account of the agency: set HW_ASSUME_ROLE_DOMAIN_ID");
  return assumeAgency(federated, { agencyName, domainId, duration });
}

/** STS v5: everything in one call. */
export interface StsOidcSettings extends IdToken {
  providerUrn: Setting | undefined;
  agencyUrn: Setting | undefined;
  sessionName: Setting | undefined;
  duration: Setting | undefined;
}

export function fromStsOidc(settings: StsOidcSettings): Credentials {
  const { providerUrn, agencyUrn, idToken, idTokenFile, sessionName, duration } = settings;
  const set = providerUrn ?? agencyUrn ?? idToken ?? idTokenFile;
  if (!providerUrn) throw incomplete(set, "no provider: set HUAWEICLOUD_OIDC_PROVIDER_URN");
  if (!agencyUrn) throw incomplete(set, "no agency: set HUAWEICLOUD_OIDC_AGENCY_URN");
  const names = "HUAWEICLOUD_OIDC_TOKEN_FILE or HUAWEICLOUD_OIDC_ID_TOKEN";
  const readToken = idTokenReader(providerUrn, { idToken, idTokenFile }, names);
  const durationSeconds = Number(duration?.value ?? defaultDurationSeconds);
  if (!Number.isInteger(durationSeconds)) {
    throw new CredentialsError(`${duration?.origin} must be a number of seconds, such as 3600.`);
  }
  const source = `ID token for agency ${agencyUrn.value} (${(idToken ?? idTokenFile)?.origin})`;
  const firstUse = guardSecret("ID token", refusesPassword);
  return signedCredentials(source, (context) =>
    firstUse({
      host: context.endpoint("sts"),
      context: { action: "assuming an agency with an ID token", region: context.region, credentials: source },
      work: async () => {
        const agency = { providerUrn: providerUrn.value, agencyUrn: agencyUrn.value, sessionName: sessionName?.value };
        return assumeAgencyWithOidc({ ...agency, idToken: readToken(), durationSeconds }, source, context);
      },
    }),
  );
}

function idTokenReader(set: Setting, { idToken, idTokenFile }: IdToken, names: string): () => string {
  if (idToken) return () => idToken.value;
  if (!idTokenFile) throw incomplete(set, `no ID token: set ${names}`);
  return () => {
    const { value, origin } = idTokenFile;
    const read = readSmallFile(value);
    // The value is not quoted: it may be the token itself, put there by mistake.
    if ("reason" in read) {
      throw new CredentialsError(
        `${origin} names a file that cannot be read (${read.reason}): give the path of the file with the ID token.`,
      );
    }
    const text = read.text.trim();
    if (text === "") throw new CredentialsError(`${origin} names a file that is empty: it should hold the ID token.`);
    return text;
  };
}
