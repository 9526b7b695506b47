// The file with the profiles of KooCLI.
import path from "node:path";
import type { Settings } from "../settings";

/** Returns the path, or `undefined` without a home folder. The file may not exist. */
export function profileFile(settings: Settings): string | undefined {
  if (settings.sharedConfigFile) return settings.sharedConfigFile.value;
  const home = settings.home ?? settings.windowsHome;
  return home && path.join(home.value, ".hcloud", "config.json");
}
