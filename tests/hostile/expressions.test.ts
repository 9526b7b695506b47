// Every regular expression of the provider, the plugin, the tools, the emulator and the examples takes linear time,
// whether it sees a text from outside today or tomorrow. They are found in the sources, so a new one is measured too: with a
// megabyte of what begins something that it looks for, again and again, and never ends it.
import fs from "node:fs";
import path from "node:path";
import fc from "fast-check";
import ts from "typescript";
import { isLinear, msOf } from "./processorTime";

const root = path.resolve(__dirname, "../..");
const sourcesIn = (folder: string): string[] =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|mjs)$/.test(file) && !/\.(test|d)\.ts$|node_modules/.test(file))
    .map((file) => path.join(folder, file));
const provider = sourcesIn("provider");
const files = [...provider, ...["plugin", "cli", "examples/pipelines/ci"].flatMap(sourcesIn)];

interface Found {
  file: string;
  expression: RegExp;
}

/** Those that stand in the sources. */
function literalsIn(file: string): Found[] {
  const source = ts.createSourceFile(
    file,
    fs.readFileSync(path.join(root, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      found.push({ file, expression: new RegExp(node.text.slice(1, end), node.text.slice(end + 1)) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Those that the provider puts together when it is loaded. */
function builtOnes(): Found[] {
  const found: Found[] = [];
  const { RegExp: Original } = globalThis;
  globalThis.RegExp = new Proxy(Original, {
    construct(target, args: [string, string]) {
      const expression = new target(...args);
      const [, , caller = ""] = new Error().stack?.split("\n") ?? [];
      const [, file] = /\/(provider\/[\w/]+\.ts)/.exec(caller) ?? [];
      if (file) found.push({ file, expression });
      return expression;
    },
  });
  jest.isolateModules(() => {
    for (const file of provider) require(path.join(root, file));
  });
  globalThis.RegExp = Original;
  return found;
}

/** Their own are all literals; the emulator also makes some of what a user's rule says, which is nothing from outside. */
const others = ["sdk", "emulator", "examples/fleet", "examples/fleet-temporal"].flatMap(sourcesIn);
const literals = [...files, ...others].flatMap(literalsIn);
const built = builtOnes();

it("finds those that stand in the sources, and those that are put together", () => {
  expect(literals.length).toBeGreaterThan(70);
  const constructions = files.flatMap((file) => {
    const count = fs.readFileSync(path.join(root, file), "utf8").match(/\bRegExp\(/g)?.length ?? 0;
    return Array.from({ length: count }, () => file);
  });
  expect(built.map(({ file }) => file).sort()).toEqual(constructions.sort());
});

const printable = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));

/** Parts of what the expression matches, or begins to. */
function pumpsOf({ source, flags }: RegExp): Set<string> {
  const pumps = new Set([" ", "\n", "a", "A", "0", "-", ".", "\u001b", "\ud83d", "\u0301"]);
  for (const character of source) pumps.add(character);
  for (const word of source.match(/\w{2,}|\\\W/g) ?? []) pumps.add(word.replace(/^\\/, ""));
  let samples: string[] = [];
  // For a class that has no printable ASCII the generator would look for ever.
  const classes = source.match(/\[\^(?:\\.|[^\]\\])*\]/g) ?? [];
  const canBeSampled = classes.every((negated) => new RegExp(negated).test(printable));
  try {
    if (!canBeSampled) throw new Error("not sampled");
    const matching = fc.stringMatching(new RegExp(source, flags.replace(/[^su]/g, "")));
    samples = fc.sample(matching, { numRuns: 6, seed: 1 });
  } catch {
    // It uses what the generator does not know: the characters of its source are what is left.
  }
  for (const sample of samples) {
    const short = sample.slice(0, 40);
    for (const length of [1, 3, 40]) pumps.add(short.slice(0, length));
    for (const length of [1, 3]) pumps.add(short.slice(-length));
    for (let at = 0; at < Math.min(short.length, 4); at += 1) pumps.add(short.slice(at, at + 2));
  }
  pumps.delete("");
  return pumps;
}

const filled = (pump: string, length: number) =>
  `${pump.repeat(Math.ceil(length / pump.length)).slice(0, length)}\u0001!`;

/** Finds every match of a global expression, or the first of another. */
function search(expression: RegExp, text: string): void {
  for (let from = 0; from < text.length; from = expression.lastIndex) {
    expression.lastIndex = from;
    if (!expression.test(text) || !expression.global) break;
    if (expression.lastIndex === from) expression.lastIndex += 1;
  }
  expression.lastIndex = 0;
}

/** Linear by itself, with as many matches as there can be. */
const everyCharacter = /./gs;

/** Processor time in milliseconds of finding every match; the least of some runs, until one takes less than `enough`. */
function timeOf({ source, flags }: RegExp, text: string, enough: number): number {
  const everywhere = new RegExp(source, flags.includes("g") ? flags : `${flags}g`);
  let ms = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5 && ms > enough; run += 1)
    ms = Math.min(
      ms,
      msOf(() => search(everywhere, text)),
    );
  return ms;
}

const kilobyte = 1024;
const all = new Map([...literals, ...built].map((found) => [`${found.file} ${found.expression}`, found.expression]));

/** Longer and longer texts: exponential time shows with a few characters, quadratic time with some thousands. */
const lengths = [16, 20, 22, 24, 512, 16 * kilobyte];
/** Milliseconds for any of these; more than this is not linear. */
const tooLong = 20;

/** The pumps that take the longest, of which a little is enough to tell; one alone if it takes too long. */
function worstOf(expression: RegExp, count: number): { pump: string; ms: number }[] {
  const slow: { pump: string; ms: number }[] = [];
  for (const pump of pumpsOf(expression)) {
    let ms = 0;
    for (const length of lengths) {
      ms = timeOf(expression, filled(pump, length), tooLong);
      if (ms > tooLong) return [{ pump, ms }];
    }
    slow.push({ pump, ms });
  }
  return slow.sort((one, other) => other.ms - one.ms).slice(0, count);
}

it.each([...all])("%s", (_, expression) => {
  const worst = worstOf(expression, 2);
  // Else a megabyte would take minutes.
  expect(worst.filter(({ ms }) => ms > tooLong)).toEqual([]);
  const slow = worst.filter(({ pump }) => {
    const text = filled(pump, 1024 * kilobyte);
    return !isLinear(
      () => search(expression, text),
      () => search(everyCharacter, text),
    );
  });
  expect(slow).toEqual([]);
});

it.each([/\s+$/, /a.*b/, /(x+x+)+y/, /^.*?,.*?;/s, /(\d+)-(\d+)$/])("would find %s", (expression) => {
  expect(worstOf(expression, 1)[0]?.ms).toBeGreaterThan(tooLong);
});
