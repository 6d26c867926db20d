// The comment of the report: nothing typed is lost, and « Enregistré » is only ever said by the server.
(() => {
  "use strict";

  const field = document.getElementById("commentaire");
  const AGAIN = 5000;
  let unsaved = false;
  let timer = 0;

  function tell(sentence) {
    const place = document.querySelector("#commentaire-etat p");
    if (place && place.textContent !== sentence) place.textContent = sentence;
  }
  const choosing = () => document.querySelector("#commentaire-etat .encart") !== null;
  function count() {
    const place = document.querySelector("[data-reste-de=commentaire]");
    if (!place || !field) return;
    const left = Number(place.dataset.plus) - field.value.trim().length;
    place.textContent = left < 0 ? "" : `, ${left} restants`;
    refuse(left < 0 ? `${-left} caractère${left < -1 ? "s" : ""} de trop\u00a0: ce texte n’est pas enregistré.` : "");
  }
  // Too long is an error like any other, said at the field; heard once, not at every letter.
  function refuse(sentence) {
    const note = document.getElementById("commentaire-trop");
    if (sentence && note.hidden) window.pixsurv.say(sentence);
    note.hidden = !sentence;
    note.lastElementChild.textContent = sentence;
    field.closest(".champ").classList.toggle("champ--erreur", Boolean(sentence));
    field.setAttribute("aria-invalid", String(Boolean(sentence)));
  }
  if (field) {
    count();
    field.addEventListener("input", () => {
      unsaved = true;
      count();
      if (!choosing()) tell("Pas encore enregistré…");
    });
  }

  // ---- what became of a save ----
  const isSave = (event) => event.detail.target?.id === "commentaire-etat";
  let sent = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isSave(event)) return;
    // Between two texts nobody but the writer chooses: nothing is sent until he did, and no button moves under his finger.
    if (event.detail.elt === field && (choosing() || field.getAttribute("aria-invalid") === "true")) event.preventDefault();
    else sent = field.value;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isSave(event)) return;
    clearTimeout(timer);
    const status = event.detail.xhr?.status || 0;
    if (event.detail.successful && status < 300) {
      unsaved = field.value !== sent;
    } else if (status !== 409 && status !== 422) {
      tell(status === 401 || status === 403 ? "Non enregistré : reconnectez-vous. Votre texte reste ici." : "Non enregistré : pas de réponse. Votre texte reste ici, nouvel essai dans 5 s.");
      timer = setTimeout(() => window.htmx.trigger(field, "encore"), AGAIN);
    }
  });

  // ---- « Prendre l’autre texte » ----
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-reprendre]");
    if (!link || !field) return;
    event.preventDefault();
    field.value = link.dataset.texte;
    document.querySelector("[name=comment_seen]").value = link.dataset.version;
    count();
    link.closest(".encart").remove();
    window.htmx.trigger(field, "encore");
    field.focus();
  });

  // ---- leaving with something unsaved asks first; sending the form sends the comment with it ----
  document.addEventListener("submit", () => {
    unsaved = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
})();
