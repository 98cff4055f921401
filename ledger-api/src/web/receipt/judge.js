// What may be said of a receipt. "Holds" is said only when entry, proof, signature and the posted checkpoint all agree;
// what was not given is open, never passed over.

/** Verdict on the pasted texts, with every check by itself. Reasons are names in words.js. */
function judge({ receiptText, postedText, keysText }) {
  if (plain(receiptText) === '') return { verdict: 'open', reason: 'receipt_missing', checks: [] };
  try {
    const receipt = readReceipt(receiptText);
    const posted = plain(postedText) === '' ? null : readPosted(postedText);
    const given = readKeys(keysText);
    // The board prints its key beside the root: whoever copied all of it has given the key as well.
    const named = given.some((key) => key.kind === KIND_JOURNAL);
    const keys = named ? given : given.concat(posted?.keys ?? []);
    const checks = [
      ['position', checkPosition(receipt)],
      ['signature', checkSignature(receipt, keys)],
      ['path', checkPath(receipt)],
      ['posted', checkPosted(receipt, posted, keys)],
      ['witness', checkWitnesses(receipt, posted, keys)],
    ].map(([name, outcome]) => ({ name, ...outcome }));
    const first = (state) => checks.find((check) => check.state === state);
    const telling = first('bad') ?? first('open') ?? outcome('good', 'agrees');
    const verdict = { bad: 'fails', open: 'open', good: 'holds' }[telling.state];
    return { verdict, reason: telling.reason, detail: telling.detail, checks, receipt, posted };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { verdict: 'unreadable', reason: error.reason, detail: error.detail, checks: [] };
  }
}

function outcome(state, reason, detail = '') {
  return { state, reason, detail };
}

/** Two values that should be one, each with where it stands. */
function differ(where, left, right) {
  return `${where} ${left}，凭证 ${right}`;
}

function checkPosition({ entry, index }) {
  const proved = index + 1n;
  if (entry.position !== proved) return outcome('bad', 'position', `条目写 ${entry.position}，证明的是 ${proved}`);
  return outcome('good', 'position_good', `${proved}`);
}

function checkSignature(receipt, keys) {
  const ofJournals = keys.filter((key) => key.kind === KIND_JOURNAL);
  const own = ofJournals.filter((key) => key.name === receipt.origin);
  if (ofJournals.length === 0) return outcome('open', receipt.short ? 'key_missing_short' : 'key_missing');
  if (own.length === 0) return outcome('bad', 'key_of_other', differ('公钥', ofJournals[0].name, receipt.origin));
  if (receipt.text === null) return outcome('open', 'rootless');
  const { held, failed } = signers(receipt, own);
  if (failed) return outcome('bad', receipt.short ? 'signature_short' : 'signature', failed.id);
  if (held.length === 0) return outcome('bad', 'not_signed', receipt.signatures.map(({ id }) => id).join(' '));
  return outcome('good', 'signature_good', held.map(({ key }) => key.id).join(' '));
}

function checkPath({ root, reached, short }) {
  if (reached.broken) return outcome('bad', reached.broken);
  if (!same(root, reached.root)) return outcome('bad', 'path_root');
  return outcome('good', short ? 'path_good_short' : 'path_good');
}

function checkPosted(receipt, posted, keys) {
  if (posted === null) return outcome('open', 'posted_missing', `要截至序号 ${receipt.size} 的那一份`);
  if (posted.origin !== receipt.origin) {
    return outcome('bad', 'posted_origin', differ('公示', posted.origin, receipt.origin));
  }
  if (posted.suite !== receipt.suite) return outcome('bad', 'posted_suite', differ('公示', posted.suite, receipt.suite));
  const own = keys.filter((key) => key.kind === KIND_JOURNAL && key.name === receipt.origin);
  const { held, failed } = posted.printed ? { held: [], failed: null } : signers(posted, own);
  if (failed) return outcome('bad', 'posted_signature', failed.id);
  if (posted.size !== receipt.size) {
    const before = posted.size < receipt.entry.position;
    const sizes = differ('公示', `截至 ${posted.size}`, `截至 ${receipt.size}`);
    return outcome('open', before ? 'posted_before' : 'posted_other_size', sizes);
  }
  if (receipt.text === null) return outcome('open', 'rootless');
  if (!same(posted.root, receipt.root)) {
    const bothSigned = held.length > 0 && signers(receipt, own).held.length > 0;
    return outcome('bad', bothSigned ? 'posted_two' : 'posted_root');
  }
  const named = !posted.printed || own.length === 0 || own.some(({ id }) => posted.ids.includes(id));
  if (!named) return outcome('bad', 'posted_key', posted.ids.join(' '));
  return outcome('good', 'posted_good', `截至序号 ${posted.size}`);
}

function checkWitnesses(receipt, posted, keys) {
  const witnesses = keys.filter((key) => key.kind === KIND_WITNESS);
  if (witnesses.length === 0) {
    const others = receipt.signatures.filter(({ name }) => name !== receipt.origin).map(({ name }) => name);
    return outcome('skipped', others.length ? 'witness_ignored' : 'witness_none', others.join(' '));
  }
  if (receipt.text === null) return outcome('open', 'rootless');
  // The board may show a cosignature that came after the receipt was made, under the very same text.
  const later = posted && !posted.printed && posted.text === receipt.text ? posted.signatures : [];
  const { held, failed } = signers({ text: receipt.text, signatures: receipt.signatures.concat(later) }, witnesses);
  if (failed) return outcome('bad', 'witness_signature', failed.name);
  const silent = witnesses.find((witness) => !held.some(({ key }) => key === witness));
  if (silent) return outcome('bad', 'witness_missing', silent.name);
  return outcome('good', 'witness_good', held.map(({ key, time }) => `${key.name} ${time}`).join('; '));
}

/** Which of these keys signed a note, and the first whose signature does not hold; all other lines are ignored. */
function signers({ text, signatures }, keys) {
  const held = [];
  for (const { name, id, bytes } of signatures) {
    const key = keys.find((known) => known.name === name && known.id === id);
    if (!key) continue;
    const cosigns = key.kind === KIND_WITNESS;
    const seconds = cosigns && bytes.length > 8 ? BigInt(`0x${hex(bytes.subarray(0, 8))}`) : 0n;
    const message = cosigns ? `cosignature/v1\ntime ${seconds}\n${text}` : text;
    const holds = isSigned(key.key, utf8(message), cosigns ? bytes.subarray(8) : bytes);
    if (!holds || seconds >> 63n) return { held, failed: key };
    if (!held.some((earlier) => earlier.key === key)) held.push({ key, time: cosigns ? dateOf(seconds) : '' });
  }
  return { held, failed: null };
}

/** The time of a cosignature, in UTC; as a bare number where no calendar reaches. */
function dateOf(seconds) {
  return seconds < 253402300800n ? new Date(Number(seconds) * 1000).toISOString().replace('.000', '') : `${seconds}`;
}
