// The texts of docs/evidence.md, sections 1 to 4 and 8 to 10, read and not yet believed.

const SIGNATURE_PREFIX = '— ';
const RECEIPT_HEADER = 'c2sp.org/tlog-proof@v1';
const SHORT_PREFIX = 'NXR1:';
const NAME_BYTES_MAX = 255;
const PATH_MAX = 64;
const SIGNATURES_MAX = 100;
const KIND_JOURNAL = 0x01;
const KIND_WITNESS = 0x04;
const SUITES = new Map([['sha-256', sha256], ['sm3', sm3]]);
const KEY_LABEL = /^\s*验证公钥[\s:：]+/;
const FIELDS = ['position', 'recordedAt', 'key', 'fingerprint', 'actor', 'type'];

/** A text as it was before forms and other systems touched its edges and line ends; signatures guard the rest. */
function plain(text) {
  return text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n').trim();
}

function isName(name) {
  return name !== '' && !/[\s+\p{Cc}]/u.test(name) && utf8(name).length <= NAME_BYTES_MAX;
}

/** A verifier key, NAME+ID+BASE64. */
function readKey(line) {
  if (line.startsWith('PRIVATE+KEY+')) throw new Unreadable('key_secret');
  const [, name, id, content] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/.exec(line) ?? [];
  if (name === undefined || !isName(name)) throw new Unreadable('key_form', line);
  const bytes = fromBase64(content, 'key_form');
  const [kind] = bytes;
  if (bytes.length !== 33 || ![KIND_JOURNAL, KIND_WITNESS].includes(kind)) throw new Unreadable('key_form', line);
  if (hex(sha256(join(utf8(`${name}\n`), bytes)).subarray(0, 4)) !== id) throw new Unreadable('key_id', name);
  const key = bytes.subarray(1);
  if (!isUsableKey(key)) throw new Unreadable('key_form', line);
  return { name, id, kind, key };
}

/** Keys, one a line, bare or as the notice prints them. */
function readKeys(text) {
  const lines = plain(text).split('\n').map((line) => line.replace(KEY_LABEL, '').trim());
  return lines.filter((line) => line !== '').map(readKey);
}

/** A signed note: its text with the last newline, and who claims to have signed it. */
function readNote(note, reason) {
  const border = note.lastIndexOf('\n\n');
  // A whole checkpoint of at least three lines and nothing below is not garbage: its signatures were left behind.
  if (border < 0) throw new Unreadable(note.split('\n').length < 3 ? reason : `${reason}_unsigned`);
  const lines = note.slice(border + 2).split('\n');
  if (lines.length > SIGNATURES_MAX) throw new Unreadable(reason);
  const signatures = lines.map((line) => {
    const [name, encoded, ...more] = line.slice(SIGNATURE_PREFIX.length).split(' ');
    if (!line.startsWith(SIGNATURE_PREFIX) || !isName(name) || encoded === undefined || more.length) {
      throw new Unreadable(reason);
    }
    const bytes = fromBase64(encoded, reason);
    if (bytes.length < 5) throw new Unreadable(reason);
    return { name, id: hex(bytes.subarray(0, 4)), bytes: bytes.subarray(4) };
  });
  return { text: note.slice(0, border + 1), signatures };
}

/** What a checkpoint says. A line nobody here knows may change what the others mean, so it is not passed over. */
function readCheckpoint(text, reason) {
  const [origin, size, root, ...more] = text.slice(0, -1).split('\n');
  if (root === undefined || !isOrigin(origin)) throw new Unreadable(reason);
  const hash = fromBase64(root, reason);
  const known = more.length === 0 || (more.length === 1 && more[0] === 'hash sm3');
  if (hash.length !== 32 || !known) throw new Unreadable(reason);
  return { origin, size: decimal(size, reason), root: hash, suite: more.length ? 'sm3' : 'sha-256' };
}

function isOrigin(origin) {
  return origin !== '' && !/\p{Cc}/u.test(origin) && utf8(origin).length <= NAME_BYTES_MAX;
}

/** The text that is signed. */
function checkpointText({ origin, size, root, suite }) {
  return `${origin}\n${size}\n${base64(root)}\n${suite === 'sm3' ? 'hash sm3\n' : ''}`;
}

/** The seven netstrings of an entry. */
function readEntry(leaf) {
  const reader = new Reader(leaf, 'receipt_entry');
  const take = () => {
    let digits = '';
    for (let [byte] = reader.take(1); byte !== 0x3a; [byte] = reader.take(1)) {
      digits += String.fromCharCode(byte);
      if (digits.length > 20) throw new Unreadable('receipt_entry');
    }
    const content = reader.take(Number(decimal(digits, 'receipt_entry')));
    if (reader.take(1)[0] !== 0x2c) throw new Unreadable('receipt_entry');
    return content;
  };
  const entry = Object.fromEntries(FIELDS.map((field) => [field, textOf(take(), 'receipt_entry')]));
  entry.position = decimal(entry.position, 'receipt_entry');
  entry.payload = textOf(take(), 'receipt_entry');
  if (reader.at !== leaf.length) throw new Unreadable('receipt_entry');
  return entry;
}

/** The root that an inclusion proof leads to (RFC 9162, 2.1.3.2), or the name of what is wrong with it. */
function inclusionRoot({ leaf, index, size, path, suite }) {
  const hash = SUITES.get(suite);
  if (index >= size) return { broken: 'path_beyond' };
  let node = index;
  let last = size - 1n;
  let root = hash(join([0], leaf));
  for (const sibling of path) {
    if (last === 0n) return { broken: 'path_long' };
    if (node & 1n || node === last) {
      root = hash(join([1], sibling, root));
      while (!(node & 1n) && node) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      root = hash(join([1], root, sibling));
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? { root } : { broken: 'path_short' };
}

/** A receipt in either form. `reached` is where its proof leads; the short form has no other root. */
function readReceipt(pasted) {
  const text = plain(pasted);
  if (text.length > TEXT_BYTES_MAX) throw new Unreadable('receipt_form');
  const receipt = text.startsWith(SHORT_PREFIX) ? readShort(text) : readLong(text);
  return { ...receipt, entry: readEntry(receipt.leaf) };
}

function readLong(text) {
  if (!text.startsWith(`${RECEIPT_HEADER}\n`)) throw new Unreadable('receipt_form');
  const border = text.indexOf('\n\n');
  const [, extra, index, ...hashes] = text.slice(0, Math.max(border, 0)).split('\n');
  if (!extra?.startsWith('extra ') || !index?.startsWith('index ')) throw new Unreadable('receipt_broken');
  const path = hashes.map((line) => fromBase64(line, 'receipt_broken'));
  if (path.length > PATH_MAX || path.some((hash) => hash.length !== 32)) throw new Unreadable('receipt_broken');
  const note = readNote(text.slice(border + 2), 'receipt_note');
  const proof = {
    leaf: fromBase64(extra.slice(6), 'receipt_broken'),
    index: decimal(index.slice(6), 'receipt_broken'),
    path,
    ...readCheckpoint(note.text, 'receipt_note'),
  };
  return { ...proof, ...note, short: false, reached: inclusionRoot(proof) };
}

function readShort(text) {
  // No line end is a character of the form, so a code that was wrapped is whole again.
  const bytes = fromBase45(text.slice(SHORT_PREFIX.length).replace(/\n/g, ''), 'short_broken');
  const reader = new Reader(bytes, 'short_broken');
  const [version, suite] = reader.take(2);
  if (version !== 1 || suite < 1 || suite > 2) throw new Unreadable('short_version');
  const proof = { suite: suite === 1 ? 'sha-256' : 'sm3', index: reader.varint(), size: reader.varint() };
  proof.origin = reader.text(NAME_BYTES_MAX);
  if (!isOrigin(proof.origin)) throw new Unreadable('short_broken');
  proof.path = Array.from({ length: reader.count(PATH_MAX) }, () => reader.take(32));
  const signatures = Array.from({ length: reader.count(SIGNATURES_MAX) }, () => {
    const name = reader.text(NAME_BYTES_MAX) || proof.origin;
    const id = hex(reader.take(4));
    return { name, id, bytes: reader.take(reader.count(TEXT_BYTES_MAX)) };
  });
  proof.leaf = inflate(reader.rest(), TEXT_BYTES_MAX, 'short_broken');
  const reached = inclusionRoot(proof);
  const checkpoint = { ...proof, root: reached.root };
  const signed = reached.root ? checkpointText(checkpoint) : null;
  return { ...checkpoint, text: signed, signatures, short: true, reached };
}

/** What hangs on the notice board: the signed note, or the printed block, which is compared by its numbers. */
function readPosted(pasted) {
  const text = plain(pasted);
  if (text.startsWith(RECEIPT_HEADER) || text.startsWith(SHORT_PREFIX)) throw new Unreadable('posted_receipt');
  if (text.length > TEXT_BYTES_MAX) throw new Unreadable('posted');
  if (/^默克尔根/m.test(text)) return readBlock(text);
  const note = readNote(text, 'posted');
  return { ...readCheckpoint(note.text, 'posted'), ...note, printed: false };
}

function readBlock(text) {
  // The root goes on in a second line, and a hand that copies it may break and space it as it likes.
  const value = (name) => new RegExp(`^${name}[\\s:：]+(.*)$`, 'm').exec(text)?.[1].trim() ?? '';
  const root = /^默克尔根[\s:：]*((?:[0-9a-fA-F]{1,64}\s*)+)/m.exec(text)?.[1].replace(/\s/g, '').toLowerCase() ?? '';
  const suite = value('杂凑算法');
  const origin = value('账本标识');
  if (!isOrigin(origin) || root.length !== 64 || !SUITES.has(suite)) throw new Unreadable('posted_block');
  const size = decimal(value('截至序号'), 'posted_block');
  const ids = value('签名密钥').split(/\s+/).filter((id) => id !== '');
  const keys = readKeys(text.split('\n').filter((line) => KEY_LABEL.test(line)).join('\n'));
  return { origin, size, root: fromHex(root), suite, ids, keys, printed: true };
}
