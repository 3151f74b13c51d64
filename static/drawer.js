// Numbers and events open in a dialog over the page; without this they are links to pages of their own.
"use strict";

{
  const BODY = "drawer-body";

  function made() {
    const dialog = document.createElement("dialog");
    dialog.id = "drawer";
    dialog.className = "drawer";
    dialog.setAttribute("aria-labelledby", "drawer-title");
    dialog.innerHTML = '<div class="drawer-bar"><button type="button" class="button small" data-back hidden>Back</button>'
      + '<a class="button small" data-page>Open as a page</a>'
      + '<button type="button" class="button small" data-close>Close</button></div><div id="drawer-body"></div>';
    document.body.append(dialog);
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
      if (event.target.closest("[data-back]")) {
        visited.pop();
        show(dialog, visited[visited.length - 1]);
      }
    });
    return dialog;
  }

  let visited = [];

  function show(dialog, url) {
    dialog.querySelector("[data-page]").href = url;
    dialog.querySelector("[data-back]").hidden = visited.length < 2;
    dialog.setAttribute("aria-busy", "true");
    htmx.ajax("GET", url, { target: `#${BODY}`, swap: "innerHTML" }).then(() => {
      dialog.removeAttribute("aria-busy");
      dialog.querySelector("#drawer-title")?.focus();
      dialog.scrollTop = 0;
    });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-drawer]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !window.htmx) return;
    event.preventDefault();
    event.stopPropagation(); // a boosted link would also go there
    const dialog = document.getElementById("drawer") ?? made();
    const url = link.getAttribute("href") ?? link.getAttribute("xlink:href");
    if (!dialog.open) {
      visited = [];
      document.getElementById(BODY).replaceChildren();
      dialog.showModal();
    }
    visited.push(url);
    show(dialog, url);
  }, true);

  // A page that is swapped in has nothing to do with what was open over the one before.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "main") document.getElementById("drawer")?.close();
  });
}
