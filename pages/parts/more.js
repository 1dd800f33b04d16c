// The ••• menu: what is done seldom. Leaves by Esc, by a press elsewhere, and after a choice.
export default {
  template: `<div class="dots-menu" @keydown.esc.stop.prevent="close" @keydown.down.prevent="walk(1)" @keydown.up.prevent="walk(-1)">
    <button type="button" class="btn ghost dots" ref="opener" aria-haspopup="menu" :aria-expanded="String(open)" :aria-label="label" @click="toggle">•••</button>
    <div v-if="open" class="menu" role="menu" :aria-label="label">
      <button v-for="item in items" :key="item.key" type="button" role="menuitem" :class="item.tone" @click="choose(item.key)">{{ item.text }}</button>
    </div></div>`,
  props: { label: String, items: Array },
  data: () => ({ open: false }),
  mounted() {
    this.elsewhere = (event) => this.$el.contains(event.target) || (this.open = false);
    document.addEventListener("pointerdown", this.elsewhere);
  },
  beforeUnmount() {
    document.removeEventListener("pointerdown", this.elsewhere);
  },
  methods: {
    toggle() {
      this.open = !this.open;
      if (this.open) this.$nextTick(() => this.$el.querySelector("[role=menuitem]")?.focus());
    },
    close() {
      this.open = false;
      this.$refs.opener.focus();
    },
    choose(key) {
      this.close();
      this.$emit("choose", key);
    },
    walk(step) {
      const items = [...this.$el.querySelectorAll("[role=menuitem]")];
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
    },
  },
};
