// The line protocol of spec/harness.md, for verifiers written in JavaScript.
"use strict";

const { createPublicKey } = require("node:crypto");
const { createRequire } = require("node:module");
const path = require("node:path");
const readline = require("node:readline");

const PROTOCOL = 1;

// Where `make harnesses` puts the packages.
const INSTALLED = path.join(__dirname, "..", "..", "..", ".venvs", "javascript");
const load = createRequire(path.join(INSTALLED, "package.json"));

// Standard output belongs to the protocol; some packages write there.
const say = process.stdout.write.bind(process.stdout);
console.log = console.info = console.debug = console.error;

const accept = (value) => ({ outcome: "accept", value });
const reject = (code = null) => ({ outcome: "reject", code });
const UNSUPPORTED = { outcome: "unsupported" };

// Whether a verifier that knows signatures and keys alone, and reads in one way, can be asked this.
// It holds one key for each kid, so of two with the same kid it cannot be told both.
function isPlain({ text, trust, policy = "strict", authorities, revocation }) {
  const kids = new Set(trust.map((key) => key.kid));
  return (
    !/^\s*[[{]/.test(text) && // a seal, which is JSON, is another envelope
    policy === "strict" &&
    authorities === undefined &&
    revocation === undefined &&
    kids.size === trust.length
  );
}

// The public key of a trusted key, whichever way it was given, as SubjectPublicKeyInfo in PEM.
function publicKeyPem({ certificate, jwk }) {
  const given = certificate
    ? { key: certificatePem(certificate) }
    : { key: jwk, format: "jwk" };
  return createPublicKey(given).export({ type: "spki", format: "pem" });
}

function certificatePem(certificate) {
  return `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----`;
}

// Answer every request, one after another, until standard input ends.
async function serve({ name, answer }) {
  const { version } = load(`${name}/package.json`);
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const reply = request.hello
      ? { hello: { protocol: PROTOCOL, name, version, ops: ["verify"] } }
      : { id: request.id, ...(await answer(request.input)) };
    say(`${JSON.stringify(reply)}\n`);
  }
}

module.exports = {
  accept, reject, UNSUPPORTED, certificatePem, isPlain, load, publicKeyPem, serve,
};
