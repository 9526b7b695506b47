// Writes schema.json: the plugin's inputs and outputs from the schemas of provider/, its configuration from the list of settings,
// every description from the docstrings of sdk/. `npm run schema`; a test holds the file fresh.
import fs from "node:fs";
import path from "node:path";
import { args as switchArgs, state as switchState } from "../provider/defaultEncryption/schema";
import { args as keyArgs, state as keyState } from "../provider/defaultEncryptionKey/schema";
import type { getDefaultEncryption } from "../provider/functions/getDefaultEncryption";
import type { getDefaultEncryptionKey } from "../provider/functions/getDefaultEncryptionKey";
import type { getKmsKey } from "../provider/functions/getKmsKey";
import { z } from "../provider/huaweicloud/transport/zod";
import { assumeRole, targetArgs } from "../provider/target";
import { type Documented, readDocstrings } from "./docstrings";
import { exampleSection } from "./examples";
import { dynamicTypes, packageName, tokens } from "./names";
import { resources } from "./resources";
import { type SettingForm, settingForms, variablesOf } from "./settings";

interface Property {
  description?: string;
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  default?: unknown;
  secret?: true;
  willReplaceOnChanges?: true;
}
type Properties = Record<string, Property>;

/** The properties of what is returned, from its type: the compiler sees one that is missing, too many, or of another type. */
type FormsOf<Result> = { [Name in keyof Result]: { type: Result[Name] extends boolean ? "boolean" : "string" } };
interface Functions {
  getDefaultEncryptionKey: typeof getDefaultEncryptionKey;
  getDefaultEncryption: typeof getDefaultEncryption;
  getKmsKey: typeof getKmsKey;
}

const root = path.resolve(__dirname, __dirname.endsWith(path.join("dist", "plugin")) ? "../.." : "..");
export const schemaFile = path.join(root, "schema.json");
const manifest: Record<"version" | "description" | "homepage" | "license", string> & { keywords: string[] } =
  JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));

/** Types of the package's own. */
const typeOf = (name: string) => `${packageName}:index:${name}`;
const refTo = (name: string) => ({ $ref: `#/types/${typeOf(name)}` });
/** What a baseline says of an entry: what its two resources have set. */
const baselineProject = keyState
  .pick({ region: true, projectId: true, kmsKeyId: true })
  .extend(switchState.pick({ enabled: true }).shape)
  .required();
/** Another target is another resource. */
const replacing = new Set(["region", "projectId", "projectName", "assumeRole"]);

export function renderSchema(): string {
  const documented = readDocstrings(path.join(root, "sdk"));
  const docs = (name: string): Documented => {
    const found = documented.get(name);
    if (found === undefined) throw new Error(`sdk/ has no ${name}`);
    return found;
  };
  /** What is said of a property by the first of these that says anything. */
  const described = (names: string[], property: string): string => {
    for (const name of names) {
      const text = documented.get(name)?.members.get(property);
      if (text) return text;
    }
    throw new Error(`sdk/ says nothing of ${property} in ${names.join(", ")}`);
  };

  /** The properties of a schema that have a description, by any of these names. */
  function propertiesOf(schema: z.ZodObject, io: "input" | "output", names: string[]) {
    const { properties = {}, required = [] } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
    const forms = Object.entries(properties).map(([property, form]): [string, Property] => [
      property,
      { description: described(names, property), ...formOfSchema(property, form) },
    ]);
    return { properties: Object.fromEntries(forms), required };
  }

  function inputsOf(schema: z.ZodObject, names: string[]): { inputs: Properties; required: string[] } {
    const { properties, required } = propertiesOf(schema, "input", names);
    const inputs = Object.entries(properties).map(([property, form]) => [
      property,
      { ...form, ...(replacing.has(property) ? { willReplaceOnChanges: true as const } : {}) },
    ]);
    return { inputs: Object.fromEntries(inputs), required };
  }

  function plain(inputs: Properties): Properties {
    return Object.fromEntries(
      Object.entries(inputs).map(([name, { willReplaceOnChanges: _, default: __, ...property }]) => [name, property]),
    );
  }

  function resource(kind: "DefaultEncryptionKey" | "DefaultEncryption", args: z.ZodObject, state: z.ZodObject) {
    const { inputs, required } = inputsOf(args, [`${kind}Args`, "TargetArgs"]);
    const { setting = "", derived = {} } = resources.get(tokens[kind]) ?? {};
    // What is derived is the provider's own.
    const shape = Object.entries(state.shape).filter(([name]) => !(name in derived));
    const outputs = propertiesOf(z.object(Object.fromEntries(shape)), "output", [kind]);
    return {
      description: `${docs(kind).description}\n\n${exampleSection(kind)}\n\n${importSection(kind)}`,
      properties: outputs.properties,
      // What the resource sets is absent only where a write was not confirmed.
      required: [setting, ...outputs.required],
      inputProperties: inputs,
      requiredInputs: required,
      aliases: [{ type: dynamicTypes[kind] }],
    };
  }

  function invoke<Name extends keyof Functions>(
    name: Name,
    more: Properties,
    result: FormsOf<Awaited<ReturnType<Functions[Name]>>>,
  ) {
    const { inputs } = inputsOf(targetArgs, ["TargetFunctionArgs"]);
    const resultOf = `${name.replace(/^g/, "G")}Result`;
    const results = Object.entries<Property>(result).map(([property, form]): [string, Property] => [
      property,
      { ...form, description: described([resultOf], property) },
    ]);
    return {
      description: `${docs(name).description}\n\n${exampleSection(name)}`,
      inputs: { type: "object", properties: { ...more, ...plain(inputs) } },
      outputs: { type: "object", properties: Object.fromEntries(results), required: Object.keys(result) },
    };
  }

  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const where = { region: text, projectId: text };
  const { inputs: target } = inputsOf(targetArgs, ["TargetArgs"]);
  const role = propertiesOf(assumeRole, "input", ["AssumeRoleArgs"]);
  const duration = { type: "integer", description: "Seconds that a key of it lives, 900 to 86400." };
  const configuration = Object.fromEntries(
    Object.entries(settingForms).map(([key, form]) => [key, setting(key, form)]),
  );

  const schema = {
    name: packageName,
    displayName: "Huawei Cloud EVS default encryption",
    version: manifest.version,
    description: manifest.description,
    keywords: [...manifest.keywords, "category/cloud", "kind/native"],
    homepage: manifest.homepage,
    repository: manifest.homepage,
    license: manifest.license,
    publisher: "pulumi-huaweicloud-evs",
    attribution: "This package is not made by Huawei Cloud.",
    // The engine fills in the version; the name of the file, with the platform, it adds itself.
    pluginDownloadURL: `${manifest.homepage}/releases/download/v\${VERSION}`,
    meta: { moduleFormat: "(.*)" },
    config: { variables: configuration },
    provider: {
      description:
        "Credentials, region and other settings. What is not set here comes from the environment, and stays out of the state.",
      inputProperties: configuration,
    },
    types: {
      [typeOf("AssumeRole")]: {
        description: docs("AssumeRoleArgs").description,
        type: "object",
        properties: role.properties,
        required: role.required,
      },
      [typeOf("ProviderAssumeRole")]: {
        description: "An agency of another account to act as. Give `domainName` or `domainId`.",
        type: "object",
        properties: { ...role.properties, duration },
        required: role.required,
      },
      [typeOf("ProviderAssumeRoleWithOidc")]: {
        description: "An ID token of a pipeline. Give `idToken` or `idTokenFile`.",
        type: "object",
        properties: {
          idpId: { ...text, description: "Name of the identity provider in the account." },
          idToken: { ...text, secret: true, description: "The ID token." },
          idTokenFile: { ...text, description: "Path of the file that has the ID token; read anew each time." },
          agencyName: { ...text, description: "An agency to act as afterwards. Give `domainId` with it." },
          domainId: { ...text, description: "ID of the account that owns the agency." },
          duration: { type: "integer", description: "Seconds that a key lives, 900 to 86400." },
        },
        required: ["idpId"],
      },
      [typeOf("BaselineProject")]: {
        description: docs("BaselineProjectArgs").description,
        type: "object",
        properties: {
          kmsKeyId: { ...text, description: described(["BaselineProjectArgs"], "kmsKeyId") },
          ...plain(target),
          region: { ...text, description: described(["BaselineProjectArgs"], "region") },
          assumeRole: { ...refTo("AssumeRole"), description: described(["BaselineProjectArgs"], "assumeRole") },
        },
        required: ["kmsKeyId"],
      },
      [typeOf("BaselineProjectState")]: {
        description: docs("BaselineProject").description,
        type: "object",
        ...propertiesOf(baselineProject, "output", ["BaselineProject"]),
      },
    },
    resources: {
      [tokens.DefaultEncryptionKey]: resource("DefaultEncryptionKey", keyArgs, keyState),
      [tokens.DefaultEncryption]: resource("DefaultEncryption", switchArgs, switchState),
      [tokens.DefaultEncryptionBaseline]: {
        isComponent: true,
        description: `${docs("DefaultEncryptionBaseline").description}\n\n${exampleSection("DefaultEncryptionBaseline")}`,
        properties: {
          projects: {
            description: described(["DefaultEncryptionBaseline"], "projects"),
            type: "object",
            additionalProperties: refTo("BaselineProjectState"),
          },
        },
        required: ["projects"],
        inputProperties: {
          projects: {
            description:
              "The projects, by name. If an entry has no `region`, its name is the region. For several accounts give each entry a name of its own, a `region` and an `assumeRole`.",
            type: "object",
            additionalProperties: refTo("BaselineProject"),
          },
          assumeRole: {
            description: described(["DefaultEncryptionBaselineArgs"], "assumeRole"),
            ...refTo("AssumeRole"),
          },
          onDelete: { description: described(["DefaultEncryptionBaselineArgs"], "onDelete"), ...text },
        },
        requiredInputs: ["projects"],
        aliases: [{ type: dynamicTypes.DefaultEncryptionBaseline }],
      },
    },
    functions: {
      [tokens.getDefaultEncryptionKey]: invoke("getDefaultEncryptionKey", {}, { kmsKeyId: text, ...where }),
      [tokens.getDefaultEncryption]: invoke("getDefaultEncryption", {}, { enabled: flag, ...where }),
      [tokens.getKmsKey]: invoke(
        "getKmsKey",
        {
          alias: { ...text, description: described(["GetKmsKeyArgs"], "alias") },
          keyId: { ...text, description: described(["GetKmsKeyArgs"], "keyId") },
        },
        {
          keyId: text,
          alias: text,
          state: text,
          usable: flag,
          keySpec: text,
          isServiceKey: flag,
          ...where,
        },
      ),
    },
    language: {
      nodejs: { packageName: "pulumi-huaweicloud-evs-sdk", respectSchemaVersion: true },
      python: {
        packageName: "pulumi_huaweicloud_evs",
        respectSchemaVersion: true,
        pyproject: { enabled: true },
      },
      go: {
        importBasePath: `${new URL(manifest.homepage).host}${new URL(manifest.homepage).pathname}/sdk/go/huaweicloudevs`,
        generateResourceContainerTypes: true,
        respectSchemaVersion: true,
      },
      csharp: { namespaces: { [packageName]: "HuaweicloudEvs" }, respectSchemaVersion: true },
      java: { basePackage: "com.pulumi" },
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** Every object in the schemas is a role; a union is of texts. */
function formOfSchema(property: string, form: z.core.JSONSchema._JSONSchema): Property {
  if (typeof form === "boolean") throw new Error(`${property} has no form`);
  const [first = form] = form.anyOf ?? [];
  const { type, default: standard } = { ...form, ...(typeof first === "boolean" ? {} : { type: first.type }) };
  return {
    ...(type === "object" ? refTo("AssumeRole") : { type: String(type) }),
    ...(standard === undefined ? {} : { default: standard }),
  };
}

function setting(key: string, { type, description, secret, default: standard }: SettingForm): Property {
  const variables = variablesOf(key as keyof typeof settingForms);
  const alike = variables.length === 0 ? "" : ` Variables: ${variables.map((name) => `\`${name}\``).join(", ")}.`;
  const known = standard === undefined ? "" : ` Default: \`${standard}\`.`;
  return {
    description: `${description}${known}${alike}`,
    ...formOf(type),
    ...(secret ? { secret: true as const } : {}),
  };
}

function formOf(type: SettingForm["type"]): Property {
  switch (type) {
    case "endpoints":
      return { type: "object", additionalProperties: { type: "string" } };
    case "role":
      return refTo("ProviderAssumeRole");
    case "roles":
      return { type: "array", items: refTo("ProviderAssumeRole") };
    case "oidcRole":
      return refTo("ProviderAssumeRoleWithOidc");
    default:
      return { type };
  }
}

/** How a setting that is there already comes under management; declaring it does the same. */
function importSection(kind: keyof typeof tokens): string {
  return [
    "## Import",
    "",
    "By `{region}/{projectId}`:",
    "",
    "```sh",
    `pulumi import ${tokens[kind]} name cn-north-4/0123456789abcdef0123456789abcdef`,
    "```",
  ].join("\n");
}

if (require.main === module) fs.writeFileSync(schemaFile, renderSchema());
