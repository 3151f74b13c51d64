// The frame while parts of the page are exchanged: which section one is in, which page a view would keep.
"use strict";

function markSection() {
  const here = location.pathname;
  for (const link of document.querySelectorAll("#site-nav a[data-below]")) {
    const exact = new URL(link.href).pathname === here;
    const below = link.dataset.below.split(" ").some((prefix) => prefix && here.startsWith(prefix));
    if (exact || below) link.setAttribute("aria-current", exact ? "page" : "true");
    else link.removeAttribute("aria-current");
  }
  for (const summary of document.querySelectorAll("#site-nav summary")) {
    summary.toggleAttribute("data-current", Boolean(summary.parentElement.querySelector("[aria-current]")));
  }
}

for (const moved of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
  document.addEventListener(moved, markSection);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-save-view]");
  if (link) link.search = `?${new URLSearchParams({ page: location.pathname + location.search })}`;
});
