// What every page may need: dialogs, announcements, menus, « Afficher » beside a password. No page depends on it to work.
(() => {
  "use strict";

  const dialog = document.getElementById("dialogue");
  const live = document.getElementById("dire");
  const notes = document.getElementById("annonces");
  // Where the focus was when a request left, and what its card speaks of, should the card be gone when the answer is there.
  let opener = "";
  let subject = "";

  // ---- what a screen reader is told, once ----
  function say(sentence) {
    if (live && live.textContent !== sentence) live.textContent = sentence;
  }
  // What must be seen as well as heard: it lies over the page for a few seconds.
  function warn(sentence) {
    const note = document.createElement("div");
    note.className = "annonce annonce--refus";
    note.append(Object.assign(document.createElement("p"), { textContent: sentence }));
    document.getElementById("annonces")?.append(note);
    setTimeout(() => note.remove(), 6000);
    say(sentence);
  }
  window.pixsurv = { say, warn };

  // ---- an open dialog makes all the rest dark and dead: what must still be seen, pressed and heard moves into it ----
  function lift() {
    if (dialog?.open && notes.parentNode !== dialog) dialog.append(notes, live);
  }
  function settle() {
    if (notes?.parentNode === dialog) dialog.after(notes, live);
  }
  const filled = () => [...dialog.children].some((one) => one !== notes && one !== live);
  // Before the content of the dialog goes, announcements leave it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === dialog) settle();
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target === dialog) settle();
  });

  // ---- dialogs: filled by htmx, shown when filled, closed when emptied ----
  function showOrHide() {
    if (!dialog) return;
    if (filled()) {
      if (!dialog.open) dialog.showModal();
      lift();
      const first = dialog.querySelector("[aria-invalid=true], .champ--erreur input, :is(input:not([type=hidden]), select, textarea)");
      (first || dialog.querySelector("button, a"))?.focus();
    } else if (dialog.open) {
      dialog.close();
    }
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === dialog) showOrHide();
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target === dialog) showOrHide();
    if (event.detail.target?.id === "annonces") startCountdowns();
  });
  // A dialog that an answer emptied is over; htmx tells of no swap when the fragment is empty.
  document.addEventListener("htmx:afterOnLoad", () => {
    if (dialog?.open && !filled()) dialog.close();
    lift();
  });
  document.addEventListener("htmx:beforeRequest", () => {
    const active = document.activeElement;
    if (!active || active === document.body || dialog?.contains(active) || notes?.contains(active)) return;
    // A button of a menu goes with its menu: the menu's own button stands for it.
    opener = active.closest("details")?.querySelector("summary").id || active.id || opener;
    const card = active.closest("li[id]");
    subject = card?.querySelector("a[href^='#']")?.hash.slice(1) || card?.id || "";
  });
  // The row may have been replaced meanwhile: its button has the same id. A menu that closed has its own button.
  function giveBack() {
    const back = document.getElementById(opener) || document.getElementById(subject)?.querySelector("summary, button, a");
    const menu = back?.closest("details:not([open])");
    (menu ? menu.querySelector("summary") : back)?.focus({ preventScroll: true });
  }
  function giveBackOrBegin() {
    giveBack();
    if (lost()) document.getElementById("contenu")?.focus({ preventScroll: true });
  }
  const lost = () => !document.activeElement || document.activeElement === document.body;
  // A control that was disabled while its answer came has lost the focus: it gets it back.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig?.elt?.id === "veille") return;
    setTimeout(() => {
      if (lost() && !dialog?.open) giveBack();
    }, 60);
  });
  dialog?.addEventListener("close", () => {
    settle();
    dialog.replaceChildren();
    giveBackOrBegin();
  });
  document.addEventListener("click", (event) => {
    const back = event.target.closest("[data-retour]");
    if (back && dialog?.open) {
      event.preventDefault();
      dialog.close();
    }
    const shut = event.target.closest("[data-ferme]");
    if (shut) takeAway(document.getElementById(shut.dataset.ferme));
  });

  // ---- announcements go when their undo is over; Ctrl+Z presses it, for it stands far behind forty rows ----
  function takeAway(note) {
    const held = note?.contains(document.activeElement);
    note?.remove();
    if (held) giveBackOrBegin();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.target.matches("textarea, input:not([type=checkbox], [type=radio])")) return;
    const undo = [...(notes?.querySelectorAll("[aria-keyshortcuts]") || [])].pop();
    if (!undo) return;
    event.preventDefault();
    undo.click();
  });
  function startCountdowns() {
    for (const one of document.querySelectorAll(".annonce[data-reste]")) {
      const seconds = Number(one.dataset.reste);
      delete one.dataset.reste;
      setTimeout(() => takeAway(one), seconds * 1000);
    }
    const newest = document.querySelector("#annonces .annonce:last-child p");
    if (newest) say(newest.textContent.trim());
  }
  startCountdowns();

  // ---- menus close on Escape and on a tap beside them ----
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const chose = menu.contains(event.target) && event.target.closest(".menu__liste .bouton");
      if (chose || !menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // ---- a page that a filtering proxy put in between is never taken for ours ----
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    if (detail.xhr.status && !detail.xhr.getResponseHeader("X-Pixsurv")) {
      detail.shouldSwap = false;
      detail.isError = true;
      document.dispatchEvent(new CustomEvent("pixsurv:etranger"));
    }
    // Asked twice for a login: the form already open keeps what was typed in it.
    if (detail.xhr.status === 401 && document.getElementById("relogin-password")) detail.shouldSwap = false;
  });

  // ---- « Afficher le mot de passe » ----
  for (const button of document.querySelectorAll("[data-montre]")) {
    const field = document.getElementById(button.dataset.montre);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
      button.querySelector("[data-mot]").textContent = shown ? "Masquer" : "Afficher";
    });
  }

  // ---- « Copier »: a link, a key; without it the text can be selected ----
  for (const button of document.querySelectorAll("[data-copie]")) {
    const field = document.getElementById(button.dataset.copie);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value); // refused on plain http
      } catch {
        if (!document.execCommand("copy")) return;
      }
      button.textContent = "Copié";
      say("Copié.");
    });
  }

  // ---- « Imprimer »; without it the browser's own menu prints ----
  for (const button of document.querySelectorAll("[data-imprime]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // ---- after a refused form, start at what is wrong ----
  (document.querySelector("main [aria-invalid=true]") || document.querySelector("main [role=alert][tabindex]"))?.focus();
})();
