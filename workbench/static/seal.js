// A bid sealed in the browser: read, checked, encrypted and wrapped here; only ciphertext leaves this device.
//
// The page holds one element with data-seal and data-age (the address of made/age.js), data-recipients (the custodians'
// public keys in their order, or the server's alone) and data-custody. Its fields without a name are never sent.

import { toBase64 } from "./keys.js";

const FLOOR = 4096;
const MEGABYTES = 50;
const LINE_END = 10;
const SPACE = 32;
const encode = (text) => new TextEncoder().encode(text);

// --- Sealing; no page needed. The same as workbench/sealing does ---

// PADMÉ, and at least FLOOR bytes: the length of the ciphertext tells little of what is inside.
export function paddedLength(length) {
  if (length < 2) return length;
  const exponent = Math.floor(Math.log2(length));
  const kept = Math.floor(Math.log2(exponent)) + 1;
  const mask = exponent > kept ? 2 ** (exponent - kept) - 1 : 0;
  return Math.floor((length + mask) / (mask + 1)) * (mask + 1);
}

export function pad(data) {
  const padded = new Uint8Array(paddedLength(Math.max(data.length + 1, FLOOR))).fill(SPACE);
  padded.set(data);
  padded[data.length] = LINE_END;
  return padded;
}

export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sealFor(age, recipient, data) {
  const encrypter = new age.Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(data);
}

async function freshlySealed(age, data) {
  const key = await age.generateX25519Identity();
  const content = await sealFor(age, await age.identityToRecipient(key), data);
  return { key, content, sha256: await sha256(content) };
}

// Every ordered pair: any two custodians open it, whichever begins, and no one alone.
export async function wrapsFor(age, secret, custody, recipients) {
  if (custody === "server") return { server: toBase64(await sealFor(age, recipients[0], encode(secret))) };
  const inner = await Promise.all(recipients.map((each) => sealFor(age, each, encode(secret))));
  const wraps = {};
  for (const [one, outer] of recipients.entries()) {
    for (const two of recipients.keys()) {
      if (one !== two) wraps[`${one},${two}`] = toBase64(await sealFor(age, outer, inner[two]));
    }
  }
  return wraps;
}

export async function sealEnvelope(age, kind, value, custody, recipients) {
  const { key, content, sha256: digest } = await freshlySealed(age, pad(encode(JSON.stringify(value))));
  return { kind, sha256: digest, content: toBase64(content), wraps: await wrapsFor(age, key, custody, recipients) };
}

export async function sealDocument(age, file, place) {
  const data = new Uint8Array(await file.arrayBuffer());
  const { key, content, sha256: sealed } = await freshlySealed(age, data);
  const told = {
    id: crypto.randomUUID(), name: file.name, media_type: file.type || "application/octet-stream", size: data.length,
    sha256: await sha256(data), sealed_sha256: sealed, key, ...(place ? { required: place } : {}),
  };
  return { told, content };
}

// What can be seen at once: the right kind of file, for this lot, version and rules. Everything else is the tenderer's risk.
export function faultsOf(file, binding, years) {
  if (!file || file.format !== "bid-file/1" || !file.bid || !file.price) return ["This is no bid file: take one below"];
  const faults = [];
  if (file.bid.format !== "sealed-bid/1" || file.price.format !== "price-envelope/1") faults.push("One of its two envelopes has another format than it should");
  for (const envelope of [file.bid, file.price]) {
    const other = Object.keys(binding).filter((name) => (envelope.binding || {})[name] !== binding[name]);
    if (other.length) faults.push(`It belongs to another ${other.map((name) => NAMES[name] || name).join(", ")}: take the file of this lot anew and carry your answers over`);
  }
  if (!Array.isArray(file.bid.organisations) || !file.bid.organisations.length) faults.push("It names no organisation");
  if (!(file.bid.parties || []).some((party) => party.role === "lead")) faults.push("It says of no organisation that it leads");
  if (!Array.isArray(file.price.prices) || file.price.prices.length !== years) faults.push(`It must have a price for each of ${years} years`);
  else if (!file.price.prices.every((price) => /^\d+\.\d\d$/.test(price))) faults.push("Each price is written like 1234.50, in quotation marks");
  return [...new Set(faults)];
}

const NAMES = { tender: "tender", lot: "lot", bid: "bid", version: "version of the bid", rule_set: "version of the rules", rules_sha256: "set of rules" };

// --- The page ---

class SealingPage {
  constructor(page) {
    this.page = page;
    this.form = page.querySelector("form");
    this.said = page.querySelector("[data-seal-said]");
    this.send = page.querySelector("[data-seal-send]");
    this.go = page.querySelector("[data-seal-go]");
    page.querySelector("[data-seal-works]").hidden = false;
    this.go.addEventListener("click", () => this.seal());
    this.form.addEventListener("change", (event) => event.target.closest("[data-seal-works]") && this.reset());
  }

  reset() {
    this.send.hidden = true;
  }

  say(lines, wrong = false) {
    this.said.classList.toggle("govuk-error-message", wrong);
    this.said.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line, className: "govuk-body tw-mono-line" })));
  }

  async seal() {
    this.go.disabled = true;
    this.reset();
    this.say(["Working on it …"]);
    try {
      const lines = await this.sealed(await import(this.page.dataset.age));
      this.say(lines);
      this.send.hidden = false;
    } catch (fault) {
      this.say(fault.message.split("\n"), true);
    } finally {
      this.go.disabled = false;
    }
  }

  async sealed(age) {
    const lot = this.page.querySelector("[data-seal-lot]:checked, [data-seal-lot][type=hidden]");
    const chosen = this.page.querySelector("[data-seal-file]").files[0];
    if (!lot || !chosen) throw new Error("Choose the lot and your bid file");
    const file = await chosen.text().then(JSON.parse).catch(() => null);
    const faults = faultsOf(file, JSON.parse(lot.dataset.binding), Number(lot.dataset.years));
    if (faults.length) throw new Error(faults.join("\n"));
    const documents = await this.documents(age);
    const bid = { ...file.bid, documents: documents.map((each) => each.told) };
    if (!documents.length) delete bid.documents;
    const { custody, recipients } = this.page.dataset;
    const envelopes = [];
    for (const [kind, value] of [["bid", bid], ["price", file.price]]) {
      envelopes.push(await sealEnvelope(age, kind, value, custody, recipients.split(" ")));
    }
    this.fill(lot.value, envelopes, documents);
    return [
      "Sealed on this device. Nothing was sent yet. Write down, or copy, these fingerprints (SHA-256):",
      ...envelopes.map((each) => `${each.kind === "bid" ? "Bid" : "Price"}, sealed: ${each.sha256}`),
      ...documents.map((each) => `${each.told.name}: ${each.told.sha256}, sealed: ${each.told.sealed_sha256}`),
    ];
  }

  async documents(age) {
    const found = [];
    for (const input of this.page.querySelectorAll("[data-seal-document]")) {
      for (const file of input.files) found.push([file, input.dataset.sealDocument]);
    }
    const size = found.reduce((sum, [file]) => sum + file.size, 0);
    if (size > MEGABYTES * 1024 * 1024) throw new Error(`The documents have more than ${MEGABYTES} MB together`);
    const sealed = [];
    for (const [file, place] of found) sealed.push(await sealDocument(age, file, place));
    return sealed;
  }

  fill(bid, envelopes, documents) {
    this.form.elements.namedItem("bid").value = bid;
    this.form.elements.namedItem("envelopes").value = JSON.stringify(envelopes);
    const carrier = new DataTransfer();
    for (const each of documents) carrier.items.add(new File([each.content], `${each.told.sealed_sha256}.age`));
    this.form.elements.namedItem("files").files = carrier.files;
  }
}

const place = document.querySelector("[data-seal]");
if (place) new SealingPage(place);
