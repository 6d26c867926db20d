// What every page may need: dialogs, announcements, menus, « Afficher » beside a password. No page depends on it to work.
(() => {
  "use strict";

  const dialog = document.getElementById("dialogue");
  const login = document.getElementById("connexion");
  const dialogs = [dialog, login];
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
    setTimeout(() => takeAway(note), 6000);
    say(sentence);
  }
  window.pixsurv = { say, warn };

  // ---- an open dialog makes all the rest dark and dead: what must still be seen, pressed and heard moves into it ----
  function lift() {
    // Under a lost login no undo can be pressed: what was announced stays behind, out of the way of the password.
    if (login.open) login.append(live);
    else if (dialog.open && live.parentNode !== dialog) dialog.append(notes, live);
  }
  function settle() {
    if (dialogs.includes(live.parentNode)) login.after(notes, live);
    notes?.removeAttribute("style");
  }
  const filled = (one) => [...one.children].some((part) => part !== notes && part !== live);
  // Before the content of a dialog goes, announcements leave it.
  for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) {
    document.addEventListener(name, (event) => {
      if (dialogs.includes(event.detail.target)) settle();
    });
  }

  // ---- dialogs: filled by htmx, shown when filled, closed when emptied ----
  // One reads from the title on: only what is wrong may lead further down.
  function begin(one) {
    const wrong = one.querySelector("[aria-invalid=true], .champ--erreur input");
    if (wrong) return wrong.focus();
    const first = one.querySelector(":is(input:not([type=hidden]), select, textarea)") || one.querySelector("button, a");
    one.scrollTop = 0;
    const title = one.querySelector("h1");
    const far = first && title && first.getBoundingClientRect().bottom > one.getBoundingClientRect().bottom;
    if (far) title.tabIndex = -1;
    (far ? title : first)?.focus({ preventScroll: true });
  }
  function showOrHide(one) {
    if (filled(one)) {
      if (!one.open) one.showModal();
      lift();
      begin(one);
    } else if (one.open) {
      one.close();
    }
  }
  for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
    document.addEventListener(name, (event) => {
      if (dialogs.includes(event.detail.target)) showOrHide(event.detail.target);
    });
  }
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target?.id === "annonces") startCountdowns();
  });
  // A dialog that an answer emptied is over; htmx tells of no swap when the fragment is empty.
  document.addEventListener("htmx:afterOnLoad", (event) => {
    // An answer for who is known: the login was found again, be it in another tab.
    if (event.detail.successful && login.open && event.detail.xhr.status < 300) login.close();
    for (const one of dialogs) if (one.open && !filled(one)) one.close();
    lift();
  });
  document.addEventListener("htmx:beforeRequest", () => {
    const active = document.activeElement;
    if (!active || active === document.body || active.closest("dialog") || notes?.contains(active)) return;
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
      if (lost() && !dialog.open && !login.open) giveBack();
    }, 60);
  });
  login.addEventListener("close", () => {
    settle();
    login.replaceChildren();
    lift();
  });
  dialog.addEventListener("close", () => {
    settle();
    dialog.replaceChildren();
    giveBackOrBegin();
  });
  document.addEventListener("click", (event) => {
    const back = event.target.closest("[data-retour]");
    const left = back?.closest("dialog");
    if (left) {
      event.preventDefault();
      left.close();
    }
    const shut = event.target.closest("[data-ferme]");
    if (shut) takeAway(document.getElementById(shut.dataset.ferme));
  });

  // ---- announcements go when their undo is over; Ctrl+Z presses it, for it stands far behind forty rows ----
  function takeAway(note) {
    const held = note?.contains(document.activeElement);
    // What one is about to press in a dialog stays where it is.
    if (notes?.parentNode === dialog) notes.style.minBlockSize = `${notes.offsetHeight}px`;
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

  // ---- the menu of a low row rises over it; where it fits neither above nor below, the page moves ----
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches?.("details.menu")) return;
    target.classList.remove("menu--haut");
    if (!target.open || window.matchMedia("(max-width: 61.99rem)").matches) return;
    const list = target.querySelector(".menu__liste");
    const { bottom, height } = list.getBoundingClientRect();
    if (bottom <= window.innerHeight) return;
    if (target.getBoundingClientRect().top > height) target.classList.add("menu--haut");
    else list.scrollIntoView({ block: "nearest" });
  }, true);

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
  const isForeign = (xhr) => Boolean(xhr?.status) && !xhr.getResponseHeader("X-Pixsurv");
  const tellForeign = (status) => document.dispatchEvent(new CustomEvent("pixsurv:etranger", { detail: status ?? null }));
  // Led away to the portal of another site, a request just fails: asked without following, the portal shows itself.
  async function lookForPortal() {
    try {
      const found = await fetch("/sante/vivant", { redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(htmx.config.timeout) });
      if (!found.headers.get("X-Pixsurv")) tellForeign(found.status);
    } catch {
      // No answer at all: a network that is down, or a portal that breaks the encryption. Nothing more can be said.
    }
  }
  document.addEventListener("htmx:sendError", lookForPortal);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const detail = event.detail;
    if (isForeign(detail.xhr)) {
      detail.shouldSwap = false;
      detail.isError = true;
      return;
    }
    const fresh = detail.xhr.getResponseHeader("X-CSRFToken");
    if (fresh) renew(fresh);
    // Refused for its old token, nothing was done: it goes again by itself, once.
    if (fresh && detail.xhr.status === 403 && !detail.requestConfig.headers[AGAIN]) {
      event.preventDefault();
      setTimeout(() => again(detail.requestConfig, { [AGAIN]: "1" }));
    }
    // Asked twice for a login: the form already open keeps what was typed in it.
    if (detail.xhr.status === 401 && login.open) detail.shouldSwap = false;
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
  document.addEventListener("htmx:responseError", (event) => {
    if (isForeign(event.detail.xhr)) tellForeign(event.detail.xhr.status);
  });

  // ---- the same request once more: what was typed, and the button that was pressed, as they were ----
  const AGAIN = "X-Encore";
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  function renew(fresh) {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = fresh;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
  }
  function again({ elt, verb, path, formData }, headers) {
    if (!elt.isConnected) return;
    if (formData.has("csrfmiddlewaretoken")) formData.set("csrfmiddlewaretoken", token());
    htmx.ajax(verb, path, { source: elt, values: formData, headers });
  }
  Object.assign(window.pixsurv, { again, isForeign, renew, tellForeign, token });

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
