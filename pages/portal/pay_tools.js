// What a pay sheet needs of the browser: the clipboard, what is typed, and a form that is sent with a file.
async function copied(text, near) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https there is no clipboard; the older command works while a field is selected.
  }
  const field = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  field.style.cssText = "position:fixed;opacity:0;font-size:16px";
  near.append(field);
  field.select();
  field.setSelectionRange(0, text.length);
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  field.remove();
  return done;
}

function byHand(button, text, words) {
  const known = button.parentElement.parentElement.querySelector(".pay-by-hand");
  const box = known ?? Object.assign(document.createElement("label"), { className: "pay-by-hand pay-field" });
  if (!known) {
    box.append(Object.assign(document.createElement("small"), { textContent: words.by_hand }));
    box.append(Object.assign(document.createElement("input"), { readOnly: true }));
    button.parentElement.after(box);
  }
  const field = box.querySelector("input");
  field.value = text;
  field.focus();
  field.select();
}

async function copy(button, words) {
  const { copy: text, said } = button.dataset;
  if (!(await copied(text, button.parentElement))) return byHand(button, text, words);
  const before = button.dataset.before ?? button.textContent;
  button.dataset.before = before;
  button.textContent = said;
  setTimeout(() => button.textContent === said && (button.textContent = before), 1800);
}

function dressed(address) {
  const known = document.querySelector(`link[href="${address}"]`);
  if (known?.sheet) return Promise.resolve();
  const link = known ?? Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
  return new Promise((done) => {
    link.addEventListener("load", done);
    link.addEventListener("error", done);
    if (!known) document.head.append(link);
  });
}

const LARGEST = 10_000_000; // bytes; asked again by the server

export default {
  template: `<div class="pay" :style="ready ? null : 'visibility:hidden'" @click="clicked" @input="typed" @change="changed" @submit.prevent="send"><slot></slot></div>`,
  props: { words: Object, styles: String },
  data: () => ({ ready: false }),
  mounted() {
    dressed(this.styles).then(() => (this.ready = true));
  },
  beforeUnmount() {
    clearTimeout(this.clock);
  },
  methods: {
    clicked(event) {
      const button = event.target.closest("[data-copy]");
      if (button) copy(button, this.words);
    },
    typed(event) {
      const name = event.target.dataset?.tells;
      if (!name) return;
      clearTimeout(this.clock);
      this.clock = setTimeout(() => this.$emit("told", { name, value: event.target.value }), 250);
    },
    changed(event) {
      if (event.target.type !== "file") return;
      const file = event.target.files[0];
      const chosen = event.target.closest("label").querySelector("[data-chosen]");
      chosen.lastChild.textContent = file ? file.name : this.words.choose_slip;
      this.say(event.target.form, file && file.size > LARGEST ? this.words.too_large : "");
    },
    say(form, sentence) {
      const problem = form.querySelector("[role=alert]");
      problem.textContent = sentence;
      problem.hidden = !sentence;
    },
    async send(event) {
      const form = event.target;
      const button = form.querySelector("[type=submit]");
      const file = form.slip?.files[0];
      if (button.getAttribute("aria-busy") === "true") return;
      if (file && file.size > LARGEST) return this.say(form, this.words.too_large);
      button.setAttribute("aria-busy", "true");
      this.say(form, "");
      const amount = form.amount.value;
      const asked = new URLSearchParams({ amount, sure: form.dataset.sure ?? "" });
      const address = `${form.getAttribute("action")}&${asked}`;
      try {
        const answer = await fetch(address, {
          method: "POST", body: file ?? null, headers: { "content-type": "application/octet-stream" },
        });
        if (answer.ok) return this.$emit("claimed");
        const told = answer.status === 422 ? await answer.json() : {};
        // More than is owed: the same sum once more is meant so.
        if (told.again) form.dataset.sure = amount;
        this.say(form, told.sentence ?? this.words.not_sent);
      } catch {
        this.say(form, this.words.not_sent);
      } finally {
        button.removeAttribute("aria-busy");
      }
    },
  },
};
