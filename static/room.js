// The room keeps itself up to date, says how old its news is, and loses nothing of what one was doing.
(() => {
  "use strict";

  const EVERY = 3000;
  const EVERY_HIDDEN = 15000;
  const SLOW = 15000;
  const LOST = 30000;
  const FURTHEST = 30000;

  const byId = (id) => document.getElementById(id);
  let lastNews = Date.now();
  let failures = 0;
  let timer = 0;
  let asking = false;
  // Ages are counted with the server's clock: the version carries its milliseconds.
  let shift = Date.now() - Number(byId("veille").dataset.v.split(".")[1]);
  window.pixsurv.serverTime = () => Date.now() - shift;

  // ---- asking for news ----
  function plan() {
    clearTimeout(timer);
    if (!byId("veille")?.hasAttribute("hx-trigger")) return;
    const calm = document.hidden ? EVERY_HIDDEN : EVERY;
    const wait = failures ? Math.min(calm * 2 ** failures, FURTHEST) : calm;
    // After a failure of the server, all the rooms of a country must not come back in the same second.
    const spread = failures ? 0.5 : 0.2;
    timer = setTimeout(ask, wait * (1 - spread / 2 + Math.random() * spread));
  }
  function ask() {
    if (!asking) htmx.trigger("#veille", "veille");
  }
  // Who asked, even when its answer has replaced it meanwhile.
  const asker = (event) => event.detail.requestConfig?.elt || event.detail.elt;
  const isPoll = (event) => asker(event)?.id === "veille";
  let askedAt = lastNews;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isPoll(event)) return;
    asking = true;
    askedAt = Date.now();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isPoll(event)) return;
    asking = false;
    if (event.detail.successful) {
      failures = 0;
      // An answer that took six seconds is six seconds old at least.
      lastNews = askedAt;
      foreign = "";
      showNotice("");
    } else {
      failures = Math.min(failures + 1, 5);
    }
    showFreshness();
    plan();
  });
  for (const [target, name] of [[window, "online"], [document, "visibilitychange"]]) {
    target.addEventListener(name, () => {
      if (document.hidden) return plan();
      failures = 0;
      clearTimeout(timer);
      ask();
      if (!asking) plan();
    });
  }
  // Who answered in the place of Pixsurv; a gateway that finds it down looks the same as one that filters.
  let foreign = "";
  const FILTERED = "Le réseau de l’établissement filtre cette page\u00a0: il a répondu à la place de Pixsurv. Prévenez la personne qui s’occupe du réseau.";
  const SILENT = "Pixsurv ne répond pas pour le moment, ou le réseau filtre cette page.";
  document.addEventListener("pixsurv:etranger", ({ detail }) => {
    foreign = [502, 503, 504].includes(detail) ? SILENT : detail === null && foreign || FILTERED;
    showFreshness();
  });
  function showNotice(...sentences) {
    const notice = byId("reseau");
    const text = sentences.filter(Boolean).join(" ");
    if (notice.textContent !== text) notice.textContent = text;
    notice.hidden = !text;
  }

  // ---- how old the news is ----
  function time(instant) {
    const zone = byId("heure").dataset.fuseau;
    const parts = new Intl.DateTimeFormat("fr-FR", { hour: "numeric", minute: "2-digit", timeZone: zone }).formatToParts(instant);
    const part = (type) => parts.find((one) => one.type === type).value;
    return `${Number(part("hour"))}h${part("minute")}`;
  }
  function showFreshness() {
    if (!byId("veille").hasAttribute("hx-trigger")) {
      byId("fraicheur").textContent = "séance terminée";
      return;
    }
    const age = Date.now() - lastNews;
    const place = byId("fraicheur");
    const lost = age >= LOST;
    place.classList.toggle("fraicheur--perdue", lost);
    place.classList.toggle("fraicheur--lente", !lost && age >= SLOW);
    const since = time(new Date(lastNews - shift));
    const seconds = `il y a ${Math.round(age / 1000)}\u00a0s`;
    place.textContent = lost ? `Plus de nouvelles depuis ${since}` : age >= SLOW ? `connexion lente, à jour ${seconds}` : `à jour ${seconds}`;
    byId("liste")?.classList.toggle("liste--figee", lost);
    document.querySelector(".besoins")?.classList.toggle("besoins--figes", lost);
    document.querySelector("#a-traiter > .rien")?.classList.toggle("rien--doute", lost);
    showNotice(
      lost && `Plus de nouvelles depuis ${since}. Les tests ne dépendent pas de votre appareil\u00a0: regardez les écrans des élèves.`,
      foreign,
    );
  }

  // ---- clock and ages tick here, not on the server ----
  function words(seconds) {
    if (seconds < 60) return `${Math.max(0, Math.floor(seconds))}\u00a0s`;
    const minutes = Math.floor(seconds / 60);
    return minutes < 60 ? `${minutes}\u00a0min` : `${Math.floor(minutes / 60)}\u00a0h\u00a0${String(minutes % 60).padStart(2, "0")}`;
  }
  function tick() {
    const server = Date.now() - shift;
    byId("heure").textContent = time(new Date(server));
    for (const one of document.querySelectorAll("[data-depuis]")) {
      const text = words((server - Date.parse(one.dataset.depuis)) / 1000);
      const said = one.closest(".badge") ? `depuis ${text}` : text;
      if (one.textContent !== said) one.textContent = said;
    }
    showFreshness();
  }

  // ---- search and filter: here, so that they survive every refresh ----
  const fold = (text) => text.replace(/œ/gi, "oe").replace(/æ/gi, "ae").replace(/ß/g, "ss").replace(/ø/gi, "o")
    .normalize("NFKD").toUpperCase().replace(/[^A-Z0-9]/g, "");
  const wanted = { text: byId("recherche")?.value || "", states: document.querySelector(".filtre[aria-current]")?.dataset.etats || "" };
  // The row that somebody at the keyboard stands in stays until he has left it, also while an answer replaces it.
  let stoodIn = "";
  document.addEventListener("focusin", ({ target }) => {
    stoodIn = target.matches(":focus-visible") && target.closest("#liste > .rang")?.id || "";
  });
  function sift() {
    const text = fold(wanted.text);
    const states = wanted.states ? wanted.states.split(" ") : null;
    let shown = 0;
    for (const row of document.querySelectorAll("#liste > .rang")) {
      const last = fold(row.querySelector("h3 b").textContent);
      const first = fold(row.querySelector("h3 b").nextSibling.textContent);
      const named = [last, first, first + last, last + first].some((one) => one.startsWith(text));
      row.hidden = !(named && (!states || states.includes(row.dataset.state))) && row.id !== stoodIn;
      if (!row.hidden) shown += 1;
    }
    if (byId("aucun")) byId("aucun").hidden = shown > 0;
    for (const one of document.querySelectorAll(".filtre")) {
      if (one.dataset.etats === wanted.states) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
  }
  document.addEventListener("input", (event) => {
    if (event.target.id !== "recherche") return;
    wanted.text = event.target.value;
    sift();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches(".recherche")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest(".filtre");
    if (chosen) {
      event.preventDefault();
      wanted.states = chosen.dataset.etats;
      sift();
    }
    // A link of the lane leads to a row that a filter may hide.
    const card = event.target.closest(".besoin a[href^='#candidat-']");
    const row = card && byId(card.getAttribute("href").slice(1));
    if (row?.hidden) {
      wanted.text = byId("recherche").value = "";
      wanted.states = "";
      sift();
    }
  });

  // ---- what comes in keeps open menus and typed words ----
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    for (const menu of target.querySelectorAll("details[open][id]")) {
      const same = fragment.querySelector(`#${CSS.escape(menu.id)}`);
      if (same) same.open = true;
    }
    const search = fragment.querySelector("#recherche");
    if (search) search.value = wanted.text;
    // A gesture of an open menu has no id, for forty rows must stay light: its address finds it again.
    const active = document.activeElement;
    if (target.contains(active) && !active.id) pressed = active.getAttribute("formaction") || "";
  });
  let pressed = "";
  document.addEventListener("htmx:oobAfterSwap", () => {
    if (pressed) document.querySelector(`.menu[open] [formaction="${CSS.escape(pressed)}"]`)?.focus({ preventScroll: true });
    pressed = "";
  });

  // ---- how many are ticked, in the words of the question ----
  document.addEventListener("change", (event) => {
    const asked = event.target.closest("[data-compte]");
    if (!asked) return;
    const many = asked.querySelectorAll(":checked").length;
    asked.querySelector("legend span").textContent = `${many} élève${many > 1 ? "s" : ""}`;
  });
  function arrived() {
    const watch = byId("veille");
    const needs = document.querySelectorAll(".besoin").length;
    if (needs > Number(watch.dataset.aTraiter)) window.pixsurv.say(`À traiter\u00a0: ${needs}`);
    watch.dataset.aTraiter = String(needs);
    document.title = document.title.replace(/^(\(\d+\) )?/, needs ? `(${needs}) ` : "");
    byId("pastille")?.classList.toggle("pastille--zero", !needs);
    sift();
    tick();
  }
  document.addEventListener("htmx:afterSettle", arrived);

  // ---- a card that appears above the list does not push away the row one is about to touch ----
  // Browsers with scroll anchoring see to it; Safari has none.
  if (!CSS.supports("overflow-anchor", "auto")) {
    let held = null;
    const firstSeen = () => [...document.querySelectorAll("#liste > .rang")].find((row) => row.getBoundingClientRect().bottom > 0);
    document.addEventListener("htmx:beforeSwap", () => {
      const row = window.scrollY > 0 && firstSeen();
      held = row && row.getBoundingClientRect().top < window.innerHeight ? { id: row.id, top: row.getBoundingClientRect().top } : null;
    });
    document.addEventListener("htmx:afterSwap", () => {
      const row = held && byId(held.id);
      if (row) window.scrollBy({ top: row.getBoundingClientRect().top - held.top, behavior: "instant" });
      held = null;
    });
  }

  // ---- nothing is claimed saved: what did not get through, and may not wait (queue.js), goes back ----
  // A busy server (503) did nothing: ask again by ourselves, three times at most.
  const tries = new WeakMap();
  function triesAgain({ xhr, requestConfig }) {
    const { elt } = requestConfig;
    const made = tries.get(elt) || 0;
    if (xhr.status !== 503 || window.pixsurv.isForeign(xhr) || made >= 3) {
      tries.delete(elt);
      return false;
    }
    tries.set(elt, made + 1);
    setTimeout(() => window.pixsurv.again(requestConfig), 1000 * Number(xhr.getResponseHeader("Retry-After") || 2));
    return true;
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) tries.delete(event.detail.requestConfig.elt);
  });
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      const { xhr, requestConfig } = event.detail;
      if (isPoll(event) || event.defaultPrevented || triesAgain(event.detail)) return;
      const box = asker(event)?.closest?.(".rang__case form")?.querySelector("input[type=checkbox]");
      if (box) box.checked = box.defaultChecked;
      // What the page asks for by itself, beside the list, it asks for again.
      if (requestConfig.verb === "get" && !requestConfig.triggeringEvent) return;
      // A page that is too old, or too many passwords: the answer itself says so.
      if ([403, 429].includes(xhr.status) && !window.pixsurv.isForeign(xhr)) return;
      window.pixsurv.warn(requestConfig.verb === "get" ? "La connexion a manqué. Recommencez." : xhr.status === 401 ? "Pas enregistré\u00a0: reconnectez-vous, puis recommencez." : "Pas enregistré\u00a0: la connexion a manqué. Recommencez.");
    });
  }

  // ---- while the network fails, the page that has the list is left only for one that comes ----
  const ROOM = byId("geste")?.getAttribute("hx-post");
  async function comes(address) {
    try {
      const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(htmx.config.timeout) });
      return answer.headers.has("X-Pixsurv") && answer.status < 500;
    } catch {
      return false;
    }
  }
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const way = link?.getAttribute("href");
    if (!ROOM || !way?.startsWith(ROOM) || link.target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!failures && !foreign && navigator.onLine) return;
    event.preventDefault();
    if (await comes(way)) location.href = way;
    else window.pixsurv.warn("Pas de connexion\u00a0: cette page ne peut pas s’ouvrir maintenant. La salle reste affichée.");
  });

  arrived();
  setInterval(tick, 1000);
  plan();
})();
