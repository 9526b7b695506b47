// The HTML report as a parser sees it: its parts, that it refers to nothing outside, and that any text in it stays text.
import fc from "fast-check";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { sampleReport } from "../../scripts/sampleReport";
import type { ProjectFinding, Report } from "./findings";
import { toHtml } from "./html";

// Hundreds of random pages, on a machine that may be busy.
jest.setTimeout(60_000);

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

function elementsOf(node: Node): Element[] {
  const own = "tagName" in node ? [node] : [];
  return [...own, ...("childNodes" in node ? node.childNodes.flatMap(elementsOf) : [])];
}
function textOf(node: Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}
const attribute = (element: Element, name: string) => element.attrs.find((each) => each.name === name)?.value;
const pageOf = (report: Report) => elementsOf(parse(toHtml(report)));
const all = (elements: Element[], tag: string) => elements.filter(({ tagName }) => tagName === tag);
const headings = (elements: Element[]) =>
  all(elements, "th")
    .filter((each) => attribute(each, "scope") === "col")
    .map(textOf);

test("it has landmarks, one first heading, a caption, and heads for columns and rows", () => {
  const page = pageOf(sampleReport());
  for (const tag of ["header", "main", "h1", "table", "caption", "form"])
    expect([tag, all(page, tag).length]).toEqual([tag, 1]);
  expect(headings(page)).toEqual([
    ...["Verdict", "Project", "Account", "Region", "Key", "Key’s state", "Rotation", "Origin", "Why"],
  ]);
  expect(all(page, "th").filter((each) => attribute(each, "scope") === "row")).toHaveLength(20);
  expect(attribute(all(page, "html")[0] as Element, "lang")).toBe("en");
  expect(all(page, "title").map(textOf)[0]).toMatch(/^Audit of default encryption: 20 projects: 10 ok, /);
});

test("columns that nothing fills are left out, others are there", () => {
  const more: Partial<ProjectFinding> = {
    disks: { total: 3, encrypted: 2, byKey: [] },
    keyUse: { asDefault: true, asPrevious: [], disks: 1 },
    declared: { status: "differs", resources: [], differences: ["The key differs."] },
    change: { kind: "new" },
  };
  const page = pageOf(sampleReport(1, more));
  expect(headings(page).slice(-5)).toEqual(["Disks", "Uses the key", "Declared", "Change", "Why"]);
  const [row] = all(page, "tr").slice(1);
  expect(elementsOf(row as Element).map(textOf)).toEqual(
    expect.arrayContaining(["2 of 3 encrypted", "default, 1 disks", "differs The key differs.", "new"]),
  );
});

test("it refers to nothing outside, and allows nothing but its own style and scripts", () => {
  const page = pageOf(sampleReport());
  const references = page.flatMap(({ attrs }) =>
    attrs.filter(({ name }) => /^(src|href|action|data|poster)$/.test(name)),
  );
  expect(references.map(({ value }) => value)).toEqual(["data:,", "#projects"]);
  expect(page.flatMap(({ attrs }) => attrs.filter(({ name }) => /^(on|style$)/.test(name)))).toEqual([]);
  const [policy = ""] = all(page, "meta").flatMap((each) =>
    attribute(each, "http-equiv") === "Content-Security-Policy" ? [attribute(each, "content")] : [],
  );
  expect(policy.replace(/sha256-[\w+/]{43}=/g, "HASH")).toBe(
    "default-src 'none'; img-src data:; style-src 'HASH'; script-src 'HASH' 'HASH'; base-uri 'none'; form-action 'none'",
  );
});

test("an interrupted audit says so, and notes, the key and what is gone are listed", () => {
  const report = sampleReport(1);
  const texts = pageOf({
    ...report,
    partial: true,
    key: "the-key",
    gone: [
      { account: { id: "1", name: "old" }, region: "cn-north-4", projectId: "2", projectName: null, verdict: "ok" },
    ],
  }).map(textOf);
  expect(texts).toContain("The audit was interrupted: this is what was found so far.");
  expect(texts).toContain("The key that is looked for: the-key");
  expect(texts).toContain("No longer there: old, cn-north-4, 2.");
  expect(texts).toContain(report.notes[0]);
  expect(pageOf(report).map(textOf).join()).not.toContain("The audit was interrupted");
});

test("an audit without a project is a page too", () => {
  const report = sampleReport(0);
  expect(all(pageOf(report), "tr")).toHaveLength(1);
});

test("accounts behind the first twelve share a bar", () => {
  const labels = all(pageOf(sampleReport(30)), "svg").map((each) => all(elementsOf(each), "text").map(textOf));
  expect(labels[1]?.filter((_, index) => index % 2 === 0)).toHaveLength(12);
  expect(labels[1]?.at(-2)).toBe("19 other accounts");
});

test("10,000 projects are less than 4 MB", () => {
  expect(toHtml(sampleReport(2500)).length).toBeLessThan(4 * 2 ** 20);
});

/** The same text wherever text can be, also where only the client's own forms should come. */
function filled(text: string): Report {
  const place = { account: { id: `${text}1`, name: text }, region: text, projectId: `${text}2`, projectName: text };
  const finding: Partial<ProjectFinding> = {
    ...place,
    reason: text,
    kmsKeyId: `${text}3`,
    keyAlias: text,
    keyDeletionDate: text,
    keyOrigin: text,
    keySpec: text,
    expectedKey: text,
    waiver: { owner: text, reason: text, expires: text, expired: false },
    declared: { status: "differs", resources: [text], differences: [text] },
    change: { kind: "changed", before: { verdict: "off", enabled: null, kmsKeyId: text } },
  };
  const report = {
    ...sampleReport(3, finding),
    partial: true,
    key: text,
    notes: [text],
    startedAt: text,
    endedAt: text,
  };
  return { ...report, gone: [{ ...place, verdict: "ok" }] };
}

const shapeOf = (elements: Element[]) =>
  elements.map(({ tagName, attrs }) => `${tagName} ${attrs.map(({ name }) => name).join(" ")}`);

const hostile = [
  ...["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' autofocus onfocus=alert(1) x='", "</title><b>"],
  ...[
    "</style><script>1</script>",
    "</script><svg onload=1>",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "&lt;&#0;&amp",
    "</table>",
  ],
  ...["</select></form>", "`", "\u202e\u2066", "\u0000\u0001\u001b[31m", "\r\n<p>", "{{x}}", "\ud800", "javascript:1"],
];

test("any text in any field is text: there is no element and no attribute more", () => {
  const usual = shapeOf(pageOf(filled("usual")));
  const anyText = fc.array(fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary" })), { maxLength: 4 });
  fc.assert(
    fc.property(anyText, (parts) => {
      const text = `x${parts.join("")}`;
      const page = pageOf(filled(text));
      expect(shapeOf(page)).toEqual(usual);
      const row = all(page, "tr")[1] as Element;
      // A parser makes one line break of two, and leaves zero bytes out.
      const read = text.replace(/\r\n?/g, "\n").replaceAll("\0", "");
      expect(elementsOf(row).map(textOf)).toContain(read);
    }),
    { numRuns: 200 },
  );
});
