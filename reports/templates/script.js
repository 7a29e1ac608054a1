
"use strict";
/* The language: each page is two files. ?lang= leads to the other one, and so does the browser's language on the first page. */
const root = document.documentElement;
const other = document.querySelector("link[rel=alternate]");
const asked = new URLSearchParams(location.search).get("lang");
const wished = asked || (document.body.classList.contains("first") && /^zh/.test(navigator.language) ? "zh" : null);
if (other && wished && wished !== root.dataset.lang && ["en", "zh"].includes(wished)) {
  location.replace(other.getAttribute("href") + "?lang=" + wished + location.hash);
}
const language = document.querySelector("a.language");
function target() {
  if (language) language.hash = location.hash;
  const aimed = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = aimed; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  if (aimed) aimed.scrollIntoView();
}
addEventListener("hashchange", target);
target();
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open])")];
  for (const part of closed) part.open = true;
});
addEventListener("afterprint", () => { for (const part of closed) part.open = false; });
/* A table sorts by a column whose heading is pressed: numbers as numbers, the rest as words. */
function number(text) {
  const found = text.replace(/[,¥]/g, "").replace("−", "-").match(/^[^\d+-]*([+-]?\d+(?:\.\d+)?)/);
  return found ? Number(found[1]) : null;
}
function compare(one, two) {
  const [a, b] = [number(one), number(two)];
  if (a !== null && b !== null && a !== b) return a - b;
  if ((a === null) !== (b === null)) return a === null ? 1 : -1;
  return one.localeCompare(two, root.lang);
}
function sort(table, heading) {
  const place = heading.cellIndex;
  const down = heading.getAttribute("aria-sort") === "descending" ? 1 : -1;
  for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down < 0 ? "descending" : "ascending");
  const shown = (row) => (row.cells[place].dataset.sort || row.cells[place].textContent).trim();
  for (const body of table.tBodies) body.append(...[...body.rows].sort((a, b) => down * compare(shown(a), shown(b))));
}
for (const table of document.querySelectorAll("main table")) {
  const head = table.tHead;
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
  const plain = head && head.rows.length === 1 && rows.length > 3 && rows.every((row) => row.cells.length === head.rows[0].cells.length);
  if (!plain) continue;
  for (const heading of head.rows[0].cells) {
    if (!heading.textContent.trim()) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, heading));
  }
}
/* What is wider than its place says so. */
function hint() {
  const parts = [...document.querySelectorAll(".scroll, figure")].map((part) => [part, part.scrollWidth > part.clientWidth + 1]);
  for (const [part, is] of parts) part.classList.toggle("wide", is);
}
addEventListener("resize", hint);
addEventListener("toggle", hint, true);
hint();
