// Before the first paint, so that a chosen theme does not flash.
"use strict";
document.documentElement.classList.replace("no-js", "js");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* storage is forbidden: the system's preference stays */ }
