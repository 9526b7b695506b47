// Writes docs/troubleshooting.md from the table of remedies, so that the page says what the errors say: `npm run docs`.

import fs from "node:fs";
import path from "node:path";
import { keyOf } from "../provider/dynamic/front";
import { gatewayRemedies, remedies, worded } from "../provider/huaweicloud/services/remedies";

export const page = "docs/troubleshooting.md";

const introduction = `# Troubleshooting

An error says what was being done where, the service's own words, its code, the HTTP status and the request ID, and the next
step where one is known. This page has those steps by code. \`HW_DEBUG=1\` prints one line for each request.

| what you see | what it is |
| --- | --- |
| \`No credentials for Huawei Cloud\` in an \`up\`, though they are in the stack's configuration | The refresh uses the configuration *in state*, which has none yet: \`pulumi up --run-program\`, once. The same after a change of credentials there. |
| \`KMS keys are not checked in advance\` | The preview could not look the key up, and says why. It is no error, unless \`huaweicloud:preflight\` is \`require\`. |
| \`is not a key that KMS knows\` | Nearly always a typo, or a key of another region. A key shared from another account: \`huaweicloud:preflight\` \`off\`. |
| \`Pulumi's provider host cannot find the package\` | The program's folder has to have it among its own dependencies, also where another package brings it along. |
| \`the stack is currently locked\` after a killed run | The engine's own lock: \`pulumi cancel\`, then \`pulumi up\`. Nothing needs repair. |
| a key that somebody changed is not put right | The engine does not look unless it is told to: \`options: { refresh: always }\` in \`Pulumi.yaml\`, or \`--refresh\`. |
`;

export function render(): string {
  const codes = [...remedies].map(([code, remedy]) => `| ${code} | ${worded(remedy, keyOf)} |`);
  const words = gatewayRemedies.map(({ meaning, remedy }) => `| ${meaning} | ${worded(remedy, keyOf)} |`);
  return `${introduction}
## APIGW.0301

The gateway has one code for every failed login, and tells them apart by words only.

| what it means | next step |
| --- | --- |
${words.join("\n")}

## By code

| code | next step |
| --- | --- |
${codes.join("\n")}
`;
}

if (require.main === module) fs.writeFileSync(path.resolve(__dirname, "../..", page), render());
