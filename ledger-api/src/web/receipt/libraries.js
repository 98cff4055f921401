// What the page takes from noble-ed25519, noble-hashes and fflate (see ../vendor). Browsers offer such things over https
// only or in newer versions only, and this page is opened from a file and over a plain network as well.

const { Point, sha256, sha512, Inflate } = LIBRARIES;

/** Compressed bytes are handed on in such pieces, so that a small text cannot fill the memory before it is refused. */
const PIECE_BYTES = 1 << 10;

/** The bytes; whatever is not exactly one DEFLATE stream of at most `most` bytes is refused. */
function inflate(bytes, most, reason) {
  const inflated = expanded(bytes, most);
  // A stream knows its own end: if it is whole without the last byte, that byte is none of it.
  if (inflated === null || expanded(bytes.subarray(0, -1), most)) throw new Unreadable(reason);
  return inflated;
}

/** What the stream at the front holds; null when it is broken, cut or too long. */
function expanded(bytes, most) {
  const parts = [];
  let left = most;
  const stream = new Inflate((part) => {
    left -= part.length;
    if (left < 0) throw new RangeError('longer than allowed');
    parts.push(part);
  });
  try {
    for (let at = 0, end = 0; at < bytes.length; at = end) {
      end = Math.min(at + PIECE_BYTES, bytes.length);
      stream.push(bytes.subarray(at, end), end === bytes.length);
    }
  } catch {
    return null;
  }
  return join(...parts);
}
