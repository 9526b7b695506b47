// Reads a file that holds a token or a profile: a regular file of a few kilobytes.
import fs from "node:fs";

/** A token has some kilobytes, and the profiles of KooCLI a few hundred bytes each. */
const maxBytes = 256 * 1024;

/**
 * Returns the text of the file, or a reason for a message, which quotes nothing of the file. Only regular files: a named pipe
 * without a writer would block this process for ever.
 */
export function readSmallFile(path: string): { text: string } | { reason: string } {
  try {
    const stats = fs.statSync(path);
    if (stats.isDirectory()) return { reason: "EISDIR" };
    if (!stats.isFile()) return { reason: "it is not a regular file" };
    if (stats.size > maxBytes) return { reason: `it has more than ${maxBytes / 1024} kB` };
    return { text: fs.readFileSync(path, "utf8") };
  } catch (error) {
    return { reason: (error as NodeJS.ErrnoException).code ?? "no reason given" };
  }
}
