/* Turns the screen over without a flicker: asks for the next page, and puts it in place when it is whole. Without
   scripts the page reloads itself. When the portal is silent the screen says so, and since when. */
"use strict";
(() => {
  const board = document.getElementById("board");
  const silent = document.getElementById("silent");
  let answered = Date.now();
  let next = board.dataset.next;
  let every = Number(board.dataset.every);

  const timeOf = (at) => new Date(at).toLocaleTimeString("en-GB",
    { hour: "2-digit", minute: "2-digit", timeZone: board.dataset.zone });
  const spanOf = (ms) => {
    const minutes = Math.floor(ms / 60000);
    if (minutes < 1) return `${Math.max(1, Math.round(ms / 1000))} s`;
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  };

  function tick() {
    const clock = board.querySelector("[data-clock]");
    if (clock) clock.textContent = timeOf(Date.now());
    if (!silent.hidden) silent.querySelector("[data-old]").textContent = spanOf(Date.now() - answered);
  }

  function show(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("board");
    if (!fresh) { location.reload(); return; }
    if (fresh.innerHTML !== board.innerHTML) board.replaceChildren(...fresh.childNodes);
    next = fresh.dataset.next;
    every = Number(fresh.dataset.every);
    board.dataset.zone = fresh.dataset.zone;
    answered = Date.now();
    silent.hidden = true;
    tick();
  }

  async function turn() {
    try {
      const answer = await fetch(next, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(10000) });
      if (answer.status === 404 || answer.status === 410) { location.reload(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
    } catch {
      silent.querySelector("[data-since]").textContent = timeOf(answered);
      silent.hidden = false;
      tick();
    }
    setTimeout(turn, every * 1000);
  }

  setInterval(tick, 1000);
  setTimeout(turn, every * 1000);
})();
