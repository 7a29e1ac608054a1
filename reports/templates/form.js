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
