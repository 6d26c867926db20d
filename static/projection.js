// The page on the board: its clock runs by itself, and it says when it has heard nothing for a while.
(() => {
  "use strict";

  const LOST = 30000;
  const clock = document.getElementById("heure");
  const link = document.getElementById("liaison");
  const shift = clock.dataset.a ? Date.now() - Number(clock.dataset.a) : null; // none: the session is over
  let lastNews = Date.now();

  function time(instant) {
    const parts = new Intl.DateTimeFormat("fr-FR", { hour: "numeric", minute: "2-digit", timeZone: clock.dataset.fuseau }).formatToParts(instant);
    const part = (type) => parts.find((one) => one.type === type).value;
    return `${Number(part("hour"))}h${part("minute")}`;
  }
  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
  function tick() {
    if (shift === null) return;
    write(clock, time(new Date(Date.now() - shift)));
    const asks = document.getElementById("projection").hasAttribute("hx-get");
    const lost = asks && Date.now() - lastNews >= LOST;
    write(link, lost ? `Plus de liaison depuis ${time(new Date(lastNews - shift))}\u00a0: l’heure reste juste, le reste a pu changer.` : "");
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) lastNews = Date.now();
    tick();
  });
  setInterval(tick, 1000);
})();
