// DEFLATE (RFC 1951), reading only: older phones have no decompressor of their own.

const LENGTH_CODES = 29;
const DISTANCE_CODES = 30;
/** The order in which the lengths of the code of code lengths stand. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The bytes; whatever is not exactly one stream of at most `most` bytes is refused. */
function inflate(bytes, most, reason) {
  const bits = new Bits(bytes, reason);
  const out = [];
  for (let last = 0; !last; ) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 0) {
      copyStored(bits, out);
    } else if (kind === 1) {
      const lengths = Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8));
      expand(bits, out, huffman(lengths, reason), huffman(Array(DISTANCE_CODES).fill(5), reason), most);
    } else if (kind === 2) {
      expand(bits, out, ...readCodes(bits), most);
    } else {
      throw new Unreadable(reason);
    }
    if (out.length > most) throw new Unreadable(reason);
  }
  if (bits.reader.at !== bytes.length) throw new Unreadable(reason);
  return Uint8Array.from(out);
}

/** Bits from the lowest of each byte up. */
class Bits {
  constructor(bytes, reason) {
    this.reader = new Reader(bytes, reason);
    this.reason = reason;
    this.held = 0;
    this.count = 0;
  }

  take(count) {
    while (this.count < count) {
      this.held |= this.reader.take(1)[0] << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  }

  /** One symbol of a code, whose bits come highest first. */
  symbol({ counts, symbols }) {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length += 1) {
      code |= this.take(1);
      if (code - first < counts[length]) return symbols[index + code - first];
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    throw new Unreadable(this.reason);
  }
}

/** A canonical code from the lengths of its words. */
function huffman(lengths, reason) {
  const counts = Array(16).fill(0);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let left = 1;
  for (let length = 1; length <= 15; length += 1) {
    left = left * 2 - counts[length];
    if (left < 0) throw new Unreadable(reason);
  }
  const used = lengths.map((length, symbol) => ({ length, symbol })).filter(({ length }) => length > 0);
  used.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  return { counts, symbols: used.map(({ symbol }) => symbol) };
}

function copyStored(bits, out) {
  bits.held = 0;
  bits.count = 0;
  const [a, b, c, d] = bits.reader.take(4);
  const length = a | (b << 8);
  if (length !== (~(c | (d << 8)) & 0xffff)) throw new Unreadable(bits.reason);
  for (const byte of bits.reader.take(length)) out.push(byte);
}

/** The two codes of a block that brings its own. */
function readCodes(bits) {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const count = bits.take(4) + 4;
  if (literals > 257 + LENGTH_CODES || distances > DISTANCE_CODES) throw new Unreadable(bits.reason);
  const ofLengths = Array(19).fill(0);
  for (const symbol of LENGTH_ORDER.slice(0, count)) ofLengths[symbol] = bits.take(3);
  const code = huffman(ofLengths, bits.reason);
  const lengths = [];
  while (lengths.length < literals + distances) {
    const symbol = bits.symbol(code);
    if (symbol < 16) {
      lengths.push(symbol);
    } else {
      if (symbol === 16 && lengths.length === 0) throw new Unreadable(bits.reason);
      const repeated = symbol === 16 ? lengths[lengths.length - 1] : 0;
      const times = symbol === 16 ? bits.take(2) + 3 : symbol === 17 ? bits.take(3) + 3 : bits.take(7) + 11;
      for (let time = 0; time < times; time += 1) lengths.push(repeated);
    }
  }
  if (lengths.length > literals + distances) throw new Unreadable(bits.reason);
  return [huffman(lengths.slice(0, literals), bits.reason), huffman(lengths.slice(literals), bits.reason)];
}

/** Literals, and copies of what went before. */
function expand(bits, out, literals, distances, most) {
  for (;;) {
    const symbol = bits.symbol(literals);
    if (symbol === 256) return;
    if (symbol < 256) {
      out.push(symbol);
    } else {
      const length = stepped(bits, symbol - 257, LENGTH_CODES, 4) + 3;
      const distance = stepped(bits, bits.symbol(distances), DISTANCE_CODES, 2) + 1;
      if (distance > out.length || out.length + length > most) throw new Unreadable(bits.reason);
      for (let time = 0; time < length; time += 1) out.push(out[out.length - distance]);
    }
    if (out.length > most) throw new Unreadable(bits.reason);
  }
}

/** The value of a length or distance code: `group` codes share a number of extra bits, which grows by one a group. */
function stepped(bits, code, codes, group) {
  if (code >= codes) throw new Unreadable(bits.reason);
  // The last length code stands for the longest copy alone and has no extra bits.
  if (codes === LENGTH_CODES && code === LENGTH_CODES - 1) return 255;
  if (code < 2 * group) return code;
  const extra = Math.floor(code / group) - 1;
  return ((group + (code % group)) << extra) + bits.take(extra);
}
