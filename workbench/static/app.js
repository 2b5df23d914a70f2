// What a page does better with a script than without; every form works without one.

const BASE = 10n;

// --- Components of GOV.UK Frontend (error summary takes the focus, word counts, menus) ---

async function startComponents() {
  const { initAll } = await import(document.body.dataset.components);
  initAll();
}

// --- Exact sums: decimals as whole numbers of their last place, never floating point ---

export function parseDecimal(text) {
  const found = /^\s*([-−]?)£?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,12}))?\s*%?\s*$/.exec(text);
  if (!found) return null;
  const fraction = found[3] || "";
  const units = BigInt(found[2].replaceAll(",", "") + fraction);
  return { units: found[1] ? -units : units, places: fraction.length };
}

export function addDecimals(numbers) {
  const places = Math.max(0, ...numbers.map((number) => number.places));
  const units = numbers.reduce((sum, number) => sum + scale(number, places), 0n);
  return { units, places };
}

function scale(number, places) {
  return number.units * BASE ** BigInt(places - number.places);
}

export function showDecimal(number) {
  const sign = number.units < 0n ? "−" : "";
  const digits = String(number.units < 0n ? -number.units : number.units).padStart(number.places + 1, "0");
  const whole = digits.slice(0, digits.length - number.places);
  const fraction = digits.slice(digits.length - number.places).replace(/0+$/, "");
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? "." + fraction : "");
}

function withUnit(number, unit) {
  const shown = showDecimal(number);
  return unit === "£" ? shown.replace(/^(−?)/, "$1£").replace(/\.\d$/, "$&0") : shown + unit;
}

export function sumSentence(texts, target, unit) {
  const typed = texts.filter((text) => text.trim() !== "");
  const numbers = typed.map(parseDecimal);
  const wrong = numbers.filter((number) => number === null).length;
  if (wrong) return { met: false, text: `${wrong} of ${typed.length} cannot be read as a number` };
  const sum = addDecimals(numbers);
  if (!target) return { met: true, text: withUnit(sum, unit) };
  const gap = addDecimals([parseDecimal(target), { units: -sum.units, places: sum.places }]);
  if (gap.units === 0n) return { met: true, text: `${withUnit(sum, unit)}, as it should be` };
  const size = { units: gap.units < 0n ? -gap.units : gap.units, places: gap.places };
  const side = gap.units < 0n ? "over" : "short of";
  return { met: false, text: `${withUnit(sum, unit)}: ${withUnit(size, unit)} ${side} ${withUnit(parseDecimal(target), unit)}` };
}

function keepSum(output) {
  const group = `[data-sum="${CSS.escape(output.dataset.sumOf)}"]`;
  const inputs = () => [...document.querySelectorAll(group)];
  const update = () => {
    const texts = inputs().map((input) => input.value);
    const { met, text } = sumSentence(texts, output.dataset.sumTarget, output.dataset.sumUnit || "");
    if (output.textContent !== text) output.textContent = text;
    output.classList.toggle("tw-sum--met", met);
    output.classList.toggle("tw-sum--unmet", !met);
  };
  document.addEventListener("input", (event) => event.target.matches(group) && update());
  update();
}

// --- Autosave: the same form, posted while its writer goes on writing ---

const PAUSE = 1500;
const RETRIES = [5000, 15000, 60000];

class Autosave {
  constructor(form) {
    this.form = form;
    this.box = form.querySelector("[data-saving]");
    this.words = form.querySelector("[data-saving-words]");
    this.age = form.querySelector("[data-saving-age]");
    this.unsaved = false;
    this.stopped = false;
    this.failures = 0;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => this.leave());
    window.addEventListener("beforeunload", (event) => this.unsaved && event.preventDefault());
    setInterval(() => this.tick(), 1000);
  }

  changed() {
    this.unsaved = true;
    if (!this.stopped) this.wait(PAUSE);
  }

  leave() {
    clearTimeout(this.timer);
    this.stopped = true;
    this.unsaved = false;
  }

  wait(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), time);
  }

  async save() {
    if (this.stopped || this.sending) return;
    this.sending = true;
    this.unsaved = false;
    try {
      const reply = await fetch(this.form.action, { method: "POST", headers: this.headers(), body: this.body() });
      await this.heard(reply);
    } catch {
      this.failed("the server cannot be reached", true);
    } finally {
      this.sending = false;
    }
    if (this.unsaved && !this.stopped && !this.failures) this.wait(PAUSE);
  }

  headers() {
    return { "X-Autosave": "1", Accept: "application/json" };
  }

  body() {
    const data = new FormData(this.form);
    const hasFile = [...data.values()].some((value) => value instanceof File && value.size > 0);
    return hasFile ? data : new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
  }

  async heard(reply) {
    const told = await reply.json().catch(() => ({}));
    const reason = told.detail || Object.values(told.errors || {}).flat()[0] || "";
    if (this.stopped) return;
    if (reply.ok && told.saved) this.kept(told, "Saved");
    else if (told.saved === false && told.version) this.kept(told, `Kept as you typed it, but to mend: ${reason}`);
    else if (reply.status === 409) this.stop(reason || "somebody else has saved this page since you opened it");
    else if (reply.redirected || [400, 401, 403, 404].includes(reply.status)) this.stop(reason || "you may no longer be signed in");
    else this.failed(reason || `the server answered ${reply.status}`, reply.status >= 500 || reply.status === 429);
  }

  kept(told, words) {
    this.failures = 0;
    this.keptAt = Date.now();
    this.hide("_version", told.version);
    this.hide("_key", told.key);
    this.say(words, false);
    this.tick();
    refresh();
  }

  hide(name, value) {
    const field = this.form.elements.namedItem(name);
    if (field && value !== undefined) field.value = value;
  }

  failed(reason, again) {
    this.unsaved = true;
    if (again) this.wait(RETRIES[Math.min(this.failures, RETRIES.length - 1)]);
    this.failures += 1;
    this.say(`Not saved: ${reason}. ${again ? "Trying again by itself. " : ""}What you typed is still on this page.`, true);
  }

  stop(reason) {
    clearTimeout(this.timer);
    this.stopped = true;
    this.unsaved = true;
    this.say(`Not saved: ${reason}. Nothing more is saved by itself; what you typed is still on this page.`, true);
  }

  say(text, failed) {
    if (!this.box) return;
    this.box.classList.toggle("tw-saving--failed", failed);
    if (this.words.textContent !== text) this.words.textContent = text;
    if (failed) this.age.textContent = "";
  }

  tick() {
    if (!this.age || !this.keptAt || this.box.classList.contains("tw-saving--failed")) return;
    this.age.textContent = ago(Math.round((Date.now() - this.keptAt) / 1000));
  }
}

export function ago(seconds) {
  if (seconds < 2) return "just now";
  if (seconds < 60) return `${seconds} seconds ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes === 1 ? "a minute ago" : `${minutes} minutes ago`;
  return "more than an hour ago";
}

// What the server works out (the readiness rail, sums, tables) is fetched again after a save: each element with data-live and
// an id is replaced by the one on the page as it is now.
async function refresh() {
  const places = [...document.querySelectorAll("[data-live][id]")];
  if (!places.length) return;
  const reply = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!reply || !reply.ok || reply.redirected) return;
  const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
  for (const place of places) {
    const now = fresh.getElementById(place.id);
    const busy = place.contains(document.activeElement);
    if (now && !busy && now.innerHTML !== place.innerHTML) place.innerHTML = now.innerHTML;
  }
}

// --- Copy buttons, shown only where they can work ---

function offerCopy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) return;
  button.hidden = false;
  const words = button.firstChild.textContent;
  button.addEventListener("click", async () => {
    source.select();
    const done = await navigator.clipboard.writeText(source.value).then(() => true, () => false);
    button.firstChild.textContent = done ? "Copied" : "Selected: press Ctrl+C";
    setTimeout(() => (button.firstChild.textContent = words), 4000);
  });
}

// --- The stretch of a page that an error link points at is opened, if it is folded away ---

function openFolded() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (target && location.hash && /^(INPUT|SELECT|TEXTAREA|BUTTON)$/.test(target.tagName)) target.focus();
}

if (typeof document !== "undefined") {
  startComponents();
  document.querySelectorAll("[data-sum-of]").forEach(keepSum);
  document.querySelectorAll("form[data-autosave]").forEach((form) => new Autosave(form));
  document.querySelectorAll("[data-copy]").forEach(offerCopy);
  window.addEventListener("hashchange", openFolded);
  openFolded();
}
