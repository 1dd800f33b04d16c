// The console by keyboard: / searches, arrows walk through a list, n begins something new, Enter or Ctrl+Enter saves.
(() => {
  const typing = (element) => element?.matches?.("input, textarea, select, [contenteditable]");
  const seen = (element) => !element.closest("[inert]") && element.getClientRects().length > 0;
  const pressable = (key) => [...document.querySelectorAll(`[data-key="${key}"]`)].filter(seen).at(-1);

  // The primary button of the form in which this field stands, as Enter presses it in any form of the web.
  function primary(field) {
    for (let around = field.parentElement; around; around = around.parentElement) {
      const found = [...around.querySelectorAll('[data-key="save"]')].find(seen);
      if (found) return found;
      if (around.matches(".overlay, .work")) return null;
    }
    return null;
  }

  // While a menu is open, the arrows are its own: also when the focus has left it.
  function inMenu(event) {
    const menu = [...document.querySelectorAll('[role="menu"]')].filter(seen).at(-1);
    if (!menu) return false;
    if (!menu.contains(event.target) && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      [...menu.querySelectorAll('[role="menuitem"]')].at(event.key === "ArrowDown" ? 0 : -1)?.focus();
    }
    return true;
  }

  function walk(step) {
    const links = [...document.querySelectorAll(".work .row-link")].filter((link) => !link.closest("[inert]"));
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, at + step))];
    next.focus();
    next.closest("tr")?.scrollIntoView({ block: "nearest" });
    return true;
  }

  const searchField = () => document.querySelector("input[data-search], [data-search] input");

  // Enter opens the first of what was found for the text that stands there, however fast it was typed: never of the list
  // that still shows what was sought before.
  let looking;
  function openFirst(search) {
    const wanted = search.value.trim();
    const answered = () => document.querySelector("[data-sought]")?.dataset.sought === wanted;
    const open = () => document.querySelector(".work :is(.row-link, .lane .open)")?.click();
    clearInterval(looking);
    if (answered()) return open();
    let seen = 0;
    const patience = Date.now() + 10_000;
    looking = setInterval(() => {
      const left = searchField() !== search || search.value.trim() !== wanted || Date.now() > patience;
      seen = answered() ? seen + 1 : 0; // the list is patched a moment later
      if (left || seen > 1) clearInterval(looking);
      if (!left && seen > 1) open();
    }, 40);
  }

  // Who comes Back to a list finds it as it was sought through.
  let back = false;
  let known = null;
  addEventListener("popstate", () => (back = true));
  document.addEventListener("input", ({ target }) => {
    if (target !== searchField()) return;
    history.replaceState({ ...history.state, sought: { hint: target.ariaLabel, text: target.value } }, "");
  });
  new MutationObserver(() => {
    const field = searchField();
    if (field === known) return;
    known = field;
    const sought = back && field && !field.value ? history.state?.sought : null;
    if (field) back = false;
    if (sought?.hint !== field?.ariaLabel || !sought?.text) return;
    field.value = sought.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }).observe(document, { subtree: true, childList: true });

  // Where the menu or the tabs are a strip that scrolls, the entry of where one is stands in sight.
  const shownIn = new WeakMap();
  new MutationObserver(() => {
    for (const here of document.querySelectorAll(":is(.side nav, .tabs) [aria-current]")) {
      const strip = here.closest("nav, .tabs");
      if (shownIn.get(strip) === here) continue;
      shownIn.set(strip, here);
      strip.scrollLeft += here.getBoundingClientRect().left - strip.getBoundingClientRect().left - 40;
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-current"] });

  // What is typed on a screen and not saved is not left without a question; panels and the editor see to their own.
  const typed = () => "typed" in document.body.dataset && document.querySelector("[data-asks]");
  const note = (event) => event.target.closest?.("[data-asks]") && (document.body.dataset.typed = "");
  document.addEventListener("input", note);
  document.addEventListener("change", note);
  addEventListener("beforeunload", (event) => typed() && event.preventDefault());
  let wanted; // where somebody wants to go while the question stands
  addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.("a[href]");
      const elsewhere = link?.target || event.ctrlKey || event.metaKey || event.shiftKey;
      if (!link || elsewhere || !typed()) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      wanted = link;
      typed().dispatchEvent(new Event("unsaved"));
    },
    true,
  );
  document.addEventListener("thrownaway", () => {
    delete document.body.dataset.typed;
    if (wanted?.isConnected) wanted.click();
    else if (wanted) location.assign(wanted.href);
  });

  // A file is chosen, and handed in at the address that the button names; what becomes of it is said on the page.
  async function handIn(button, file) {
    const tell = (what) => button.dispatchEvent(new CustomEvent(what));
    if (file.size > button.dataset.largest) return tell("toolarge");
    button.ariaBusy = "true";
    try {
      const headers = { "x-file-name": encodeURIComponent(file.name) };
      const answer = await fetch(button.dataset.handsIn, { method: "POST", body: file, headers });
      if (!answer.ok && answer.status !== 413) tell("notsent"); // why it was too large is said already
    } catch {
      tell("notsent");
    } finally {
      button.ariaBusy = "false";
    }
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-hands-in]");
    if (!button || button.ariaBusy === "true") return;
    const field = Object.assign(document.createElement("input"), { type: "file", accept: button.dataset.accept });
    field.addEventListener("change", () => field.files[0] && handIn(button, field.files[0]));
    field.click();
  });

  // An amount is typed over, as in a till.
  document.addEventListener("focusin", (event) => event.target.matches?.(".amount input") && event.target.select());

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      pressable("save")?.click();
      return;
    }
    if (event.ctrlKey || event.metaKey || inMenu(event)) return;
    if (event.key === "Enter" && event.target.matches?.("input[data-line]")) {
      event.preventDefault();
      if (!event.repeat && !event.shiftKey) primary(event.target)?.click();
      return;
    }
    const search = searchField();
    const inSearch = search && event.target === search;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (inSearch || !typing(event.target))) {
      if (walk(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
      return;
    }
    if (event.key === "Escape" && inSearch && !document.querySelector(".overlay")) search.blur();
    if (event.key === "Enter" && inSearch) openFirst(search);
    if (typing(event.target) || document.querySelector(".overlay")) return;
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "n") {
      pressable("n")?.click();
    }
  });
})();
