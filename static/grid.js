// Grids of links are one stop of the Tab key; arrow keys, Home and End walk through them.
"use strict";

{
  const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  // Rows of links: a table's body row by row, or the stops of one strip.
  function rowsOf(box) {
    const rows = box.matches("[data-grid]") ? [...box.querySelectorAll("tbody tr")] : [box];
    return rows.map((row) => [...row.querySelectorAll(box.matches("[data-grid]") ? "td a" : "a")]).filter((row) => row.length);
  }

  function enter(box) {
    const links = rowsOf(box).flat();
    links.forEach((link, n) => link.setAttribute("tabindex", n ? "-1" : "0"));
  }

  function enterAll(within) {
    for (const box of within.querySelectorAll("[data-grid], [data-walk]")) enter(box);
  }

  document.addEventListener("keydown", (event) => {
    const link = event.target.closest?.("[data-grid] td a, [data-walk] a");
    if (!link || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = link.closest("[data-grid], [data-walk]");
    const rows = rowsOf(box);
    const at = rows.findIndex((row) => row.includes(link));
    const place = rows[at].indexOf(link);
    const step = STEPS[event.key];
    const to = step ? rows[at + step[0]]?.[place + step[1]]
      : event.key === "Home" ? rows[at][0] : event.key === "End" ? rows[at][rows[at].length - 1] : undefined;
    if (!step && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    if (!to) return;
    link.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  });

  document.addEventListener("DOMContentLoaded", () => enterAll(document));
  document.addEventListener("htmx:load", (event) => enterAll(event.detail.elt.parentElement ?? document));
}
