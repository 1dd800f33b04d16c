// What is half typed in a panel when its session ends, or the page is loaded anew, is given back in this tab: to the
// same person, where the same panel opens and still says the same. Passwords and codes are never kept.
(() => {
  const touched = new WeakSet();
  const opened = new WeakMap();
  let half = null; // the panel in which something was typed, and what
  const panelNow = () => document.querySelector(".overlay.panel");
  const whoNow = () => document.querySelector(".desk")?.dataset.who;
  const fields = (panel) => {
    const kinds = "input:not([type=password], [type=checkbox], [autocomplete=one-time-code]), textarea";
    const label = (field) => panel.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.textContent;
    const alike = {}; // several contacts have a telephone each
    const named = (field) => [`${label(field)} ${(alike[label(field)] = (alike[label(field)] ?? 0) + 1)}`, field];
    return [...panel.querySelectorAll(kinds)].filter(label).map(named);
  };
  document.addEventListener(
    "input",
    ({ target }) => {
      const panel = target.closest?.(".overlay.panel");
      if (!panel) return;
      if (!opened.has(panel)) opened.set(panel, panel.textContent);
      touched.add(target);
      const typed = fields(panel).filter(([, field]) => touched.has(field));
      const values = Object.fromEntries(typed.map(([name, field]) => [name, field.value]));
      half = { panel, kept: { who: whoNow(), path: location.pathname, says: opened.get(panel), values } };
    },
    true,
  );
  // A panel that is closed takes with it what was typed; one that went a moment ago may have gone with its session.
  new MutationObserver(() => {
    const over = half;
    if (!over || over.gone || over.panel.isConnected) return;
    over.gone = true;
    setTimeout(() => half === over && (half = null), 1000);
  }).observe(document, { subtree: true, childList: true });
  function keep() {
    try {
      if (half && Object.keys(half.kept.values).length) sessionStorage.setItem("typed", JSON.stringify(half.kept));
    } catch {
      // A browser that stores nothing keeps nothing.
    }
  }
  function kept() {
    try {
      return JSON.parse(sessionStorage.getItem("typed"));
    } catch {
      return null;
    }
  }
  const left = kept();
  const givingBack = new MutationObserver(() => {
    const panel = panelNow();
    const another = whoNow() && left.who !== whoNow();
    if (!another && (!panel || left.path !== location.pathname || left.says !== panel.textContent)) return;
    givingBack.disconnect();
    sessionStorage.removeItem("typed");
    if (another) return;
    for (const [name, field] of fields(panel)) {
      if (!(name in left.values) || touched.has(field)) continue;
      field.value = left.values[name];
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    panel.dispatchEvent(new Event("givenback"));
  });
  if (left) givingBack.observe(document, { subtree: true, childList: true, characterData: true });
  addEventListener("pagehide", () => !half?.gone && keep());
  document.addEventListener("signedout", () => {
    keep();
    delete document.body.dataset.typed; // there is nothing to stay for
  });
})();
