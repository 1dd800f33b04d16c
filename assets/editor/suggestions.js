// What was quoted before, offered below the name that is being typed; taken by arrow and Enter, or by a press.
const REST = 150; // ms
const LEAST = 2; // signs before anything is looked for

export class Suggestions {
  constructor(root, say, unsaved) {
    Object.assign(this, { root, say, unsaved, field: null, list: null, at: -1 });
    root.addEventListener("input", (event) => this.typed(event.target));
    // Before the lines hear of it: Enter takes a suggestion and adds no line.
    root.addEventListener("keydown", (event) => this.key(event), true);
    root.addEventListener("focusout", (event) => event.target === this.field && setTimeout(() => this.close(), 150));
    root.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (!option) return;
      event.preventDefault();
      this.take(option);
    });
  }

  typed(field) {
    if (field.getAttribute("role") !== "combobox") return;
    this.field = field;
    clearTimeout(this.rest);
    if (field.value.trim().length < LEAST) this.close();
    else this.rest = setTimeout(() => this.say("sought", { field: field.dataset.field, text: field.value }), REST);
  }

  show({ field: path, text, html }) {
    const field = this.unsaved.find(path);
    if (!field || field !== document.activeElement || field.value !== text) return;
    this.close();
    if (!html) return;
    field.insertAdjacentHTML("afterend", html);
    [this.field, this.list, this.at] = [field, field.nextElementSibling, -1];
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", this.list.id);
  }

  close() {
    clearTimeout(this.rest);
    this.list?.remove();
    this.list = null;
    this.field?.setAttribute("aria-expanded", "false");
    this.field?.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (!this.list || event.target !== this.field || event.isComposing || event.altKey) return;
    const options = [...this.list.querySelectorAll("[role=option]")];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + options.length + (this.at < 0 && event.key === "ArrowUp" ? 1 : 0)) % options.length;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
      options[this.at].scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", options[this.at].id);
    } else if (event.key === "Enter" && this.at >= 0) {
      this.take(options[this.at]);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  take(option) {
    const path = this.field.dataset.field;
    this.unsaved.step("chosen", { field: path, ref: option.dataset.ref });
    this.close();
  }
}
