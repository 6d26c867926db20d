// What every page may need: dialogs, announcements, menus, « Afficher » beside a password. No page depends on it to work.
(() => {
  "use strict";

  const dialog = document.getElementById("dialogue");
  const live = document.getElementById("dire");
  const notes = document.getElementById("annonces");
  let opener = "";

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
    if (!active || dialog?.contains(active)) return;
    // A button of a menu goes with its menu: the menu's own button stands for it.
    opener = active.closest("details")?.querySelector("summary").id || active.id || opener;
  });
  // A control that was disabled while its answer came has lost the focus: it gets it back.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig?.elt?.id === "veille") return;
    setTimeout(() => {
      const lost = !document.activeElement || document.activeElement === document.body;
      if (lost && !dialog?.open) document.getElementById(opener)?.focus({ preventScroll: true });
    }, 60);
  });
  dialog?.addEventListener("close", () => {
    settle();
    dialog.replaceChildren();
    // The row may have been replaced meanwhile: its button has the same id. A menu that closed has its own button.
    const back = document.getElementById(opener);
    const menu = back?.closest("details:not([open])");
    (menu ? menu.querySelector("summary") : back)?.focus();
  });
  document.addEventListener("click", (event) => {
    const back = event.target.closest("[data-retour]");
    if (back && dialog?.open) {
      event.preventDefault();
      dialog.close();
    }
    const shut = event.target.closest("[data-ferme]");
    if (shut) document.getElementById(shut.dataset.ferme)?.remove();
  });

  // ---- announcements go when their undo is over ----
  function startCountdowns() {
    for (const one of document.querySelectorAll(".annonce[data-reste]")) {
      const seconds = Number(one.dataset.reste);
      delete one.dataset.reste;
      setTimeout(() => one.remove(), seconds * 1000);
    }
    const newest = document.querySelector("#annonces .annonce:last-child p");
    if (newest) say(newest.textContent.trim());
  }
  startCountdowns();

  // ---- menus close on Escape and on a tap beside them ----
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const chose = menu.contains(event.target) && event.target.closest(".menu__liste :is(button, a)");
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

  // ---- no page gives a password or a file back: none is sent off while a field beside it is still empty ----
  function ask(field) {
    if (field.getAttribute("aria-invalid") === "true") return;
    const note = Object.assign(document.createElement("p"), { id: `${field.id}_vide`, className: "message-erreur" });
    note.innerHTML = '<svg class="icone" aria-hidden="true"><use href="#i-alerte"/></svg><span>Ce champ est obligatoire.</span>';
    (field.closest(".saisie-jointe") || field).before(note);
    field.closest(".champ").classList.add("champ--erreur");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${note.id}`.trim());
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.querySelector("[type=password], [type=file]")) return;
    const empty = [...form.querySelectorAll(".champ [required]:not([type=radio], [type=checkbox])")].filter((one) => !one.value.trim());
    if (!empty.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    empty.forEach(ask);
    empty[0].focus();
  }, true);

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

  // ---- what is long begins folded where it would push the rest out of sight: on a phone, or everywhere; paper shows all ----
  const folds = document.querySelectorAll("details[data-plie]");
  const narrow = window.matchMedia("(max-width: 61.99rem)").matches;
  for (const fold of folds) {
    if ((narrow || fold.dataset.plie) && !fold.querySelector(":target, [aria-invalid=true]")) fold.open = false;
  }
  window.addEventListener("beforeprint", () => folds.forEach((fold) => { fold.open = true; }));

  // ---- « Imprimer »; without it the browser's own menu prints ----
  for (const button of document.querySelectorAll("[data-imprime]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // ---- after a refused form, start at what is wrong ----
  (document.querySelector("main [aria-invalid=true]") || document.querySelector("main [role=alert][tabindex]"))?.focus();
})();
