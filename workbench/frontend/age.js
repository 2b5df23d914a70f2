// What is bundled into one module, made/age.js: the encryption of keys and bids in the browser, and codes to print.
// Everything it does it does on this device: no WebAssembly, no eval, nothing fetched.

export { Decrypter, Encrypter, armor, generateX25519Identity, identityToRecipient } from "age-encryption";
export { default as drawCode } from "qr";
