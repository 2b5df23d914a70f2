// What the score sheet does better with a script: keys choose a level, and words selected in the answer become evidence.

const STORE = "sheet-keys";
const QUOTE = 600; // characters of a quotation that are taken over

// --- Keys ---

function typesSomewhere(element) {
  return element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)
    && !/^(radio|checkbox|button|submit)$/.test(element.type || ""));
}

function chooseByKey(form) {
  const radios = [...form.querySelectorAll('input[type="radio"][name="points"]')].filter((radio) => /^\d$/.test(radio.value));
  const box = form.querySelector("[data-keys]");
  if (!radios.length || !box) return;
  const words = box.querySelector("[data-keys-words]");
  const button = box.querySelector("[data-keys-switch]");
  const ends = `${radios[0].value} to ${radios.at(-1).value}`;
  let on = remembered() !== "off";
  const say = () => {
    words.textContent = on ? `Keys ${ends} choose a score.` : `Keys ${ends} do nothing.`;
    button.textContent = on ? "Switch the keys off" : "Switch the keys on";
  };
  button.addEventListener("click", () => {
    on = !on;
    remember(on ? "on" : "off");
    say();
  });
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || typesSomewhere(event.target)) return;
    const radio = radios.find((each) => each.value === event.key);
    if (!radio) return;
    event.preventDefault();
    radio.focus();
    radio.click();
  });
  box.hidden = false;
  say();
}

function remembered() {
  try { return localStorage.getItem(STORE); } catch { return null; }
}

function remember(value) {
  try { localStorage.setItem(STORE, value); } catch { /* a browser that keeps nothing */ }
}

// --- Evidence ---

function blankRow(group) {
  const rows = [...group.querySelectorAll("[data-evidence-row]")];
  const isBlank = (row) => [...row.querySelectorAll("input, textarea")].every((field) => !field.value.trim());
  return rows.find(isBlank) || anotherRow(rows.at(-1));
}

function anotherRow(last) {
  const row = last.cloneNode(true);
  const number = Number(/-(\d+)-/.exec(last.querySelector("input").name)[1]) + 1;
  for (const element of row.querySelectorAll("[id], [name], [for], [aria-describedby]")) {
    for (const name of ["id", "name", "for"]) {
      const text = element.getAttribute(name);
      if (text) element.setAttribute(name, text.replace(/-\d+-/, `-${number}-`));
    }
    element.removeAttribute("aria-describedby");
  }
  for (const field of row.querySelectorAll("input, textarea")) field.value = "";
  for (const hidden of row.querySelectorAll(".govuk-visually-hidden")) hidden.textContent = ` ${number + 1}`;
  last.after(row);
  return row;
}

function addEvidence(group, reference, quote) {
  const row = blankRow(group);
  const field = (name) => row.querySelector(`[name$="-${name}"]`);
  field("document").value = "Answer";
  field("reference").value = reference;
  field("quote").value = quote.length > QUOTE ? `${quote.slice(0, QUOTE)}…` : quote;
  field("quote").dispatchEvent(new Event("input", { bubbles: true }));
  return row;
}

function paragraphOf(node) {
  const element = node instanceof Element ? node : node?.parentElement;
  return element?.closest("[data-paragraph]") || null;
}

function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const first = paragraphOf(range.startContainer);
  const last = paragraphOf(range.endContainer) || first;
  const quote = selection.toString().replace(/\s+/g, " ").trim();
  if (!first || !quote) return null;
  const [from, to] = [first.dataset.paragraph, last.dataset.paragraph];
  return { reference: from === to ? `paragraph ${from}` : `paragraphs ${from} to ${to}`, quote, places: [first, last] };
}

function offerCitations(form) {
  const group = form.querySelector("[data-evidence]");
  const paragraphs = [...document.querySelectorAll("[data-paragraph]")];
  if (!group || !paragraphs.length) return;
  const told = document.createElement("p");
  told.className = "govuk-visually-hidden";
  told.setAttribute("role", "status");
  form.append(told);
  const cite = ({ reference, quote, places }) => {
    addEvidence(group, reference, quote);
    places.forEach((place) => place.classList.add("tw-paragraph--cited"));
    told.textContent = `Added to your evidence: ${reference}`;
  };
  paragraphs.forEach((paragraph) => paragraph.append(wholeButton(paragraph, cite)));
  offerSelection(cite);
  document.querySelector("[data-cite-hint]")?.removeAttribute("hidden");
}

function wholeButton(paragraph, cite) {
  const button = document.createElement("button");
  const reference = `paragraph ${paragraph.dataset.paragraph}`;
  button.type = "button";
  button.className = "tw-link-button tw-paragraph__cite";
  button.textContent = `Cite ${reference}`;
  const quote = paragraph.querySelector(".tw-paragraph__text").textContent.replace(/\s+/g, " ").trim();
  button.addEventListener("click", () => cite({ reference, quote, places: [paragraph] }));
  return button;
}

function offerSelection(cite) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button tw-cite";
  button.textContent = "Cite";
  button.hidden = true;
  let found = null;
  document.addEventListener("selectionchange", () => {
    const now = selected();
    if (now) found = now;
    button.hidden = !now;
  });
  button.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
  button.addEventListener("click", () => {
    if (found) cite(found);
    getSelection().removeAllRanges();
  });
  document.querySelector(".tw-scoring__answer").append(button);
}

// --- Abstaining ---

function openWhy(form) {
  const why = form.querySelector("[data-abstaining]");
  form.addEventListener("change", (event) => {
    if (why && event.target.name === "points" && event.target.value === "abstain") why.open = true;
  });
}

for (const form of document.querySelectorAll("form[data-sheet]")) {
  chooseByKey(form);
  offerCitations(form);
  openWhy(form);
}
