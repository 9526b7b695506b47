// The style sheet of the report: light and dark, narrow and wide, and paper. Contrast is at least 4.5 for text, which
// page.test.ts computes.
import { verdicts } from "../findings";
import { rowsAtOnce } from "./script";

const light = {
  ground: "#ffffff",
  band: "#f6f8fa",
  text: "#1f2328",
  quiet: "#59636e",
  line: "#848d97",
  accent: "#0550ae",
  ok: "#116329",
  off: "#a40e26",
  "service-key": "#7d4e00",
  "wrong-key": "#953800",
  "key-unusable": "#6639ba",
  "not-checked": "#59636e",
};
const dark: typeof light = {
  ground: "#0d1117",
  band: "#161b22",
  text: "#f0f6fc",
  quiet: "#9ba3ad",
  line: "#6e7681",
  accent: "#79c0ff",
  ok: "#56d364",
  off: "#ff7b72",
  "service-key": "#e3b341",
  "wrong-key": "#ffa657",
  "key-unusable": "#d2a8ff",
  "not-checked": "#9ba3ad",
};

const variables = (colours: typeof light): string =>
  Object.entries(colours)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");

const ofVerdicts = verdicts
  .map((verdict) => `.${verdict}{color:var(--${verdict})}rect.${verdict}{fill:var(--${verdict})}`)
  .join("\n");

export const style = `
:root{color-scheme:light;${variables(light)}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${variables(dark)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:100rem;padding:1rem 1.5rem 3rem;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:.5rem 0}
h2{font-size:1.25rem;margin:2rem 0 .5rem}
p{margin:.5rem 0}
small,.quiet{color:var(--quiet)}
small{display:block;font-size:.8rem;overflow-wrap:anywhere}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-100vw}
.skip:focus{left:1rem;background:var(--ground);color:var(--accent);padding:.5rem}
.warning{border-left:.4rem solid var(--off);padding:.5rem 1rem;background:var(--band)}
.charts{display:flex;flex-wrap:wrap;gap:1.5rem 3rem}
figure{margin:0;flex:1 1 32rem;max-width:44rem}
figcaption{font-weight:600;margin-bottom:.25rem}
svg{display:block;width:100%;height:auto}
svg text{fill:currentColor;font:13px system-ui,sans-serif}
svg rect{stroke:var(--ground);stroke-width:1}
${ofVerdicts}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:.5rem 0}
.legend li::before{content:"";display:inline-block;width:.8em;height:.8em;margin-right:.4em;background:currentColor}
form{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:end;margin:.75rem 0}
label{display:grid;font-size:.9rem}
input,select,button{font:inherit;min-height:2.5rem;padding:.25rem .5rem;color:var(--text);background:var(--ground);border:1px solid var(--line);border-radius:.3rem;max-width:100%}
select{max-width:18rem}
[hidden],.reading tbody tr:nth-child(n+${rowsAtOnce + 1}){display:none!important}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;table-layout:fixed;font-size:.9rem}
caption{text-align:left;color:var(--quiet);padding:.25rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .5rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere;font-weight:400}
thead th{font-weight:600;background:var(--band)}
td:first-child{font-weight:600}
col{width:6.2em}
col.some{width:8.8em}
col.medium{width:13em}
col.wide{width:18em}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
@page{size:A4 landscape;margin:12mm}
body{padding:0;max-width:none;font-size:9pt}
form,.skip,#more{display:none!important}
.scroll{overflow:visible}
table{font-size:8pt}
thead{display:table-header-group}
tr,figure{break-inside:avoid}
*{print-color-adjust:exact}
}
`;
