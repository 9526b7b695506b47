// Calls of IAM: tokens, temporary access keys, projects.
// API reference: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html

import { parseAnswer } from "../transport/answer";
import { ApiError, CredentialsError, ResponseError } from "../transport/errors";
import type { RawResponse } from "../transport/request";
import { type RequestContext, sentence } from "../transport/sentence";
import { z } from "../transport/zod";
import { type Caller, contextOf, type ProjectScope, type RegionContext } from "./context";
import { ProjectNotFoundError } from "./project";
import { issued, type TemporaryKey, toTemporaryKey } from "./temporaryKey";
import { headers } from "./wire";

const paths = {
  tokens: "/v3/auth/tokens?nocatalog=true",
  idTokenTokens: "/v3.0/OS-AUTH/id-token/tokens",
  temporaryKeys: "/v3.0/OS-CREDENTIAL/securitytokens",
  projects: (name: string) => `/v3/projects?name=${encodeURIComponent(name)}`,
};

export interface IssuedToken {
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Undefined for a token without project scope. */
  projectId: string | undefined;
}

/** A user who logs in with a password: by user ID, or by name and account. */
type User = ({ id: string } | { name: string; domain: { id: string } | { name: string } }) & { password: string };

/** The agency to act as: its name, and the ID or name of the account that owns it. */
export interface Agency {
  agencyName: string;
  domainId?: string | undefined;
  domainName?: string | undefined;
}

const tokenAnswer = z.object({
  token: z.object({ expires_at: z.string(), project: z.object({ id: z.string() }).optional() }),
});
const projectsAnswer = z.object({ projects: z.array(z.object({ id: z.string(), name: z.string() })) });

/** `POST /v3/auth/tokens`: logs in with a password; the token serves the project in scope for 24 hours. */
export async function createToken(
  user: User,
  scope: ProjectScope,
  source: string,
  { send, endpoint }: RegionContext,
): Promise<IssuedToken> {
  const project = scope.projectId ? { id: scope.projectId } : { name: scope.projectName };
  const identity = { methods: ["password"], password: { user } };
  const context = contextOf(scope, source, "logging in with user name and password");
  const response = await send({
    method: "POST",
    url: endpoint("iam") + paths.tokens,
    body: JSON.stringify({ auth: { identity, scope: { project } } }),
    secrets: [user.password],
    context,
  });
  return toToken(response, context);
}

/** `POST /v3.0/OS-AUTH/id-token/tokens`: an unscoped token for the ID token of a registered identity provider. */
export async function createTokenWithIdToken(
  { idpId, idToken }: { idpId: string; idToken: string },
  source: string,
  { region, send, endpoint }: RegionContext,
): Promise<IssuedToken> {
  const context = { action: "logging in with an ID token", region, credentials: source };
  const response = await send({
    method: "POST",
    url: endpoint("iam") + paths.idTokenTokens,
    body: JSON.stringify({ auth: { id_token: { id: idToken } } }),
    authorize: async () => ({ headers: { [headers.identityProvider]: idpId }, secrets: [] }),
    secrets: [idToken],
    context,
  });
  return toToken(response, context);
}

/** `POST /v3.0/OS-CREDENTIAL/securitytokens`: a temporary access key for a token. */
export async function createKeyByToken(
  token: string,
  durationSeconds: number,
  source: string,
  { region, send, endpoint }: RegionContext,
): Promise<TemporaryKey> {
  const identity = { methods: ["token"], token: { id: token, duration_seconds: durationSeconds } };
  const context = { action: "getting a temporary access key", region, credentials: source };
  const response = await send({
    method: "POST",
    url: endpoint("iam") + paths.temporaryKeys,
    body: JSON.stringify({ auth: { identity } }),
    secrets: [token],
    context,
  });
  return toTemporaryKey(response, context);
}

/** `POST /v3.0/OS-CREDENTIAL/securitytokens`: a temporary access key that acts as an agency. */
export async function createKeyByAgency(
  { agencyName, domainId, domainName }: Agency,
  durationSeconds: number,
  source: string,
  caller: Caller,
  { region, endpoint }: RegionContext,
): Promise<TemporaryKey> {
  const account = domainId === undefined ? { domain_name: domainName } : { domain_id: domainId };
  const role = { agency_name: agencyName, ...account, duration_seconds: durationSeconds };
  const context = { action: "assuming an agency", region, credentials: source };
  const response = await caller.send({
    method: "POST",
    url: endpoint("iam") + paths.temporaryKeys,
    body: JSON.stringify({ auth: { identity: { methods: ["assume_role"], assume_role: role } } }),
    context,
  });
  return toTemporaryKey(response, context);
}

/** `GET /v3/projects?name=`: the ID of the project in scope, by its name. */
export async function findProjectId(
  scope: ProjectScope,
  source: string,
  caller: Caller,
  { endpoint, keyOf }: Pick<RegionContext, "endpoint" | "keyOf">,
): Promise<string> {
  const remedy = `Set projectId (${keyOf("projectId")} or HW_PROJECT_ID) to avoid this look-up.`;
  const context = contextOf(scope, source, "looking up the project's ID");
  const request = { method: "GET" as const, url: endpoint("iam") + paths.projects(scope.projectName), context };
  const response = await caller.send(request).catch((error) => {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    throw new CredentialsError(`${error.message} ${remedy}`);
  });
  // The service may match parts of names; only the exact name counts.
  const projects = parseAnswer(response, projectsAnswer, context).projects.filter(
    ({ name }) => name === scope.projectName,
  );
  const [project, ...others] = projects;
  if (project && others.length === 0) return project.id;
  const happened = project
    ? `${projects.length} projects have this name (${listed(projects.map(({ id }) => id))})`
    : "no project of this name, or the credentials may not see it";
  const kind = project ? CredentialsError : ProjectNotFoundError;
  throw new kind(sentence(context, happened, undefined, remedy));
}

/** The most IDs that a message names. */
const maxListed = 10;

function listed(ids: readonly string[]): string {
  const more = ids.length > maxListed ? ` and ${ids.length - maxListed} more` : "";
  return ids.slice(0, maxListed).join(", ") + more;
}

function toToken(response: RawResponse, context: RequestContext): IssuedToken {
  const { token } = parseAnswer(response, tokenAnswer, context);
  const { data: issuedToken } = issued.safeParse(response.headers[headers.issuedToken]);
  if (!issuedToken) throw new ResponseError(sentence(context, "IAM answered without a token"));
  return { token: issuedToken, expiresAt: Date.parse(token.expires_at), projectId: token.project?.id };
}
