// A proxy that quotes the login that it was sent, and a proxy's URL that is none.
import { inspect } from "node:util";
import { ConfigurationError, HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import { createTransport } from "../../provider/huaweicloud/transport/transport";
import { failureOf } from "../fixtures/failureOf";
import { startRawServer } from "./server";

const context = { action: "setting the default encryption key", region: "cn-north-4" };
const login = "user:s3cret-p4ss%2Fw";
const secrets = ["s3cret-p4ss", Buffer.from("user:s3cret-p4ss/w").toString("base64")];
let server: Awaited<ReturnType<typeof startRawServer>> | undefined;
afterEach(async () => {
  delete process.env.HTTPS_PROXY;
  await server?.close();
  server = undefined;
});

it.each([
  ["in its words", (echo: string) => `HTTP/1.1 407 Proxy\r\ncontent-length: ${echo.length}\r\n\r\n${echo}`],
  ["in the status line", (echo: string) => `HTTP/1.1 407 ${echo.replace(/\s+/g, " ")}\r\ncontent-length: 0\r\n\r\n`],
  ["in a header", (echo: string) => `HTTP/1.1 502 x\r\nx-request-id: ${echo.replace(/\s+/g, " ")}\r\n\r\n`],
  ["as no HTTP at all", (echo: string) => `${echo}\r\n\r\n`],
])("quotes the login %s", async (_, answer) => {
  const authorization = `Proxy-Authorization: Basic ${secrets[1]} user:s3cret-p4ss/w`;
  server = await startRawServer(() => answer(authorization));
  process.env.HTTPS_PROXY = server.url.replace("http://", `http://${login}@`);
  const lines: string[] = [];
  const send = createTransport({ maxRetries: 0, deadlineMs: 3000, log: (line) => lines.push(line) });
  const error = await failureOf(send({ method: "PUT", url: "https://evs.example/v5/p", body: "{}", context }));
  expect(error).toBeInstanceOf(HuaweiCloudError);
  const shown = [error.message, ...lines, JSON.stringify(error), inspect(error, { depth: 20, showHidden: true })].join(
    "\n",
  );
  for (const secret of secrets) expect(shown).not.toContain(secret);
});

it("whose URL is none is named before anything is sent", () => {
  process.env.HTTPS_PROXY = "http://user:s3cret@[proxy";
  const make = () => createTransport({ maxRetries: 0, deadlineMs: 3000 });
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow("HTTPS_PROXY is not a URL: give one such as http://proxy.example:3128, or unset it.");
});
