// The console by keyboard: / searches, arrows walk through a list, n begins something new, Ctrl+Enter saves.
(() => {
  const typing = (element) => element?.matches?.("input, textarea, select, [contenteditable]");
  const pressable = (key) => [...document.querySelectorAll(`[data-key="${key}"]`)].filter((b) => !b.closest("[inert]")).at(-1);

  function walk(step) {
    const links = [...document.querySelectorAll(".work .row-link")].filter((link) => !link.closest("[inert]"));
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.max(0, Math.min(links.length - 1, at + step))];
    next.focus();
    next.closest("tr")?.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Where the menu is a strip that scrolls, the entry of where one is stands in sight.
  let strip = null;
  new MutationObserver((changes) => {
    const here = document.querySelector(".side nav [aria-current]");
    const nav = here?.closest("nav");
    if (!nav || (nav === strip && !changes.some((change) => change.type === "attributes" && nav.contains(change.target)))) return;
    strip = nav;
    nav.scrollLeft += here.getBoundingClientRect().left - nav.getBoundingClientRect().left - 40;
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-current"] });

  // An amount is typed over, as in a till.
  document.addEventListener("focusin", (event) => event.target.matches?.(".amount input") && event.target.select());

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      pressable("save")?.click();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    const search = document.querySelector("input[data-search], [data-search] input");
    const inSearch = search && event.target === search;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (inSearch || !typing(event.target))) {
      if (walk(event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
      return;
    }
    if (event.key === "Escape" && inSearch && !document.querySelector(".overlay")) search.blur();
    if (event.key === "Enter" && inSearch) document.querySelector(".work .row-link")?.click();
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
