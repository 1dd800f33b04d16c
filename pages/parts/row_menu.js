// One ••• menu for all rows of a drawn list: a button with data-menu="key key" and data-ref opens it beside itself.
export default {
  template: `<div v-if="open" ref="menu" class="menu row-menu" role="menu" :aria-label="label" :style="{ left: x + 'px', top: y + 'px' }"
      @keydown.esc.stop.prevent="close(true)" @keydown.down.prevent="walk(1)" @keydown.up.prevent="walk(-1)" @keydown.tab="close(false)">
      <button v-for="key in keys" :key="key" type="button" role="menuitem" :class="{ bad: key === 'revoke' }" @click="choose(key)">{{ entries[key] }}</button>
    </div>`,
  props: { label: String, entries: Object },
  data: () => ({ open: false, keys: [], x: 0, y: 0 }),
  mounted() {
    this.pressed = (event) => {
      const opener = event.target.closest?.("[data-menu]");
      if (opener) this.show(opener);
      else if (this.open && !this.$refs.menu?.contains(event.target)) this.close(false);
    };
    this.moved = () => {
      if (!this.open) return;
      const at = this.opener.getBoundingClientRect();
      if (Math.abs(at.top - this.top) > 4 || Math.abs(at.right - this.right) > 4) this.close(false);
    };
    // A live change may move the row, or take from it what the menu offers.
    this.changed = new MutationObserver(() => {
      if (!this.opener.isConnected || this.opener.dataset.ref !== this.ref) return this.close(false);
      const offered = this.opener.dataset.menu.split(" ");
      this.keys = this.keys.filter((key) => offered.includes(key));
      if (!this.opener.hasAttribute("aria-expanded")) this.opener.setAttribute("aria-expanded", "true");
      this.$nextTick(() => this.open && this.place());
    });
    document.addEventListener("click", this.pressed);
    addEventListener("scroll", this.moved, true);
    addEventListener("resize", this.moved);
  },
  beforeUnmount() {
    this.changed.disconnect();
    document.removeEventListener("click", this.pressed);
    removeEventListener("scroll", this.moved, true);
    removeEventListener("resize", this.moved);
  },
  methods: {
    show(opener) {
      const again = this.open && this.opener === opener;
      this.close(false);
      if (again) return;
      this.opener = opener;
      this.ref = opener.dataset.ref;
      this.keys = opener.dataset.menu.split(" ").filter((key) => this.entries[key]);
      this.open = true;
      opener.setAttribute("aria-expanded", "true");
      this.changed.observe(opener.closest("table") ?? document.body, { childList: true, subtree: true, attributes: true });
      this.$nextTick(() => {
        this.place();
        this.$refs.menu.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
      });
    },
    place() {
      const at = this.opener.getBoundingClientRect();
      [this.top, this.right] = [at.top, at.right];
      const menu = this.$refs.menu;
      const below = at.bottom + 6 + menu.offsetHeight <= innerHeight;
      this.x = Math.max(8, at.right - menu.offsetWidth);
      this.y = below ? at.bottom + 6 : Math.max(8, at.top - 6 - menu.offsetHeight);
    },
    close(back) {
      if (!this.open) return;
      this.open = false;
      this.changed.disconnect();
      this.opener.setAttribute("aria-expanded", "false");
      if (back && this.opener.isConnected) this.opener.focus();
    },
    choose(key) {
      this.close(true);
      this.$emit("choose", { key, ref: this.ref });
    },
    walk(step) {
      const items = [...this.$refs.menu.querySelectorAll("[role=menuitem]")];
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
    },
  },
};
