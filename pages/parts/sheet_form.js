// What is written in a sheet: fields, perhaps a signature, and the one button. All of it lives here until it is sent as a
// whole: no change of the page, no turn of the phone and no lost network takes any of it away.
function remembered(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

export default {
  template: `
    <form class="form" novalidate @submit.prevent="send" @input="typed" @click="tapped">
      <div v-if="head" class="form-head" v-html="head"></div>
      <div v-if="notice" class="notice" role="alert" v-html="notice"></div>
      <div v-if="done" class="done" role="status" v-html="done"></div>
      <template v-else>
        <template v-if="pad">
          <fieldset class="ways"><legend>{{ words.how }}</legend>
            <label v-for="way in ['Drawn', 'Typed']" :key="way"><input type="radio" :name="'way' + uid" :value="way" v-model="method" @change="keep"><span>{{ words[way] }}</span></label>
          </fieldset>
          <div class="pad" v-show="method === 'Drawn'">
            <canvas ref="canvas" role="img" :aria-label="count ? words.drawn.replace('{count}', count) : words.empty"></canvas>
            <span v-if="!count" class="here" aria-hidden="true">{{ words.here }}</span>
            <div class="pad-acts">
              <button type="button" :aria-disabled="String(!undoable)" @click="undoable && board.undo()">{{ words.undo }}</button>
              <button type="button" :aria-disabled="String(!count)" @click="count && board.clear()">{{ words.clear }}</button>
            </div>
          </div>
          <div class="pad written" v-show="method === 'Typed'"><span aria-hidden="true">{{ values.name }}</span><small>{{ words.typed }}</small></div>
        </template>
        <template v-for="part in [{ fields }, { fields: more, folded: true }]">
          <component v-if="part.fields.length" :is="part.folded ? 'details' : 'div'" :open="part.folded && unfolded ? true : null" class="fields">
            <summary v-if="part.folded">{{ words.more }}</summary>
            <label v-for="field in part.fields" :key="field.name" class="field"><small>{{ field.label }}</small>
              <textarea v-if="field.kind === 'long'" v-model="values[field.name]" rows="4" maxlength="2000" v-bind="told(field)"></textarea>
              <select v-else-if="field.kind === 'choice'" v-model="values[field.name]" v-bind="told(field)"><option v-for="[value, text] in field.options" :key="value" :value="value">{{ text }}</option></select>
              <input v-else v-model="values[field.name]" :type="field.kind" maxlength="120" :autocomplete="field.autocomplete || 'off'" v-bind="told(field)">
              <span v-if="wrong(field)" class="problem" :id="'problem' + uid" role="alert">{{ problem }}</span>
            </label>
          </component>
        </template>
        <div v-if="foot" class="form-foot" v-html="foot"></div>
        <p v-if="problem && fresh && !blamed" ref="problem" class="problem" role="alert" tabindex="-1">{{ problem }}</p>
        <p v-show="wait" class="wait" :id="'wait' + uid" role="status">{{ wait }}</p>
        <p v-show="slow" class="wait" role="status">{{ words.slow }}</p>
        <button class="btn" :class="tone" type="submit" :aria-busy="String(busy)" :aria-disabled="String(Boolean(wait))" :aria-describedby="wait ? 'wait' + uid : null">{{ busy ? words.sending : submit }}</button>
      </template>
    </form>`,
  props: {
    fields: Array, more: Array, submit: String, tone: String, words: Object, draft: String, head: String, foot: String,
    notice: String, wait: String, done: String, pad: String, strokes: Array, answered: Number, problem: String, blamed: String,
  },
  data() {
    const kept = remembered(this.draft);
    const own = Object.fromEntries([...this.fields, ...this.more].map((field) => [field.name, field.value]));
    return {
      uid: Math.random().toString(36).slice(2), values: { ...own, ...kept.values }, method: kept.method ?? "Drawn",
      count: 0, undoable: false, busy: false, slow: false, fresh: false,
    };
  },
  computed: {
    unfolded() {
      return this.more.some((field) => this.values[field.name] || field.name === this.blamed);
    },
  },
  async mounted() {
    this.sent = 0;
    // What was pressed may have been lost on its way; it is sent again until it is answered, and counts once.
    this.again = () => this.busy && this.tell();
    window.socket?.on("connect", this.again);
    this.keep(true);
    if (!this.pad) return;
    const { Pad } = await import(this.pad);
    if (!this.$refs.canvas) return;
    this.board = new Pad(this.$refs.canvas, (whole = true) => this.inked(whole));
    this.board.show(remembered(this.draft).strokes ?? Vue.toRaw(this.strokes) ?? []);
    this.inked(false);
  },
  beforeUnmount() {
    window.socket?.off("connect", this.again);
    clearTimeout(this.clock);
    this.keep(false); // closed by somebody, which a page that the phone lets go never is
    this.board?.leave();
  },
  watch: {
    notice(said) {
      // The button that was pressed in it is gone, and the focus with it.
      if (!said) this.$nextTick(() => document.activeElement === document.body && this.$el.querySelector("[type=submit]")?.focus({ preventScroll: true }));
    },
    answered(sent) {
      if (sent !== this.sent || !this.busy) return;
      this.busy = this.slow = false;
      this.fresh = true;
      clearTimeout(this.clock);
      if (this.done) this.forget();
      else this.$nextTick(() => (this.$el.querySelector("[aria-invalid=true]") ?? (this.problem ? this.$refs.problem : null))?.focus());
    },
    done() {
      this.$nextTick(() => this.$el.querySelector(".done")?.querySelector("button, a, [tabindex]")?.focus());
    },
  },
  methods: {
    wrong(field) {
      return this.problem && this.fresh && field.name === this.blamed;
    },
    told(field) {
      return this.wrong(field) ? { "aria-invalid": "true", "aria-describedby": "problem" + this.uid } : {};
    },
    inked(whole) {
      this.count = this.board.strokes.length;
      this.undoable = Boolean(this.count || this.board.cleared);
      this.fresh = false;
      if (!whole) return;
      this.keep();
      this.$emit("drawn", { strokes: this.board.strokes });
    },
    typed() {
      this.fresh = false; // what was wrong is being mended
      this.keep();
    },
    keep(open = true) {
      const { values, method, board } = this;
      const known = remembered(this.draft);
      if (this.over || (!open && !known.open)) return;
      try {
        sessionStorage.setItem(this.draft, JSON.stringify({ values, method, open, strokes: board?.strokes ?? known.strokes }));
      } catch {
        // a browser that keeps nothing; the page itself still does
      }
    },
    forget() {
      this.over = true;
      try {
        sessionStorage.removeItem(this.draft);
      } catch {
        // nothing was kept
      }
    },
    send() {
      if (this.busy) return;
      if (this.wait) return void this.$el.querySelector(".notice button")?.scrollIntoView({ block: "center" });
      this.busy = true;
      this.sent += 1;
      this.clock = setTimeout(() => (this.slow = true), 6000);
      this.tell();
    },
    tell() {
      const drawn = this.pad && this.method === "Drawn";
      this.$emit("sent", { sent: this.sent, values: { ...this.values }, method: this.method, strokes: drawn ? (this.board?.strokes ?? []) : [] });
    },
    tapped(event) {
      const button = event.target.closest("[data-do]");
      if (button && event.detail < 2) this.$emit("act", { verb: button.dataset.do, ref: button.dataset.ref ?? "" });
    },
  },
};
