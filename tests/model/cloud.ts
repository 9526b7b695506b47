// The cloud of the model: the emulator's own gateway and cloud, called in this process instead of by a socket. It stands in
// for the network below the transport's retry loop, so that credentials, signatures, tries and outcomes are the real ones.

import { Authentication } from "../../emulator/authentication";
import { systemClock } from "../../emulator/clock";
import { Cloud } from "../../emulator/cloud/cloud";
import { uuid } from "../../emulator/cloud/ids";
import { buildState, projectId, type Seed } from "../../emulator/cloud/seed";
import type { DefaultEncryption } from "../../emulator/cloud/state";
import { type FaultAction, Faults } from "../../emulator/faults";
import { Gateway } from "../../emulator/gateway";
import { Holds } from "../../emulator/holds";
import { RequestLog } from "../../emulator/requestLog";
import { findOperation } from "../../emulator/services/registry";
import type { Delivery } from "../../emulator/wire";
import axios, {
  AxiosError,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from "../../provider/huaweicloud/transport/axios";
import { type Call, never, serving } from "./engine";

export const company = "company";
export const partner = "partner";
export const agencyName = "evs-deployer";
export const region = "cn-north-4";
export const otherRegion = "ap-southeast-3";

/** The last is disabled from the start. */
export const keyAliases = ["red", "green", "blue", "grey"] as const;

/** Projects besides those of the regions. */
export const furtherProjects = Array.from({ length: 20 }, (_, index) => `${region}_${index + 1}`);

const agencies = [{ name: "EVSAccessKMS", trust: { service: "EVS" }, role: "admin" as const }];
export const seed: Seed = {
  accounts: [
    {
      name: company,
      users: [{ name: "deployer", password: "unused", role: "admin" }],
      projects: [
        { region, name: region },
        { region, name: `${region}_team` },
        { region: otherRegion, name: otherRegion },
        ...furtherProjects.map((name) => ({ region, name })),
      ],
      agencies,
    },
    {
      name: partner,
      users: [],
      projects: [{ region, name: region }],
      agencies: [...agencies, { name: agencyName, trust: { account: company }, role: "admin" }],
    },
  ],
  keys: keyAliases.map((alias) => ({
    alias,
    spec: "AES_256",
    usage: "ENCRYPT_DECRYPT",
    state: alias === "grey" ? "disabled" : "enabled",
  })),
};

/** IDs follow from the names, also those of projects and keys that are gone. */
export { projectId };

export function keyIdOf(project: string, alias: string): string {
  return uuid("key", project, alias);
}

/** What happens to one request. */
export const faults = {
  "applied, answer lost": { type: "resetAfter" },
  "connection reset": { type: "resetBefore" },
  throttled: { type: "status", status: 429 },
  unavailable: { type: "status", status: 503 },
  "applied, then 500": { type: "status", status: 500, applied: true },
  refused: { type: "status", status: 403 },
  "applied, answer garbled": { type: "garbage", applied: true },
  "answer broken off": { type: "halfBody" },
} satisfies Record<string, FaultAction>;
/** Or the process is killed, before the request arrives or after it was answered. */
export type Fault = keyof typeof faults | "killed before" | "killed after";

/** What happens in a command: the faults of its requests by their order, and how long each request is under way. */
export interface Weather {
  faults: readonly (Fault | undefined)[];
  /** Faults by operation: of its nth request in this command, counted from 0. */
  at?: readonly { operation: string; occurrence: number; fault: Fault }[];
  /** In turns of the event loop, for one request after the other; begins anew at its end. */
  delays: readonly number[];
  /** The process is killed at a call of the provider, counted from 0: before it, or after it and before state is written. */
  killAtCall?: { index: number; when: "before" | "after" } | undefined;
}

/** A change of the setting of a project: by a call of the provider, or by somebody else. */
export interface Write {
  projectId: string;
  call: Call | undefined;
  before: DefaultEncryption;
  after: DefaultEncryption;
  change: { keyId?: string; enabled?: boolean };
}

class WatchedCloud extends Cloud {
  writes: Write[] = [];
  onWrite: (write: Write) => void = () => {};

  override setDefaultEncryption(projectId: string, change: { keyId?: string; enabled?: boolean }): void {
    const before = { ...this.evs(projectId) };
    super.setDefaultEncryption(projectId, change);
    this.onWrite({ projectId, call: serving.getStore()?.call, before, after: { ...this.evs(projectId) }, change });
  }
}

export class ModelCloud {
  readonly cloud = new WatchedCloud(buildState(seed), systemClock, 24 * 3600 * 1000);
  readonly #faults = new Faults();
  readonly #log = new RequestLog();
  readonly #gateway = new Gateway(new Authentication(this.cloud), this.#faults, new Holds(), this.#log, {
    latencyMs: 0,
    throttle: undefined,
    clockSkewMs: 0,
    alsoHosts: [],
  });
  #weather: Weather = { faults: [], delays: [] };
  #count = 0;
  readonly #counts = new Map<string, number>();
  #kill: () => void = () => {};

  constructor() {
    axios.defaults.adapter = (config) => this.#send(config);
  }

  /** From now on; the promise resolves when the process is killed. */
  start(weather: Weather): Promise<void> {
    this.#weather = weather;
    this.#count = 0;
    this.#counts.clear();
    return new Promise((resolve) => {
      this.#kill = resolve;
    });
  }

  /** Requests so far in this command. */
  get requests(): number {
    return this.#count;
  }

  get operations(): string[] {
    return this.#log.records.slice(this.#log.records.length - this.#count).map(({ operation }) => operation);
  }

  /** What a user exports. */
  environment(): Record<string, string> {
    const user = this.cloud.user(company, "deployer");
    return {
      HW_ACCESS_KEY: user?.accessKey ?? "",
      HW_SECRET_KEY: user?.secretKey ?? "",
      HW_ENDPOINT_URL: "http://127.0.0.1:9",
      HW_MAX_RETRIES: "2",
    };
  }

  async #send(config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
    const isDead = serving.getStore()?.isDead ?? (() => false);
    if (isDead()) return never();
    const url = new URL(config.url ?? "");
    const method = (config.method ?? "get").toUpperCase();
    const body = typeof config.data === "string" ? config.data : "";
    const index = this.#count++;
    const { delays, at = [] } = this.#weather;
    const operation =
      findOperation(method, url.pathname, body === "" ? undefined : JSON.parse(body))?.operation.name ?? "";
    const occurrence = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, occurrence + 1);
    const scripted = at.find((entry) => entry.operation === operation && entry.occurrence === occurrence);
    const fault = scripted?.fault ?? this.#weather.faults[index];
    const delay = delays[index % delays.length] ?? 0;
    for (let turn = 0; turn < delay; turn++) await nextTurn();
    if (isDead()) return never();
    if (fault === "killed before") return this.die();
    this.#faults.clear();
    if (fault !== undefined && fault !== "killed after") this.#faults.add({ action: faults[fault] });
    const { headers, delivery } = await this.#gateway.handle({
      method,
      target: url.pathname + url.search,
      path: url.pathname,
      headers: { ...lowerCased(config.headers.toJSON()), host: url.host },
      body: Buffer.from(body),
    });
    if (isDead()) return never();
    if (fault === "killed after") return this.die();
    return answer(config, headers, delivery);
  }

  /** Kills the process. */
  die(): Promise<never> {
    this.#kill();
    return never();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** As axios' own adapter answers: a response if it is a success, else an error. */
function answer(
  config: InternalAxiosRequestConfig,
  headers: Record<string, string>,
  delivery: Delivery,
): AxiosResponse {
  if (delivery.type === "cut" || delivery.type === "hang") throw new AxiosError("socket hang up", "ECONNRESET", config);
  const { status, body } = delivery.reply;
  const all = lowerCased({ ...headers, ...delivery.reply.headers });
  const response = { status, statusText: "", data: body.toString("utf8"), headers: all, config, request: {} };
  if (delivery.type === "half") throw new AxiosError("aborted", "ERR_BAD_RESPONSE", config, {}, response);
  if (status >= 200 && status < 300) return response;
  throw new AxiosError(`Request failed with status code ${status}`, "ERR_BAD_RESPONSE", config, {}, response);
}

function lowerCased(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
