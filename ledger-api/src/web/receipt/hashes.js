// SHA-256 and SHA-512 (FIPS 180-4), SM3 (GB/T 32905-2016). Browsers offer theirs over https only, and never SM3.

const WORD64 = (1n << 64n) - 1n;
const SM3_START = [
  0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
];

/** The first 80 primes: the standard makes its constants of their roots, and SHA-256 uses the upper halves. */
const PRIMES = [];
for (let number = 2; PRIMES.length < 80; number += 1) {
  if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
}
const SHA_START = PRIMES.slice(0, 8).map((prime) => rootFraction(prime, 2n));
const SHA_ROUNDS = PRIMES.map((prime) => rootFraction(prime, 3n));
const SHA256_START = SHA_START.map((word) => Number(word >> 32n));
const SHA256_ROUNDS = SHA_ROUNDS.slice(0, 64).map((word) => Number(word >> 32n));

/** The first 64 bits behind the point of a root, found by bisection. */
function rootFraction(prime, degree) {
  const power = BigInt(prime) << (64n * degree);
  let root = 0n;
  for (let bit = 1n << 68n; bit; bit >>= 1n) {
    if ((root | bit) ** degree <= power) root |= bit;
  }
  return root & WORD64;
}

/** The message, a one bit, zeros, and its length in bits, in whole blocks. */
function padded(bytes, block) {
  const out = new Uint8Array(Math.ceil((bytes.length + 1 + block / 8) / block) * block);
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

function sha256(bytes) {
  const message = padded(bytes, 64);
  const state = Uint32Array.from(SHA256_START);
  const words = new Uint32Array(64);
  for (let block = 0; block < message.byteLength; block += 64) {
    for (let at = 0; at < 64; at += 1) {
      if (at < 16) {
        words[at] = message.getUint32(block + at * 4);
        continue;
      }
      const early = words[at - 15];
      const late = words[at - 2];
      const small0 = rotated(early, 25) ^ rotated(early, 14) ^ (early >>> 3);
      const small1 = rotated(late, 15) ^ rotated(late, 13) ^ (late >>> 10);
      words[at] = words[at - 16] + small0 + words[at - 7] + small1;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 64; at += 1) {
      const big1 = rotated(e, 26) ^ rotated(e, 21) ^ rotated(e, 7);
      const one = (h + big1 + ((e & f) ^ (~e & g)) + SHA256_ROUNDS[at] + words[at]) | 0;
      const big0 = rotated(a, 30) ^ rotated(a, 19) ^ rotated(a, 10);
      const two = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] += word));
  }
  return wordBytes(state);
}

function sm3(bytes) {
  const message = padded(bytes, 64);
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

/** In whole 64-bit numbers: slow and short, and a signature hashes a few hundred bytes. */
function sha512(bytes) {
  const message = padded(bytes, 128);
  const turned = (word, right) => ((word >> right) | (word << (64n - right))) & WORD64;
  const state = SHA_START.slice();
  const words = [];
  for (let block = 0; block < message.byteLength; block += 128) {
    for (let at = 0; at < 80; at += 1) {
      if (at < 16) {
        const upper = BigInt(message.getUint32(block + at * 8));
        words[at] = (upper << 32n) | BigInt(message.getUint32(block + at * 8 + 4));
        continue;
      }
      const early = words[at - 15];
      const late = words[at - 2];
      const small0 = turned(early, 1n) ^ turned(early, 8n) ^ (early >> 7n);
      const small1 = turned(late, 19n) ^ turned(late, 61n) ^ (late >> 6n);
      words[at] = (words[at - 16] + small0 + words[at - 7] + small1) & WORD64;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let at = 0; at < 80; at += 1) {
      const big1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
      const one = h + big1 + ((e & f) ^ (~e & g)) + SHA_ROUNDS[at] + words[at];
      const big0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
      const two = big0 + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & WORD64, c, b, a, (one + two) & WORD64];
    }
    [a, b, c, d, e, f, g, h].forEach((word, at) => (state[at] = (state[at] + word) & WORD64));
  }
  return fromHex(state.map((word) => word.toString(16).padStart(16, '0')).join(''));
}
