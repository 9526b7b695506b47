// The report as one HTML file that needs nothing else: no network, no font, and a policy that lets nothing but its own style and
// script run. Any text in it is text.
import { createHash } from "node:crypto";
import { isWaived, type ProjectFinding, type Report, verdicts } from "./findings";
import { drawCharts, drawLegend } from "./html/charts";
import { escapeHtml, plural } from "./html/markup";
import { earlyScript, rowsAtOnce, script } from "./html/script";
import { style } from "./html/style";
import { changeOf, disksOf, goneOf, interrupted, rotationOf, stateOf, sumOf, useOf, verdictOf, whyOf } from "./wording";

interface Column {
  heading: string;
  of: (finding: ProjectFinding) => string;
  /** A second line: an ID below a name. */
  below?: (finding: ProjectFinding) => string;
  /** A column that no finding fills is left out. */
  always?: boolean;
  /** Default: narrow. */
  width?: "some" | "medium" | "wide";
}

const columns: readonly Column[] = [
  { heading: "Verdict", of: verdictOf, always: true, width: "some" },
  { heading: "Project", of: projectOf, below: ({ projectId }) => projectId ?? "", always: true, width: "medium" },
  { heading: "Account", of: accountOf, always: true, width: "some" },
  { heading: "Region", of: ({ region }) => region ?? "", always: true, width: "some" },
  { heading: "Key", of: keyOf, below: ({ kmsKeyId }) => kmsKeyId ?? "", always: true, width: "medium" },
  { heading: "Key’s state", of: stateOf, width: "some" },
  { heading: "Rotation", of: rotationOf },
  { heading: "Origin", of: ({ keyOrigin }) => keyOrigin ?? "" },
  { heading: "Disks", of: disksOf },
  { heading: "Uses the key", of: useOf },
  {
    heading: "Declared",
    of: ({ declared }) => [declared?.status, ...(declared?.differences ?? [])].join(" "),
    width: "medium",
  },
  { heading: "Change", of: changeOf },
  { heading: "Why", of: whyOf, width: "wide" },
];
/** Heads its row. */
const rowHeading = "Project";

function projectOf({ projectName, projectId }: ProjectFinding): string {
  return projectName ?? projectId ?? "all projects";
}

function accountOf({ account }: ProjectFinding): string {
  return account.name ?? account.id ?? "";
}

function keyOf({ keyAlias, kmsKeyId }: ProjectFinding): string {
  return keyAlias ?? kmsKeyId ?? "";
}

const policy = [
  "default-src 'none'",
  // A browser would look for a favicon on the server that has the file.
  "img-src data:",
  `style-src '${sha256(style)}'`,
  `script-src '${sha256(earlyScript)}' '${sha256(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function sha256(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

export function toHtml(report: Report): string {
  const { projects, partial, notes, gone = [], startedAt, endedAt, key } = report;
  const sum = escapeHtml(sumOf(report));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Audit of default encryption: ${sum}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<script>${earlyScript}</script>
</head>
<body>
<a class="skip" href="#projects">Skip to the projects</a>
<header>
<h1>Audit of default encryption</h1>
<p class="quiet">EVS disks on Huawei Cloud, from ${time(startedAt)} to ${time(endedAt)}.</p>
</header>
<main>
<section aria-labelledby="summary">
<h2 id="summary">Summary</h2>
${partial ? `<p class="warning"><strong>${interrupted}</strong></p>\n` : ""}<p>${sum}</p>
${key === undefined ? "" : `<p>The key that is looked for: ${escapeHtml(key)}</p>\n`}<div class="charts">
${drawCharts(projects)}
</div>
${drawLegend()}
${list("Notes", notes)}${list("Gone since the baseline", gone.map(goneOf))}</section>
<section aria-labelledby="projects">
<h2 id="projects" tabindex="-1">Projects</h2>
${drawForm(projects)}
<p id="count" role="status" aria-live="polite">${plural(projects.length, "project")}</p>
${drawTable(projects)}
</section>
</main>
<script>${script}</script>
</body>
</html>
`;
}

function time(iso: string): string {
  const text = escapeHtml(iso);
  return `<time datetime="${text}">${text.replace("T", " ").replace(/\.\d+Z$/, " UTC")}</time>`;
}

function list(heading: string, sentences: readonly string[]): string {
  if (sentences.length === 0) return "";
  return `<h3>${heading}</h3>\n<ul>${sentences.map((text) => `<li>${escapeHtml(text)}</li>`).join("\n")}</ul>\n`;
}

/** The script shows it: without the script it would do nothing. */
function drawForm(projects: readonly ProjectFinding[]): string {
  const found = verdicts
    .map((verdict, index) => ({ verdict, index, count: projects.filter((each) => each.verdict === verdict).length }))
    .filter(({ count }) => count > 0);
  const toDo = projects.filter(isOpen).length;
  const named = (names: readonly string[]) => names.map((name, index) => option(String(index), name || "not known"));
  return `<form role="search" aria-label="Filter the projects" autocomplete="off" hidden>
<label>Verdict<select name="verdict">${[
    option("", "all"),
    option("open", `not ok and not waived (${toDo})`),
    ...found.map(({ verdict, index, count }) => option(String(index), `${verdict} (${count})`)),
  ].join("")}</select></label>
<label>Account<select name="account">${[option("", "all"), ...named(distinct(projects, accountOf))].join("")}</select></label>
<label>Region<select name="region">${[option("", "all"), ...named(distinct(projects, regionOf))].join("")}</select></label>
<label>Text in any column<input name="text" type="search" aria-controls="table"></label>
<button type="reset">Show all</button>
</form>`;
}

function option(value: string, text: string): string {
  return `<option value="${value}">${escapeHtml(text)}</option>`;
}

function isOpen(finding: ProjectFinding): boolean {
  return finding.verdict !== "ok" && !isWaived(finding);
}

function regionOf({ region }: ProjectFinding): string {
  return region ?? "";
}

/** In alphabetical order. A row names its account and its region by their places in these. */
function distinct(projects: readonly ProjectFinding[], of: (finding: ProjectFinding) => string): string[] {
  return [...new Set(projects.map(of))].sort();
}

function drawTable(projects: readonly ProjectFinding[]): string {
  const drawn = columns.filter(({ of, always }) => always || projects.some((finding) => of(finding) !== ""));
  const accounts = places(distinct(projects, accountOf));
  const regions = places(distinct(projects, regionOf));
  const rows = projects.map((finding) => {
    const facts = [
      verdicts.indexOf(finding.verdict),
      isOpen(finding) ? 1 : 0,
      accounts.get(accountOf(finding)),
      regions.get(regionOf(finding)),
    ];
    return `<tr data-f="${facts.join(" ")}">${drawn.map((column) => cell(column, finding)).join("")}</tr>`;
  });
  return `<div class="scroll" role="region" aria-label="Table of the projects" tabindex="0">
<table id="table">
<caption>One row for each project; for an account or a region that could not be entered, one row for all of it.</caption>
<colgroup>${drawn.map(({ width }) => (width === undefined ? "<col>" : `<col class="${width}">`)).join("")}</colgroup>
<thead><tr>${drawn.map(({ heading }) => `<th scope="col">${heading}</th>`).join("")}</tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</div>
<button id="more" type="button" aria-controls="table" hidden>List ${rowsAtOnce} more</button>`;
}

function cell({ heading, of, below }: Column, finding: ProjectFinding): string {
  const text = of(finding);
  const second = below?.(finding) ?? "";
  const content = escapeHtml(text) + (second === "" || second === text ? "" : `<small>${escapeHtml(second)}</small>`);
  if (heading === rowHeading) return `<th scope="row">${content}</th>`;
  return heading === "Verdict" ? `<td class="${finding.verdict}">${content}</td>` : `<td>${content}</td>`;
}

function places(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}
