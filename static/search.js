// Suggestions under the search box: shown, walked by arrows, chosen by Enter, closed by Escape.
"use strict";

const box = document.querySelector("[data-suggest]");
const list = document.getElementById("suggestions");

function options() {
  return [...list.querySelectorAll("a[role=option]")];
}

function show(open) {
  list.hidden = !open;
  box.setAttribute("aria-expanded", String(open));
  if (!open) mark(null);
}

function mark(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) {
    box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}

function move(by) {
  const all = options();
  const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
  if (all.length) mark(all[(at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by + all.length) % all.length]);
}

if (box && list) {
  list.addEventListener("htmx:afterSwap", () => show(list.children.length > 0 && box.value.trim() !== ""));
  box.addEventListener("input", () => { if (!box.value.trim()) show(false); });
  box.addEventListener("focus", () => { if (options().length && box.value.trim()) show(true); });
  box.addEventListener("keydown", (event) => {
    const chosen = list.hidden ? null : list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (options().length) show(true);
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      chosen.click();
    } else if (event.key === "Escape") {
      if (!list.hidden) { event.preventDefault(); show(false); } else box.blur();
    }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".search-box")) show(false); });
  document.addEventListener("focusin", (event) => { if (!event.target.closest(".search-box")) show(false); });
}
