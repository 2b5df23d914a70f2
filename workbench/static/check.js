// The self-check while somebody types: the server works it out and sends the piece of the page that says so.

const PAUSE = 400;
const TOO_OFTEN = 5000;

class LiveCheck {
  constructor(form) {
    this.form = form;
    this.place = document.getElementById("check-result");
    this.status = document.getElementById("check-status");
    this.sent = 0;
    form.addEventListener("input", () => this.wait());
    form.addEventListener("change", () => this.wait());
    form.addEventListener("submit", () => clearTimeout(this.timer));
  }

  wait(time = PAUSE) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), time);
  }

  async check() {
    const number = ++this.sent;
    const reply = await this.ask().catch(() => null);
    if (number !== this.sent) return; // somebody has typed on since
    if (!reply) return this.say("The result is not up to date: the server cannot be reached. Press Check this split to try again.");
    if (reply.status === 429) return this.wait(TOO_OFTEN);
    if (!reply.ok) return this.say("The result is not up to date: open the page again and go on from a saved file.");
    this.show(await reply.text(), number);
  }

  ask() {
    const fields = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && value !== "" && !OWN.has(name)) fields[name] = value;
    }
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.form.elements.namedItem("csrf_token")?.value || "" };
    return fetch(this.form.dataset.liveCheck, { method: "POST", headers, body: JSON.stringify(fields) });
  }

  // Who stands on a button of the result keeps standing there, on the same button or else on the heading.
  show(html, number) {
    if (number !== this.sent) return;
    const held = this.place.contains(document.activeElement) ? document.activeElement.value || "" : null;
    this.place.innerHTML = html;
    if (held !== null) {
      const again = [...this.place.querySelectorAll("button")].find((button) => button.value === held);
      (again || this.place.querySelector("h2")).focus({ preventScroll: true });
    }
    this.say(this.place.querySelector("h2")?.dataset.summary || "");
  }

  say(text) {
    if (this.status.textContent !== text) this.status.textContent = text;
  }
}

const OWN = new Set(["csrf_token", "_key", "_version", "do"]);

// What was wrong with a box is no longer said once somebody types into it: the result says how it stands now.
function forgetErrors(form) {
  form.addEventListener("input", ({ target }) => {
    if (!target.classList.contains("govuk-input--error")) return;
    target.classList.remove("govuk-input--error");
    target.removeAttribute("aria-invalid");
    target.removeAttribute("aria-describedby");
    document.getElementById(`${target.id}-error`)?.remove();
  });
}

// Who pays whom is chosen by name: the lists follow the names as they are typed.
function followNames(form) {
  form.addEventListener("input", ({ target }) => {
    const found = /^organisations-(\d+)-name$/.exec(target.name || "");
    if (!found) return;
    const id = form.elements.namedItem(`organisations-${found[1]}-id`)?.value;
    const words = target.value.trim() || (found[1] === "0" ? "The lead" : `Organisation ${Number(found[1]) + 1}`);
    for (const option of form.querySelectorAll("select option")) if (option.value === id) option.textContent = words;
  });
}

// A link holds the figures behind its #, which no server is sent until they are opened here.
function openLink(form) {
  const found = /^#d=([A-Za-z0-9_-]+)$/.exec(location.hash);
  const field = form.elements.namedItem("data");
  if (!found || !field) return;
  history.replaceState(null, "", location.pathname);
  field.value = found[1];
  form.submit();
}

document.querySelectorAll("form[data-live-check]").forEach((form) => {
  new LiveCheck(form);
  followNames(form);
  forgetErrors(form);
});
document.querySelectorAll("form[data-open-link]").forEach(openLink);
