// The script of the report: it hides the rows that a filter does not want, and says how many are left. Without it the table is
// whole, and has no filter. CSS alone could hide rows, but not say so to a screen reader.

export const script = `
"use strict";
const form = document.querySelector("form");
const rows = [...document.querySelectorAll("tbody tr")];
const facts = rows.map((row) => row.dataset.f.split(" "));
const count = document.getElementById("count");
let texts;
let timer;
const apply = () => {
  const { verdict, account, region, text } = form.elements;
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  if (words.length > 0) texts ??= rows.map((row) => row.textContent.toLowerCase());
  let left = 0;
  rows.forEach((row, index) => {
    const [v, open, a, r] = facts[index];
    const wanted =
      (verdict.value === "" || verdict.value === v || (verdict.value === "open" && open === "1")) &&
      (account.value === "" || account.value === a) &&
      (region.value === "" || region.value === r) &&
      words.every((word) => texts[index].includes(word));
    if (row.hidden === wanted) row.hidden = !wanted;
    if (wanted) left++;
  });
  count.textContent = left.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " shown";
};
const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(apply, 150);
};
form.addEventListener("input", soon);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(apply));
form.hidden = false;
`;
