// HTML drawn by the server, morphed in place when it changes. Taps on [data-do] go to Python; links within the page are
// left to ui.sub_pages. The root has no Vue children, so Vue never touches what is inside.
import { Idiomorph } from "idiomorph";

const portalOf = (path) => path.split("/", 3).join("/") + "/";

function follow(event, region) {
  const tapped = event.target.closest("[data-do]");
  // The second half of a double click would press what has meanwhile come to stand there.
  if (tapped && event.detail < 2) region.$emit("act", { verb: tapped.dataset.do, ref: tapped.dataset.ref ?? "" });
  const link = event.target.closest("a[href]");
  if (!link) return;
  const home = portalOf(location.pathname);
  const foreign = home.startsWith("/p/") && !(link.pathname + "/").startsWith(home);
  // ui.sub_pages would take such a link for one of its own and show this view under the other address.
  if (foreign || link.hasAttribute("data-plain")) event.stopPropagation();
  else if (link.origin === location.origin && !link.target && link.pathname !== location.pathname)
    link.setAttribute("aria-busy", "true"); // until the view it opens is there, which takes longer without network
}

// What is typed into [data-find] goes to Python once the typing pauses.
function find(event, region) {
  const field = event.target.closest("[data-find]");
  if (!field) return;
  clearTimeout(region.typing);
  region.typing = setTimeout(() => region.$emit("act", { verb: field.dataset.find, ref: field.value }), 250);
}

// What stands in sight below this height, and whatever of it begins above.
function* inSight(element, top) {
  for (const child of element.children) {
    const box = child.getBoundingClientRect();
    if (!box.height || box.bottom <= top || box.top >= innerHeight) continue;
    if (["fixed", "sticky"].includes(getComputedStyle(child).position)) continue;
    if (box.top < top) yield* inSight(child, top);
    yield child;
  }
}

// What the reader looks at stays in its place when something above it changes. Not every browser sees to that itself.
function inPlace(element, change) {
  let scroller = element.parentElement;
  while (scroller && scroller.scrollTop <= 0) scroller = scroller.parentElement;
  if (!scroller) return change(); // whoever reads from the top sees what is new
  const edge = Math.max(0, scroller.getBoundingClientRect().top);
  const seen = [...inSight(scroller, edge)].map((node) => {
    return { node, text: node.textContent, top: node.getBoundingClientRect().top };
  });
  seen.sort((one, other) => (one.top < edge) - (other.top < edge)); // rather what is seen whole
  change();
  const left = seen.filter(({ node }) => node.isConnected);
  const held = left.find(({ node, text }) => node.textContent === text) ?? left[0];
  const moved = held ? held.node.getBoundingClientRect().top - held.top : 0;
  if (moved) scroller.scrollBy({ top: moved, behavior: "instant" });
}

function handOver() {
  const first = document.getElementById("first"); // the page that was readable before the application
  const tap = window.earlyTap;
  first.remove();
  delete window.earlyTap;
  if (!tap) return;
  const wanted = `#app [data-do="${CSS.escape(tap.do)}"]` + (tap.ref ? `[data-ref="${CSS.escape(tap.ref)}"]` : "");
  document.querySelector(wanted)?.click();
}

export default {
  props: { html: String },
  render: () => Vue.h("div"),
  mounted() {
    this.$el.innerHTML = this.html;
    document.querySelectorAll("a[aria-busy]").forEach((link) => link.removeAttribute("aria-busy"));
    this.$el.addEventListener("click", (event) => follow(event, this));
    this.$el.addEventListener("input", (event) => find(event, this));
    if (document.getElementById("first")) queueMicrotask(() => document.getElementById("first") && handOver());
  },
  watch: {
    html(html) {
      const typing = ["INPUT", "TEXTAREA"].includes(document.activeElement?.tagName);
      const options = {
        morphStyle: "innerHTML",
        // Only for what is typed: of a focused button it would leave the old label on the new action.
        ignoreActiveValue: typing,
        // What the reader opened stays open.
        callbacks: { beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS") },
      };
      inPlace(this.$el, () => Idiomorph.morph(this.$el, html, options));
    },
  },
};
