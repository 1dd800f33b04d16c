// Where a name is written by finger, stylus or mouse. What was drawn is kept as numbers and never as a picture, so that it
// can be drawn again after the phone was turned: [x, y, milliseconds], on a pad that is 10,000 units wide on every phone.
const WIDE = 10000;
const HIGH = 5000;
const NEAR = 20; // units: nearer points tell nothing
const MOST_POINTS = 4900;
const MOST_STROKES = 199;
const LONGEST = 3600000;

export class Pad {
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.strokes = [];
    this.cleared = null;
    this.pointer = null;
    const listen = { pointerdown: "down", pointermove: "move", pointerup: "up", pointercancel: "up", lostpointercapture: "up" };
    for (const [event, method] of Object.entries(listen)) canvas.addEventListener(event, (told) => this[method](told));
    // Without this a quick stroke is a fling to the browser, which then swallows the next tap.
    for (const event of ["touchstart", "touchmove"]) canvas.addEventListener(event, (told) => told.cancelable && told.preventDefault(), { passive: false });
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(canvas);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.repaint = () => this.draw();
    this.dark.addEventListener("change", this.repaint);
  }

  leave() {
    this.sizes.disconnect();
    this.dark.removeEventListener("change", this.repaint);
  }

  show(strokes) {
    this.strokes = strokes;
    const last = strokes.at(-1)?.at(-1)?.[2] ?? 0;
    this.began = strokes.length ? performance.now() - last : undefined;
    this.draw();
  }

  undo() {
    if (this.strokes.length) this.strokes.pop();
    else if (this.cleared) [this.strokes, this.cleared] = [this.cleared, null];
    this.draw();
    this.changed();
  }

  clear() {
    this.cleared = this.strokes;
    this.strokes = [];
    this.draw();
    this.changed();
  }

  down(event) {
    // A stylus comes after the hand that holds it has touched the glass: what the hand did is no writing.
    const palm = this.pointer !== null && this.kind === "touch" && event.pointerType === "pen";
    if (palm) this.strokes.pop();
    if ((this.pointer !== null && !palm) || !event.isPrimary || event.button !== 0 || this.strokes.length >= MOST_STROKES) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.kind = event.pointerType;
    this.began ??= performance.now();
    this.strokes.push([]);
    try {
      this.canvas.setPointerCapture(event.pointerId);
    } catch {
      // a pointer that is gone already draws what it drew
    }
    this.add(event);
    this.changed(false);
  }

  move(event) {
    if (event.pointerId !== this.pointer) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const one of between.length ? between : [event]) this.add(one);
  }

  up(event) {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.draw();
    this.changed();
  }

  add(event) {
    const box = this.canvas.getBoundingClientRect();
    const on = (part, whole, most) => Math.round(Math.min(1, Math.max(0, part / whole)) * most);
    const [x, y] = [on(event.clientX - box.left, box.width, WIDE), on(event.clientY - box.top, box.height, HIGH)];
    const stroke = this.strokes.at(-1);
    const last = stroke.at(-1);
    if (last && Math.abs(last[0] - x) + Math.abs(last[1] - y) < NEAR) return;
    if (this.strokes.reduce((sum, one) => sum + one.length, 0) >= MOST_POINTS) return;
    stroke.push([x, y, Math.min(LONGEST, Math.round(performance.now() - this.began))]);
    this.soon ??= requestAnimationFrame(() => this.draw());
  }

  fit() {
    const box = this.canvas.getBoundingClientRect();
    if (!box.width) return;
    const dense = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(box.width * dense);
    this.canvas.height = Math.round(box.height * dense);
    this.thick = (2.6 * WIDE) / box.width;
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.soon);
    this.soon = undefined;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(this.canvas.width / WIDE, 0, 0, this.canvas.height / HIGH, 0, 0);
    Object.assign(pen, { lineCap: "round", lineJoin: "round", lineWidth: this.thick, strokeStyle: getComputedStyle(this.canvas).color });
    for (const stroke of this.strokes) if (stroke.length) trace(pen, stroke);
  }
}

// Through the middles between the points, with the points as what bends the line: smooth, however fast the hand was.
function trace(pen, stroke) {
  pen.beginPath();
  pen.moveTo(stroke[0][0], stroke[0][1]);
  for (let at = 1; at < stroke.length - 1; at++) {
    const [[x, y], [nextX, nextY]] = [stroke[at], stroke[at + 1]];
    pen.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  const [x, y] = stroke.at(-1);
  pen.lineTo(stroke.length > 1 ? x : x + 1, y);
  pen.stroke();
}
