// Reads a file that holds a token or a profile: a few kilobytes, and a file indeed.
import fs from "node:fs";

/** A token has some kilobytes, and the profiles of KooCLI a few hundred bytes each. */
const mostBytes = 256 * 1024;

/**
 * The text of the file, or why there is none: in words for a message, which quote nothing of the file. A named pipe would
 * block this process for ever if nothing is written to it.
 */
export function readSmallFile(path: string): { text: string } | { reason: string } {
  try {
    const stats = fs.statSync(path);
    if (stats.isDirectory()) return { reason: "EISDIR" };
    if (!stats.isFile()) return { reason: "it is not a regular file" };
    if (stats.size > mostBytes) return { reason: `it has more than ${mostBytes / 1024} kB` };
    return { text: fs.readFileSync(path, "utf8") };
  } catch (error) {
    return { reason: (error as NodeJS.ErrnoException).code ?? "no reason given" };
  }
}
