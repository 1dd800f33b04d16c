// What a phone keeps of a quote while it is being decided on: the lines that were ticked, over a reload such as for the
// other language; and that somebody was in the midst of signing when the phone let the page go.
function kept(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null; // a browser that keeps nothing
  }
}

export default {
  render: () => Vue.h("i", { hidden: true }),
  props: { name: String, ticked: Array },
  mounted() {
    const ticked = kept(`ticked:${this.name}`) ?? [];
    if (ticked.length && !this.ticked.length) this.$emit("ticked", ticked);
    if (kept(`sign:${this.name}`)?.open) this.$emit("unfinished");
  },
  watch: {
    ticked(ticked) {
      try {
        sessionStorage.setItem(`ticked:${this.name}`, JSON.stringify(ticked));
      } catch {
        // a browser that keeps nothing
      }
    },
  },
};
