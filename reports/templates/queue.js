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
