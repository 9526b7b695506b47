// The examples of the schema, in every language that Pulumi has. Pulumi's registry shows the one that the reader has chosen, and
// each generated SDK its own.
interface Example {
  title: string;
  typescript: string;
  python: string;
  go: string;
  csharp: string;
  java: string;
  yaml: string;
}

const keyId = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";

const goProgram = (body: string) => `package main

import (
	evs "project.example/pulumi-huaweicloud-evs/sdk/go/huaweicloudevs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
${body.replace(/^(?=.)/gm, "\t\t")}
	})
}`;

const csharpProgram = (body: string) => `using System.Collections.Generic;
using Pulumi;
using Evs = Pulumi.HuaweicloudEvs;

return await Deployment.RunAsync(() =>
{
${body.replace(/^(?=.)/gm, "    ")}
});`;

const javaProgram = (body: string) => `import com.pulumi.Pulumi;
import com.pulumi.huaweicloudevs.*;
import com.pulumi.huaweicloudevs.inputs.*;

public class App {
    public static void main(String[] args) {
        Pulumi.run(ctx -> {
${body.replace(/^(?=.)/gm, "            ")}
        });
    }
}`;

export const examples: Record<string, Example> = {
  DefaultEncryptionKey: {
    title: "Default key of a region",
    typescript: `import * as evs from "pulumi-huaweicloud-evs-sdk";

const encryption = new evs.DefaultEncryption("encryption", { region: "cn-north-4" });
const key = new evs.DefaultEncryptionKey(
  "default-key",
  { region: "cn-north-4", kmsKeyId: "${keyId}" },
  { dependsOn: [encryption] },
);`,
    python: `import pulumi
import pulumi_huaweicloud_evs as evs

encryption = evs.DefaultEncryption("encryption", region="cn-north-4")
key = evs.DefaultEncryptionKey(
    "default-key",
    region="cn-north-4",
    kms_key_id="${keyId}",
    opts=pulumi.ResourceOptions(depends_on=[encryption]),
)`,
    go: goProgram(`encryption, err := evs.NewDefaultEncryption(ctx, "encryption", &evs.DefaultEncryptionArgs{
	Region: pulumi.String("cn-north-4"),
})
if err != nil {
	return err
}
_, err = evs.NewDefaultEncryptionKey(ctx, "default-key", &evs.DefaultEncryptionKeyArgs{
	Region:   pulumi.String("cn-north-4"),
	KmsKeyId: pulumi.String("${keyId}"),
}, pulumi.DependsOn([]pulumi.Resource{encryption}))
return err`),
    csharp: csharpProgram(`var encryption = new Evs.DefaultEncryption("encryption", new() { Region = "cn-north-4" });
var key = new Evs.DefaultEncryptionKey("default-key", new()
{
    Region = "cn-north-4",
    KmsKeyId = "${keyId}",
}, new() { DependsOn = { encryption } });`),
    java: javaProgram(`var encryption = new DefaultEncryption("encryption", DefaultEncryptionArgs.builder()
    .region("cn-north-4")
    .build());
var key = new DefaultEncryptionKey("default-key", DefaultEncryptionKeyArgs.builder()
    .region("cn-north-4")
    .kmsKeyId("${keyId}")
    .build(), com.pulumi.resources.CustomResourceOptions.builder()
    .dependsOn(encryption)
    .build());`),
    yaml: `resources:
  encryption:
    type: huaweicloud-evs:DefaultEncryption
    properties:
      region: cn-north-4
  default-key:
    type: huaweicloud-evs:DefaultEncryptionKey
    properties:
      region: cn-north-4
      kmsKeyId: ${keyId}
    options:
      dependsOn:
        - \${encryption}`,
  },
  DefaultEncryption: {
    title: "Default encryption of a region",
    typescript: `import * as evs from "pulumi-huaweicloud-evs-sdk";

const encryption = new evs.DefaultEncryption("encryption", { region: "cn-north-4" });`,
    python: `import pulumi_huaweicloud_evs as evs

encryption = evs.DefaultEncryption("encryption", region="cn-north-4")`,
    go: goProgram(`_, err := evs.NewDefaultEncryption(ctx, "encryption", &evs.DefaultEncryptionArgs{
	Region: pulumi.String("cn-north-4"),
})
return err`),
    csharp: csharpProgram(`var encryption = new Evs.DefaultEncryption("encryption", new() { Region = "cn-north-4" });`),
    java: javaProgram(`var encryption = new DefaultEncryption("encryption", DefaultEncryptionArgs.builder()
    .region("cn-north-4")
    .build());`),
    yaml: `resources:
  encryption:
    type: huaweicloud-evs:DefaultEncryption
    properties:
      region: cn-north-4`,
  },
  DefaultEncryptionBaseline: {
    title: "Two regions at once",
    typescript: `import * as evs from "pulumi-huaweicloud-evs-sdk";

const baseline = new evs.DefaultEncryptionBaseline("baseline", {
  projects: {
    "cn-north-4": { kmsKeyId: "${keyId}" },
    "ap-southeast-3": { kmsKeyId: "1c3875db-97f3-4371-93de-b103b10a2189" },
  },
});`,
    python: `import pulumi_huaweicloud_evs as evs

baseline = evs.DefaultEncryptionBaseline(
    "baseline",
    projects={
        "cn-north-4": {"kms_key_id": "${keyId}"},
        "ap-southeast-3": {"kms_key_id": "1c3875db-97f3-4371-93de-b103b10a2189"},
    },
)`,
    go: goProgram(`_, err := evs.NewDefaultEncryptionBaseline(ctx, "baseline", &evs.DefaultEncryptionBaselineArgs{
	Projects: evs.BaselineProjectMap{
		"cn-north-4":     &evs.BaselineProjectArgs{KmsKeyId: pulumi.String("${keyId}")},
		"ap-southeast-3": &evs.BaselineProjectArgs{KmsKeyId: pulumi.String("1c3875db-97f3-4371-93de-b103b10a2189")},
	},
})
return err`),
    csharp: csharpProgram(`var baseline = new Evs.DefaultEncryptionBaseline("baseline", new()
{
    Projects =
    {
        ["cn-north-4"] = new Evs.Inputs.BaselineProjectArgs { KmsKeyId = "${keyId}" },
        ["ap-southeast-3"] = new Evs.Inputs.BaselineProjectArgs { KmsKeyId = "1c3875db-97f3-4371-93de-b103b10a2189" },
    },
});`),
    java: javaProgram(`var baseline = new DefaultEncryptionBaseline("baseline", DefaultEncryptionBaselineArgs.builder()
    .projects(java.util.Map.of(
        "cn-north-4", BaselineProjectArgs.builder().kmsKeyId("${keyId}").build(),
        "ap-southeast-3", BaselineProjectArgs.builder().kmsKeyId("1c3875db-97f3-4371-93de-b103b10a2189").build()))
    .build());`),
    yaml: `resources:
  baseline:
    type: huaweicloud-evs:DefaultEncryptionBaseline
    properties:
      projects:
        cn-north-4:
          kmsKeyId: ${keyId}
        ap-southeast-3:
          kmsKeyId: 1c3875db-97f3-4371-93de-b103b10a2189`,
  },
  getDefaultEncryptionKey: functionExample({ name: "getDefaultEncryptionKey", result: "kmsKeyId" }),
  getDefaultEncryption: functionExample({ name: "getDefaultEncryption", result: "enabled" }),
  getKmsKey: functionExample({ name: "getKmsKey", result: "keyId", alias: "app-disks" }),
};

/** All functions are called alike. */
function functionExample({ name, result, alias }: { name: string; result: string; alias?: string }): Example {
  const Name = name.replace(/^g/, "G");
  const Result = result.replace(/^./, (first) => first.toUpperCase());
  const snake = (text: string) => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const optional = (text: string) => (alias === undefined ? "" : text);
  return {
    title: "In the region cn-north-4",
    typescript: `import * as evs from "pulumi-huaweicloud-evs-sdk";

export const found = evs.${name}Output({ ${optional(`alias: "${alias}", `)}region: "cn-north-4" }).${result};`,
    python: `import pulumi
import pulumi_huaweicloud_evs as evs

found = evs.${snake(name)}_output(${optional(`alias="${alias}", `)}region="cn-north-4")
pulumi.export("found", found.${snake(result)})`,
    go: goProgram(`found := evs.${Name}Output(ctx, evs.${Name}OutputArgs{
${optional(`	Alias:  pulumi.String("${alias}"),\n`)}	Region: pulumi.String("cn-north-4"),
})
ctx.Export("found", found.${Result}())
return nil`),
    csharp:
      csharpProgram(`var found = Evs.${Name}.Invoke(new() { ${optional(`Alias = "${alias}", `)}Region = "cn-north-4" });
return new Dictionary<string, object?> { ["found"] = found.Apply(result => result.${Result}) };`),
    java: javaProgram(`var found = HuaweicloudEvsFunctions.${name}(${Name}Args.builder()
${optional(`    .alias("${alias}")\n`)}    .region("cn-north-4")
    .build());
ctx.export("found", found.applyValue(result -> result.${result}()));`),
    yaml: `variables:
  found:
    fn::invoke:
      function: huaweicloud-evs:${name}
      arguments:
${optional(`        alias: ${alias}\n`)}        region: cn-north-4
outputs:
  found: \${found.${result}}`,
  };
}

/** As the registry and the generators of SDKs read it: one block for each language. */
export function exampleSection(name: string): string {
  const { title, ...programs } = examples[name] as Example;
  const blocks = Object.entries(programs).map(([language, program]) => `\`\`\`${language}\n${program}\n\`\`\``);
  return [
    "{{% examples %}}",
    "## Example Usage",
    "{{% example %}}",
    `### ${title}`,
    "",
    ...blocks,
    "{{% /example %}}",
    "{{% /examples %}}",
  ].join("\n");
}
