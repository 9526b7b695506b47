// The plugin as users of each language have it: the examples, with the generated SDK, by the real engine and the language's own
// host. Each installs the plugin in another way.
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { schemaFile } from "../plugin/schema";
import { runGenerator } from "../scripts/sdks/build";
import { company, type EmulatedCloud, otherRegion, partner, region, startCloud } from "./fixtures/emulatedCloud";
import { bundledPlugin, type Language, pluginFiles, pluginVersion, prepareLanguage, whyNo } from "./harness/languages";
import { ready } from "./harness/readiness";
import { type Stack, succeeded, withStack } from "./harness/stack";

const KEY = "app-disks";

/** Of a command. A Go program is linked anew for each. */
const timeoutMs = 300_000;
/** Of a test. Hosts, SDKs and the Go program are built if this machine has none yet. */
jest.setTimeout(1_200_000);

const needsGo = whyNo("yaml");

describe("Pulumi's own checker", () => {
  const check = needsGo === undefined ? it : it.skip;
  const because = needsGo ? ` (skipped: ${needsGo})` : "";

  check(`accepts the schema without a warning${because}`, async () => {
    await ready();
    await runGenerator(schemaFile);
  });

  check(`refuses a schema that refers to a type which is not there${because}`, async () => {
    await ready();
    const schema = JSON.parse(fs.readFileSync(schemaFile, "utf8"));
    schema.provider.inputProperties.assumeRole.$ref = "#/types/huaweicloud-evs:index:Missing";
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-schema-"));
    try {
      const file = path.join(folder, "schema.json");
      fs.writeFileSync(file, JSON.stringify(schema));
      await expect(runGenerator(file)).rejects.toThrow("huaweicloud-evs:index:Missing");
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

interface Way {
  language: Language;
  example: string;
  how: string;
  /** Gives the plugin to the engine as the way says. */
  install(stack: Stack): Promise<void>;
}

const ways: Way[] = [
  {
    language: "python",
    example: "examples/plugin-python",
    how: "a plugin installed from a file",
    install: async (stack) => {
      const file = (await pluginFiles()).tarball;
      succeeded(await stack.run([...installation, "--file", file]));
    },
  },
  {
    language: "go",
    example: "examples/plugin-go",
    how: "a plugin installed from a server",
    install: async (stack) => {
      const { folder } = await pluginFiles();
      const server = await serve(folder);
      try {
        succeeded(await stack.run([...installation, "--server", server.url]));
        expect(server.asked).toEqual([expect.stringMatching(/\.tar\.gz$/)]);
      } finally {
        await server.close();
      }
    },
  },
  {
    language: "yaml",
    example: "examples/plugin-yaml",
    how: "a plugin named in the project file",
    install: async (stack) => name(stack, await bundledPlugin()),
  },
  {
    language: "nodejs",
    example: "examples/plugin-typescript",
    how: "a plugin named in the project file",
    install: async (stack) => name(stack, await bundledPlugin()),
  },
];

const installation = ["plugin", "install", "resource", "huaweicloud-evs", pluginVersion];

for (const { language, example, how, install } of ways) {
  const reason = whyNo(language);
  const test = reason === undefined ? it.concurrent : it.skip;
  test(`${example} does what it says, with ${how}${reason ? ` (skipped: ${reason})` : ""}`, async () => {
    const cloud = await startCloud();
    const { HW_ACCESS_KEY = "", HW_SECRET_KEY = "" } = cloud.accessKey("partner-admin", partner);
    const options = {
      folder: example,
      layout: "none",
      // The program is compiled with its types checked, too.
      asUser: true,
      emulator: cloud.emulator,
      env: cloud.credentials(),
      config: { keyAlias: KEY, partnerAccessKey: HW_ACCESS_KEY, partnerSecretKey: { secret: HW_SECRET_KEY } },
      prepare: (project: Parameters<typeof prepareLanguage>[1]) => prepareLanguage(language, project),
    } as const;
    try {
      await withStack(options, async (stack) => {
        await install(stack);
        // The stack, the provider of the second account, and a switch and a key for each of three projects.
        expect(succeeded(await stack.up({ timeoutMs })).changes).toEqual({ create: 8 });
        expect(live(cloud)).toEqual([KEY, KEY, KEY]);
        expect(await stack.outputs()).toEqual({
          kmsKeyIds: {
            [region]: cloud.key(KEY),
            [otherRegion]: cloud.key(KEY, otherRegion),
            partner: cloud.key(KEY, region, partner),
          },
        });
        expect(succeeded(await stack.preview({ args: ["--expect-no-changes"], timeoutMs })).changes).toEqual({
          same: 8,
        });
        succeeded(await stack.destroy({ timeoutMs }));
        expect(live(cloud)).toEqual(["off", "off", "off"]);
      });
    } finally {
      await cloud.close();
    }
  });
}

const importTest = needsGo === undefined ? it : it.skip;
importTest(
  `is imported into YAML, as code that previews without a change${needsGo ? ` (skipped: ${needsGo})` : ""}`,
  async () => {
    const cloud = await startCloud();
    cloud.change({ enabled: true, keyId: cloud.key(KEY) });
    const plugin = await bundledPlugin();
    const options = {
      folder: "examples/plugin-yaml",
      layout: "none",
      asUser: true,
      emulator: cloud.emulator,
      env: cloud.credentials(),
      prepare: async (project: Parameters<typeof prepareLanguage>[1]) => {
        await prepareLanguage("yaml", project);
        fs.writeFileSync(path.join(project.folder, "Pulumi.yaml"), "name: evs-plugin-yaml\nruntime: yaml\n");
      },
    } as const;
    try {
      await withStack(options, async (stack) => {
        name(stack, plugin);
        const id = `${region}/${cloud.project()}`;
        const code = path.join(stack.root, "code.yaml");
        const args = ["--yes", "--skip-preview", "--protect=false", "--out", code];
        succeeded(await stack.run(["import", "huaweicloud-evs:index:DefaultEncryptionKey", "disks", id, ...args]));
        expect(fs.readFileSync(code, "utf8")).toContain(`kmsKeyId: ${cloud.key(KEY)}`);
        fs.appendFileSync(path.join(stack.folder, "Pulumi.yaml"), fs.readFileSync(code));
        const preview = succeeded(await stack.preview({ args: ["--expect-no-changes"], timeoutMs }));
        expect(preview.changes).toEqual({ same: 2 });
        succeeded(await stack.destroy({ timeoutMs }));
        expect(cloud.liveAlias()).toBe("evs/default");
      });
    } finally {
      await cloud.close();
    }
  },
);

/** The alias of each project's default key, or `off`. */
function live(cloud: EmulatedCloud): string[] {
  const projects = [
    [region, company],
    [otherRegion, company],
    [region, partner],
  ] as const;
  return projects.map(([project, account]) =>
    cloud.live(project, account).enabled ? cloud.liveAlias(project, account) : "off",
  );
}

/** Names the plugin's folder in the project file, as those do who install nothing. */
function name(stack: Stack, folder: string): void {
  const text = `plugins:\n  providers:\n    - name: huaweicloud-evs\n      path: ${folder}\n`;
  fs.appendFileSync(path.join(stack.folder, "Pulumi.yaml"), text);
}

/** Serves the files of a folder, as a web server would. */
async function serve(folder: string) {
  const asked: string[] = [];
  const server = http.createServer(({ url = "" }, response) => {
    asked.push(url);
    const file = path.join(folder, path.basename(url));
    if (!fs.existsSync(file)) response.writeHead(404).end();
    else response.end(fs.readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
