// Where the profiles of KooCLI lie.
import path from "node:path";
import type { Settings } from "../settings";

/** The file that would be read, whether it is there or not; nothing where there is no home folder to look in. */
export function profileFile(settings: Settings): string | undefined {
  if (settings.sharedConfigFile) return settings.sharedConfigFile.value;
  const home = settings.home ?? settings.windowsHome;
  return home && path.join(home.value, ".hcloud", "config.json");
}
