// Custodians' keys in the browser: made, proved and used on this device. Nothing secret is sent or kept.
//
// A page holds one element with data-keys and data-age (the address of made/age.js), and in it any of these, hidden until
// this script runs. In each, [data-key-go] starts and [data-key-said] says what came of it; [data-key-file],
// [data-key-text] and [data-key-passphrase] hold the secret half and have no name, so that no form sends them.
//   data-key-make    makes a key, saves its file, puts the public half into the field whose id data-recipient names
//   data-key-paper   makes a key, fills the sheet [data-key-sheet], puts the public half into that field
//   data-key-prove   opens data-challenge with the key and puts the text into the form's [data-key-answer]
//   data-key-peel    takes this key's layer off the opening file at the address data-opening (or typed into the page as
//                    data-opening-text) and puts the layers file into the file field whose id data-layers names; where
//                    data-submit names a form, it is sent

const SHORTEST = 12;
const CODE_BORDER = 2;
const SECRET = /AGE-SECRET-KEY-1[A-Z0-9]{58}/;
const ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";
const BINARY = "age-encryption.org/v1";

// --- What a key does; no page needed ---

export async function makeKey(age, passphrase) {
  const secret = await age.generateX25519Identity();
  const recipient = await age.identityToRecipient(secret);
  const plain = `# public key: ${recipient}\n${secret}\n`;
  if (!passphrase) return { secret, recipient, file: plain };
  const encrypter = new age.Encrypter();
  encrypter.setPassphrase(passphrase);
  return { secret, recipient, file: age.armor.encode(await encrypter.encrypt(plain)) };
}

export async function readKey(age, bytes, passphrase) {
  let text = new TextDecoder().decode(bytes);
  const armored = text.trimStart().startsWith(ARMOR);
  if (armored || text.startsWith(BINARY)) {
    if (!passphrase) throw new Error("This key has a passphrase: type it, too");
    const decrypter = new age.Decrypter();
    decrypter.addPassphrase(passphrase);
    try {
      text = await decrypter.decrypt(armored ? age.armor.decode(text.trim()) : bytes, "text");
    } catch {
      throw new Error("The passphrase does not open this key, or the file is damaged");
    }
  }
  const found = SECRET.exec(text.toUpperCase().replace(/\s/g, (blank) => (blank === "\n" ? "\n" : "")));
  if (!found) throw new Error("There is no secret key in it: one begins with AGE-SECRET-KEY-1");
  try {
    return { secret: found[0], recipient: await age.identityToRecipient(found[0]) };
  } catch {
    throw new Error("A character of the key is wrong or missing: compare it with the sheet");
  }
}

export async function openText(age, armored, secret) {
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(secret);
  try {
    return await decrypter.decrypt(age.armor.decode(armored.trim()), "text");
  } catch {
    throw new Error("This is not the key that the text was sealed for");
  }
}

// As workbench/sealing/opening_files.py does it, byte for byte in its formats.
export async function peelFile(age, opening, key, progress = () => {}) {
  if (opening.format !== "opening-file/1") throw new Error("This is no opening file");
  const place = opening.recipients.indexOf(key.recipient);
  if (place < 0) throw new Error("This key is none of the tender’s custodians’: take the one that was proved for it");
  const layers = [];
  const failed = [];
  for (const [at, each] of opening.wraps.entries()) {
    const layer = await peelOne(age, each, place, opening.step, key.secret).catch(() => null);
    if (layer) layers.push(layer);
    else failed.push(each.envelope);
    progress(at + 1, opening.wraps.length);
  }
  const { tender, kind, closing, step } = opening;
  return { format: "opening-layers/1", tender, kind, closing, step, key: place, layers, failed };
}

async function peelOne(age, each, place, step, secret) {
  const decrypter = new age.Decrypter();
  decrypter.addIdentity(secret);
  const to = {};
  for (const [name, wrap] of Object.entries(each.wraps)) {
    const [outer, inner] = name.split(",");
    if (outer !== String(place)) continue;
    const opened = await decrypter.decrypt(fromBase64(wrap));
    if (step === 2) return { envelope: each.envelope, secret: new TextDecoder().decode(opened) };
    to[inner] = toBase64(opened);
  }
  return Object.keys(to).length ? { envelope: each.envelope, to } : null;
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}

export async function fingerprint(recipient) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(recipient)));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.slice(0, 32).replace(/(.{4})(?=.)/g, "$1 ");
}

export function save(name, contents, type = "text/plain") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([contents], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// --- The parts of a page ---

const page = document.querySelector("[data-keys]");
const library = () => import(page.dataset.age);

function start(box, act) {
  const said = box.querySelector("[data-key-said]");
  const say = (text, wrong = false) => {
    said.textContent = text;
    said.classList.toggle("govuk-error-message", wrong);
  };
  box.hidden = false;
  box.querySelector("[data-key-go]").addEventListener("click", async (event) => {
    event.target.disabled = true;
    say("Working on it, for some seconds …");
    try {
      await act(await library(), say);
    } catch (fault) {
      say(fault.message, true);
    } finally {
      event.target.disabled = false;
    }
  });
}

async function keyIn(age, box) {
  const file = box.querySelector("[data-key-file]").files[0];
  const typed = box.querySelector("[data-key-text]").value;
  if (!file && !typed.trim()) throw new Error("Choose the file of your key, or type the one on the paper");
  const bytes = file ? new Uint8Array(await file.arrayBuffer()) : new TextEncoder().encode(typed);
  return readKey(age, bytes, box.querySelector("[data-key-passphrase]").value);
}

function make(box) {
  start(box, async (age, say) => {
    const passphrase = box.querySelector("[data-key-passphrase]").value;
    if (passphrase.length < SHORTEST) throw new Error(`The passphrase must have ${SHORTEST} characters or more`);
    if (passphrase !== box.querySelector("[data-key-again]").value) throw new Error("The two passphrases differ");
    const key = await makeKey(age, passphrase);
    const name = `${box.dataset.name || "tender"} ${key.recipient.slice(4, 12)}.key.age`.replace(/[^\w.-]+/g, "-");
    save(name, key.file);
    document.getElementById(box.dataset.recipient).value = key.recipient;
    say(`Your key was saved as ${name}. Its public half stands below: add it now. Without the file and the passphrase the key is lost.`);
  });
}

function paper(box) {
  const sheet = page.querySelector("[data-key-sheet]");
  const print = box.querySelector("[data-key-print]");
  print.addEventListener("click", () => window.print());
  start(box, async (age, say) => {
    const key = await makeKey(age, "");
    sheet.querySelector("[data-key-code]").replaceChildren(codeOf(age, key.secret));
    sheet.querySelector("[data-key-secret]").textContent = key.secret.replace(/(.{4})/g, "$1 ").trim();
    sheet.querySelector("[data-key-public]").textContent = key.recipient;
    sheet.querySelector("[data-key-fingerprint]").textContent = await fingerprint(key.recipient);
    document.getElementById(box.dataset.recipient).value = key.recipient;
    sheet.hidden = print.hidden = false;
    say("The sheet is below. Print it now, look whether it can be read, then add the public key.");
  });
}

function codeOf(age, text) {
  const rows = age.drawCode(text, "raw", { border: CODE_BORDER });
  const squares = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")));
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  drawing.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", "The key as a code to be scanned");
  path.setAttribute("d", squares.join(""));
  drawing.append(path);
  return drawing;
}

function prove(box) {
  start(box, async (age, say) => {
    const key = await keyIn(age, box);
    const text = await openText(age, box.dataset.challenge, key.secret);
    box.parentElement.querySelector("[data-key-answer]").value = text;
    say("The key opened the text, which stands below: send it with “Prove the key”.");
  });
}

function peel(box) {
  start(box, async (age, say) => {
    const key = await keyIn(age, box);
    const opening = box.dataset.openingText ? JSON.parse(box.dataset.openingText) : await fetched(box.dataset.opening);
    const layers = await peelFile(age, opening, key, (done, all) => say(`${done} of ${all} envelopes …`));
    const file = new File([JSON.stringify(layers)], "opening-layers.json", { type: "application/json" });
    const carrier = new DataTransfer();
    carrier.items.add(file);
    document.getElementById(box.dataset.layers).files = carrier.files;
    const bad = layers.failed.length ? ` ${layers.failed.length} could not be opened and are named in the file.` : "";
    say(`Your layer is off ${layers.layers.length} envelopes.${bad}`);
    if (box.dataset.submit) document.getElementById(box.dataset.submit).requestSubmit();
  });
}

async function fetched(address) {
  const reply = await fetch(address, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error(`The server did not give the opening file (${reply.status})`);
  return reply.json();
}

if (page) {
  const parts = { make, paper, prove, peel };
  for (const [name, act] of Object.entries(parts)) {
    for (const box of page.querySelectorAll(`[data-key-${name}]`)) act(box);
  }
}
