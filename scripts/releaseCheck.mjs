// Refuses a release that would be wrong in public: run by the release workflow before anything else, with nothing installed.
// The tag must be the version of package.json and have its section in the changelog, and package.json must say where the
// project really is: until it has an address, `repository`, `homepage` and `bugs` there are placeholders, under a host that
// cannot exist. The documentation points to these fields and repeats none of them.
//
//   node scripts/releaseCheck.mjs   GITHUB_REF_NAME, GITHUB_SERVER_URL and GITHUB_REPOSITORY as GitHub sets them

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

// Reserved by RFC 2606 and RFC 6761.
const PLACEHOLDER = /(^|\.)(example|invalid|test|localhost|example\.(com|net|org))$/i;

const [root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..")] = process.argv.slice(2);
const { version, repository, homepage, bugs } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
const changelog = fs.readFileSync(path.join(root, "CHANGELOG.md"), "utf8");
const { GITHUB_REF_NAME: tag, GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;

const problems = [];
if (tag !== `v${version}`) problems.push(`the tag is ${tag}, and the version of package.json is ${version}`);
if (!changelog.split("\n").some((line) => line.startsWith(`## [${version}]`)))
  problems.push(`CHANGELOG.md has no section for ${version}`);

const addresses = {
  "repository.url": repository?.url,
  homepage,
  "bugs.url": bugs?.url,
  "bugs.email": bugs?.email && `mailto://${bugs.email}`,
};
for (const [field, address] of Object.entries(addresses)) {
  const host = hostOf(address);
  if (!host) problems.push(`${field} of package.json is missing or no address`);
  else if (PLACEHOLDER.test(host)) problems.push(`${field} of package.json is a placeholder (${host})`);
}
// The registry refuses provenance for another repository than the one that package.json names.
const wanted = `${server}/${name}`.toLowerCase();
const named = String(repository?.url).toLowerCase();
if (named.replace(/^git\+/, "").replace(/\.git$/, "") !== wanted)
  problems.push(`repository.url of package.json is not ${wanted}, where this runs`);

for (const problem of problems) process.stderr.write(`release: ${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

function hostOf(address) {
  try {
    return new URL(address).hostname;
  } catch {
    return undefined;
  }
}
