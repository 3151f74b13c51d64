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
  const chosen = { theme: root.dataset.theme, over: root.dataset.preferred ?? "" };
  try { localStorage.setItem("theme", JSON.stringify(chosen)); } catch { /* forbidden: holds for this page */ }
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
  if (event.detail.xhr.status < 500 && /^\s*<!doctype/i.test(event.detail.xhr.responseText) && !event.detail.isHistoryRestore) {
    event.detail.shouldSwap = false;
    location.assign(event.detail.xhr.responseURL || location.href);
  }
});

/* --- charts: data from the page, colours from the theme --- */
const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();

// A string that names a token, such as "--line", becomes its value in the current theme.
function themed(value) {
  if (typeof value === "string") return /^--[a-z_-]+$/.test(value) ? css(value) : value;
  if (Array.isArray(value)) return value.map(themed);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, themed(inner)]));
  }
  return value;
}

const CONFIG = {
  displayModeBar: false, displaylogo: false, showSendToCloud: false, responsive: true, scrollZoom: false,
  doubleClick: false, showTips: false,
};

// Labels of buckets, as many as fit.
function fitted(layout, width) {
  if (layout.xaxis?.type === "category") layout.xaxis.nticks = Math.max(2, Math.floor(width / 95));
  return layout;
}

function draw(node) {
  const source = document.getElementById(node.dataset.chart);
  if (!source || !window.Plotly) return;
  const { data, layout } = JSON.parse(source.textContent);
  Plotly.react(node, themed(data), fitted(themed(layout), node.clientWidth), CONFIG).then(() => {
    if (node.dataset.drawn) return;
    node.dataset.drawn = "yes";
    node.on("plotly_click", ({ points }) => {
      const link = points.map((point) => data[point.curveNumber].links?.[point.pointNumber]).find(Boolean);
      if (link) follow(link, node);
    });
  });
}

// As a click on a link of the page would: by htmx where the page is boosted, else by the browser.
function follow(url, node) {
  const link = document.createElement("a");
  link.href = url;
  link.hidden = true;
  node.append(link);
  if (window.htmx) htmx.process(link);
  link.click();
}

function drawAll(within = document) {
  for (const node of within.querySelectorAll("[data-chart]")) draw(node);
}

document.addEventListener("DOMContentLoaded", () => drawAll());
document.addEventListener("themechange", () => drawAll());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.shouldSwap || !window.Plotly) return;
  for (const node of event.detail.target.querySelectorAll?.("[data-drawn]") ?? []) Plotly.purge(node);
});
document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt.parentElement ?? document));
