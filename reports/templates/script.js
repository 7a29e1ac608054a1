const root = document.documentElement;
document.querySelector("button.language").addEventListener("click", () => {
  const chinese = root.classList.toggle("zh");
  root.lang = chinese ? "zh-Hans" : "en";
  document.title = document.querySelector("h1 ." + (chinese ? "zh" : "en")).textContent;
});
window.addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => (part.open = true)));
function openTarget() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tagName === "DETAILS") target.open = true;
}
window.addEventListener("hashchange", openTarget);
openTarget();
