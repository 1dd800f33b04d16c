// A panel or question above the page: what lies below cannot be reached until it is gone, and then has its focus back.
const open = [];

function settle() {
  const below = [document.querySelector(".desk"), ...open.map((overlay) => overlay.$el)].filter(Boolean);
  const top = below.pop();
  for (const element of below) element.inert = true;
  if (top) top.inert = false;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && open.length && !event.defaultPrevented && !event.isComposing) open.at(-1).$emit("leave");
});

// Back changes the page below: a panel asks there too before anything typed is lost, and never stays above another page.
addEventListener("popstate", () => open.at(-1)?.$emit("leave"));

export default {
  template: `<div class="overlay" :class="kind" role="dialog" aria-modal="true" :aria-label="label" tabindex="-1">
    <div class="veil" @mousedown.self="$emit('leave')"></div><div class="sheet"><slot></slot></div></div>`,
  props: { kind: String, label: String },
  mounted() {
    this.before = document.activeElement;
    open.push(this);
    settle();
    requestAnimationFrame(() => {
      this.$el.focus({ preventScroll: true });
      this.begin();
      // What it holds may have been looked up first, and come a moment later.
      this.filling = new MutationObserver(() => this.begin());
      this.filling.observe(this.$el, { childList: true, subtree: true });
    });
  },
  methods: {
    // At the first field that is shown, unless somebody has gone elsewhere meanwhile.
    begin() {
      if (document.activeElement !== this.$el) return this.filling?.disconnect();
      const first = ["[autofocus]", "input:not([type=checkbox]):not([type=date]), textarea", "[aria-checked=true], input, .btns button"];
      const shown = (kind) => [...this.$el.querySelectorAll(`.sheet :is(${kind})`)].find((one) => one.getClientRects().length);
      const wanted = first.map(shown).find(Boolean);
      wanted?.focus({ preventScroll: true });
    },
  },
  beforeUnmount() {
    this.filling?.disconnect();
    open.splice(open.indexOf(this), 1);
    settle();
    const back = this.before?.isConnected && this.before !== document.body ? this.before : null;
    setTimeout(() => back?.focus({ preventScroll: true }));
  },
};
