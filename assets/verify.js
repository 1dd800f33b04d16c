// Reads a PDF on the reader's own device, and asks whether its fingerprint is one that was issued.
const page = document.querySelector("main.verify");
const said = JSON.parse(page.dataset.said);
const largest = Number(page.dataset.largest);
const drop = document.getElementById("drop");
const file = document.getElementById("file");
const doing = document.getElementById("doing");
const found = document.getElementById("found");
const hashes = Boolean(window.isSecureContext && window.crypto && window.crypto.subtle);
// As app/verify.py: in the file's own id, and in what the file says of itself.
const written = /\/ID\s*\[\s*<([0-9A-Fa-f]{32})>|<dc:identifier>([0-9a-f]{32})<\/dc:identifier>/g;
let turn = 0;

drop.hidden = false;
document.getElementById("private").hidden = !hashes;
document.getElementById("posted").hidden = hashes;

file.addEventListener("change", () => {
  if (file.files.length) check(file.files[0]);
  file.value = "";
});
drop.addEventListener("submit", (event) => event.preventDefault());
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const files = event.dataTransfer.files;
  if (files.length > 1) tell(said.several, true);
  else if (files.length) check(files[0]);
});

async function check(chosen) {
  const mine = ++turn;
  found.replaceChildren();
  drop.classList.add("busy");
  tell(fill(said.reading, { file: chosen.name }));
  try {
    const answer = await (hashes ? byFingerprint(chosen) : byFile(chosen));
    if (mine === turn) show(answer, chosen.name);
  } catch (error) {
    if (mine === turn) tell(said[error.message] || said.went_wrong, true);
  } finally {
    if (mine === turn) drop.classList.remove("busy");
  }
}

async function byFingerprint(chosen) {
  const content = await read(chosen);
  const text = new TextDecoder("latin1").decode(content);
  const ids = new Set();
  for (const match of text.matchAll(written)) {
    const id = (match[1] || match[2]).toLowerCase();
    ids.delete(id);
    ids.add(id);
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const sha256 = Array.from(digest, (part) => part.toString(16).padStart(2, "0")).join("");
  tell(said.sending);
  // The last id first: a signed quote carries the file that was shown within itself.
  const asked = JSON.stringify({ ids: [...ids].reverse().slice(0, 8), sha256 });
  let answer;
  try {
    answer = await fetch("/verify", { method: "POST", headers: { "content-type": "application/json" }, body: asked });
  } catch {
    throw new Error("offline");
  }
  return answered(answer.status, await answer.text());
}

async function byFile(chosen) {
  await read(chosen);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/verify/file");
    request.setRequestHeader("content-type", "application/pdf");
    request.upload.onprogress = (event) => {
      const percent = Math.round((100 * event.loaded) / Math.max(1, event.total));
      tell(percent < 100 ? fill(said.uploading, { file: chosen.name, percent }) : said.sending);
    };
    request.onerror = request.ontimeout = () => reject(new Error("offline"));
    request.onload = () => {
      try {
        resolve(answered(request.status, request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.send(chosen);
  });
}

async function read(chosen) {
  if (chosen.size === 0) throw new Error("empty");
  if (chosen.size > largest) throw new Error("too_large");
  let content;
  try {
    content = await chosen.arrayBuffer();
  } catch {
    throw new Error("unreadable");
  }
  const start = new TextDecoder("latin1").decode(content.slice(0, 1024));
  if (!start.includes("%PDF-")) throw new Error("not_pdf");
  return content;
}

function answered(status, text) {
  const why = { 400: "malformed", 413: "too_large", 415: "not_pdf", 429: "too_many" }[status];
  if (status !== 200) throw new Error(why || "went_wrong");
  return text;
}

function show(markup, name) {
  tell("");
  found.innerHTML = markup;
  const facts = found.querySelector("dl");
  if (facts) {
    const row = document.createElement("div");
    const term = row.appendChild(document.createElement("dt"));
    const value = row.appendChild(document.createElement("dd"));
    term.textContent = said.file;
    value.textContent = name;
    facts.prepend(row);
  }
  const heading = found.querySelector("h2");
  heading.focus({ preventScroll: true });
  found.scrollIntoView({ block: "nearest", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  drop.querySelector(".btn").textContent = said.again;
}

function tell(sentence, wrong = false) {
  doing.textContent = sentence;
  doing.classList.toggle("wrong", wrong);
}

function fill(sentence, facts) {
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => facts[name] ?? gap);
}
