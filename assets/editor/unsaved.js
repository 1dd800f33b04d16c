// What is typed and not saved yet: told to the house after a short rest, and kept in this tab until the house has it.
const REST = 300; // ms

export const valueOf = (field) => (field.type === "checkbox" ? (field.checked ? "yes" : "") : field.value);

function write(field, text) {
  if (field.type === "checkbox") field.checked = text === "yes";
  else if (field.value !== text) field.value = text;
  if (field.dataset.field.endsWith(".kind")) field.closest("[data-line]").dataset.kind = text;
}

// What stands in the fields, by path.
export function fill(root, values) {
  for (const field of root.querySelectorAll("[data-field]")) {
    if (field.dataset.field in values) write(field, values[field.dataset.field]);
  }
}

export class Unsaved {
  constructor(root, storedAs, say) {
    [this.root, this.storedAs, this.say] = [root, storedAs, say];
    [this.steps, this.done] = [0, 0]; // what was done to lines: told, and kept by the house
    this.fields = {}; // path → { now, was }
    this.later = {}; // what is to stand in the field that has the focus, once it is left
    this.added = []; // lines the house has not confirmed
    this.saved = {};
    for (const field of root.querySelectorAll("[data-field]")) this.saved[field.dataset.field] = valueOf(field);
    root.addEventListener("input", (event) => this.typed(event.target));
    root.addEventListener("change", (event) => this.typed(event.target) && this.flush());
    root.addEventListener("focusout", (event) => {
      this.flush();
      const path = event.target.dataset?.field;
      if (path in this.later && !this.fields[path]) this.put(event.target, path, this.later[path]);
    });
    this.hidden = () => document.visibilityState === "hidden" && this.flush();
    this.again = () => {
      // What was told when the connection broke may not have been heard; telling it twice does no harm.
      for (const one of Object.values(this.fields)) one.told = false;
      this.flush();
    };
    this.leaving = (event) => {
      this.flush();
      if (this.typing && !window.socket?.connected) event.preventDefault();
    };
    document.addEventListener("visibilitychange", this.hidden);
    addEventListener("beforeunload", this.leaving);
    this.listen();
  }

  // The connection is made after the page: until then there is nothing to listen to.
  listen() {
    if (window.socket) window.socket.on("connect", this.again);
    else if (!this.left) setTimeout(() => this.listen(), 50);
  }

  // Lines were added, moved, removed: told at once, after whatever was typed before.
  step(what, said) {
    this.flush();
    this.steps += 1;
    this.say(what, said);
    this.store();
  }

  get typing() {
    return Object.keys(this.fields).length > 0;
  }

  find(path) {
    return this.root.querySelector(`[data-field="${CSS.escape(path)}"]`);
  }

  typed(field) {
    const path = field.dataset?.field;
    if (!path) return false;
    if (path.endsWith(".kind")) field.closest("[data-line]").dataset.kind = field.value;
    const now = valueOf(field);
    if (now === (this.fields[path]?.now ?? this.saved[path] ?? "")) return true;
    delete this.later[path];
    this.fields[path] = { now, was: this.fields[path]?.was ?? this.saved[path] ?? "", told: false };
    this.store();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.flush(), REST);
    return true;
  }

  flush() {
    clearTimeout(this.rest);
    const untold = Object.entries(this.fields).filter(([, one]) => !one.told);
    if (!untold.length) return;
    // While the connection is down it stays untold: a page that is loaded anew must find it.
    if (!window.socket?.connected) return;
    for (const [, one] of untold) one.told = true;
    this.tell(untold);
  }

  // With what stood there before, so that the house can tell when a colleague changed it at the same moment.
  tell(those) {
    const part = (name) => Object.fromEntries(those.map(([path, one]) => [path, one[name]]));
    this.say("typed", { fields: part("now"), was: part("was") });
  }

  add(line) {
    this.added.push(line);
    this.store();
  }

  forget(lineId) {
    for (const path of Object.keys(this.fields)) if (path.startsWith(`line.${lineId}.`)) delete this.fields[path];
    this.added = this.added.filter((line) => line.id !== lineId);
    this.store();
  }

  patch({ values = {}, kept = {}, known = [], over = [], steps = 0 }) {
    this.done = Math.max(this.done, steps);
    for (const path of over) delete this.fields[path];
    for (const [path, text] of Object.entries(kept)) {
      this.saved[path] = text;
      if (this.fields[path]?.now === text) delete this.fields[path];
    }
    for (const [path, text] of Object.entries(values)) {
      const field = this.find(path);
      if (!field || this.fields[path]) continue; // never what somebody is typing
      // Nor where somebody is about to go on: under the caret nothing moves, it waits until the field is left.
      if (field === document.activeElement && !over.includes(path) && field.type !== "checkbox") this.later[path] = text;
      else this.put(field, path, text);
    }
    if (known.length) this.added = this.added.filter((line) => !known.includes(line.id));
    this.store();
  }

  put(field, path, text) {
    delete this.later[path];
    this.saved[path] = text;
    write(field, text);
  }

  store() {
    document.body.toggleAttribute("data-unsaved", this.typing || this.done < this.steps);
    try {
      if (this.typing || this.added.length) sessionStorage.setItem(this.storedAs, JSON.stringify({ fields: this.fields, added: this.added }));
      else sessionStorage.removeItem(this.storedAs);
    } catch {
      // A browser without storage still saves as one types.
    }
  }

  // After a reload: what had not reached the house stands in the fields again, and is told now.
  bringBack(lines) {
    let left = null;
    try {
      left = JSON.parse(sessionStorage.getItem(this.storedAs));
    } catch {
      // Nothing readable was left.
    }
    if (!left) return;
    for (const line of left.added ?? []) {
      if (!lines.row(line.id)) lines.add(line.kind, line.after, { again: line.id });
    }
    for (const [path, one] of Object.entries(left.fields ?? {})) {
      const field = this.find(path);
      if (!field || valueOf(field) === one.now) continue;
      write(field, one.now);
      this.fields[path] = { now: one.now, was: one.was, told: true };
    }
    this.store();
    if (this.typing) this.tell(Object.entries(this.fields));
  }

  leave() {
    this.flush();
    this.left = true;
    clearTimeout(this.rest);
    document.body.removeAttribute("data-unsaved");
    document.removeEventListener("visibilitychange", this.hidden);
    removeEventListener("beforeunload", this.leaving);
    window.socket?.off("connect", this.again);
  }
}
