// What every state ever written relies on: the texts by which Pulumi's host finds the lifecycles, and where they lead.
import fs from "node:fs";
import path from "node:path";
import { providerText, typeToken } from "./dynamicResource";

const root = path.resolve(__dirname, "..");

// Literal on purpose: a change of these texts orphans the resources of every user. Add, never edit.
const frozen = [
  {
    kind: "DefaultEncryptionKey",
    type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
    text: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryptionKey");',
    subpath: "./provider/defaultEncryptionKey",
    file: "provider/dynamic/defaultEncryptionKey",
  },
  {
    kind: "DefaultEncryption",
    type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption",
    text: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryption");',
    subpath: "./provider/defaultEncryption",
    file: "provider/dynamic/defaultEncryption",
  },
] as const;

describe.each(frozen)("$kind", ({ kind, type, text, subpath, file }) => {
  it("has the type and the provider's text that stand in every state", () => {
    expect(typeToken(kind)).toBe(type);
    expect(providerText(kind)).toBe(text);
    // As the README says.
    expect(Buffer.byteLength(text)).toBeLessThan(90);
  });

  it("is served by a subpath that package.json exports and publishes", () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
    // Without types: what the host loads is no API for programs.
    expect(manifest.exports[subpath]).toBe(`./dist/${file}.js`);
    expect(manifest.files).toContain("dist/provider");
    expect(fs.existsSync(path.join(root, `${file}.ts`))).toBe(true);
  });

  it("is a lifecycle with all that the host calls", async () => {
    const lifecycle = await import(path.join(root, file));
    for (const call of ["configure", "check", "diff", "create", "read", "update", "delete"]) {
      expect(lifecycle[call]).toEqual(expect.any(Function));
    }
  });
});
