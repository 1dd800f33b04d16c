// A sheet that slides up from the bottom of the phone. What lies below cannot be reached until it is gone, and then has
// its focus back. Its styles are fetched when the first sheet opens: most visits need none.
const open = [];
let place; // the path of the page below
let popping = false;

function above(element) {
  const others = [];
  for (let at = element; at && at !== document.body; at = at.parentElement)
    for (const sibling of at.parentElement.children) if (sibling !== at && !sibling.matches("script, style, link")) others.push(sibling);
  return others;
}

function settle() {
  document.querySelectorAll("[data-below]").forEach((element) => (element.removeAttribute("data-below"), (element.inert = false)));
  const top = open.at(-1);
  document.documentElement.classList.toggle("covered", Boolean(top));
  for (const element of top ? above(top.$el) : []) {
    if (element.inert) continue;
    element.setAttribute("data-below", "");
    element.inert = true;
  }
}

// The Back of a phone closes what is open instead of leaving the page: one entry of the history stands for it, and goes
// again however it is closed. After a reload the entry is still there, and whoever opens next takes it over.
function keepEntry() {
  const held = Boolean(history.state?.sheet);
  if (popping || held === Boolean(open.length)) return;
  if (!held) {
    history.scrollRestoration = "manual"; // of the entry below: who comes back to it never left
    history.pushState({ ...history.state, sheet: true }, "");
    history.scrollRestoration = "auto";
  } else if (!window.isLeaving) {
    popping = true;
    history.back();
  }
}

addEventListener("popstate", (event) => {
  const here = location.pathname === place;
  // ui.sub_pages and the memory of scroll places would take it for a move.
  if (here && (popping || open.length || event.state?.sheet)) event.stopImmediatePropagation();
  if (here) setTimeout(() => history.state?.sheet || (history.scrollRestoration = "auto"));
  if (!popping) [...open].forEach((sheet) => sheet.leave());
  popping = false;
  if (here) keepEntry();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open.length && !event.defaultPrevented && !event.isComposing) open.at(-1).leave();
});

function dressed(address) {
  const known = document.querySelector(`link[href="${address}"]`);
  if (known?.sheet) return Promise.resolve();
  const link = known ?? Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done); // bare, but it can be used
    if (!known) document.head.append(link);
  });
}

export default {
  template: `<div class="sheet" role="dialog" aria-modal="true" :aria-label="label" tabindex="-1" :style="over ? 'display:none' : ready ? null : 'visibility:hidden'">
    <div class="veil" @click="leave"></div>
    <div class="leaf"><div class="grip" aria-hidden="true"></div>
      <div class="sheet-head"><h2>{{ label }}</h2><button type="button" class="shut" :aria-label="close" @click="leave"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18"/></svg></button></div>
      <slot></slot></div></div>`,
  props: { label: String, close: String, styles: String },
  data: () => ({ ready: false, over: false }),
  mounted() {
    this.before = document.activeElement;
    place = location.pathname;
    open.push(this);
    settle();
    keepEntry();
    dressed(this.styles).then(() => {
      this.ready = true;
      // Not a field: its keyboard would cover what is to be read first.
      this.$nextTick(() => this.$el?.focus({ preventScroll: true }));
    });
    // A keyboard that lies over the page, as on iOS, pushes the sheet up.
    this.lift = () => {
      const view = window.visualViewport;
      const hidden = Math.max(0, innerHeight - view.height - view.offsetTop);
      this.$el.style.setProperty("--keyboard", view.scale > 1.01 ? "0px" : `${Math.round(hidden)}px`);
    };
    window.visualViewport?.addEventListener("resize", this.lift);
    window.visualViewport?.addEventListener("scroll", this.lift);
  },
  beforeUnmount() {
    window.visualViewport?.removeEventListener("resize", this.lift);
    window.visualViewport?.removeEventListener("scroll", this.lift);
    this.shut();
  },
  methods: {
    // Gone at once, with or without a network; the server hears of it as soon as it can.
    leave() {
      if (this.over) return;
      this.$emit("leave");
      this.shut();
    },
    shut() {
      if (this.over) return;
      this.over = true;
      open.splice(open.indexOf(this), 1);
      settle();
      const back = this.before?.isConnected && this.before !== document.body ? this.before : null;
      setTimeout(() => {
        keepEntry();
        const at = document.activeElement; // whoever was led elsewhere meanwhile stays there
        if (!at || at === document.body || this.$el.contains(at)) back?.focus({ preventScroll: true });
      });
    },
  },
};
