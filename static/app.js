// Small behaviours on top of pages that work without them.
"use strict";

const root = document.documentElement;

/* --- theme: system, unless chosen; kept in this browser --- */
function isDark() {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggleTheme() {
  root.dataset.theme = isDark() ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* forbidden: holds for this page */ }
  document.dispatchEvent(new Event("themechange"));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) toggleTheme();
  const navToggle = event.target.closest("[data-nav-toggle]");
  if (navToggle) {
    const open = document.getElementById("site-nav").classList.toggle("open");
    navToggle.setAttribute("aria-expanded", String(open));
  }
  closeMenus((menu) => !menu.contains(event.target));
});

/* --- menus close on a click elsewhere and on Escape --- */
function closeMenus(which) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (which(menu)) menu.open = false;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  closeMenus(() => true);
  if (menu) menu.querySelector("summary").focus();
});

/* --- htmx: a whole page in the answer (log-in, an error) replaces the page, not a part of it --- */
document.addEventListener("htmx:beforeSwap", (event) => {
  if (/^\s*<!doctype/i.test(event.detail.xhr.responseText) && !event.detail.isHistoryRestore) {
    event.detail.shouldSwap = false;
    location.assign(event.detail.xhr.responseURL || location.href);
  }
});

document.addEventListener("htmx:sendError", () => {
  document.getElementById("announce").textContent = "The portal does not answer. Check the network and try again.";
  document.getElementById("offline").hidden = false;
});

document.addEventListener("htmx:afterSettle", (event) => {
  document.getElementById("offline").hidden = true;
  if (event.target.id === "main") document.getElementById("announce").textContent = document.title;
});
