// The script of the report: it hides the rows that do not match the filter, and shows how many are left. Without it the table
// is complete and has no filter. CSS alone could hide rows, but not announce it to a screen reader. Of thousands of rows it
// lists the first ones, because a browser takes seconds to lay out all of them; on paper all matching rows are listed.

/** Rows that are listed at first, and with each press of the button. */
export const rowsAtOnce = 300;

/** For the head: while the page is read, the rows behind the first ones are not laid out (style.ts). */
export const earlyScript = 'document.documentElement.className = "reading";';

export const script = `
"use strict";
const form = document.querySelector("form");
const more = document.getElementById("more");
const count = document.getElementById("count");
const rows = [...document.querySelectorAll("tbody tr")];
const facts = rows.map((row) => row.dataset.f.split(" "));
let texts;
let timer;
let most = ${rowsAtOnce};
const format = (number) => number.toLocaleString("en");
const list = () => {
  const { verdict, account, region, text } = form.elements;
  const words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  if (words.length > 0) texts ??= rows.map((row) => row.textContent.toLowerCase());
  let matching = 0;
  rows.forEach((row, index) => {
    const [v, open, a, r] = facts[index];
    const wanted =
      (verdict.value === "" || verdict.value === v || (verdict.value === "open" && open === "1")) &&
      (account.value === "" || account.value === a) &&
      (region.value === "" || region.value === r) &&
      words.every((word) => texts[index].includes(word));
    if (wanted) matching++;
    const hide = !wanted || matching > most;
    if (row.hidden !== hide) row.hidden = hide;
  });
  more.hidden = matching <= most;
  count.textContent =
    format(matching) + " of " + format(rows.length) + " match" +
    (matching > most ? ", the first " + format(most) + " are listed" : "");
};
const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    most = ${rowsAtOnce};
    list();
  }, 150);
};
form.addEventListener("input", soon);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", soon);
more.addEventListener("click", () => {
  most += ${rowsAtOnce};
  list();
});
addEventListener("beforeprint", () => {
  most = rows.length;
  list();
});
form.hidden = false;
list();
document.documentElement.className = "";
`;
