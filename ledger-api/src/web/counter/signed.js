// Whether a code is one that the ledger signed: an Ed25519 signature over its text, checked on this device.

/** The lines of a code's text, where the key signed it; null for anything else. */
function signedLines(word, key) {
  const parts = word.split('.');
  if (parts.length !== 2) return null;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
  try {
    const text = bytes(parts[0]);
    if (!isSigned(bytes(key), text, bytes(parts[1]))) return null;
    return new TextDecoder('utf-8', { fatal: true }).decode(text).split('\n');
  } catch (error) {
    return null;
  }
}

window.nuanxinSigned = signedLines;
