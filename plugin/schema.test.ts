// schema.json is what the sources say, and says something of everything.
import fs from "node:fs";
import path from "node:path";
import { settingVariables } from "../provider/huaweicloud/settings";
import { examples } from "./examples";
import { dynamicTypes, tokens } from "./names";
import { renderSchema, schemaFile } from "./schema";

const text = fs.readFileSync(schemaFile, "utf8");
const schema = JSON.parse(text);

it("is fresh: run `npm run schema` if it is not", () => {
  expect(renderSchema()).toBe(text);
});

it("has every token of the package", () => {
  const known = [...Object.keys(schema.resources), ...Object.keys(schema.functions)];
  expect(known.sort()).toEqual(Object.values(tokens).sort());
});

it("has every setting as an input of the provider, the secrets marked", () => {
  const inputs = Object.entries<{ secret?: true }>(schema.provider.inputProperties);
  expect(inputs.map(([name]) => name).sort()).toEqual([...Object.keys(settingVariables), "refreshBeforeUpdate"].sort());
  expect(inputs.filter(([, { secret }]) => secret).map(([name]) => name)).toEqual([
    "token",
    "secretKey",
    "securityToken",
    "password",
    "assumeRoleWithOidc",
    "key",
  ]);
  expect(schema.config.variables).toEqual(schema.provider.inputProperties);
});

it("takes nothing from the environment into the state: no default of a setting is a variable", () => {
  expect(text).not.toContain("defaultInfo");
});

it("describes every property, function, type and resource", () => {
  const silent: string[] = [];
  const visit = (value: unknown, where: string): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      const at = `${where}.${key}`;
      const isNamed = /\.(properties|inputProperties|variables|types|resources|functions)$/.test(where);
      if (isNamed && !child.description?.trim()) silent.push(at);
      visit(child, at);
    }
  };
  visit(schema, "");
  expect(silent).toEqual([]);
});

it("says the defaults of a baseline's entry, which are others than those of a resource", () => {
  const { region, assumeRole } = schema.types["huaweicloud-evs:index:BaselineProject"].properties;
  expect(region.description).toContain("Default: the entry's name.");
  expect(assumeRole.description).toContain("Default: the baseline's.");
});

it("shows an example of everything in every language", () => {
  for (const token of Object.values(tokens)) {
    const { description } = schema.resources[token] ?? schema.functions[token];
    for (const language of ["typescript", "python", "go", "csharp", "java", "yaml"]) {
      expect(description).toContain(`\`\`\`${language}\n`);
    }
  }
  expect(Object.keys(examples).sort()).toEqual(Object.keys(tokens).sort());
});

it("says what the engine needs to know in advance", () => {
  const key = schema.resources[tokens.DefaultEncryptionKey];
  expect(key.requiredInputs).toEqual(["kmsKeyId"]);
  expect(key.inputProperties.onDelete.default).toBe("reset");
  expect(key.inputProperties.kmsKeyId.willReplaceOnChanges).toBeUndefined();
  const encryption = schema.resources[tokens.DefaultEncryption];
  expect(encryption.requiredInputs).toEqual([]);
  expect(encryption.inputProperties.enabled.default).toBe(true);
  for (const { inputProperties } of [key, encryption]) {
    for (const name of ["region", "projectId", "projectName", "assumeRole"]) {
      expect(inputProperties[name].willReplaceOnChanges).toBe(true);
    }
  }
});

it("continues the resources of the dynamic front, the component too", () => {
  for (const kind of ["DefaultEncryptionKey", "DefaultEncryption", "DefaultEncryptionBaseline"] as const) {
    expect(schema.resources[tokens[kind]].aliases).toEqual([{ type: dynamicTypes[kind] }]);
  }
});

it("says where the plugin of its version is: attached to the release of the tag that publishes it", () => {
  const workflow = fs.readFileSync(path.join(path.dirname(schemaFile), ".github/workflows/release.yml"), "utf8");
  expect(workflow).toContain('tags: ["v*"]');
  expect(workflow).toContain('gh release create "$GITHUB_REF_NAME" ./*');
  expect(schema.pluginDownloadURL).toBe(`${schema.repository}/releases/download/v\${VERSION}`);
});
