// What the receipt page takes from its libraries; `bundle` makes receipt.js of it.
import './older-browsers.js';

export { Point } from '@noble/ed25519';
export { sha256, sha512 } from '@noble/hashes/sha2.js';
export { Inflate } from 'fflate';
