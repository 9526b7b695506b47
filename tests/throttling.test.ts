// The transport and a service that throttles, in real time: it waits for as long as it is asked to, and wastes little.
import { createTransport } from "../provider/huaweicloud/transport/transport";
import { type EmulatedCloud, startCloud } from "./fixtures/emulatedCloud";
import { tokenOf } from "./fixtures/emulatorClient";

let cloud: EmulatedCloud;
let request: Parameters<ReturnType<typeof createTransport>>[0];

beforeEach(async () => {
  cloud = await startCloud();
  const token = await tokenOf(cloud.emulator, "deployer");
  request = {
    method: "GET",
    url: `${cloud.emulator.endpoint}/v5/${cloud.project()}/default-encryption/key`,
    authorize: async () => ({ headers: { "X-Auth-Token": token }, secrets: [token] }),
    context: { action: "reading the default encryption key", region: "cn-north-4" },
  };
  cloud.requests();
});
afterEach(() => cloud.close());

it.each([1, "date" as const])("waits for as long as the service asks: Retry-After %s", async (retryAfter) => {
  cloud.emulator.faults.add({ action: { type: "status", status: 429, retryAfter } });
  const startedAt = Date.now();
  await createTransport({ maxRetries: 2, deadlineMs: 5000, baseDelayMs: 1 })(request);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(900);
  expect(cloud.requests()).toEqual(["get key", "get key"]);
});

it.each([true, false])(
  "wastes few of many requests, with Retry-After: %s",
  async (retryAfter) => {
    cloud.emulator.settings.throttle = { perSecond: 50, retryAfter };
    const send = createTransport({ maxRetries: 5, deadlineMs: 30_000 });
    await Promise.all(Array.from({ length: 200 }, () => send(request)));
    expect(cloud.requests().length / 200).toBeLessThanOrEqual(1.3);
  },
  30_000,
); // the service alone takes four seconds
