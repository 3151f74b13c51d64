// Ticks on the exception queue: all of a page at once, and how many. Without it each is ticked by hand.
"use strict";

{
  const ticks = (form) => [...form.querySelectorAll("input[name=id]")];

  function show(form) {
    const count = ticks(form).filter((tick) => tick.checked).length;
    const said = form.querySelector("[data-ticked]");
    said.dataset.first ??= said.textContent;
    said.textContent = count ? `${count} ticked` : said.dataset.first;
    const all = form.querySelector("[data-tick-all]");
    all.checked = count > 0 && count === ticks(form).length;
    all.indeterminate = count > 0 && !all.checked;
  }

  function offer() {
    for (const form of document.querySelectorAll("form[data-bulk]")) {
      form.querySelector("[data-tick-all]").hidden = false;
      show(form);
    }
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-bulk]");
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) for (const tick of ticks(form)) tick.checked = event.target.checked;
    if (event.target.matches("[data-tick-all], input[name=id]")) {
      form.querySelector("details.bulk").open = true;
      form.querySelector("input[name=which][value=ticked]").checked = true;
      show(form);
    }
  });

  document.addEventListener("htmx:afterSettle", offer);
  document.addEventListener("DOMContentLoaded", offer);
}
