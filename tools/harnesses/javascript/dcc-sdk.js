// The verifier of the package @pathcheck/dcc-sdk, as its README uses it: `unpackAndVerify`, with
// the keys in its registry. It leaves times and contents to the application.
"use strict";

const { accept, certificatePem, isPlain, load, publicKeyPem, reject, serve, UNSUPPORTED } =
  require("./lines.js");

// The package fetches its registry when it meets a kid that it does not know, once a day. Here
// the vector's own keys are what it fetches, and nothing goes over a network.
let registry = {};
const fetching = load.resolve("cross-fetch", { paths: [load.resolve("@pathcheck/dcc-sdk")] });
require.cache[fetching] = Object.assign(new module.constructor(fetching, module), {
  filename: fetching,
  loaded: true,
  exports: async () => ({ text: async () => JSON.stringify({ EUDCC: registry }) }),
});

const sdk = load("@pathcheck/dcc-sdk");

const CODES = {
  invalid_encoding: "base45.invalid",
  invalid_compression: "zlib.invalid",
  invalid_signing_format: "cose.structure",
  kid_not_included: "cose.kid",
  issuer_not_trusted: "trust.unknown_kid",
  invalid_signature: "signature.invalid",
};

// A message under a kid that nobody has: 18([<<{1: -7, 4: 16 bytes}>>, {}, <<{}>>, h'00']).
const UNKNOWN_KID = Buffer.from("d28455a2012604500123456789abcdef0123456789abcdefa041a04100", "hex");
const TWO_DAYS = 2 * 24 * 60 * 60 * 1000;

// Have the package forget the keys of the vector before: let two days go by, then ask for a kid
// that it cannot know. Its clock is for this alone; it compares no time of a certificate.
let elapsed = 0;
const RealDate = Date;
global.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [RealDate.now() + elapsed]));
  }
};

async function trust(keys) {
  registry = Object.fromEntries(
    keys.map((key) => [
      key.kid,
      {
        status: "current",
        didDocument: key.certificate ? certificatePem(key.certificate) : publicKeyPem(key),
      },
    ]),
  );
  elapsed += TWO_DAYS;
  const { status } = await sdk.verify(UNKNOWN_KID);
  if (status !== "issuer_not_trusted") throw new Error(`the registry was not renewed: ${status}`);
}

async function answer(input) {
  if (!isPlain(input)) return UNSUPPORTED;
  await trust(input.trust);
  let status;
  try {
    ({ status } = await sdk.unpackAndVerify(input.text));
  } catch {
    return reject(); // no status of the package: it does not say why
  }
  return status === "verified" ? accept({ envelope: "hcert" }) : reject(CODES[status]);
}

serve({ name: "@pathcheck/dcc-sdk", answer });
