// The screen stays on while one watches, or while the class looks at it. The lock goes with a hidden page: ask again.
(() => {
  "use strict";

  let lock = null;
  async function stayAwake() {
    if (document.hidden || !navigator.wakeLock || (lock && !lock.released)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch {
      // Refused on low battery: the page works the same.
    }
  }
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
})();
