// Scripted faults: what each makes of an answer, whether the request was carried out, and which requests a rule catches.

import { findUser, send, tokenOf } from "../tests/fixtures/emulatorClient";
import { type FaultAction, type FaultRule, Faults } from "./faults";
import { type Emulator, startEmulator } from "./server";

describe("what goes wrong", () => {
  let emulator: Emulator;
  let project: string;
  let key: string;
  let token: string;

  beforeEach(async () => {
    emulator = await startEmulator();
    project = findUser(emulator, "deployer").account.projects[0]?.id ?? "";
    key = emulator.cloud.keyByAlias(project, "app-disks")?.id ?? "";
    token = await tokenOf(emulator, "deployer");
  });
  afterEach(() => emulator.close());

  const put = () =>
    send(emulator, {
      method: "PUT",
      path: `/v5/${project}/default-encryption/key`,
      headers: { "X-Auth-Token": token },
      body: { kms_key_id: key },
    });
  const isSet = () => emulator.cloud.evs(project).keyId === key;

  test.each<[FaultAction, number, RegExp, "applied" | "not applied"]>([
    [{ type: "latency", ms: 1 }, 200, /kms_key_id/, "applied"],
    [{ type: "status", status: 503 }, 503, /EVS\.5503/, "not applied"],
    [{ type: "status", status: 503, applied: true }, 503, /EVS\.5503/, "applied"],
    [{ type: "status", status: 502 }, 502, /APIGW/, "not applied"],
    [{ type: "gateway", code: "APIGW.0308" }, 429, /APIGW\.0308/, "not applied"],
    [{ type: "error", status: 400, code: "EVS.2040", message: "no" }, 400, /"code":"EVS\.2040"/, "not applied"],
    [{ type: "garbage" }, 200, /^.{7}$/s, "applied"],
    [{ type: "garbage", applied: false }, 200, /^.{7}$/s, "not applied"],
    [{ type: "html" }, 502, /^<!DOCTYPE html>/, "not applied"],
    [{ type: "html", status: 200, applied: true }, 200, /^<!DOCTYPE html>/, "applied"],
    [{ type: "empty" }, 200, /^$/, "applied"],
    [{ type: "wrongContentType" }, 200, /kms_key_id/, "applied"],
    [{ type: "wrongKey" }, 200, /"00000000-0000-4000-8000-000000000000"/, "applied"],
    [{ type: "wrongKey", keyId: "other" }, 200, /"other"/, "applied"],
    [{ type: "redirect", location: "https://example.com/" }, 302, /^$/, "not applied"],
    [{ type: "hugeBody", bytes: 100_000 }, 200, /^ {100000}$/, "applied"],
    [{ type: "staleToken" }, 400, /Common\.0013/, "not applied"],
  ])("%j is answered with %i", async (action, status, body, outcome) => {
    emulator.faults.add({ action });
    const answer = await put();
    expect([answer.status, isSet() ? "applied" : "not applied"]).toEqual([status, outcome]);
    expect(typeof answer.data === "string" ? answer.data : JSON.stringify(answer.data)).toMatch(body);
    expect(emulator.requests.at(-1)).toMatchObject({ fault: action.type, status });
  });

  test.each<[FaultAction["type"], boolean]>([
    ["resetBefore", false],
    ["resetAfter", true],
    ["halfBody", true],
  ])("%s breaks the connection", async (type, applied) => {
    emulator.faults.add({ action: { type } as FaultAction });
    await expect(put()).rejects.toThrow(/socket hang up|ECONNRESET|aborted/);
    expect(isSet()).toBe(applied);
    expect((await put()).status).toBe(200);
  });

  test("rules for one call make a sequence: each try meets the next one", async () => {
    const match = { operation: "UpdateDefaultKmsKeyId" };
    const throttled: FaultAction = { type: "status", status: 429 };
    const sequence: FaultAction[] = [{ type: "resetAfter" }, throttled, { type: "garbage", applied: false }, throttled];
    for (const action of sequence) emulator.faults.add({ match, action });

    await expect(put()).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(isSet()).toBe(true);
    emulator.cloud.forgetDefaultEncryption(project);
    const statuses = [await put(), await put(), await put()].map(({ status }) => status);
    expect([statuses, isSet()]).toEqual([[429, 200, 429], false]);
    const last = await put();
    expect([last.status, last.data, isSet()]).toEqual([200, { kms_key_id: key }, true]);
    expect(emulator.requests.slice(-5).map(({ fault }) => fault)).toEqual([
      "resetAfter",
      "status",
      "garbage",
      "status",
      undefined,
    ]);
  });

  test("a sequence lets a try pass by a rule that skips it", async () => {
    const match = { operation: "UpdateDefaultKmsKeyId" };
    emulator.faults.add({ match, action: { type: "status", status: 503, applied: true } });
    emulator.faults.add({ match, skip: 1, action: { type: "status", status: 429 } });
    const statuses = [await put(), await put(), await put(), await put()].map(({ status }) => status);
    expect(statuses).toEqual([503, 200, 429, 200]);
  });

  test("hang never answers, and ends with the emulator", async () => {
    emulator.faults.add({ action: { type: "hang", applied: true } });
    const pending = put();
    const ended = expect(pending).rejects.toThrow();
    while (!isSet()) await new Promise((resolve) => setTimeout(resolve, 5));
    await emulator.close();
    await ended;
  });

  test.each([
    [0, "1"],
    [2.5, "2.5"],
    ["date" as const, expect.stringMatching(/GMT$/)],
  ])("retryAfter %s is a header", async (retryAfter, header) => {
    emulator.faults.add({ action: { type: "status", status: 429, retryAfter } });
    const answer = await put();
    expect([answer.status, answer.headers["retry-after"]]).toEqual([429, header === "1" ? "0" : header]);
  });

  test("a stale token stays stale", async () => {
    emulator.faults.add({ action: { type: "staleToken" } });
    await put();
    expect((await put()).data).toMatchObject({ error_code: "APIGW.0301" });
  });

  test("a wrong clock is the answer's Date", async () => {
    emulator.faults.add({ action: { type: "clockSkew", ms: 3_600_000 } });
    const answer = await put();
    expect(Date.parse(answer.headers.date) - Date.now()).toBeGreaterThan(3_590_000);
  });

  test.each([
    [{ action: { type: "explode" } }, /type/],
    [{ match: { path: "(" }, action: { type: "empty" } }, /not a regular expression/],
    [{ match: { colour: "red" }, action: { type: "empty" } }, /colour/],
    [{ match: { operation: "UpdateDefaultKmsKey" }, action: { type: "empty" } }, /not an operation of the emulator/],
    [{ action: { type: "status", status: 200 } }, />=400/],
  ])("the control interface refuses %j", async (rule, problem) => {
    const headers = { Authorization: `Bearer ${emulator.controlToken}` };
    const answer = await send(emulator, { method: "POST", path: "/_emulator/faults", headers, body: rule });
    expect([answer.status, answer.data.error]).toEqual([400, expect.stringMatching(problem)]);
    expect((await put()).status).toBe(200);
  });
});

describe("which requests a rule catches", () => {
  const request = { service: "evs", operation: "ShowDefaultKmsKeyId", method: "GET", path: "/v5/p/x", projectId: "p" };
  const catches = (rule: Partial<FaultRule>, times = 4): boolean[] => {
    const faults = new Faults();
    faults.add({ action: { type: "empty" }, ...rule });
    return Array.from({ length: times }, () => faults.take(request).length > 0);
  };

  test.each<[Partial<FaultRule>, boolean]>([
    [{}, true],
    [{ match: { service: "evs" } }, true],
    [{ match: { service: "kms" } }, false],
    [{ match: { operation: "ShowDefaultKmsKeyId" } }, true],
    [{ match: { operation: "ListKeys" } }, false],
    [{ match: { method: "get" } }, true],
    [{ match: { method: "PUT" } }, false],
    [{ match: { path: "^/v5/" } }, true],
    [{ match: { path: /keys/ } }, false],
    [{ match: { projectId: "p" } }, true],
    [{ match: { projectId: "q" } }, false],
    [{ match: { service: "evs", method: "PUT" } }, false],
  ])("%j: %s", (rule, caught) => {
    expect(catches(rule)[0]).toBe(caught);
  });

  test.each<[Partial<FaultRule>, boolean[]]>([
    [{}, [true, false, false, false]],
    [{ skip: 1 }, [false, true, false, false]],
    [{ skip: 1, times: 2 }, [false, true, true, false]],
    [{ times: -1 }, [true, true, true, true]],
    [{ times: Number.POSITIVE_INFINITY, skip: 2 }, [false, false, true, true]],
  ])("%j: %j", (rule, expected) => {
    expect(catches(rule)).toEqual(expected);
  });

  test("latency lets the next rule have its say; another fault does not", () => {
    const faults = new Faults();
    faults.add({ action: { type: "latency", ms: 5 } });
    const handle = faults.add({ action: { type: "empty" } });
    faults.add({ action: { type: "garbage" } });
    expect(faults.take(request).map(({ type }) => type)).toEqual(["latency", "empty"]);
    expect(handle.hits()).toBe(1);
    expect(faults.take(request).map(({ type }) => type)).toEqual(["garbage"]);
  });

  test("a rule can be taken back", () => {
    const faults = new Faults();
    const { id, remove } = faults.add({ times: -1, action: { type: "empty" } });
    expect(faults.list()).toMatchObject([{ id, hits: 0 }]);
    remove();
    expect([faults.take(request), faults.remove(id)]).toEqual([[], false]);
    faults.add({ action: { type: "empty" } });
    faults.clear();
    expect(faults.take(request)).toEqual([]);
  });
});
