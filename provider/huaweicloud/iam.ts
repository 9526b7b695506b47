// Calls of IAM: tokens and projects. API reference: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
import { z } from "zod";
import { parseAnswer } from "./answer";
import { type CredentialContext, contextOf, type ProjectScope } from "./credentials/credentials";
import { CredentialsError, ResponseError, sentence } from "./errors";
import type { OutgoingRequest } from "./http";
import { headers, iamPaths } from "./wire";

export interface IssuedToken {
  token: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  projectId: string;
}

type Identity = ({ id: string } | { name: string; domain: { id: string } | { name: string } }) & { password: string };

const tokenAnswer = z.object({ token: z.object({ expires_at: z.string(), project: z.object({ id: z.string() }) }) });
const projectsAnswer = z.object({ projects: z.array(z.object({ id: z.string(), name: z.string() })) });

/** `POST /v3/auth/tokens`: logs in with a password; the token serves the project in scope for 24 hours. */
export async function createToken(
  user: Identity,
  scope: ProjectScope,
  context: CredentialContext,
): Promise<IssuedToken> {
  const project = scope.projectId ? { id: scope.projectId } : { name: scope.projectName };
  const identity = { methods: ["password"], password: { user } };
  const request: OutgoingRequest = {
    method: "POST",
    url: context.iamEndpoint + iamPaths.tokens,
    body: JSON.stringify({ auth: { identity, scope: { project } } }),
    context: contextOf(scope, "logging in with user name and password"),
  };
  const response = await context.send(request);
  const { token } = parseAnswer(response, tokenAnswer, request.context);
  const issued = response.headers[headers.issuedToken];
  if (!issued) throw new ResponseError(sentence(request.context, "IAM answered without a token"));
  return { token: issued, expiresAt: Date.parse(token.expires_at), projectId: token.project.id };
}

/** `GET /v3/projects?name=`: the ID of the project in scope, by its name. */
export async function findProjectId(
  scope: ProjectScope,
  context: CredentialContext & Pick<OutgoingRequest, "authorize">,
): Promise<string> {
  const remedy = "Set projectId (huaweicloud:projectId or HW_PROJECT_ID) to go without this look-up.";
  const request: OutgoingRequest = {
    method: "GET",
    url: context.iamEndpoint + iamPaths.projects(scope.projectName),
    context: contextOf(scope, "looking up the project's ID"),
    ...(context.authorize ? { authorize: context.authorize } : {}),
  };
  const response = await context.send(request);
  // The service may match loosely; only the very name counts.
  const projects = parseAnswer(response, projectsAnswer, request.context).projects.filter(
    ({ name }) => name === scope.projectName,
  );
  const [project, ...others] = projects;
  if (project && others.length === 0) return project.id;
  const happened = project
    ? `${projects.length} projects have this name (${projects.map(({ id }) => id).join(", ")})`
    : "no project of this name, or the credentials may not see it";
  throw new CredentialsError(sentence(request.context, happened, undefined, remedy));
}
