// A sound and a vibration for a new alert: off until somebody wants it, remembered on this device only.
(() => {
  "use strict";

  const KEY = "pixsurv:alarme";
  let context = null;
  let known = null;

  const wanted = () => {
    try {
      return localStorage.getItem(KEY) === "1";
    } catch {
      return false; // storage refused by the browser
    }
  };
  function remember(on) {
    try {
      if (on) localStorage.setItem(KEY, "1");
      else localStorage.removeItem(KEY);
    } catch {
      window.pixsurv.warn("Ce navigateur ne retient pas ce choix.");
    }
  }
  function show() {
    for (const button of document.querySelectorAll("[data-son]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(wanted()));
    }
  }
  // A browser lets a page sound only after somebody touched it.
  function ready() {
    if (!wanted() || !window.AudioContext) return;
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume().catch(() => {});
  }
  function note(start, pitch) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, start);
    loudness.gain.exponentialRampToValueAtTime(0.25, start + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.28);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  }
  function ring() {
    if (context?.state === "running") {
      note(context.currentTime, 660);
      note(context.currentTime + 0.18, 880);
    }
    navigator.vibrate?.([180, 90, 180]);
  }

  function listen() {
    const now = new Set(Array.from(document.querySelectorAll(".rang[data-needs~='alert']"), (row) => row.id));
    const fresh = known !== null && [...now].some((id) => !known.has(id));
    known = now;
    if (fresh && wanted()) ring();
    show();
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-son]");
    if (button) {
      remember(!wanted());
      show();
      ready();
      if (wanted()) ring();
      return;
    }
    ready();
  });
  document.addEventListener("keydown", ready);
  document.addEventListener("htmx:afterSettle", listen);
  // Somebody has been waiting for two minutes (attention.js).
  document.addEventListener("pixsurv:attend", () => {
    if (wanted()) ring();
  });
  listen();
})();
