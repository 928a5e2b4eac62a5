// The verifier of the package dcc-utils, as its README uses it: read the text, then look the kid
// up in a list of keys. It leaves times and contents to the application.
"use strict";

const { createPublicKey } = require("node:crypto");
const { accept, isPlain, load, publicKeyPem, reject, serve, UNSUPPORTED } = require("./lines.js");

const { DCC } = load("dcc-utils");

const CURVES = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

// A key in the form of the list that the package takes.
function listed(key) {
  const pem = publicKeyPem(key);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPublicKey(pem);
  const hash = { name: "SHA-256" };
  return {
    publicKeyPem: pem.replace(/-----[^-]+-----|\n/g, ""),
    publicKeyAlgorithm:
      type === "ec"
        ? { name: "ECDSA", namedCurve: CURVES[details.namedCurve], hash }
        : { name: "RSA-PSS", hash },
  };
}

// Which of our codes an error of the package or of what it is made of stands for.
function codeOf(error) {
  if (String(error.code).startsWith("Z_")) return "zlib.invalid";
  if (/not listed/.test(error.message)) return "trust.unknown_kid";
  if (/(Unknown|Unsupported) algorithm/.test(error.message)) return "cose.algorithm";
  return null;
}

async function answer(input) {
  if (!isPlain(input)) return UNSUPPORTED;
  const keys = Object.fromEntries(input.trust.map((key) => [key.kid, listed(key)]));
  try {
    const dcc = await DCC.fromRaw(input.text);
    if (!(await dcc.checkSignatureWithKeysList(keys))) return reject("signature.invalid");
    return accept({ envelope: "hcert", kid: Buffer.from(dcc.kid, "base64").toString("hex") });
  } catch (error) {
    return reject(codeOf(error));
  }
}

serve({ name: "dcc-utils", answer });
