// What a careful eye would find on a page; returns a sentence for each fault.
({ width, target, language, records, keys }) => {
  const faults = [];
  const name = (node) => {
    const element = node.nodeType === 1 ? node : node.parentElement;
    const text = (element.innerText ?? element.value ?? "").trim().replace(/\s+/g, " ").slice(0, 50);
    const classes = [...element.classList].slice(0, 3).map((one) => "." + one).join("");
    return `<${element.tagName.toLowerCase()}${classes}> "${text}"`;
  };
  const shown = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.getClientRects().length > 0;
  const forEarsOnly = (element) => {
    const box = element.getBoundingClientRect();
    return box.width <= 1 || box.height <= 1;
  };
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  // Where a press counts for this element: itself, its label, and for the link of a card or row all of that.
  const reach = (element) => {
    const after = getComputedStyle(element, "::after");
    const stretched = after.content !== "none" && after.position === "absolute" && element.offsetParent;
    const own = (stretched || element.closest("label") || element).getBoundingClientRect();
    const boxes = [own, ...[...(element.labels ?? [])].map((label) => label.getBoundingClientRect())];
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
    return { left, top, right, bottom, width: Math.round(right - left), height: Math.round(bottom - top) };
  };
  // The nearest from here upwards of which this is true; asked of each element once, since a page of two hundred rows
  // would ask its surroundings thousands of times for their style.
  const nearest = (test) => {
    const known = new Map();
    const find = (at) => {
      if (!at || at === document.documentElement) return null;
      if (!known.has(at)) known.set(at, test(at, getComputedStyle(at)) ? at : find(at.parentElement));
      return known.get(at);
    };
    return find;
  };
  const scrolling = nearest((at, style) => /auto|scroll/.test(style.overflowX));
  const hiding = nearest((at, style) => /hidden|clip/.test(style.overflowX));
  const shortening = nearest((at, style) => style.textOverflow === "ellipsis");
  const floating = nearest((at, style) => /fixed|sticky/.test(style.position));
  const cutting = nearest((at, style) => {
    if (style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none") return false;
    const sideways = /hidden|clip/.test(style.overflowX) && at.scrollWidth > at.clientWidth + 1;
    const down = /hidden|clip/.test(style.overflowY) && at.scrollHeight > at.clientHeight + 1;
    return (sideways || down) && at !== document.body && at.clientWidth > 1;
  });
  const unseen = nearest((at, style) => style.clipPath === "inset(50%)");
  const surfaceOf = nearest((at, style) =>
    style.display !== "inline" && (style.borderRightWidth !== "0px" || !/, 0\)$|transparent/.test(style.backgroundColor)));

  const root = document.scrollingElement;
  if (root.scrollWidth > width) faults.push(`scrolls sideways: ${root.scrollWidth} px of content on ${width}`);

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|TITLE)$/.test(element.tagName)) continue;
    if (!shown(element) || forEarsOnly(element) || unseen(element) || element.closest("#popup, #esm-fallback, .q-notifications")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    texts.push({ node, element, boxes, text: node.data.trim().replace(/\s+/g, " ") });
  }

  // Clipped: hidden by its own box without saying so, or outside of the page or of the surface it stands on.
  for (const { element, boxes } of texts) {
    const cut = cutting(element);
    if (cut && !shortening(element)) faults.push(`clipped: ${name(element)} by ${name(cut).split(" ")[0]}`);
    if (scrolling(element) || hiding(element)) continue;
    if (boxes.some((box) => box.right > width + 1 || box.left < -1)) faults.push(`outside of the page: ${name(element)}`);
    const surface = surfaceOf(element);
    const edge = surface?.getBoundingClientRect();
    if (edge && boxes.some((box) => box.right > edge.right + 1 || box.left < edge.left - 1)) {
      faults.push(`spills over its surface: ${name(element)}`);
    }
    const below = surface && !/absolute|fixed/.test(getComputedStyle(surface).position) && surfaceOf(surface.parentElement);
    const shore = below && below !== document.body && !scrolling(surface) && below.getBoundingClientRect();
    if (shore && (edge.right > shore.right + 1 || edge.left < shore.left - 1)) {
      faults.push(`juts out of its surface: ${name(surface)}`);
    }
  }

  // A choice shows what was chosen to the end.
  const pen = document.createElement("canvas").getContext("2d");
  for (const choice of document.querySelectorAll("select")) {
    const style = getComputedStyle(choice);
    const arrow = style.appearance === "none" ? 0 : 20;
    pen.font = style.font;
    const wide = pen.measureText(choice.selectedOptions[0]?.text ?? "").width;
    const room = choice.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - arrow;
    if (shown(choice) && wide > room + 1) faults.push(`cut choice: ${name(choice)} ${Math.round(wide)} in ${Math.round(room)}`);
  }

  // Words broken in the middle for want of room; addresses without a space may be.
  const line = document.createRange();
  for (const { node, element, boxes } of texts) {
    if (boxes.length < 2 || /\S{22}/.test(node.data)) continue;
    for (const word of node.data.matchAll(/[A-Za-z0-9฿,.]{3,}/g)) {
      line.setStart(node, word.index);
      line.setEnd(node, word.index + word[0].length);
      const tops = [...line.getClientRects()].map((box) => Math.round(box.top));
      if (Math.max(...tops) - Math.min(...tops) > 4) faults.push(`broken word: "${word[0]}" in ${name(element)}`);
    }
  }

  // Texts that lie on one another; what floats above the page by intent is left out.
  const still = texts.slice(0, 400).filter(({ element }) => !floating(element) && !scrolling(element));
  still.forEach((one, place) => {
    for (const other of still.slice(place + 1)) {
      const touching = one.boxes.some((a) => other.boxes.some((b) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 6));
      if (!touching || one.element.contains(other.element) || other.element.contains(one.element)) continue;
      faults.push(`lie on one another: ${name(one.element)} and ${name(other.element)}`);
    }
  });

  // Words: none may be missing, and a Thai page speaks Thai, but for what people have typed.
  const said = texts.map(({ text, element }) => [text, element]);
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (!shown(element)) continue;
    for (const attribute of ["aria-label", "placeholder", "title", "alt"]) {
      const text = element.getAttribute(attribute);
      if (text) said.push([text, element]);
    }
  }
  const key = new RegExp(`(^|[\\s"(])(${keys.join("|")})\\.[a-z_]+(\\.[a-z_]+)*($|[\\s")])`);
  for (const [text, element] of said) {
    if (element.closest("code")) continue; // to be typed as it stands, in every language
    if (key.test(text)) faults.push(`a raw key: ${name(element)} ${text}`);
    if (/\b(None|undefined|NaN|null)\b|\[object |\{\w+\}|<\/?\w+>|Decimal\(/.test(text)) faults.push(`not a word: "${text}"`);
    // What is said to be of the other language, such as a sentence for a customer, may be.
    if (language === "th" && !element.closest("[lang=en]:not(html)") && /[A-Za-z]{2,}( [A-Za-z'’&-]{2,}){2,}/.test(text)) {
      const rest = records.reduce((left, typed) => left.replaceAll(typed, " "), text);
      if (/[A-Za-z]{2,}( [A-Za-z'’&-]{2,}){2,}/.test(rest)) faults.push(`English in Thai: "${text}"`);
    }
  }

  // What a finger or a pointer must hit.
  const aims = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=tab], [role=checkbox], [role=menuitem]";
  const targets = [...document.querySelectorAll(aims)]
    .filter((element) => shown(element) && !forEarsOnly(element) && !unseen(element) && !element.closest("#popup, #esm-fallback, [inert]"))
    .map((element) => ({ element, box: reach(element) }));
  // With a mouse a small one will do where no other is near (WCAG 2.5.8); for a thumb it will not.
  const alone = ({ element, box }) => {
    const [x, y, half] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2, target / 2];
    return targets.every(({ element: other, box: near }) => other === element || other.contains(element) || element.contains(other)
      || near.height > 2 * target || near.right < x - half || near.left > x + half || near.bottom < y - half || near.top > y + half);
  };
  for (const one of targets) {
    const { element, box } = one;
    if (getComputedStyle(element).display === "inline" && element.closest("p, li")) continue;
    if ((box.width < target || box.height < target) && !(target < 44 && alone(one))) {
      faults.push(`too small to hit: ${name(element)} ${box.width}×${box.height}`);
    }
  }
  return [...new Set(faults)];
}
