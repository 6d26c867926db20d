// The big buttons under « Numéro de la question ». Without this script the field is a plain one.
(() => {
  "use strict";

  function show() {
    for (const pad of document.querySelectorAll("[data-pave][hidden]")) {
      pad.hidden = false;
      // The device's own keypad would cover ours; a real keyboard still types.
      document.getElementById(pad.dataset.pave).inputMode = "none";
    }
  }
  document.addEventListener("click", (event) => {
    const key = event.target.closest("[data-chiffre]");
    if (!key) return;
    const field = document.getElementById(key.closest("[data-pave]").dataset.pave);
    const typed = key.dataset.chiffre === "vider" ? "" : field.value + key.dataset.chiffre;
    if (typed.length <= 3) field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus({ preventScroll: true });
  });
  // Before the dialog gives its first field the focus, hence while the event goes down.
  for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(name, show, true);
})();
