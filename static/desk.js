// The desk keeps a heartbeat, counts the time down, and never says « saved » before the server did. It works without.
(() => {
  "use strict";

  const CLOCK_EVERY = 1000;
  const LATE = 4000;
  const FIRST = 2000;
  const FURTHEST = 15000;
  const byId = (id) => document.getElementById(id);
  const say = (sentence) => window.pixsurv?.say(sentence);

  // ---- heartbeat: is the test the page on top? ----
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id === "etat") event.detail.parameters.visible = document.hidden ? "0" : "1";
  });
  document.addEventListener("visibilitychange", () => {
    if (byId("etat")?.hasAttribute("hx-post")) htmx.trigger("#etat", "battre");
  });

  // ---- time, by the server's clock ----
  const readAt = new WeakMap();
  function shift(element) {
    if (!readAt.has(element)) readAt.set(element, Date.parse(element.dataset.server) - Date.now());
    return readAt.get(element);
  }
  function duration(minutes) {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (!hours) return `${rest}\u00a0min`;
    return rest ? `${hours}\u00a0h\u00a0${String(rest).padStart(2, "0")}` : `${hours}\u00a0h`;
  }
  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
  function tick() {
    for (const left of document.querySelectorAll("[data-deadline]")) {
      const rest = Date.parse(left.dataset.deadline) - (Date.now() + shift(left));
      write(left, duration(Math.max(0, Math.ceil(rest / 60000))));
    }
    const timed = document.querySelector("[data-ends]:not([data-stopped])");
    if (!timed || byId("gel")?.childElementCount) return;
    const seconds = Math.ceil((Date.parse(timed.dataset.ends) - (Date.now() + shift(timed))) / 1000);
    write(timed, `${Math.max(0, seconds)}\u00a0s`);
    if (seconds === 10) say("Il reste 10 secondes.");
    if (seconds <= 0) timeOut(timed);
  }
  // What is chosen at the end of the time counts; nothing chosen is a question without answer.
  function timeOut(timed) {
    timed.setAttribute("data-stopped", "");
    const form = byId("question");
    if (!form?.hasAttribute("data-answers")) {
      // Somewhere beside the question: the server passes it on once the grace for late answers is over.
      setTimeout(() => htmx.trigger("#etat", "battre"), LATE);
      return;
    }
    const over = document.createElement("input");
    Object.assign(over, { type: "hidden", name: "timed_out", value: "1" });
    form.append(over);
    form.requestSubmit();
  }
  setInterval(tick, CLOCK_EVERY);

  // ---- an end that may be undone: the test waits underneath, out of reach ----
  let typing = "";
  function freeze() {
    const frozen = Boolean(byId("gel")?.childElementCount);
    const reach = [byId("question"), document.querySelector(".bandeau")];
    const was = reach.some((element) => element?.inert);
    if (frozen && !was) typing = document.activeElement?.id ?? "";
    for (const element of reach) if (element) element.inert = frozen;
    if (frozen && !was) byId("gel-titre").focus();
    if (!frozen && was) (byId(typing) ?? document.querySelector("#question input:not([type=hidden])"))?.focus();
  }

  // ---- after each answer of the server ----
  let said = "";
  function settle() {
    freeze();
    tick();
    const news = [...document.querySelectorAll("#pupitre [data-say]")].map((one) => one.textContent.trim()).join(" ");
    if (news && news !== said) say(news);
    said = news;
  }
  for (const name of ["htmx:afterSettle", "htmx:oobAfterSwap"]) document.addEventListener(name, settle);
  settle();

  // ---- the network: what was pressed stays as it is typed, and goes again by itself until the server answers ----
  const isForm = (element) => Boolean(element.closest("form") ?? element.form);
  let submitter = null;
  let pending = null;
  let failures = 0;
  let timer = 0;
  document.addEventListener("submit", (event) => {
    submitter = event.submitter;
  }, true);
  function tell(sentence) {
    const notice = byId("reseau");
    if (!notice || notice.textContent === sentence) return;
    notice.textContent = sentence;
    notice.hidden = !sentence;
  }
  const CUT = "la connexion est interrompue.";
  const FILTERED = "le réseau de l’établissement filtre cette page. Appelez votre surveillant.";
  const BUSY = "le serveur est très sollicité.";
  function tellWhy(why) {
    tell(pending
      ? `Votre réponse n’est pas encore enregistrée, elle reste affichée et repart d’elle-même\u00a0: ${why}`
      : `Restez sur cette page, elle se reconnecte d’elle-même\u00a0: ${why} Les réponses déjà validées sont enregistrées.`);
  }
  function failed(event) {
    const { xhr } = event.detail;
    const { elt } = event.detail.requestConfig;
    const foreign = window.pixsurv.isForeign(xhr);
    if (isForm(elt)) {
      if (xhr.status === 403 && !foreign) {
        tell("Cette page est restée ouverte trop longtemps\u00a0: votre geste n’a pas été enregistré. Rechargez la page, puis recommencez.");
        return;
      }
      pending = elt;
      later(Number((!foreign && xhr.getResponseHeader("Retry-After")) || 0));
    }
    tellWhy(foreign ? FILTERED : xhr.status === 503 ? BUSY : CUT);
    // The buttons were dead meanwhile; who types is left where he is.
    if (document.activeElement === document.body) submitter?.focus();
  }
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, failed);
  document.addEventListener("pixsurv:etranger", () => tellWhy(FILTERED));
  function later(seconds) {
    clearTimeout(timer);
    const wait = seconds * 1000 || Math.min(FIRST * 2 ** failures, FURTHEST);
    failures = Math.min(failures + 1, 5);
    timer = setTimeout(again, wait * (0.75 + Math.random() / 2));
  }
  function again() {
    clearTimeout(timer);
    if (!pending?.isConnected) pending = null;
    else if (pending.tagName !== "FORM") pending.click();
    else if (submitter?.form === pending) submitter.click();
    else pending.requestSubmit();
  }
  for (const [target, name] of [[window, "online"], [document, "visibilitychange"]]) {
    target.addEventListener(name, () => {
      if (!document.hidden) again();
    });
  }
  // Pressed again, or another button: that is what is sent now.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isForm(event.detail.requestConfig.elt)) clearTimeout(timer);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr, requestConfig } = event.detail;
    if (!successful && xhr.status !== 409 && xhr.status !== 422) return;
    failures = 0;
    // The heartbeat got through: what waits goes at once.
    if (pending?.isConnected && !isForm(requestConfig.elt)) {
      setTimeout(again);
      return;
    }
    pending = null;
    clearTimeout(timer);
    tell("");
  });

  // ---- a form that met a busy server goes again by itself ----
  const retry = document.querySelector("form[data-retry]");
  if (retry) setTimeout(() => retry.requestSubmit(), Number(retry.dataset.retry) * 1000 * (0.75 + Math.random() / 2));
})();
