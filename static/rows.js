// A row travels without what forty of them would repeat: the form of its box, the menu of its gestures. They are made here
// from the page's models (room/models.html), before anybody else looks at the row: htmx, and the scripts that keep menus open.
(() => {
  "use strict";

  const ROOM = document.getElementById("geste").getAttribute("hx-post");
  const model = (name) => document.getElementById(`modele-${name}`).content.firstElementChild.cloneNode(true);

  function makeMenu(link, { id, name, shown, address }) {
    const keys = new Set((link.dataset.gestes ?? "").split(" "));
    const menu = model("menu");
    const summary = menu.querySelector("summary");
    menu.id = `menu-${id}`;
    summary.id = `menu-bouton-${id}`;
    summary.lastElementChild.append(name);
    menu.querySelector("p").textContent = shown;
    for (const part of menu.querySelectorAll("[data-si]")) {
      if (keys.has(part.dataset.si)) part.removeAttribute("data-si");
      else part.remove();
    }
    for (const button of menu.querySelectorAll("button")) {
      button.setAttribute("formaction", address + button.getAttribute("formaction"));
      button.lastElementChild.append(name);
    }
    link.replaceWith(menu);
  }
  function makeForm(box, { id, address }) {
    const form = model("case");
    const token = form.elements.csrfmiddlewaretoken;
    token.value = window.pixsurv.token();
    form.setAttribute("action", `${address}presence/`);
    form.setAttribute("hx-post", `${address}presence/`);
    Object.assign(box, { id: `presence-${id}`, name: "present", value: "1" });
    const label = box.parentElement;
    label.replaceWith(form);
    form.append(label);
  }
  function make(row) {
    const id = row.id.slice("candidat-".length);
    const [last, first] = [...row.querySelector("h3").childNodes].map((one) => one.textContent.trim());
    const place = row.querySelector(".rang__poste b");
    const what = {
      id,
      name: `${first} ${last}`,
      shown: `${place ? `Poste ${place.textContent} · ` : ""}${last} ${first}`,
      address: `${ROOM}candidats/${id}/`,
    };
    for (const button of row.querySelectorAll("[formaction^='candidats/']")) {
      button.setAttribute("formaction", ROOM + button.getAttribute("formaction"));
    }
    row.querySelector("noscript")?.remove();
    const link = row.querySelector(":scope > a");
    if (link) makeMenu(link, what);
    const box = row.querySelector(".rang__case input");
    if (box && !box.form) makeForm(box, what);
  }
  function makeAll(root) {
    for (const row of root.querySelectorAll(".rang")) make(row);
  }

  // A box waits, disabled, until a touch of it is sent; one that says why it is refused stays so.
  function enable(root) {
    for (const box of root.querySelectorAll(".rang__case input:not([aria-describedby])")) box.disabled = false;
  }

  document.addEventListener("htmx:oobBeforeSwap", ({ detail: { fragment } }) => {
    makeAll(fragment);
    enable(fragment); // at once: the focus goes back to the box that was stood in
  });
  // On a slow network one may stand in a row before the scripts are there.
  const held = document.activeElement;
  const row = held?.closest(".rang");
  makeAll(document);
  if (row) (held.isConnected ? held : row.querySelector("summary"))?.focus({ preventScroll: true });
  // htmx, which came before, has taken up the forms by then.
  if (window.htmx) document.addEventListener("DOMContentLoaded", () => enable(document));
})();
