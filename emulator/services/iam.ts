// IAM: tokens, temporary access keys, and what a caller can reach. IAM v3 (/v3) and v3.0 (/v3.0) write errors differently.

import { z } from "zod";
import type { Cloud } from "../cloud/cloud";
import { assumeAgency, federatedPrincipal, userPrincipal, verifyIdentityToken } from "../cloud/principals";
import type { Agency, Principal, Project, Scope } from "../cloud/state";
import { type CloudError, iam3Error, iamError } from "../errors";
import { userLocked } from "../inferred";
import { type Answer, type Call, type CallerCall, type Operation, readBody } from "../operation";

// biome-ignore format: one operation a line
export const iam = [
  { service: "iam", name: "KeystoneCreateUserTokenByPassword", method: "POST", path: "/v3/auth/tokens", identityMethod: "password", auth: "none", handle: createUserToken },
  { service: "iam", name: "KeystoneCreateScopedToken", method: "POST", path: "/v3/auth/tokens", identityMethod: "token", auth: "none", handle: createScopedToken },
  { service: "iam", name: "KeystoneCreateAgencyToken", method: "POST", path: "/v3/auth/tokens", identityMethod: "assume_role", auth: "caller", handle: createAgencyToken },
  { service: "iam", name: "CreateTokenWithIdToken", method: "POST", path: "/v3.0/OS-AUTH/id-token/tokens", auth: "none", handle: createTokenWithIdToken },
  { service: "iam", name: "CreateTemporaryAccessKeyByToken", method: "POST", path: "/v3.0/OS-CREDENTIAL/securitytokens", identityMethod: "token", auth: "none", handle: createTemporaryAccessKeyByToken },
  { service: "iam", name: "CreateTemporaryAccessKeyByAgency", method: "POST", path: "/v3.0/OS-CREDENTIAL/securitytokens", identityMethod: "assume_role", auth: "caller", handle: createTemporaryAccessKeyByAgency },
  { service: "iam", name: "KeystoneListProjects", method: "GET", path: "/v3/projects", auth: "caller", permission: "iam:listProjects", handle: listProjects },
  { service: "iam", name: "KeystoneListAuthProjects", method: "GET", path: "/v3/auth/projects", auth: "caller", handle: listAuthProjects },
  { service: "iam", name: "KeystoneListAuthDomains", method: "GET", path: "/v3/auth/domains", auth: "caller", handle: listAuthDomains },
  { service: "iam", name: "KeystoneListRegions", method: "GET", path: "/v3/regions", auth: "caller", handle: listRegions },
] as const satisfies readonly Operation[];

const invalidBody = () => iamError(400, "The request body is invalid");
const noRight = () => iamError(403, "You have no right to do this action.");

const named = z.object({ id: z.string().optional(), name: z.string().optional() });
const scopeSchema = z.object({ project: named.optional(), domain: named.optional() });

/** The documented name is `agency_name`; some clients send `xrole_name`. */
const agencySchema = z.object({
  agency_name: z.string().optional(),
  xrole_name: z.string().optional(),
  domain_id: z.string().optional(),
  domain_name: z.string().optional(),
  duration_seconds: z.number().int().optional(),
});

// Tokens

const userTokenRequest = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      password: z.object({
        user: z.object({
          id: z.string().optional(),
          name: z.string().optional(),
          password: z.string(),
          domain: named.optional(),
        }),
      }),
    }),
    scope: scopeSchema.optional(),
  }),
});

function createUserToken(call: Call): Answer {
  const { auth } = readBody(userTokenRequest, call.body, invalidBody);
  const asked = auth.identity.password.user;
  const account = call.cloud.account(asked.domain?.id ?? asked.domain?.name ?? "");
  const user = call.cloud.users.find((candidate) =>
    asked.id === undefined
      ? candidate.accountId === account?.id && candidate.name === asked.name
      : candidate.id === asked.id,
  );
  const { wrongPasswords } = call.cloud;
  if (user !== undefined && wrongPasswords.isLocked(user.id, call.now)) throw userLocked();
  if (user === undefined || !user.enabled || user.password !== asked.password) {
    if (user !== undefined) wrongPasswords.fail(user.id, call.now);
    throw iamError(401, "The username or password is wrong.");
  }
  wrongPasswords.clear(user.id);
  return tokenAnswer(call, "password", userPrincipal(user), resolveScope(call.cloud, user.accountId, auth.scope));
}

const scopedTokenRequest = z.object({
  auth: z.object({
    identity: z.object({ token: z.object({ id: z.string() }) }),
    scope: scopeSchema.optional(),
  }),
});

/** A token for a token: for another project, or for the account. */
function createScopedToken(call: Call): Answer {
  const { auth } = readBody(scopedTokenRequest, call.body, invalidBody);
  const { principal } = call.callerOfToken(auth.identity.token.id);
  return tokenAnswer(call, "token", principal, resolveScope(call.cloud, principal.accountId, auth.scope));
}

const agencyTokenRequest = z.object({
  auth: z.object({ identity: z.object({ assume_role: agencySchema }), scope: scopeSchema.optional() }),
});

function createAgencyToken(call: CallerCall): Answer {
  const { auth } = readBody(agencyTokenRequest, call.body, invalidBody);
  const agency = findAgency(call.cloud, auth.identity.assume_role, () =>
    iamError(404, "Could not find the domain or the agency."),
  );
  const principal = assumeAgency(call.cloud, call.caller.principal, agency);
  if (principal === undefined) throw noRight();
  return tokenAnswer(call, "assume_role", principal, resolveScope(call.cloud, agency.accountId, auth.scope));
}

const idTokenRequest = z.object({
  auth: z.object({ id_token: z.object({ id: z.string() }), scope: scopeSchema.optional() }),
});

function createTokenWithIdToken(call: Call): Answer {
  const { auth } = readBody(idTokenRequest, call.body, invalidBody);
  const providerId = String(call.headers["x-idp-id"] ?? "");
  const provider = call.cloud.identityProviders.find(({ id }) => id === providerId);
  if (provider === undefined) throw iamError(404, `Could not find Identity Provider: ${providerId}.`);
  const subject = verifyIdentityToken(provider, auth.id_token.id, call.now, (reason) =>
    iamError(401, `The id token is invalid: ${reason}.`),
  );
  const principal = federatedPrincipal(provider.id, subject, provider.accountId);
  return tokenAnswer(call, "mapped", principal, resolveScope(call.cloud, provider.accountId, auth.scope));
}

/** A project wins over a domain; neither is the account as a whole. */
function resolveScope(cloud: Cloud, accountId: string, asked: z.infer<typeof scopeSchema> | undefined): Scope {
  const wanted = asked?.project;
  if (wanted === undefined) {
    const domain = asked?.domain;
    const found = domain === undefined ? accountId : cloud.account(domain.id ?? domain.name ?? "")?.id;
    if (found !== accountId) throw iamError(401, "The domain is not found or is not the caller's.");
    return { type: "domain", accountId };
  }
  const project = cloud
    .projects(accountId)
    .find(({ id, name }) => (wanted.id === undefined ? name === wanted.name : id === wanted.id));
  if (project === undefined) throw iamError(404, `Could not find project: ${wanted.id ?? wanted.name ?? ""}.`);
  return { type: "project", projectId: project.id };
}

/** The account's ID beats its name. */
function findAgency(cloud: Cloud, asked: z.infer<typeof agencySchema>, unknown: () => CloudError): Agency {
  const account = cloud.account(asked.domain_id ?? asked.domain_name ?? "");
  const agency = account && cloud.agency(account.id, asked.agency_name ?? asked.xrole_name ?? "");
  if (agency === undefined) throw unknown();
  return agency;
}

/** Issues the token. It goes in a header; the body describes it. */
function tokenAnswer(call: Call, method: string, principal: Principal, scope: Scope): Answer {
  const { cloud, now } = call;
  const methods = [method];
  const token = cloud.sessions.issueToken({
    principal,
    scope,
    methods,
    issuedAt: now,
    expiresAt: now + cloud.tokenLifetimeMs,
  });
  const nocatalog = (call.query.get("nocatalog") ?? "") !== "";
  return {
    status: 201,
    headers: { "X-Subject-Token": token.value },
    body: {
      token: {
        catalog: nocatalog ? [] : catalog(call, scope),
        expires_at: toIamTime(token.expiresAt),
        issued_at: toIamTime(token.issuedAt),
        methods,
        ...describeScope(call, scope),
        roles: principal.role === "none" ? [] : [{ id: "0", name: `te_${principal.role}` }],
        user: { ...describePrincipal(call, principal), password_expires_at: "" },
        ...(principal.assumedBy === undefined
          ? {}
          : { assumed_by: { user: describePrincipal(call, principal.assumedBy) } }),
      },
    },
  };
}

function describePrincipal({ cloud }: Call, { id, name, accountId }: Pick<Principal, "id" | "name" | "accountId">) {
  return { domain: { id: accountId, name: cloud.account(accountId)?.name ?? "" }, id, name };
}

function describeScope({ cloud }: Call, scope: Scope) {
  const project = scope.type === "project" ? cloud.project(scope.projectId) : undefined;
  const accountId = project?.accountId ?? (scope.type === "domain" ? scope.accountId : "");
  const domain = { id: accountId, name: cloud.account(accountId)?.name ?? "" };
  return project === undefined ? { domain } : { project: { domain, id: project.id, name: project.name } };
}

/** All services are at the one address that the caller has reached. */
function catalog({ cloud, headers }: Call, scope: Scope) {
  const project = scope.type === "project" ? cloud.project(scope.projectId) : undefined;
  const region = project?.region ?? "*";
  const paths = { iam: "/v3", kms: `/v1.0/${project?.id ?? ""}`, evs: `/v5/${project?.id ?? ""}` };
  return Object.entries(paths).map(([name, path]) => ({
    id: name,
    name,
    type: name,
    endpoints: [
      { id: name, interface: "public", region, region_id: region, url: `http://${headers.host ?? ""}${path}` },
    ],
  }));
}

// Temporary access keys

const keyByTokenRequest = z.object({
  auth: z.object({
    identity: z.object({
      token: z.object({ id: z.string().optional(), duration_seconds: z.number().int().optional() }).optional(),
    }),
  }),
});

/** The token is in the body or in the header. */
function createTemporaryAccessKeyByToken(call: Call): Answer {
  const { token } = readBody(keyByTokenRequest, call.body, () => iam3Error("IAM.0011")).auth.identity;
  const caller = token?.id === undefined ? call.authenticate() : call.callerOfToken(token.id);
  return temporaryKeyAnswer(call, caller.principal, token?.duration_seconds);
}

const keyByAgencyRequest = z.object({ auth: z.object({ identity: z.object({ assume_role: agencySchema }) }) });

function createTemporaryAccessKeyByAgency(call: CallerCall): Answer {
  const asked = readBody(keyByAgencyRequest, call.body, () => iam3Error("IAM.0011")).auth.identity.assume_role;
  const agency = findAgency(call.cloud, asked, () => iam3Error("IAM.0004"));
  const principal = assumeAgency(call.cloud, call.caller.principal, agency);
  if (principal === undefined) throw iam3Error("IAM.0002");
  return temporaryKeyAnswer(call, principal, asked.duration_seconds);
}

const minSeconds = 900;
const maxSeconds = 86_400;

function temporaryKeyAnswer({ cloud, now }: Call, principal: Principal, seconds = minSeconds): Answer {
  if (seconds < minSeconds || seconds > maxSeconds) throw iam3Error("IAM.0007");
  const key = cloud.sessions.issueTemporaryKey(principal, now + seconds * 1000);
  const { accessKey: access, secretKey: secret, securityToken: securitytoken } = key;
  return {
    status: 201,
    body: { credential: { access, secret, securitytoken, expires_at: toIamTime(key.expiresAt) } },
  };
}

// What a caller can reach

const projectsQuery = z
  .object({
    name: z.string().optional(),
    domain_id: z.string().optional(),
    parent_id: z.string().optional(),
    enabled: z.enum(["true", "false"]).optional(),
    page: z.coerce.number().int().min(1).optional(),
    per_page: z.coerce.number().int().min(1).max(5000).optional(),
  })
  .refine(({ page, per_page }) => (page === undefined) === (per_page === undefined));

type ProjectsQuery = z.infer<typeof projectsQuery>;

function readProjectsQuery(query: URLSearchParams): ProjectsQuery {
  return readBody(projectsQuery, Object.fromEntries(query), () => iamError(400, "The request parameter is invalid"));
}

function listProjects({ cloud, caller, query }: CallerCall): Answer {
  const asked = readProjectsQuery(query);
  const { accountId } = caller.principal;
  if (asked.domain_id !== undefined && asked.domain_id !== accountId) throw noRight();
  const found = cloud
    .projects(accountId)
    .filter(({ name }) => asked.name === undefined || name === asked.name)
    .filter(({ parentId }) => asked.parent_id === undefined || parentId === asked.parent_id)
    .filter(({ disabled = false }) => asked.enabled === undefined || asked.enabled === String(!disabled));
  return { body: projectsBody(found, asked, "projects") };
}

/** Pages as the other list does. */
function listAuthProjects({ cloud, caller, query }: CallerCall): Answer {
  const found = cloud.projects(caller.principal.accountId);
  return { body: projectsBody(found, readProjectsQuery(query), "auth/projects") };
}

function projectsBody(
  found: readonly Project[],
  { page = 1, per_page: size = found.length }: ProjectsQuery,
  path: string,
) {
  return {
    projects: found.slice((page - 1) * size, page * size).map(projectEntry),
    links: { self: `https://iam.myhuaweicloud.com/v3/${path}`, next: null, previous: null },
  };
}

function projectEntry(project: Project) {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.accountId,
    parent_id: project.parentId,
    enabled: project.disabled !== true,
    is_domain: false,
    description: "",
    links: { self: `https://iam.${project.region}.myhuaweicloud.com/v3/projects/${project.id}` },
  };
}

function listAuthDomains({ cloud, caller }: CallerCall): Answer {
  const account = cloud.account(caller.principal.accountId);
  const domains =
    account === undefined ? [] : [{ id: account.id, name: account.name, enabled: true, description: "", links: {} }];
  return { body: { domains, links: { self: "https://iam.myhuaweicloud.com/v3/auth/domains" } } };
}

/** Also those in which the account has no project. */
function listRegions({ cloud }: CallerCall): Answer {
  const regions = cloud.regions().map((id) => ({
    id,
    type: "public",
    locales: { "zh-cn": id, "en-us": id },
    parent_region_id: null,
    description: "",
    links: { self: `https://iam.myhuaweicloud.com/v3/regions/${id}` },
  }));
  return { body: { regions, links: { self: "https://iam.myhuaweicloud.com/v3/regions", next: null, previous: null } } };
}

/** UTC with six digits of microseconds, as IAM writes times. */
export function toIamTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}
