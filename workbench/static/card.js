// A card that several people write at once: saved while one types, and what others write arrives by itself.
// Nothing that somebody typed is ever overwritten: a field that both changed shows both texts, and a person decides.

const PAUSE = 1200;
const LISTEN = 3000;

class Card {
  constructor(form) {
    this.form = form;
    this.version = Number(form.dataset.version);
    this.marks = JSON.parse(form.elements.shown.value || "{}");
    this.base = Object.fromEntries(Object.keys(this.marks).map((name) => [name, this.value(name)]));
    this.words = form.querySelector("[data-saving-words]");
    this.box = form.querySelector("[data-saving]");
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => this.leave());
    window.addEventListener("beforeunload", (event) => !this.left && this.dirty().length && event.preventDefault());
    setInterval(() => this.listen(), LISTEN);
    this.relevant();
  }

  // --- controls, each name one text ---

  controls(name) {
    return [...this.form.elements].filter((control) => control.name === name);
  }

  value(name) {
    const all = this.controls(name);
    if (!all.length) return "";
    if (["radio", "checkbox"].includes(all[0].type)) {
      return all.filter((each) => each.checked).map((each) => each.value).join(" ");
    }
    return all[0].value;
  }

  put(name, text) {
    const all = this.controls(name);
    const chosen = text.split(" ");
    for (const control of all) {
      if (["radio", "checkbox"].includes(control.type)) control.checked = chosen.includes(control.value);
      else control.value = text;
    }
    for (const place of document.querySelectorAll(`[data-text="${CSS.escape(name)}"]`)) place.textContent = text || "not set";
  }

  dirty() {
    return Object.keys(this.marks).filter((name) => this.value(name) !== this.base[name]);
  }

  // --- saving ---

  changed() {
    this.relevant();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  leave() {
    this.left = true;
    this.form.elements.shown.value = JSON.stringify(this.marks);
    clearTimeout(this.timer);
  }

  async save() {
    if (this.left || this.sending || this.stopped || !this.dirty().length) return;
    this.sending = true;
    const sent = Object.fromEntries(Object.keys(this.marks).map((name) => [name, this.value(name)]));
    this.form.elements.shown.value = JSON.stringify(this.marks);
    const body = new URLSearchParams([...new FormData(this.form)].filter(([, value]) => typeof value === "string"));
    try {
      const headers = { "X-Autosave": "1", Accept: "application/json" };
      const reply = await fetch(this.form.action, { method: "POST", headers, body });
      this.heard(reply, await reply.json().catch(() => ({})), sent);
    } catch {
      this.failed("the server cannot be reached");
    } finally {
      this.sending = false;
    }
  }

  heard(reply, told, sent) {
    if (told.key) this.form.elements._key.value = told.key;
    if (!told.texts) return this.refused(reply, told);
    for (const name of told.taken) {
      this.base[name] = sent[name];
      this.marks[name] = told.marks[name];
    }
    for (const [name, both] of Object.entries(told.conflicts)) this.ask(name, both.theirs, told.marks[name]);
    this.take(told);
    this.say(Object.keys(told.conflicts).length ? "Somebody else wrote in the same place: choose below what stands." : "Saved", false);
    if (this.dirty().some((name) => !told.conflicts[name])) this.changed();
  }

  refused(reply, told) {
    const reason = told.detail || Object.values(told.errors || {}).flat()[0] || `the server answered ${reply.status}`;
    if (reply.redirected || [400, 401, 403, 404].includes(reply.status)) this.stopped = true;
    this.failed(reason);
  }

  failed(reason) {
    this.say(`Not saved: ${reason}. What you typed is still on this page.`, true);
    if (!this.stopped) this.timer = setTimeout(() => this.save(), 10 * PAUSE);
  }

  say(text, failed) {
    this.box.classList.toggle("tw-saving--failed", failed);
    if (this.words.textContent !== text) this.words.textContent = text;
  }

  // --- what others write ---

  async listen() {
    if (this.left || this.sending || this.stopped || document.hidden) return;
    const reply = await fetch(`${this.form.dataset.now}?since=${this.version}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!reply || !reply.ok || reply.redirected) return;
    const told = await reply.json().catch(() => ({}));
    if (told.texts && !this.sending) this.take(told);
  }

  // Take over every text that nobody is writing in here; the others keep the mark of what was shown, so that a save says so.
  take(told) {
    let waiting = false;
    for (const name of Object.keys(this.marks)) {
      const theirs = told.texts[name] || "";
      const mark = told.marks[name] || this.marks[name];
      if (mark === this.marks[name]) continue;
      const busy = this.controls(name).includes(document.activeElement) && document.activeElement.tagName === "TEXTAREA";
      if (this.value(name) !== this.base[name] || busy) {
        waiting = true;
        continue;
      }
      this.put(name, theirs);
      this.base[name] = this.value(name);
      this.marks[name] = mark;
    }
    this.version = waiting ? this.version : told.version;
    if (told.state !== this.form.dataset.state) this.moved(told);
    this.relevant();
  }

  moved(told) {
    const place = document.querySelector("[data-card-changed]");
    if (!this.dirty().length) {
      this.left = true;
      location.reload();
    } else if (!place.textContent) {
      place.textContent = `${told.by} has put this card to signature. Your words below are not saved: copy them, then open the page again.`;
    }
  }

  // Both changed one field: theirs is shown under mine, and nothing is lost whichever stands.
  ask(name, theirs, mark) {
    const control = this.controls(name)[0];
    const group = control.closest(".govuk-form-group");
    group.querySelector(".tw-theirs")?.remove();
    const box = document.createElement("div");
    box.className = "tw-theirs";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "What somebody else wrote here");
    const text = Object.assign(document.createElement("p"), { className: "govuk-body tw-theirs__text", textContent: theirs });
    const title = Object.assign(document.createElement("p"), { className: "govuk-body", textContent: "Somebody else wrote here, and it is saved:" });
    box.append(title, text, this.choice("Keep mine", () => (this.marks[name] = mark)), this.choice("Use theirs", () => this.yield(name, theirs, mark)));
    if (control.tagName === "TEXTAREA") box.append(this.choice("Put theirs below mine", () => this.join(name, theirs, mark)));
    group.append(box);
  }

  choice(words, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "govuk-button govuk-button--secondary", textContent: words });
    button.addEventListener("click", () => {
      act();
      button.closest(".tw-theirs").remove();
      this.changed();
    });
    return button;
  }

  yield(name, theirs, mark) {
    this.put(name, theirs);
    this.base[name] = this.value(name);
    this.marks[name] = mark;
  }

  join(name, theirs, mark) {
    this.put(name, `${this.value(name)}\n${theirs}`);
    this.marks[name] = mark;
  }

  // --- only the causes of scores that move are asked for ---

  relevant() {
    const agreed = this.value("points");
    for (const place of this.form.querySelectorAll("[data-given]")) place.hidden = !agreed || place.dataset.given === agreed;
    for (const all of this.form.querySelectorAll("[data-causes]")) all.hidden = !all.querySelector("[data-given]:not([hidden])");
  }
}

for (const form of document.querySelectorAll("form[data-card]")) new Card(form);
