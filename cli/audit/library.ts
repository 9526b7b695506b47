// What ../library.ts does, loaded when it is called.
import process from "node:process";
import type * as published from "../index";
import { exitCodeOf } from "../report/assemble";
import { toHtml } from "../report/html";
import { toJson } from "../report/json";
import { readAccounts, findAccounts as scopesOf } from "./accounts";
import { createClient } from "./client";
import { expectKey } from "./expectations";
import { asUsage, audit, homeOf, writeWhole } from "./run";
import { Waivers } from "./waivers";

export const findAccounts: typeof published.findAccounts = async ({ file, organization, agency }) => {
  const accounts = file === undefined ? undefined : readAccounts(file);
  const { env: environment, stderr } = process;
  const client = asUsage(() =>
    createClient({
      environment,
      warn: (line) => stderr.write(`${line}\n`),
      log: (line) => stderr.write(`${line}\n`),
      throttled: () => {},
    }),
  );
  const home = homeOf(client, accounts?.[0]?.regions ?? []);
  return scopesOf(client.of(undefined, home).account(), { accounts, organization, agency });
};

export const auditAccounts: typeof published.auditAccounts = async (accounts, options = {}) => {
  const { regions = [], html, json, stop = new AbortController().signal } = options;
  const startedAt = new Date();
  const { report } = await audit(
    {
      scope: { found: accounts, regions, excludedRegions: [], projects: [] },
      question: { expect: expectKey(options.expectKey), disks: false },
      startedAt,
      waivers: new Waivers([], startedAt.toISOString().slice(0, 10)),
      baseline: undefined,
    },
    { environment: process.env, stderr: process.stderr, stop, now: () => new Date() },
  );
  if (html !== undefined) writeWhole(html, toHtml(report));
  if (json !== undefined) writeWhole(json, toJson(report));
  return exitCodeOf(report);
};
