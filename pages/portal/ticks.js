// What was ticked on this phone, kept over a reload such as for the other language.
export default {
  render: () => Vue.h("i", { hidden: true }),
  props: { name: String, ticked: Array },
  mounted() {
    this.key = `ticked:${this.name}`;
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
      if (kept.length && !this.ticked.length) this.$emit("ticked", kept);
    } catch {
      // a browser that keeps nothing
    }
  },
  watch: {
    ticked(ticked) {
      try {
        sessionStorage.setItem(this.key, JSON.stringify(ticked));
      } catch {
        // a browser that keeps nothing
      }
    },
  },
};
