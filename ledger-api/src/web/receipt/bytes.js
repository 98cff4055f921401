// Bytes and the spellings they come in. Everything here refuses what has more than one spelling.

/** Longest text that is read, as in the ledger's own reader. */
const TEXT_BYTES_MAX = 4 << 20;
const BASE45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Why something cannot be read; `reason` is a name in words.js. */
class Unreadable extends Error {
  constructor(reason, detail = '') {
    super(reason);
    this.reason = reason;
    this.detail = detail;
  }
}

function utf8(text) {
  return new TextEncoder().encode(text);
}

/** The text, or `reason` when the bytes are none. */
function textOf(bytes, reason) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable(reason);
  }
}

function join(...parts) {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function same(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function fromHex(digits) {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Canonical base64 with padding; the browser's own decoder alone would also take blanks and loose bits. */
function fromBase64(text, reason) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new Unreadable(reason);
  }
  if (base64(bytes) !== text) throw new Unreadable(reason);
  return bytes;
}

/** Base45 (RFC 9285): two bytes in three characters. */
function fromBase45(text, reason) {
  const bytes = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = Array.from(text.slice(at, at + 3), (character) => BASE45.indexOf(character));
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    const pair = digits.length === 3;
    if (digits.length === 1 || digits.includes(-1) || value > (pair ? 0xffff : 0xff)) throw new Unreadable(reason);
    if (pair) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}

/** A number without sign and leading zeros that fits 64 bits. */
function decimal(text, reason) {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text) || BigInt(text) >> 64n) throw new Unreadable(reason);
  return BigInt(text);
}

/** Takes bytes from the front, one after the other. */
class Reader {
  constructor(bytes, reason) {
    this.bytes = bytes;
    this.reason = reason;
    this.at = 0;
  }

  take(count) {
    if (count > this.bytes.length - this.at) throw new Unreadable(this.reason);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  rest() {
    return this.take(this.bytes.length - this.at);
  }

  /** LEB128 without an empty last group, at most 64 bits. */
  varint() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const [byte] = this.take(1);
      value |= BigInt(byte & 0x7f) << shift;
      if (value >> 64n || (byte === 0 && shift > 0n)) throw new Unreadable(this.reason);
      if (byte < 0x80) return value;
    }
  }

  /** A length or a count that is bounded. */
  count(most) {
    const value = this.varint();
    if (value > BigInt(most)) throw new Unreadable(this.reason);
    return Number(value);
  }

  text(most) {
    return textOf(this.take(this.count(most)), this.reason);
  }
}
