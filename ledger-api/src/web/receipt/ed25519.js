// Ed25519 (RFC 8032, section 5.1), checking only, and as strictly as the ledger does: one signature a text, no key and no
// commitment of small order. The library's own `verify` multiplies both sides by eight (the cofactor) and so holds for
// signatures that the ledger refuses; hence the equation stands here, and the library calculates.

const ORDER = Point.CURVE().n;

function fromLittleEndian(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

/** The point of a public key; null for bytes that are none, not its only spelling, or whose signatures prove nothing. */
function keyPoint(key) {
  try {
    const point = Point.fromBytes(key);
    return point.isSmallOrder() ? null : point;
  } catch {
    return null;
  }
}

/** Whether 32 bytes are a public key whose signatures prove something. */
function isUsableKey(key) {
  return keyPoint(key) !== null;
}

/** Whether the 64 bytes are the signature of the message by this key. */
function isSigned(key, message, signature) {
  const point = keyPoint(key);
  if (point === null || signature.length !== 64) return false;
  const commitment = signature.subarray(0, 32);
  const response = fromLittleEndian(signature.subarray(32));
  if (response >= ORDER) return false;
  const challenge = fromLittleEndian(sha512(join(commitment, key, message))) % ORDER;
  const expected = Point.BASE.multiplyUnsafe(response).subtract(point.multiplyUnsafe(challenge));
  return !expected.isSmallOrder() && same(expected.toBytes(), commitment);
}
