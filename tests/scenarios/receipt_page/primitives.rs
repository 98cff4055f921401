//! The page's hashes, signatures and inflation, its libraries' and its own, against the vectors of their standards and
//! against what the ledger says, run where they will run: in a browser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ledger_core::evidence::note::{KeyKind, KeyRing, PublicKey, SignedNote};
use miniz_oxide::deflate::compress_to_vec;
use serde_json::json;

use super::Desk;
use super::office::Office;

/// Message and digests: SHA-256 and SHA-512 of FIPS 180-4's examples, SM3 of GB/T 32905-2016's.
const DIGESTS: [(&str, &str, &str); 9] = [
    ("sha256", "''", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("sha256", "'abc'", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        "sha256",
        "'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ),
    ("sha256", "'a'.repeat(1000000)", "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    (
        "sha512",
        "'abc'",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ),
    (
        "sha512",
        "'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu'",
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018\
         501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ),
    ("sm3", "'abc'", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    ("sm3", "'abcd'.repeat(16)", "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ("sm3", "''", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
];

/// Public key, message and signature of RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
const SIGNATURES: [(&str, &str, &str); 4] = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b\
         d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c\
         387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659\
         4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
         2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030\
         3dca179c138ac17ad9bef1177331a704",
    ),
];

/// Points of small order, and spellings that are not the only one of their point.
const USELESS_KEYS: [&str; 5] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// Public key, signed text, signature, and whether it holds. All of them satisfy the equation that is multiplied by the
/// cofactor: only who does without it tells those apart whose key or commitment has a part of small order.
const STRICTNESS: [(&str, &str, &str, bool); 5] = [
    (
        "758b890e14d86cb8ce8eaf22f7061c54801d3f8956784eddeb864b6efffd4e3e",
        "district.example/journal\n",
        "6960aa3aa4adf74dc4f379c9914e80218eb671b32bc2fffe1b9eb7ffda0a8f4ec5559620b6254f47328af24e80f939ed\
         e1f0766ccdfa536745f4f36575fb4802",
        true,
    ),
    // The commitment plus a point of order eight.
    (
        "758b890e14d86cb8ce8eaf22f7061c54801d3f8956784eddeb864b6efffd4e3e",
        "district.example/journal\n",
        "f56d9b59c7154c75292c1a08947b41567af5d27b3d04ea7b1b0408178ccf73d7510a1644db6d3d9af5ebd1b3827b0ffc\
         596e9b4f2e1987545b6d89051262f40e",
        false,
    ),
    // A commitment of nothing: the equation holds to the letter.
    (
        "758b890e14d86cb8ce8eaf22f7061c54801d3f8956784eddeb864b6efffd4e3e",
        "district.example/journal\n",
        "01000000000000000000000000000000000000000000000000000000000000002c3803f7d80f2033e4abb40b95bd68d8\
         8d7279113a9424cf56b8ba9b38bbae09",
        false,
    ),
    // A key plus a point of order eight: whether it signs is left to chance, text by text.
    (
        "3a45f10c96e0c82d9cdf8ead68a288efae726f37023406dbaa97f7c53dc15d97",
        "district.example/journal\n0\n",
        "6960aa3aa4adf74dc4f379c9914e80218eb671b32bc2fffe1b9eb7ffda0a8f4ef760a22214222f6b609daa60819d6077\
         3277bf0866e612bdf110682417d9fb0f",
        false,
    ),
    (
        "3a45f10c96e0c82d9cdf8ead68a288efae726f37023406dbaa97f7c53dc15d97",
        "district.example/journal\n7\n",
        "6960aa3aa4adf74dc4f379c9914e80218eb671b32bc2fffe1b9eb7ffda0a8f4e9f967e897c1a1d4f0d1cf0542598ce64\
         25a9cba7c6f91812274760470b93620e",
        true,
    ),
];

#[test]
fn hashes_and_signatures_are_those_of_the_standards() {
    let mut browser = Desk::of(&Office::new("sha-256")).browser;
    for (hash, message, digest) in DIGESTS {
        assert_eq!(browser.eval(&format!("hex({hash}(utf8({message})))")), json!(digest), "{hash} of {message}");
    }
    for (key, message, signature) in SIGNATURES {
        let mut holds = |key: &str, message: &str, signature: &str| {
            browser.eval(&format!("isSigned(fromHex('{key}'), fromHex('{message}'), fromHex('{signature}'))"))
        };
        assert_eq!(holds(key, message, signature), true, "{key}");
        assert_eq!(holds(key, &format!("{message}00"), signature), false, "another message under {key}");
        assert_eq!(holds(key, message, &signature.replacen(&signature[..2], "00", 1)), false, "another commitment");
        assert_eq!(holds(key, message, &signature[..126]), false, "a byte less");
        // The same response plus the group's order: a second spelling of the same signature.
        let again = format!(
            "isSigned(fromHex('{key}'), fromHex('{message}'), join(fromHex('{0}').subarray(0, 32), fromHex(\
             (fromLittleEndian(fromHex('{0}').subarray(32)) + ORDER).toString(16).padStart(64, '0')).reverse()))",
            signature
        );
        assert_eq!(browser.eval(&again), false, "a second spelling under {key}");
    }
    for key in USELESS_KEYS {
        assert_eq!(browser.eval(&format!("isUsableKey(fromHex('{key}'))")), false, "{key}");
    }
}

#[test]
fn the_page_is_as_strict_with_signatures_as_the_ledger() {
    let mut browser = Desk::of(&Office::new("sha-256")).browser;
    for (key, text, signature, holds) in STRICTNESS {
        let asked = format!("isSigned(fromHex('{key}'), utf8({}), fromHex('{signature}'))", json!(text));
        assert_eq!(browser.eval(&asked), holds, "the page on {signature}");
        assert_eq!(holds_for_the_ledger(key, text, signature), holds, "the ledger on {signature}");
    }
    for key in USELESS_KEYS {
        let name = "district.example/journal".parse().expect("a name");
        let read = PublicKey::new(name, KeyKind::Ed25519, &bytes(key).try_into().expect("32 bytes"));
        assert!(read.is_err(), "the ledger on {key}");
    }
}

fn holds_for_the_ledger(key: &str, text: &str, signature: &str) -> bool {
    let name = "district.example/journal".parse().expect("a name");
    let key = PublicKey::new(name, KeyKind::Ed25519, &bytes(key).try_into().expect("32 bytes")).expect("a key");
    let line = [&key.id().to_bytes()[..], &bytes(signature)].concat();
    let note = format!("{text}\n— {} {}\n", key.name(), STANDARD.encode(line));
    let mut ring = KeyRing::new();
    ring.trust(key).expect("a key");
    SignedNote::parse(note.as_bytes()).expect("a note").verify(&ring).is_ok()
}

#[test]
fn only_one_whole_stream_within_the_bound_is_inflated() {
    let mut browser = Desk::of(&Office::new("sha-256")).browser;
    let mut inflated = |stream: &[u8], most: usize| {
        let asked = format!(
            "(() => {{ try {{ return hex(inflate(fromHex('{}'), {most}, 'x')); }} catch ({{reason}}) {{ return reason; }} }})()",
            hex(stream)
        );
        browser.eval(&asked)
    };
    // Longer than the pieces in which the page takes a stream, stored and compressed.
    let text: Vec<u8> = (0..20_000_u32).map(|at| b"redeemed"[(at * at % 8191 % 8) as usize]).collect();
    // As the ledger packs them, and at levels that make blocks of the other kinds.
    for level in [0, 1, 6, 10] {
        for content in [&b""[..], b"x", &text] {
            let stream = compress_to_vec(content, level);
            assert_eq!(inflated(&stream, content.len()), json!(hex(content)));
            assert_eq!(inflated(&stream[..stream.len() - 1], content.len()), json!("x"), "cut");
            assert_eq!(inflated(&[&stream[..], &[0]].concat(), content.len()), json!("x"), "more behind it");
            if let Some(most) = content.len().checked_sub(1) {
                assert_eq!(inflated(&stream, most), json!("x"), "one byte too long");
            }
        }
    }
    assert_eq!(inflated(&[], 9), json!("x"));
    // What would become much more than that is given up early.
    assert_eq!(inflated(&compress_to_vec(&vec![0; 64 << 20], 1), 4 << 20), json!("x"));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("a byte");
    (0..hex.len()).step_by(2).map(digit).collect()
}
