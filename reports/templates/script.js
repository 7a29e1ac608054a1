
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
/* The queue: rows of one state; what only the simulator knows shows when it is asked for. */
for (const place of document.querySelectorAll("[data-filters]")) {
  const table = document.getElementById(place.dataset.filters);
  const choice = place.querySelector("select");
  const truth = place.querySelector("input[type=checkbox]");
  const show = () => {
    table.classList.toggle("with-truth", Boolean(truth && truth.checked));
    for (const option of choice.options) if ("truth" in option.dataset) option.disabled = option.hidden = !(truth && truth.checked);
    if (choice.selectedOptions[0].disabled) choice.value = "";
    for (const row of table.tBodies[0].rows) row.hidden = Boolean(choice.value) && !row.dataset.state.split(" ").includes(choice.value);
  };
  choice.addEventListener("change", show);
  if (truth) truth.addEventListener("change", show);
  show();
}
/* The form of a case: kept in this browser, saved as a file that the pipeline reads back. */
for (const form of document.querySelectorAll("[data-case]")) {
  const key = "decision:" + form.dataset.case + ":" + form.dataset.asOf;
  const part = (name) => form.querySelector("[name=" + name + "]");
  const link = form.querySelector("a[download]");
  const boxes = [...form.querySelectorAll("[name=reasons]")];
  const today = () => {
    const now = new Date();
    return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  };
  const entered = () => ({
    version: 1, case_id: form.dataset.case, as_of: form.dataset.asOf, outcome: part("outcome").value,
    reasons: boxes.filter((box) => box.checked).map((box) => box.value),
    documents: part("documents").value.split("\n").map((line) => line.trim()).filter(Boolean),
    note: part("note").value, decided_by: part("decided_by").value.trim() || "reader",
    decided_on: today(),
  });
  const offer = (text) => {
    link.href = "data:application/json;charset=utf-8," + encodeURIComponent(text);
    link.hidden = false;
  };
  const kept = (() => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } })();
  if (kept) {
    for (const name of ["outcome", "note", "decided_by"]) part(name).value = kept[name] || part(name).value;
    part("documents").value = (kept.documents || []).join("\n");
    for (const box of boxes) box.checked = (kept.reasons || []).includes(box.value);
    offer(JSON.stringify(kept, null, 2));
  }
  form.querySelector("button").addEventListener("click", () => {
    form.querySelector("[data-unchosen]").hidden = Boolean(part("outcome").value);
    if (!part("outcome").value) return;
    const text = JSON.stringify(entered(), null, 2);
    try { localStorage.setItem(key, text); } catch { /* a browser may refuse to keep anything for a file */ }
    offer(text);
    link.click();
    form.querySelector("output").textContent = "✓";
  });
}
