// Ed25519 (RFC 8032, section 5.1), checking only, and as strictly as the ledger does: one signature a text, no key and
// no commitment of small order. What is checked is public, so nothing here needs to take constant time.

const FIELD = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const CURVE = modulo(-121665n * power(121666n, FIELD - 2n));
const ROOT_OF_MINUS_1 = power(2n, (FIELD - 1n) / 4n);
/** Points are x, y, z and x·y/z: no division until the end. */
const NEUTRAL = [0n, 1n, 1n, 0n];
const BASE = decodePoint(littleEndian(modulo(4n * power(5n, FIELD - 2n))));

function modulo(number) {
  const rest = number % FIELD;
  return rest < 0n ? rest + FIELD : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (; exponent; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
}

/** 32 bytes, the lowest first. */
function littleEndian(number) {
  return fromHex(number.toString(16).padStart(64, '0')).reverse();
}

function fromLittleEndian(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

/** The point; null for bytes that are none, or not the only spelling of one. */
function decodePoint(bytes) {
  const number = fromLittleEndian(bytes);
  const odd = number >> 255n;
  const y = number & ((1n << 255n) - 1n);
  if (y >= FIELD) return null;
  const square = modulo((y * y - 1n) * power(CURVE * y * y + 1n, FIELD - 2n));
  let x = power(square, (FIELD + 3n) / 8n);
  if (modulo(x * x - square)) x = modulo(x * ROOT_OF_MINUS_1);
  if (modulo(x * x - square) || (x === 0n && odd)) return null;
  if ((x & 1n) !== odd) x = FIELD - x;
  return [x, y, 1n, modulo(x * y)];
}

function encodePoint([x, y, z]) {
  const inverse = power(z, FIELD - 2n);
  return littleEndian(modulo(y * inverse) | ((modulo(x * inverse) & 1n) << 255n));
}

function addPoints([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = modulo((y1 - x1) * (y2 - x2));
  const b = modulo((y1 + x1) * (y2 + x2));
  const c = modulo(2n * t1 * t2 * CURVE);
  const d = modulo(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [modulo(e * f), modulo(g * h), modulo(f * g), modulo(e * h)];
}

function multiplyPoint(factor, point) {
  let result = NEUTRAL;
  for (; factor; factor >>= 1n) {
    if (factor & 1n) result = addPoints(result, point);
    point = addPoints(point, point);
  }
  return result;
}

/** Whether eight times the point is nothing: such a key proves nothing. */
function isSmall(point) {
  const [x, y, z] = multiplyPoint(8n, point);
  return x === 0n && y === z;
}

/** Whether 32 bytes are a public key whose signatures prove something. */
function isUsableKey(key) {
  const point = decodePoint(key);
  return point !== null && !isSmall(point);
}

/** Whether the 64 bytes are the signature of the message by this key. */
function isSigned(key, message, signature) {
  if (signature.length !== 64 || !isUsableKey(key)) return false;
  const commitment = signature.subarray(0, 32);
  const response = fromLittleEndian(signature.subarray(32));
  if (response >= ORDER) return false;
  const challenge = fromLittleEndian(sha512(join(commitment, key, message))) % ORDER;
  const [x, y, z, t] = decodePoint(key);
  const expected = addPoints(multiplyPoint(response, BASE), multiplyPoint(challenge, [modulo(-x), y, z, modulo(-t)]));
  return !isSmall(expected) && same(encodePoint(expected), commitment);
}
