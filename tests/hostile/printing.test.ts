// Nothing in the provider prints by itself: what it prints has gone through the one path of what is shown.
import fs from "node:fs";
import path from "node:path";
import * as key from "../../provider/dynamic/defaultEncryptionKey";
import { notify } from "../../provider/dynamic/session";
import { HuaweiCloudError, NetworkError } from "../../provider/huaweicloud/transport/errors";
import { startRun } from "../fixtures/run";

const folder = path.resolve(__dirname, "../../provider");
const files = fs
  .readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
const linesOf = (file: string) => fs.readFileSync(path.join(folder, file), "utf8").split("\n");

it("prints in one place, what is fit to be shown", () => {
  const printing = files.flatMap((file) =>
    linesOf(file)
      .map((line) => line.trim())
      .filter((line) => /\bconsole\.\w|process\.(stdout|stderr)\.write|writeSync\((1|2)\b/.test(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(printing).toEqual([
    expect.stringMatching(/^dynamic\/session\.ts: process\.stderr\.write\(`\$\{shown\(line, /),
  ]);
});

it("makes texts fit to be shown in one file alone", () => {
  const makers = files.filter((file) => linesOf(file).some((line) => /\bas Shown\b/.test(line)));
  expect(makers).toEqual(["huaweicloud/transport/shown.ts"]);
});

it("makes errors of the service's words in one file alone, reads responses in the transport alone, and takes each library by its door", () => {
  const having = (form: RegExp) => files.filter((file) => linesOf(file).some((line) => form.test(line))).sort();
  expect(having(/\bnew ApiError\(/)).toEqual([
    "huaweicloud/credentials/guardSecret.ts",
    "huaweicloud/transport/apiError.ts",
  ]);
  expect(having(/from "axios"/)).toEqual(["huaweicloud/transport/axios.ts"]);
  expect(having(/from "zod"/)).toEqual(["huaweicloud/transport/zod.ts"]);
  expect(having(/from "\.\/axios"/)).toEqual([
    "huaweicloud/transport/attempt.ts",
    "huaweicloud/transport/failure.ts",
    "huaweicloud/transport/retry.ts",
    "huaweicloud/transport/transport.ts",
  ]);
});

it("every error of the family is one line, whoever words it", () => {
  const { message, stack } = new NetworkError("a\u001b[31m\n::error::b");
  expect([message, stack]).toEqual(["a ::error::b", "a ::error::b"]);
  expect(new NetworkError("x".repeat(20_000)).message.length).toBeLessThanOrEqual(10_000);
  expect(Object.getPrototypeOf(NetworkError)).toBe(HuaweiCloudError);
});

it("does not end the run if standard error is closed", () => {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  notify("one\n::error::two");
  expect(write.mock.calls).toEqual([["one ::error::two\n"]]);
  write.mockRestore();
  expect(() => process.stderr.emit("error", new Error("EPIPE"))).not.toThrow();
});

it("prints in the plugin what is fit to be shown, and nothing else but its port and an end", () => {
  const plugin = path.resolve(__dirname, "../../plugin");
  const printing = fs
    .readdirSync(plugin)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const lines = fs.readFileSync(path.join(plugin, file), "utf8").split("\n");
      return lines
        .filter((line) => /\bconsole\.\w|process\.(stdout|stderr)\.write/.test(line))
        .map((line) => [file, line.trim()]);
    });
  expect(printing).toEqual([
    ["engineLog.ts", expect.stringMatching(/^process\.stderr\.write\(`\$\{message\}\\n`\);$/)],
    ["main.ts", expect.stringMatching(/^process\.stderr\.write\(`\$\{message\}\\n`\);$/)],
    [
      "main.ts",
      expect.stringMatching(/^process\.stdout\.write\(`\$\{\(listener\.address\(\) as AddressInfo\)\.port\}\\n`\);$/),
    ],
  ]);
  expect(fs.readFileSync(path.join(plugin, "engineLog.ts"), "utf8")).toContain("const message = shown(line,");
});

it("prints in the command what it words itself, the reports, and lines that are fit to be shown", () => {
  const cli = path.resolve(__dirname, "../../cli");
  const printing = fs
    .readdirSync(cli, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("node_modules"))
    .flatMap((file) => {
      const lines = fs.readFileSync(path.join(cli, file), "utf8").split("\n");
      return lines
        .filter((line) => /\bconsole\.\w|\b(stdout|stderr|terminal|stream)\.write\(|writeSync\((1|2)\b/.test(line))
        .map((line) => [file, line.trim()]);
    });
  expect(printing.sort()).toEqual([
    // What the client has logged, of type `Shown`.
    ["audit/library.ts", expect.stringMatching(/^log: \(line\) => stderr\.write\(`\$\{line\}\\n`\),$/)],
    ["audit/library.ts", expect.stringMatching(/^warn: \(line\) => stderr\.write\(`\$\{line\}\\n`\),$/)],
    ["audit/run.ts", "else await new Promise<void>((resolve) => stdout.write(text, () => resolve()));"],
    ["audit/run.ts", expect.stringMatching(/^log: \(line\) => stderr\.write\(`\$\{line\}\\n`\),$/)],
    // The emulator's own words about itself.
    ["emulator/run.ts", expect.stringMatching(/^stdout\.write\(options\.json \?/)],
    [
      "main.ts",
      expect.stringMatching(
        /^if \(code !== "EPIPE"\) process\.stderr\.write\(`error: standard output cannot be written \(\$\{code\}\)\.\\n`\);$/,
      ),
    ],
    ["main.ts", expect.stringMatching(/^process\.stderr\.write\(`error: \$\{shown\(message, maxMessage\)\}\\n`\);$/)],
  ]);
});

it("shows what check refuses as one line, whatever names the program has given", async () => {
  await startRun({ HW_AUTH_TOKEN: "t0ken-of-this-test" });
  const { failures } = await key.check({}, { region: "cn-north-4", "a\u001b[31m\n::error::b": 1, kmsKeyId: "x" });
  jest.restoreAllMocks();
  expect(failures.length).toBeGreaterThan(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
  for (const { reason } of failures) expect(reason).not.toMatch(/[\u0000-\u001f]|^\s*::/);
});
