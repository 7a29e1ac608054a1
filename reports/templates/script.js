const root = document.documentElement;
const chinese = document.getElementById("chinese");
const KEPT = "language";
/* A browser may refuse to keep anything for a page opened from a folder. */
function kept() {
  try { return localStorage.getItem(KEPT); } catch { return null; }
}
function keep(language) {
  try { localStorage.setItem(KEPT, language); } catch { /* the page works without */ }
}
function show() {
  root.lang = chinese.checked ? "zh-Hans" : "en";
  document.title = document.querySelector("h1 ." + (chinese.checked ? "zh" : "en")).textContent;
}
function recall() {
  if (kept()) chinese.checked = kept() === "zh";
  show();
}
chinese.addEventListener("change", () => {
  keep(chinese.checked ? "zh" : "en");
  show();
});
window.addEventListener("pageshow", recall);
recall();
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
function openTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") target.open = true;
}
window.addEventListener("hashchange", openTarget);
openTarget();
