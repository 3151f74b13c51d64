// Loading and trouble of requests: what stands on the page stays until there is something better.
"use strict";

{
  let failed = null;
  const polled = (detail) => !detail.requestConfig?.triggeringEvent;
  const said = (text) => { document.getElementById("announce").textContent = text; };

  function show(detail, text) {
    const box = document.getElementById("trouble");
    if (!box) return;
    failed = detail.requestConfig;
    const readable = failed?.verb === "get";
    const what = readable || polled(detail) ? text : `${text} Look whether it was done before you send it again.`;
    box.querySelector("[data-what]").textContent = what;
    box.querySelector("[data-retry]").hidden = !readable;
    box.hidden = false;
    said(what);
  }

  function hide() {
    const box = document.getElementById("trouble");
    if (box) box.hidden = true;
    failed = null;
  }

  function busy(detail, on) {
    const target = detail.target;
    if (!(target instanceof Element)) return;
    if (on && !polled(detail)) target.setAttribute("aria-busy", "true");
    else target.removeAttribute("aria-busy");
  }

  // Of the portal's own faults, and of one that is too busy, there is nothing to show in the page's place.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    if (status < 500 && status !== 429) return;
    event.detail.shouldSwap = false;
    show(event.detail, status === 429 ? "The portal is asked too often. Wait a moment." : "The portal could not answer: something broke on its side.");
  });

  document.addEventListener("htmx:sendError", (event) => show(event.detail, "The portal does not answer. Check the network."));
  document.addEventListener("htmx:timeout", (event) => show(event.detail, "The portal took too long to answer."));
  document.addEventListener("htmx:beforeRequest", (event) => busy(event.detail, true));
  document.addEventListener("htmx:afterRequest", (event) => busy(event.detail, false));
  document.addEventListener("htmx:afterSettle", (event) => {
    hide();
    if (event.target.id === "main") said(document.title);
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-retry]") || !failed) return;
    const { path, target, elt } = failed;
    if (target?.id === "main" || !elt?.isConnected) location.assign(path);
    else htmx.ajax("GET", path, { source: elt, target });
  });
}
