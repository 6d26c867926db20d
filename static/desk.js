// The desk keeps a heartbeat, counts the time down, and never says « saved » before the server did. It works without.
(() => {
  "use strict";

  const CLOCK_EVERY = 1000;
  const LATE = 4000;
  const TRIES = 20;
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

  // ---- the network ----
  const fromForm = (element) => element.closest("form") ?? element.form;
  let submitter = null;
  let tries = 0;
  document.addEventListener("submit", (event) => {
    submitter = event.submitter;
  }, true);
  function tell(sentence) {
    const notice = byId("reseau");
    if (!notice) return;
    notice.textContent = sentence;
    notice.hidden = !sentence;
  }
  function failed(event, why) {
    const form = fromForm(event.detail.elt);
    if (!form) {
      tell(why ?? "Connexion interrompue. Restez sur cette page\u00a0: elle se reconnecte d’elle-même. Les réponses déjà validées sont enregistrées.");
      return;
    }
    tell(why ?? "Votre réponse n’est pas encore enregistrée\u00a0: la connexion est interrompue. Elle est toujours affichée. Appuyez de nouveau sur le bouton dans un instant.");
    submitter?.focus();
  }
  document.addEventListener("htmx:sendError", (event) => failed(event));
  document.addEventListener("htmx:timeout", (event) => failed(event));
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr, elt } = event.detail;
    if (xhr.status === 403) {
      failed(event, "Cette page est restée ouverte trop longtemps\u00a0: votre geste n’a pas été enregistré. Rechargez la page, puis recommencez.");
    } else if (xhr.status === 503 && fromForm(elt) && tries < TRIES) {
      tries += 1;
      tell("Le serveur est très sollicité. Votre réponse est gardée et repart d’elle-même.");
      const wait = Number(xhr.getResponseHeader("Retry-After") || 2) * 1000 * (0.75 + Math.random() / 2);
      setTimeout(() => again(elt), wait);
    } else {
      failed(event);
    }
  });
  function again(element) {
    if (!element.isConnected) return;
    if (element.tagName !== "FORM") element.click();
    else if (submitter?.form === element) submitter.click();
    else element.requestSubmit();
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr } = event.detail;
    if (!successful && xhr.status !== 409 && xhr.status !== 422) return;
    tries = 0;
    tell("");
  });
  document.addEventListener("pixsurv:etranger", () => {
    tell("Le réseau de l’établissement a répondu à la place de Pixsurv. Appelez votre surveillant.");
  });

  // ---- a form that met a busy server goes again by itself ----
  const retry = document.querySelector("form[data-retry]");
  if (retry) setTimeout(() => retry.requestSubmit(), Number(retry.dataset.retry) * 1000 * (0.75 + Math.random() / 2));
})();
