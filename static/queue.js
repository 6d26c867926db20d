// What the network did not take: presence and incidents wait here, shown as waiting, until the server says what became of them.
// Nothing else waits (mechanics §12, decision 0031). Kept in the browser: ids and codes. Names are read from the page.
(() => {
  "use strict";

  const place = document.getElementById("attente");
  const { isForeign, renew, say, tellForeign, token } = window.pixsurv;
  const ROOM = document.getElementById("geste").getAttribute("hx-post");
  const SHELF = `pixsurv:${ROOM}`;
  const LIFE = 24 * 3600 * 1000;
  const TRIES = 5; // of what the server fails at: the others behind it wait no longer
  const EVERY = 15000;
  const SHOWN = 20000;
  const KINDS = [
    { path: /^candidats\/(\d+)\/presence\/$/, fields: ["present", "confirmed"], key: ([, candidate]) => `presence-${candidate}` },
    { path: /^incidents\/noter\/$/, fields: ["categorie", "candidat", "once", "question", "description", "at"], key: (_, fields) => `incident-${fields.once}` },
  ];
  // By key, in the order in which they go: { key, access, path, fields, v, observed, asks, failures, barred }.
  const kept = new Map();
  const refused = [];
  let told = { sent: 0, refused: 0 };

  // ---- one gesture ----
  function gestureOf({ verb, path, formData }) {
    if (verb !== "post" || !path.startsWith(ROOM)) return null;
    const below = path.slice(ROOM.length);
    for (const kind of KINDS) {
      const found = below.match(kind.path);
      if (!found) continue;
      // The last of two values is the wish, as for the server.
      const fields = Object.fromEntries([...formData].filter(([name]) => kind.fields.includes(name)));
      return { key: kind.key(found, fields), access: place.dataset.acces, path: below, fields };
    }
    return null;
  }
  const isPresence = (entry) => entry.key.startsWith("presence-");
  const candidateOf = (entry) => (isPresence(entry) ? entry.key.slice(9) : entry.fields.candidat);
  // Free text, and a suspicion of fraud (it has no field for text), stay in the memory of the page.
  const isCodesOnly = (entry) => isPresence(entry) || entry.fields.description === "";
  const isOwn = (entry) => entry.access === place.dataset.acces;
  // Who came in again holds another access: whether it is the same person, the server says.
  const isBarred = (entry) => entry.barred === place.dataset.acces;
  // `observed` is the server's time, and so is what it is compared with: the device's clock may be a day off.
  const isOld = (entry) => entry.observed <= window.pixsurv.serverTime() - LIFE;
  const hasFailed = (entry) => entry.failures >= TRIES;
  const isAsked = (entry) => entry.asks && isOwn(entry);
  const waits = (entry) => !isOld(entry) && !isBarred(entry) && !hasFailed(entry) && !isAsked(entry);
  const waiting = () => [...kept.values()].filter(waits);
  function words(entry) {
    const name = document.querySelector(`#candidat-${candidateOf(entry)} h3`);
    const who = name ? [...name.childNodes].slice(0, 2).map((one) => one.textContent).join("") : entry.fields.candidat === "" ? "toute la salle" : "un élève";
    if (!isPresence(entry)) return `incident ${entry.fields.categorie}, ${who}`;
    return `${entry.fields.present === "1" ? "présence" : "retrait de la présence"} de ${who}`;
  }

  // ---- the shelf: this browser's, so that a reload or a closed tab loses nothing ----
  function shelve(entry) {
    try {
      if (isCodesOnly(entry)) localStorage.setItem(SHELF + entry.key, JSON.stringify(entry));
    } catch {
      // Refused or full: it stays in the page, as what has free text does.
    }
  }
  function keep(entry) {
    kept.delete(entry.key);
    kept.set(entry.key, entry);
    shelve(entry);
    if (!sending) told = { sent: 0, refused: 0 };
    show();
    say(`${count(waiting().length)} en attente d’envoi.`);
  }
  function drop(key) {
    if (!kept.delete(key)) return;
    try {
      localStorage.removeItem(SHELF + key);
    } catch {
      // Never shelved.
    }
    show();
  }
  function read(key, text) {
    try {
      const entry = JSON.parse(text);
      if (entry?.key && SHELF + entry.key === key && Number.isFinite(entry.observed)) return entry;
    } catch {
      // Not ours.
    }
    return null;
  }
  function load() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(SHELF));
      const entries = keys.map((key) => read(key, localStorage.getItem(key)) ?? localStorage.removeItem(key)).filter(Boolean);
      for (const entry of entries.sort((one, other) => one.observed - other.observed)) kept.set(entry.key, entry);
    } catch {
      // No shelf in this browser.
    }
  }
  // Another tab of this room has kept or sent something.
  window.addEventListener("storage", ({ key, newValue }) => {
    if (!key?.startsWith(SHELF)) return;
    const entry = newValue && read(key, newValue);
    if (entry) kept.set(entry.key, entry);
    else kept.delete(key.slice(SHELF.length));
    show();
  });

  // ---- what is shown: a line of its own, and a mark on the row ----
  const count = (n) => `${n} geste${n > 1 ? "s" : ""}`;
  const plural = (n, one) => `${n} ${one}${n > 1 ? "s" : ""}`;
  function element(tag, content, more = {}) {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...[content].flat());
    return made;
  }
  function line(text, ...buttons) {
    return element("li", [element("span", text), ...buttons.map(([label, key, press]) => {
      const button = element("button", label, { type: "button", className: "bouton" });
      button.dataset.cle = key;
      button.addEventListener("click", press);
      return button;
    })]);
  }
  function show() {
    const focused = place.contains(document.activeElement) ? document.activeElement.dataset.cle : "";
    const mine = waiting();
    const lines = [];
    const away = (entry) => ["Ne plus afficher", `oter-${entry.key}`, () => drop(entry.key)];
    for (const entry of kept.values()) {
      if (isOld(entry)) {
        lines.push(line(`Fait il y a plus de 24\u00a0heures, pas envoyé\u00a0: ${words(entry)}.`, away(entry)));
      } else if (isBarred(entry)) {
        lines.push(line(`Fait sous un autre accès, pas envoyé\u00a0: ${words(entry)}.`, away(entry)));
      } else if (hasFailed(entry)) {
        lines.push(line(`Le serveur n’a pas pu l’enregistrer\u00a0: ${words(entry)}.`, ["Réessayer", `encore-${entry.key}`, () => retry(entry)], away(entry)));
      } else if (isAsked(entry)) {
        lines.push(line(`À confirmer\u00a0: ${words(entry)}.`, ["Répondre", `dire-${entry.key}`, () => ask(entry)], ["Ne pas envoyer", `oter-${entry.key}`, () => drop(entry.key)]));
      }
    }
    for (const one of refused) {
      lines.push(line(one.text, ["Ne plus afficher", `vu-${one.key}`, () => {
        refused.splice(refused.indexOf(one), 1);
        if (!refused.length) told = { sent: 0, refused: 0 };
        show();
      }]));
    }
    const parts = [];
    if (mine.length) {
      parts.push(element("p", [element("b", `${count(mine.length)} en attente d’envoi.`), " Rien n’est encore enregistré\u00a0: l’envoi se fait dès que la connexion revient."]));
      if (!mine.every(isCodesOnly)) parts.push(element("p", "Gardez cette page ouverte\u00a0: ce que vous avez écrit n’est gardé qu’ici."));
    } else if (told.sent + told.refused) {
      parts.push(element("p", element("b", summary())));
    }
    if (lines.length) parts.push(element("ul", lines, { className: "pile pile-2" }));
    place.replaceChildren(...parts);
    place.hidden = !parts.length;
    place.classList.toggle("encart--vert", !mine.length && !lines.length);
    if (focused) (place.querySelector(`[data-cle="${CSS.escape(focused)}"]`) || place.querySelector("button"))?.focus();
    mark();
  }
  const summary = () => `Saisies en attente\u00a0: ${plural(told.sent, "envoyée")}, ${plural(told.refused, "refusée")}.`;
  let marked = new Set();
  function mark() {
    for (const one of document.querySelectorAll("[data-attente]")) one.remove();
    const now = new Set();
    for (const entry of kept.values()) {
      const row = (waits(entry) || isAsked(entry)) && document.getElementById(`candidat-${candidateOf(entry)}`);
      if (!row) continue;
      now.add(row.id);
      const badge = document.getElementById("attente-marque").content.firstElementChild.cloneNode(true);
      const what = isPresence(entry) ? (entry.fields.present === "1" ? "Présence" : "Retrait") : "Incident";
      badge.lastElementChild.textContent = isAsked(entry) ? `${what} à confirmer` : `${what} en attente d’envoi`;
      row.querySelector(".rang__etat").append(badge);
      if (isPresence(entry)) wait(row, !isAsked(entry) && entry.fields.present === "1");
    }
    for (const id of marked) {
      const box = !now.has(id) && document.querySelector(`#${id} .case--attente input`);
      if (!box) continue;
      box.checked = box.defaultChecked;
      box.indeterminate = false;
      box.parentElement.classList.remove("case--attente", "case--voulue");
    }
    marked = now;
  }
  // Neither ticked nor not: the wish is drawn, and a second touch takes it back.
  function wait(row, wanted) {
    const box = row.querySelector(".rang__case input[type=checkbox]");
    if (!box) return;
    box.checked = wanted;
    box.indeterminate = true;
    box.parentElement.classList.add("case--attente");
    box.parentElement.classList.toggle("case--voulue", wanted);
  }
  for (const name of ["htmx:oobAfterSwap", "htmx:afterSettle"]) {
    document.addEventListener(name, () => {
      if (kept.size) mark();
    });
  }

  // ---- what comes in: when the network failed, or while others wait already ----
  document.addEventListener("htmx:configRequest", (event) => {
    const config = event.detail;
    // Whoever logs in in another tab has this browser's cookie: what is done here is still done by who sees this page.
    const acts = config.verb === "post" && config.path.startsWith(ROOM);
    if (acts || (config.path.startsWith("/surveillance/") && config.formData.has("password"))) config.parameters.access = place.dataset.acces;
    config.made = { v: document.getElementById("veille").dataset.v, observed: Math.round(window.pixsurv.serverTime()) };
    const before = kept.get(gestureOf(config)?.key);
    // « À confirmer », touched on its row: when it was done goes along, and the question comes back.
    if (before?.asks && isOwn(before) && before.fields.present === config.formData.getAll("present").at(-1)) Object.assign(config.parameters, when(before));
  });
  const when = (entry) => ({ v: entry.v, observed: String(entry.observed), access: entry.access });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const gesture = gestureOf(event.detail.requestConfig);
    if (!gesture || !waiting().length || kept.get(gesture.key)?.asks) return;
    event.preventDefault();
    take(gesture, event.detail.requestConfig);
    flush();
  });
  const LATER = new Set([0, 401, 500, 502, 503, 504]);
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      const { xhr, requestConfig } = event.detail;
      const gesture = gestureOf(requestConfig);
      if (!gesture || !(LATER.has(xhr.status) || isForeign(xhr))) return;
      event.preventDefault(); // room.js has nothing to say
      take(gesture, requestConfig);
    });
  }
  function take(gesture, { elt, made }) {
    const asked = kept.get(gesture.key);
    const wished = asked?.asks && asked.fields.present === gesture.fields.present;
    keep({ ...gesture, ...(wished ? { v: asked.v, observed: asked.observed } : made) });
    if (elt.closest("#dialogue")) document.getElementById("dialogue").close();
  }

  // ---- replay: in order, one at a time, each with its hour ----
  let sending = false;
  async function flush() {
    if (sending) return;
    sending = true;
    for (let entry = waiting()[0]; entry; entry = waiting()[0]) {
      const outcome = await send(entry);
      if (outcome === "later") break;
      // Touched again meanwhile: the newer wish goes next.
      if (kept.get(entry.key) !== entry) continue;
      if (outcome === "failed") {
        entry.failures = (entry.failures ?? 0) + 1;
        if (!hasFailed(entry)) break;
        setAside(entry, "Le serveur n’a pas pu l’enregistrer");
        continue;
      }
      if (outcome === "other") {
        entry.barred = place.dataset.acces;
        setAside(entry, "Fait sous un autre accès, pas envoyé");
        continue;
      }
      if (outcome === "asks") {
        Object.assign(entry, { asks: true, access: place.dataset.acces });
        setAside(entry, "À confirmer");
        continue;
      }
      if (outcome === "sent") told.sent += 1;
      else {
        told.refused += 1;
        refused.push({ key: entry.key, text: `Refusé\u00a0: ${words(entry)}. ${outcome}` });
      }
      drop(entry.key);
    }
    sending = false;
    if (waiting().length || !(told.sent + told.refused)) return;
    say(summary());
    setTimeout(() => {
      if (waiting().length || refused.length) return; // a refusal stays until it is read
      told = { sent: 0, refused: 0 };
      show();
    }, SHOWN);
  }
  function setAside(entry, why) {
    shelve(entry);
    show();
    say(`${why}\u00a0: ${words(entry)}.`);
  }
  function retry(entry) {
    entry.failures = 0;
    shelve(entry);
    show();
    flush();
  }
  async function send(entry, again = false) {
    let answer;
    let html;
    try {
      answer = await fetch(ROOM + entry.path, {
        method: "POST",
        body: new URLSearchParams({ ...entry.fields, ...when(entry), csrfmiddlewaretoken: token() }),
        headers: { "HX-Request": "true", "HX-Current-URL": location.href },
        redirect: "manual",
        signal: AbortSignal.timeout(htmx.config.timeout),
      });
      html = await answer.text();
    } catch {
      return "later";
    }
    if (!answer.headers.get("X-Pixsurv")) {
      tellForeign();
      return "later";
    }
    const fresh = answer.headers.get("X-CSRFToken");
    if (fresh) renew(fresh);
    if (fresh && answer.status === 403 && !again) return send(entry, true);
    if (answer.headers.get("HX-Redirect")) {
      location.href = answer.headers.get("HX-Redirect");
      return "later";
    }
    if (answer.status === 401) {
      if (!document.getElementById("connexion").open) htmx.swap(place, html, { swapStyle: "none" });
      return "later";
    }
    if (answer.status === 500) return "failed";
    if (LATER.has(answer.status) || answer.status === 429) return "later";
    return settle(answer, html);
  }
  // An open dialog is the proctor's: a question waits in the list until he wants it, and no answer closes it.
  function settle(answer, html) {
    if (![200, 409, 422].includes(answer.status)) return "Le serveur n’a pas pu l’enregistrer.";
    const page = new DOMParser().parseFromString(html, "text/html");
    const dialog = page.querySelector('[hx-swap-oob="innerHTML:#dialogue"]');
    const refusal = page.querySelector(".annonce--refus");
    const isOther = refusal?.dataset.code === "other_access";
    const reason = refusal?.querySelector("p").textContent.trim();
    dialog?.remove();
    refusal?.remove(); // the line keeps it, a note would go
    htmx.swap(place, page.body.innerHTML, { swapStyle: "none" });
    if (answer.ok) return "sent";
    if (isOther) return "other";
    return dialog?.childElementCount ? "asks" : reason || "La salle a changé entre-temps.";
  }
  function ask(entry) {
    asked = entry.key;
    htmx.ajax("POST", ROOM + entry.path, { source: place, target: place, swap: "none", values: { ...entry.fields, ...when(entry) } });
  }
  // Answered, or refused without a question left: nothing waits for it any more.
  let asked = "";
  document.addEventListener("htmx:afterRequest", (event) => {
    const { requestConfig, successful, xhr } = event.detail;
    if (requestConfig.elt.id === "veille" && successful) flush();
    if (requestConfig.verb !== "post" || !successful || !requestConfig.path.startsWith(ROOM)) return;
    const open = document.querySelector("#dialogue > h1");
    const [, candidate] = requestConfig.path.slice(ROOM.length).match(/^candidats\/(\d+)\/(?:presence|retard)\/$/) || [];
    if (open || (xhr.status !== 200 && xhr.status !== 409)) return;
    if (candidate) drop(`presence-${candidate}`);
    else if (asked && requestConfig.path.endsWith("/incidents/noter/")) drop(asked);
  });

  // ---- after a login in the dialog: what the same person did goes on; what somebody else did is only shown ----
  document.addEventListener("pixsurv:acces", (event) => {
    const { access, before } = event.detail;
    for (const entry of kept.values()) {
      if (before === null || entry.access !== String(before)) continue;
      entry.access = String(access);
      shelve(entry);
    }
    place.dataset.acces = String(access);
    show();
    flush();
    htmx.trigger("#veille", "veille");
  });

  // ---- leaving with something that is kept nowhere else asks first ----
  window.addEventListener("beforeunload", (event) => {
    if ([...kept.values()].some((entry) => !isCodesOnly(entry))) event.preventDefault();
  });
  window.addEventListener("online", flush);
  document.addEventListener("DOMContentLoaded", () => {
    load();
    show();
    flush();
    // A room that is over asks for no more news; what waits learns it there.
    setInterval(() => {
      if (!document.getElementById("veille").hasAttribute("hx-trigger")) flush();
    }, EVERY);
  });
})();
