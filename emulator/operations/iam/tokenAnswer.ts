// Issues a token and writes the answer all ways of getting one share: the token in a header, its description in the body.

import type { Principal, Scope } from "../../cloud/state";
import type { Answer, Call } from "../../operation";
import { toIamTime } from "./time";

export function tokenAnswer(call: Call, methods: string[], principal: Principal, scope: Scope): Answer {
  const { cloud, now } = call;
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

/** All services live at the one address that the caller has reached. */
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
