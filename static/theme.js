// Before the first paint, so that a chosen theme does not flash.
"use strict";
document.documentElement.classList.replace("no-js", "js");
try {
  // What was chosen in this browser holds until the person's preference is changed.
  const { theme, over } = JSON.parse(localStorage.getItem("theme") ?? "{}");
  const preferred = document.documentElement.dataset.preferred ?? "";
  if (over === preferred && (theme === "light" || theme === "dark")) document.documentElement.dataset.theme = theme;
} catch { /* storage is forbidden, or holds what an older version wrote: the preference stays */ }
