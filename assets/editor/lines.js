// The lines of a quote: added, removed, taken back and moved here and now; the house is told of each step.
const EDGE = 60; // px from the edge of the window where it begins to scroll while a line is dragged

// A row as it was drawn once, for a line of this id.
export const rowOf = (root, id) => root.querySelector("template").innerHTML.replaceAll("NEW-LINE", id);

export class Lines {
  constructor(root, words, spares, unsaved) {
    Object.assign(this, { root, words, spares, unsaved });
    this.box = root.querySelector("[data-lines]");
    this.taken = new Map(); // removed rows, until the page is left
    root.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("pointerdown", (event) => this.grab(event));
  }

  get rows() {
    return [...this.box.querySelectorAll(":scope > [data-line]")];
  }

  row(id) {
    return this.box.querySelector(`:scope > [data-line="${CSS.escape(id)}"]`);
  }

  // Whether this press was one of ours.
  pressed(button) {
    const row = button.closest("[data-line]");
    const { do: verb, ref } = button.dataset;
    if (verb === "add") this.add(ref, this.rows.at(-1)?.dataset.line ?? "");
    else if (verb === "up" || verb === "down") this.move(row, verb === "up" ? -1 : 1, button);
    else if (verb === "remove") this.remove(row);
    else if (verb === "restore") this.restore(button.closest("[data-undo]"));
    else return false;
    return true;
  }

  key(event) {
    const row = event.target.closest?.("[data-line]");
    if (!row || event.isComposing || event.defaultPrevented) return;
    if ((event.altKey || event.target.matches(".grip")) && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      event.stopPropagation();
      this.move(row, event.key === "ArrowUp" ? -1 : 1, event.target);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input:not([type=checkbox])")) {
      event.preventDefault();
      this.unsaved.flush();
      this.add(row.dataset.kind, row.dataset.line);
    }
  }

  // `again`: the id that it had before the page was loaded anew; the house may have it already.
  add(kind, after, { again = "" } = {}) {
    const id = again || this.spares.shift();
    if (!id) {
      this.announce(this.words.wait);
      return;
    }
    const row = this.drawn(id);
    const kindField = row.querySelector("[data-field$='.kind']");
    if (kind) row.dataset.kind = kindField.value = kind;
    const before = this.row(after);
    if (before) before.after(row);
    else this.box.append(row);
    this.remember(row);
    this.unsaved.add({ id, kind: row.dataset.kind, after });
    this.unsaved.step("added", { id, kind: row.dataset.kind, after, again: Boolean(again) });
    if (!again) {
      row.querySelector("[data-field$='.name']").focus();
      this.announce(this.told("added", row));
    }
  }

  remove(row) {
    const id = row.dataset.line;
    const name = row.querySelector("[data-field$='.name']").value || row.querySelector("[data-field$='.name_th']").value;
    const blank = !name && !row.querySelector("[data-field$='.rate']").value;
    const undo = this.root.querySelector("template[data-undo-of]").content.firstElementChild.cloneNode(true);
    this.unsaved.flush();
    this.box.querySelector(":scope > [data-undo]")?.remove();
    if (blank) {
      (row.nextElementSibling ?? row.previousElementSibling)?.querySelector?.("[data-field$='.name']")?.focus();
      row.remove();
    } else {
      undo.dataset.undo = id;
      undo.querySelector("span").textContent = this.words.removed.replace("{name}", name || "—");
      this.taken.set(id, row);
      row.replaceWith(undo);
      undo.querySelector("button").focus();
    }
    this.unsaved.forget(id);
    this.unsaved.step("removed", { id });
    this.announce(this.words.removed.replace("{name}", name || "—"));
    this.number();
  }

  restore(undo) {
    const id = undo.dataset.undo;
    const after = undo.previousElementSibling?.dataset.line ?? "";
    const row = this.taken.get(id);
    undo.replaceWith(row);
    this.unsaved.step("restored", { id, after });
    row.querySelector("[data-field$='.name']").focus();
    this.number();
    this.announce(this.told("restored", row));
  }

  move(row, step, focused) {
    const beside = step < 0 ? this.beside(row, "previousElementSibling") : this.beside(row, "nextElementSibling");
    if (!beside) {
      this.announce(this.told(step < 0 ? "first" : "last", row));
      return;
    }
    beside[step < 0 ? "before" : "after"](row);
    focused?.focus({ preventScroll: true }); // a row that is moved loses it
    row.scrollIntoView({ block: "nearest" });
    this.moved(row);
  }

  beside(row, way) {
    let at = row[way];
    while (at && !at.dataset.line) at = at[way];
    return at;
  }

  moved(row) {
    this.unsaved.step("ordered", { ids: this.rows.map((one) => one.dataset.line) });
    this.number();
    this.announce(this.told("moved", row));
  }

  grab(event) {
    const grip = event.target.closest(".grip");
    if (!grip || event.button) return;
    const row = grip.closest("[data-line]");
    const before = this.rows.indexOf(row);
    event.preventDefault();
    grip.focus({ preventScroll: true });
    grip.setPointerCapture(event.pointerId);
    row.classList.add("dragged");
    const drag = (moving) => {
      if (moving.clientY < EDGE) scrollBy(0, -12);
      if (moving.clientY > innerHeight - EDGE) scrollBy(0, 12);
      const middle = (one) => one.getBoundingClientRect().top + one.offsetHeight / 2;
      const others = this.rows.filter((one) => one !== row);
      const next = others.find((one) => moving.clientY < middle(one));
      if (next ? next.previousElementSibling === row : !row.nextElementSibling) return;
      if (next) next.before(row);
      else others.at(-1)?.after(row);
      if (!grip.hasPointerCapture(moving.pointerId)) grip.setPointerCapture(moving.pointerId);
    };
    const drop = () => {
      grip.removeEventListener("pointermove", drag);
      for (const end of ["pointerup", "pointercancel"]) removeEventListener(end, drop);
      row.classList.remove("dragged");
      if (this.rows.indexOf(row) !== before) this.moved(row);
    };
    grip.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, drop);
  }

  patch({ rows = [], gone = [], order = null, spares = [] }) {
    this.spares.push(...spares);
    for (const id of gone) {
      this.row(id)?.remove();
      this.unsaved.forget(id);
    }
    for (const id of rows) {
      if (this.row(id)) continue;
      this.box.querySelector(`:scope > [data-undo="${CSS.escape(id)}"]`)?.remove();
      const row = this.drawn(id);
      this.box.append(row);
      this.remember(row);
    }
    if (order && !this.box.querySelector(".dragged")) this.arrange(order);
    this.number();
  }

  arrange(order) {
    const focused = document.activeElement;
    const wanted = order.map((id) => this.row(id)).filter(Boolean);
    let at = null;
    for (const row of wanted) {
      const next = at ? at.nextElementSibling : this.box.firstElementChild;
      if (next !== row && this.beside(row, "previousElementSibling") !== at) at ? at.after(row) : this.box.prepend(row);
      at = row;
    }
    if (focused !== document.activeElement && this.box.contains(focused)) focused.focus({ preventScroll: true });
  }

  drawn(id) {
    const box = document.createElement("div");
    box.innerHTML = rowOf(this.root, id);
    return box.firstElementChild;
  }

  remember(row) {
    for (const field of row.querySelectorAll("[data-field]")) {
      this.unsaved.saved[field.dataset.field] ??= field.type === "checkbox" ? (field.checked ? "yes" : "") : field.value;
    }
    this.number();
  }

  number() {
    this.rows.forEach((row, place) => row.setAttribute("aria-label", this.words.line.replace("{place}", place + 1)));
  }

  told(what, row) {
    return this.words[what].replace("{place}", this.rows.indexOf(row) + 1).replace("{count}", this.rows.length);
  }

  announce(text) {
    this.root.querySelector("[data-announce]").textContent = text;
  }
}
