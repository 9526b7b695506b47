// Writes docs/troubleshooting.md from the table of remedies, so that the page says what the errors say: `npm run docs`.

import fs from "node:fs";
import path from "node:path";
import { keyOf } from "../provider/dynamic/front";
import { gatewayRemedies, remedies, worded } from "../provider/huaweicloud/services/remedies";

export const page = "docs/troubleshooting.md";

const introduction = `# Troubleshooting

An error says what was being done where, the service's own words, its code, the HTTP status and the request ID, and the next
step if one is known. This page has those steps, each with its codes. \`HW_DEBUG=1\` prints one line for each request.

| what you see | what it is |
| --- | --- |
| \`No credentials for Huawei Cloud\` in an \`up\`, though they are in the stack's configuration | The refresh uses the configuration *in state*, which has none yet: \`pulumi up --run-program\`, once. The same after a change of credentials there. |
| \`KMS keys are not checked in advance\` | The preview could not look the key up, and says why. It is an error only if \`huaweicloud:preflight\` is \`require\`. |
| \`is not a key that KMS knows\` | Nearly always a typo, or a key of another region. A key shared from another account: \`huaweicloud:preflight\` \`off\`. |
| \`Pulumi's provider host cannot find the package\` | The program's folder has to have it among its own dependencies, also if another package brings it along. |
| \`the stack is currently locked\` after a killed run | The engine's own lock: \`pulumi cancel\`, then \`pulumi up\`. Nothing needs repair. |
| a key that was changed outside is not restored | The engine does not look without a refresh: \`options: { refresh: always }\` in \`Pulumi.yaml\`, or \`--refresh\`. |
`;

export function render(): string {
  const rows = steps().map(({ step, codes }) => `| ${step} | ${codes.join(", ")} |`);
  return `${introduction}
## By next step

Each step stands here once. If a code is in several rows, follow them in this order. The gateway has one code, APIGW.0301, for every
failed login: the service's text is in brackets.

| next step | codes |
| --- | --- |
${rows.join("\n")}
`;
}

/** The next steps in the order of the codes, each with all its codes. */
export function steps(): { step: string; codes: string[] }[] {
  const all = [
    ...[...remedies].map(([code, remedy]) => ({ code, remedy: worded(remedy, keyOf) })),
    ...gatewayRemedies.map(({ meaning, remedy }) => ({
      code: `APIGW.0301 (${meaning})`,
      remedy: worded(remedy, keyOf),
    })),
  ];
  const known = new Set(all.map(({ remedy }) => remedy));
  const rows: { step: string; codes: string[] }[] = [];
  for (const { code, remedy } of all) {
    // A further step of the same code goes into the row after its first.
    let at = 0;
    for (const step of partsOf(remedy, known)) {
      const row = rows.find((one) => one.step === step);
      if (row) row.codes.push(code);
      else rows.splice(at || rows.length, 0, { step, codes: [code] });
      at = rows.findIndex((one) => one.step === step) + 1;
    }
  }
  return rows;
}

/** A remedy that begins with another one is that, and what it adds. */
function partsOf(remedy: string, known: ReadonlySet<string>): string[] {
  const starts = [...known].filter((other) => remedy.startsWith(`${other} `));
  const longest = starts.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return [remedy];
  return [...partsOf(longest, known), remedy.slice(longest.length + 1)];
}

if (require.main === module) fs.writeFileSync(path.resolve(__dirname, "../..", page), render());
