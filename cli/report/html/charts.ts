// The summary as drawings: a bar for each verdict, as long as it has projects; and a bar for each account and region, divided by
// the verdicts of its projects.
import { type ProjectFinding, type Verdict, verdicts } from "../findings";
import { escapeHtml, plural } from "./markup";

/** Accounts or regions that have a bar of their own; those with most to do come first. */
const maxBars = 12;
const labelWidth = 190;
const barWidth = 330;
const numberWidth = 80;
const rowHeight = 24;

interface Bar {
  label: string;
  counts: Readonly<Record<Verdict, number>>;
  total: number;
}

export function drawCharts(projects: readonly ProjectFinding[]): string {
  const byVerdict = verdicts.map((verdict) => {
    const count = projects.filter((finding) => finding.verdict === verdict).length;
    return { label: verdict, counts: { ...noCounts(), [verdict]: count }, total: count };
  });
  const byAccount = gather(projects, ({ account }) => account.name ?? account.id ?? "unknown account");
  const byRegion = gather(projects, ({ region }) => region ?? "no region");
  return [
    draw("Projects by verdict", byVerdict, Math.max(1, projects.length)),
    draw("Verdicts in each account", shorten(byAccount, "account")),
    draw("Verdicts in each region", shorten(byRegion, "region")),
  ].join("\n");
}

export function drawLegend(): string {
  return `<ul class="legend">${verdicts.map((verdict) => `<li class="${verdict}">${verdict}</li>`).join("")}</ul>`;
}

function noCounts(): Record<Verdict, number> {
  return { ok: 0, off: 0, "service-key": 0, "wrong-key": 0, "key-unusable": 0, "not-checked": 0 };
}

function gather(projects: readonly ProjectFinding[], labelOf: (finding: ProjectFinding) => string): Bar[] {
  const bars = new Map<string, { label: string; counts: Record<Verdict, number>; total: number }>();
  for (const finding of projects) {
    const label = labelOf(finding);
    const bar = bars.get(label) ?? { label, counts: noCounts(), total: 0 };
    bars.set(label, bar);
    bar.counts[finding.verdict] += 1;
    bar.total += 1;
  }
  const toDo = ({ counts, total }: Bar) => total - counts.ok;
  return [...bars.values()].sort((one, other) => toDo(other) - toDo(one) || other.total - one.total);
}

/** The bars behind the first ones, as one. */
function shorten(bars: readonly Bar[], kind: string): Bar[] {
  if (bars.length <= maxBars) return [...bars];
  const rest = bars.slice(maxBars - 1);
  const counts = noCounts();
  for (const bar of rest) for (const verdict of verdicts) counts[verdict] += bar.counts[verdict];
  const total = rest.reduce((sum, bar) => sum + bar.total, 0);
  return [...bars.slice(0, maxBars - 1), { label: plural(rest.length, `other ${kind}`), counts, total }];
}

/** The projects that fill a bar. Default: those of the bar itself. */
function draw(title: string, bars: readonly Bar[], full?: number): string {
  const height = Math.max(1, bars.length) * rowHeight;
  const rows = bars.map((bar, index) => drawBar(bar, index * rowHeight, barWidth / (full ?? bar.total)));
  return `<figure><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${labelWidth + barWidth + numberWidth} ${height}" role="img" aria-label="${escapeHtml(describe(title, bars))}">
${rows.join("\n")}
</svg></figure>`;
}

function drawBar({ label, counts, total }: Bar, top: number, scale: number): string {
  let x = labelWidth;
  const segments = verdicts.map((verdict) => {
    if (counts[verdict] === 0) return "";
    const width = counts[verdict] * scale;
    const drawn = `<rect class="${verdict}" x="${round(x)}" y="${top + 3}" width="${round(width)}" height="${rowHeight - 6}"><title>${counts[verdict]} ${verdict}</title></rect>`;
    x += width;
    return drawn;
  });
  const baseline = top + rowHeight * 0.7;
  return `<text x="0" y="${baseline}">${escapeHtml(cut(label))}</text>${segments.join("")}<text x="${round(x + 6)}" y="${baseline}">${total.toLocaleString("en")}</text>`;
}

function describe(title: string, bars: readonly Bar[]): string {
  const texts = bars.map(({ label, counts, total }) => {
    const parts = verdicts.filter((verdict) => counts[verdict] > 0).map((verdict) => `${counts[verdict]} ${verdict}`);
    return label in counts ? `${label} ${total}` : `${label}: ${parts.join(", ")}`;
  });
  return `${title}. ${texts.join("; ")}.`;
}

/** A label that is too long for its place; the table below has it whole. */
function cut(label: string): string {
  const characters = [...label];
  return characters.length > 26 ? `${characters.slice(0, 25).join("")}…` : label;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
