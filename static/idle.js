// A page that keeps itself up to date is no sign of a person: its requests say so, and the session may end.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent) event.detail.headers["X-Polled"] = "1";
});
