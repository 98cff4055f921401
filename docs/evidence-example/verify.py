#!/usr/bin/env python3
"""Checks a receipt (.tlog-proof) of a points journal with nothing but Python: a stranger's verifier.

    verify.py RECEIPT VKEY [VKEY …]

VKEY is a verifier key, NAME+ID+BASE64, of the journal or of a cosigner that must have signed. Written from
docs/evidence.md alone; shares no code with the ledger. Exit code 0: it holds; 1: it does not, and why.
"""

import base64
import hashlib
import sys

# Ed25519 (RFC 8032, section 5.1), checking only.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - x2) % P:
        return None
    return P - x if x & 1 != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(n, a):
    result = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = add(result, a)
        a, n = add(a, a), n >> 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def signed(public, message, signature):
    a, r = point(public), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


class Wrong(Exception):
    pass


def netstrings(data):
    fields = []
    while data:
        length, _, rest = data.partition(b":")
        if not length.isdigit() or rest[int(length) : int(length) + 1] != b",":
            raise Wrong("the entry is not made of netstrings")
        fields.append(rest[: int(length)])
        data = rest[int(length) + 1 :]
    if len(fields) != 7:
        raise Wrong("the entry has not seven fields")
    return fields


def check_signature(note_text, lines, vkey):
    name, key_id, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded, validate=True)
    kind, public = key[0], key[1:]
    if hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != key_id:
        raise Wrong(f"the id of the key {name} does not fit")
    for line in lines:
        dash, signer, blob = line.split(" ")
        blob = base64.b64decode(blob, validate=True)
        if dash != "—" or signer != name or blob[:4].hex() != key_id:
            continue
        message, signature = note_text.encode(), blob[4:]
        if kind == 4:
            time = int.from_bytes(signature[:8], "big")
            message, signature = f"cosignature/v1\ntime {time}\n".encode() + message, signature[8:]
        if not signed(public, message, signature):
            raise Wrong(f"the signature by {name} does not hold")
        return name, kind
    raise Wrong(f"{name} has not signed")


def root_of(leaf, index, size, path, node):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        raise Wrong("the index is not below the size")
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            raise Wrong("the proof is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("the proof is too short")
    return r


def main(path, vkeys):
    text = open(path, encoding="utf-8", newline="").read()
    head, text, signatures = text.split("\n\n")
    magic, extra, index, *proof = head.split("\n")
    if magic != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
        raise Wrong("it is no receipt")
    leaf = base64.b64decode(extra[6:], validate=True)
    index = int(index[6:])
    proof = [base64.b64decode(line, validate=True) for line in proof]

    text += "\n"
    origin, size, root, *more = text.rstrip("\n").split("\n")
    suite = "sha256"
    for line in more:
        if line != "hash sm3":
            raise Wrong(f"an unknown line in the checkpoint: {line}")
        suite = "sm3"
    signers = [check_signature(text, signatures.rstrip("\n").split("\n"), vkey) for vkey in vkeys]
    if not any(kind == 1 and name == origin for name, kind in signers):
        raise Wrong("no key of the journal was given")

    def digest(data):
        return hashlib.new(suite, data).digest()

    def node(left, right):
        return digest(b"\x01" + left + right)

    found = root_of(digest(b"\x00" + leaf), index, int(size), proof, node)
    if found != base64.b64decode(root, validate=True):
        raise Wrong("the proof leads to another root")
    position, recorded_at, _, _, _, event_type, payload = netstrings(leaf)
    if int(position) != index + 1:
        raise Wrong("the entry is of another position")
    print(f"valid: position {index + 1} of {size} in {origin}")
    print(f"{recorded_at.decode()} {event_type.decode()} {payload.decode()}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2:])
    except (Wrong, ValueError) as why:
        print(f"invalid: {why}")
        sys.exit(1)
