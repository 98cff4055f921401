// SM3 (GB/T 32905-2016), which neither browsers nor the libraries have.

const SM3_START = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];

/** The message, a one bit, zeros, and its length in bits, in blocks of 64 bytes. */
function padded(bytes) {
  const out = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  out.set(bytes);
  out[bytes.length] = 0x80;
  const view = new DataView(out.buffer);
  view.setUint32(out.length - 8, Math.floor(bytes.length / 2 ** 29));
  view.setUint32(out.length - 4, bytes.length * 8);
  return view;
}

function rotated(word, left) {
  return (word << left) | (word >>> (32 - left));
}

/** The bytes of 32-bit words. */
function wordBytes(words) {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, at) => view.setUint32(at * 4, word));
  return new Uint8Array(view.buffer);
}

function sm3(bytes) {
  const message = padded(bytes);
  const state = Uint32Array.from(SM3_START);
  const words = new Uint32Array(68);
  for (let block = 0; block < message.byteLength; block += 64) {
    for (let at = 0; at < 68; at += 1) {
      if (at < 16) {
        words[at] = message.getUint32(block + at * 4);
        continue;
      }
      const mixed = words[at - 16] ^ words[at - 9] ^ rotated(words[at - 3], 15);
      const spread = mixed ^ rotated(mixed, 15) ^ rotated(mixed, 23);
      words[at] = spread ^ rotated(words[at - 13], 7) ^ words[at - 6];
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at += 1) {
      const early = at < 16;
      const turned = rotated(a, 12);
      const constant = rotated(early ? 0x79cc4519 : 0x7a879d8a, at % 32);
      const one = rotated((turned + e + constant) | 0, 7);
      const choice1 = early ? a ^ b ^ c : (a & b) | (a & c) | (b & c);
      const choice2 = early ? e ^ f ^ g : (e & f) | (~e & g);
      const next1 = (choice1 + d + (one ^ turned) + (words[at] ^ words[at + 4])) | 0;
      const next2 = (choice2 + h + one + words[at]) | 0;
      [d, c, b, a] = [c, rotated(b, 9), a, next1];
      [h, g, f, e] = [g, rotated(f, 19), e, next2 ^ rotated(next2, 9) ^ rotated(next2, 17)];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] ^= word));
  }
  return wordBytes(state);
}
