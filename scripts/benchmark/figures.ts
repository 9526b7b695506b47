// What was measured, against its bar; as JSON, and as a table.

export interface Figure {
  name: string;
  value: number;
  /** As written in the table: `≤ 0.95`, `= 0`. */
  bar: string;
  ok: boolean;
  samples: number[];
}

export function atMost(name: string, value: number, limit: number, samples: number[] = []): Figure {
  return { name, value: round(value), bar: `≤ ${limit}`, ok: value <= limit, samples: samples.map(round) };
}

export function exactly(name: string, value: number, expected: number): Figure {
  return { name, value, bar: `= ${expected}`, ok: value === expected, samples: [value] };
}

/** What depends on the machine: stated, and held to nothing. */
export function measured(name: string, value: number): Figure {
  return { name, value: round(value), bar: "none", ok: true, samples: [] };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 === 0 ? sorted.slice(middle - 1, middle + 1) : [sorted[middle], sorted[middle]];
  return (low + high) / 2;
}

/** Ratios of runs that followed each other, so that a slow moment of the machine hits both sides. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, index) => value / (theirs[index] ?? Number.NaN));
}

/** A Markdown table, for docs/quality.md. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, bar, ok, samples }) => {
    const spread =
      samples.length > 1 ? `${Math.min(...samples)} to ${Math.max(...samples)}, ${samples.length} runs` : "";
    return `| ${name} | ${value} | ${bar} | ${ok ? "yes" : "NO"} | ${spread} |`;
  });
  return ["| figure | value | bar | met | spread |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
