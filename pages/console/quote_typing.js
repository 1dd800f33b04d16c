// The editor of a quote. Drawn once by the house; from then on the browser owns what is typed until it is saved.
import { Lines, Suggestions, Unsaved, fill, rowOf } from "quote-editor";

export default {
  props: { html: String, storedAs: String, words: Object, lines: Array, values: Object, shown: Object, spares: Array },
  render: () => Vue.h("div"),
  mounted() {
    this.$el.innerHTML = this.html;
    const say = this.inTurn((said) => this.$emit("said", said));
    const rows = this.lines.map((id) => rowOf(this.$el, id)).join("");
    this.$el.querySelector("[data-lines]").innerHTML = rows;
    fill(this.$el, this.values);
    this.unsaved = new Unsaved(this.$el, this.storedAs, say);
    this.sheet = new Lines(this.$el, this.words, [...this.spares], this.unsaved);
    this.suggestions = new Suggestions(this.$el, say, this.unsaved);
    this.$el.addEventListener("click", (event) => {
      const tapped = event.target.closest("[data-do]");
      if (!tapped || event.detail > 1 || this.sheet.pressed(tapped)) return;
      this.unsaved.flush();
      say("act", { verb: tapped.dataset.do, ref: tapped.dataset.ref ?? "" });
    });
    for (const [name, text] of Object.entries(this.shown)) this.show(name, text);
    this.unsaved.bringBack(this.sheet);
  },
  beforeUnmount() {
    this.unsaved.leave();
  },
  methods: {
    // What is said before the connection stands waits in one line: each waiting for itself would overtake the others,
    // and a text would come before the line in which it was written.
    inTurn(tell) {
      const waiting = [];
      const go = () => {
        if (!window.did_handshake) return void setTimeout(go, 10);
        while (waiting.length) tell(waiting.shift());
      };
      return (what, said = {}) => {
        waiting.push({ what, ...said });
        go();
      };
    },
    patch(parts) {
      this.sheet.patch(parts);
      this.unsaved.patch(parts);
      for (const [name, text] of Object.entries(parts.texts ?? {})) this.show(name, text);
      for (const [name, html] of Object.entries(parts.notes ?? {})) {
        const place = this.$el.querySelector(`[data-note="${CSS.escape(name)}"]`);
        if (place) place.innerHTML = html;
      }
      if (parts.sought) this.suggestions.show(parts.sought);
      if (parts.focus) this.$el.querySelector(`[data-field="${CSS.escape(parts.focus)}"]`)?.focus();
    },
    show(name, text) {
      for (const place of this.$el.querySelectorAll(`[data-show="${CSS.escape(name)}"]`)) {
        if (place.textContent !== text) place.textContent = text;
        if (place.classList.contains("error")) {
          const field = this.$el.querySelector(`[data-field="${CSS.escape(name.slice(4))}"]`);
          if (text) field?.setAttribute("aria-invalid", "true");
          else field?.removeAttribute("aria-invalid");
        }
      }
      for (const field of this.$el.querySelectorAll(`[data-hint="${CSS.escape(name)}"]`)) field.placeholder = text;
    },
  },
};
