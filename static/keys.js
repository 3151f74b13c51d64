// Keyboard shortcuts. They are read off the help sheet, which the server draws from its one list.
"use strict";

const sheet = document.getElementById("shortcuts");
const WAIT_MS = 1500;
let waiting = "";
let timer = 0;

// What a closed menu holds is there, though not to be seen.
const usable = (node) => !node.disabled && (node.getClientRects().length > 0 || node.closest("details.menu:not([open])"));

/* --- rows of lists: j, k, o, x --- */
function rows() {
  const main = document.getElementById("main");
  const marked = main.querySelectorAll("[data-rows] > *");
  const found = marked.length ? marked : main.querySelectorAll("table.data tbody tr");
  return [...found].filter((row) => opener(row) && usable(row));
}

function opener(row) {
  return row.querySelector("[data-shortcut~=open], th a[href], td a[href], a[href]");
}

const current = () => document.querySelector("#main .row-current");

function markRow() {
  const before = current();
  const row = rows().find((each) => each.contains(document.activeElement));
  if (row === before) return;
  // The bar of a table's bulk actions may have the focus meanwhile: the row stays the current one.
  if (row) { before?.classList.remove("row-current"); row.classList.add("row-current"); }
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const row = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  opener(row).focus();
  row.scrollIntoView({ block: "nearest" });
}

const BUILT_IN = {
  "next-row": () => step(1),
  "previous-row": () => step(-1),
  "open-row": () => opener(current() ?? document.createElement("p"))?.click(),
  "tick-row": () => current()?.querySelector("input[type=checkbox]")?.click(),
};

/* --- marks: data-shortcut="name" --- */
function marked(name) {
  const selector = `[data-shortcut~="${name}"]`;
  const all = [...(current()?.querySelectorAll(selector) ?? []), ...document.querySelectorAll(selector)];
  return all.find(usable);
}

function available(entry) {
  const { does, url } = entry.dataset;
  if (url) return true;
  if (does === "tick-row") return rows().some((row) => row.querySelector("input[type=checkbox]"));
  return does in BUILT_IN ? rows().length > 0 : Boolean(marked(does));
}

function run(entry) {
  const { does, url } = entry.dataset;
  if (url) location.assign(url);
  else if (does in BUILT_IN) BUILT_IN[does]();
  else {
    const node = marked(does);
    if (node?.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) { node.focus(); node.select?.(); } else node?.click();
  }
}

/* --- the sheet --- */
function showSheet() {
  for (const entry of sheet.querySelectorAll("[data-keys]")) entry.hidden = !available(entry);
  for (const group of sheet.querySelectorAll("section")) {
    group.hidden = !group.querySelector("[data-keys]:not([hidden])");
  }
  sheet.showModal();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shortcut~=help]")) { event.preventDefault(); showSheet(); }
  if (event.target === sheet || event.target.closest("[data-close-sheet]")) sheet.close();
});

/* --- keys --- */
function typing(node) {
  return node?.closest("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]:not([contenteditable=false])");
}

function entries() {
  return sheet ? [...sheet.querySelectorAll("[data-keys]")] : [];
}

function forget() {
  waiting = "";
  clearTimeout(timer);
}

document.addEventListener("keydown", (event) => {
  const graph = event.getModifierState?.("AltGraph"); // brackets, on many keyboards
  if (event.metaKey || (!graph && (event.ctrlKey || event.altKey)) || event.isComposing || event.repeat && waiting) return;
  if (typing(event.target) || document.querySelector("dialog[open]") || event.key.length !== 1) return;
  if (!sheet || "off" in sheet.dataset) return;
  const keys = waiting ? `${waiting} ${event.key}` : event.key;
  forget();
  const entry = entries().find((each) => each.dataset.keys === keys && available(each));
  if (entry) { event.preventDefault(); run(entry); return; }
  if (entries().some((each) => each.dataset.keys.startsWith(`${keys} `))) {
    event.preventDefault();
    waiting = keys;
    timer = setTimeout(forget, WAIT_MS);
  }
});

document.addEventListener("focusin", markRow);
