// What calls a proctor who looks elsewhere: who waits too long is told once more, and the tab bears the count.
(() => {
  "use strict";

  const LONG = 120000; // R15: `WAITED_LONG` of the server
  const MOST = 9;
  // Ages are counted with the server's clock: the version carries its milliseconds.
  const shift = Date.now() - Number(document.getElementById("veille").dataset.v.split(".")[1]);
  const told = new Set();

  // ---- who waits for two minutes: said in the card, aloud once, rung once more (alarm.js) ----
  function escalate() {
    const fresh = [];
    for (const card of document.querySelectorAll(".besoin[data-attend]")) {
      if (Date.now() - shift - Date.parse(card.dataset.attend) < LONG) continue;
      card.classList.add("besoin--attend");
      const word = card.querySelector(".besoin__depuis");
      word.classList.remove("vh");
      word.textContent = "attend depuis ";
      const key = card.id + card.dataset.attend;
      if (!told.has(key)) fresh.push(card);
      told.add(key);
    }
    return fresh;
  }
  function call() {
    const fresh = escalate();
    if (!fresh.length) return;
    const one = fresh[0].querySelector("h3").textContent.trim().replace(/\s+/g, " ");
    window.pixsurv.say(fresh.length > 1 ? `${fresh.length} élèves attendent depuis plus de 2\u00a0min` : `${one} attend depuis 2\u00a0min`);
    document.dispatchEvent(new CustomEvent("pixsurv:attend"));
  }

  // ---- the count, on the sign of the tab and of the installed application ----
  const link = document.querySelector("link[rel=icon]");
  const plain = link.getAttribute("href");
  let sign = "";
  let shown = 0;
  async function count() {
    const many = document.querySelectorAll(".besoin").length;
    if (many === shown) return;
    shown = many;
    (many ? navigator.setAppBadge?.(many) : navigator.clearAppBadge?.())?.catch(() => {});
    if (!many) {
      link.href = plain;
      return;
    }
    if (!sign) {
      try {
        const answer = await fetch(plain);
        if (!answer.ok) return;
        sign = await answer.text();
      } catch {
        shown = 0; // no network: at the next news
        return;
      }
    }
    if (many !== shown) return;
    const mark = `<circle cx="42" cy="22" r="21" fill="#b52a24"/><text x="42" y="34" fill="#fff" stroke="none" font-family="sans-serif" font-size="34" font-weight="700" text-anchor="middle">${many > MOST ? `${MOST}+` : many}</text>`;
    link.href = `data:image/svg+xml,${encodeURIComponent(sign.replace("</svg>", `${mark}</svg>`))}`;
  }

  // ---- « À annoncer »: aloud when it comes ----
  let announced = document.querySelector("[data-annonce]")?.textContent;
  function announce() {
    const now = document.querySelector("[data-annonce]")?.textContent;
    if (now && now !== announced) window.pixsurv.say(now.trim());
    announced = now;
  }

  document.addEventListener("htmx:afterSettle", () => {
    call();
    count();
    announce();
  });
  escalate(); // who waited before this page was there has been told by another
  count();
  setInterval(call, 1000);
})();
