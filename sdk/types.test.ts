// What an editor shows while a program is written: mistakes are type errors, and docstrings tell defaults and pages.
import path from "node:path";
import ts from "typescript";

const folder = path.resolve(__dirname, "..");
const key = '"7e1f6d5a-bfe7-4b7d-8125-c3017e661954"';
const file = path.join(folder, "sdk", "program-in-an-editor.ts");
let text = "";

const settings = ts.getParsedCommandLineOfConfigFile(
  path.join(folder, "tsconfig.json"),
  {},
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: () => {},
  },
);
jest.setTimeout(30_000); // the compiler reads everything once

let version = 0;
const service = ts.createLanguageService({
  getCompilationSettings: () => settings?.options ?? {},
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : "1"),
  getScriptSnapshot: (name) => {
    const content = name === file ? text : ts.sys.readFile(name);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => folder,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (name) => name === file || ts.sys.fileExists(name),
  readFile: (name) => (name === file ? text : ts.sys.readFile(name)),
});

function write(line: string): void {
  text = `import * as evs from "./index";\n${line}\n`;
  version += 1;
}

const errorsOf = (line: string): string[] => {
  write(line);
  const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
};

const hoverOf = (line: string, word: string): string => {
  write(line);
  const info = service.getQuickInfoAtPosition(file, text.lastIndexOf(word) + 1);
  return [info?.documentation ?? [], ...(info?.tags ?? []).map((tag) => tag.text ?? [])]
    .flat()
    .map((part) => part.text)
    .join("");
};

it.each([
  ["a missing key", "new evs.DefaultEncryptionKey('k', {});", /'kmsKeyId' is missing/],
  [
    "an unknown property",
    `new evs.DefaultEncryptionKey('k', { kmsKeyId: ${key}, regoin: "x" });`,
    /'regoin' does not exist/,
  ],
  ["a bad onDelete", `new evs.DefaultEncryptionKey('k', { kmsKeyId: ${key}, onDelete: "never" });`, /"never"/],
  ["a key that is a number", "new evs.DefaultEncryptionKey('k', { kmsKeyId: 5 });", /'number' is not assignable/],
  ["a switch that is text", 'new evs.DefaultEncryption("s", { enabled: "yes" });', /'string' is not assignable/],
  ["a role without an agency", 'new evs.DefaultEncryption("s", { assumeRole: { domainName: "a" } });', /agencyName/],
  [
    "an entry without a key",
    'new evs.DefaultEncryptionBaseline("b", { projects: { r: { region: "r" } } });',
    /kmsKeyId|not assignable/,
  ],
  [
    "an output that is none",
    `new evs.DefaultEncryptionKey('k', { kmsKeyId: ${key} }).keyId;`,
    /'keyId' does not exist/,
  ],
])("%s is a type error", (_, line, expected) => {
  expect(errorsOf(line).join("\n")).toMatch(expected);
});

it("a right program has none", () => {
  expect(
    errorsOf(`
      const encryption = new evs.DefaultEncryption("s");
      const k = new evs.DefaultEncryptionKey("k", { kmsKeyId: encryption.id, onDelete: "restore" }, { dependsOn: encryption });
      export const id: string | undefined = undefined; export const region = k.region.apply((r) => r.toUpperCase());`),
  ).toEqual([]);
});

it.each([
  [
    "the key's class",
    `new evs.DefaultEncryptionKey("k", { kmsKeyId: ${key} });`,
    "DefaultEncryptionKey",
    /Destroying resets it.*api-evs\/UpdateDefaultKmsKeyId\.html/s,
  ],
  [
    "the switch's class",
    'new evs.DefaultEncryption("s");',
    "DefaultEncryption",
    /Destroying restores what.*api-evs\/EnableEncryptionByDefault\.html/s,
  ],
  [
    "kmsKeyId",
    `new evs.DefaultEncryptionKey("k", { kmsKeyId: ${key} });`,
    "kmsKeyId",
    /UUID, not its alias.*default `auto`/s,
  ],
  [
    "onDelete",
    `new evs.DefaultEncryptionKey("k", { kmsKeyId: ${key}, onDelete: "reset" });`,
    "onDelete",
    /Default: `reset`/,
  ],
  [
    "region",
    'new evs.DefaultEncryption("s", { region: "r" });',
    "region",
    /Default: configuration `huaweicloud:region`/,
  ],
  [
    "a function",
    'evs.getKmsKey({ alias: "a" });',
    "getKmsKey",
    /If no usable key has the alias, or several have it.*api-dew/s,
  ],
])("hovering %s tells what it does, its default, and where that is written", (_, line, word, expected) => {
  expect(hoverOf(line, word)).toMatch(expected);
});
