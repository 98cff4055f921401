//! Notes and keys against the examples of the specification, of Go's `sumdb/note`, and of a public
//! log with its witnesses.

#![expect(clippy::indexing_slicing, reason = "an index out of range fails the test, as it should")]

use super::{
    COSIGNATURE_SECONDS_MAX, KeyError, KeyId, KeyKind, KeyName, KeyRing, NOTE_BYTES_MAX, NoteError, PublicKey,
    SIGNATURES_MAX, SecretKey, SignedNote,
};

const PETER_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const ENOCH: &str = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
const PETER_LINE: &str =
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH_LINE: &str =
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

/// A checkpoint of a public certificate log, signed by its log with two kinds of key and by four
/// witnesses.
const PUBLIC_LOG: &str = "arche2025h1.staging.ct.transparency.dev\n\
    1432088532\n\
    U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n\
    \n\
    — arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n\
    — arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n\
    — transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==\n\
    — witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==\n\
    — remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n\
    — witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==\n";
const PUBLIC_LOG_KEY: &str =
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f";
const PUBLIC_WITNESS_KEY: &str = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";

fn ring(keys: &[&str]) -> KeyRing {
    let mut ring = KeyRing::new();
    for key in keys {
        ring.trust(key.parse().expect("a key")).expect("unambiguous");
    }
    ring
}

fn secret(name: &str, kind: KeyKind, seed: u8) -> SecretKey {
    SecretKey::from_seed(name.parse().expect("a name"), kind, &[seed; 32]).expect("a usable key")
}

fn parsed(note: &str) -> Result<SignedNote, NoteError> {
    SignedNote::parse(note.as_bytes())
}

/// Names of the signers that were verified.
fn signers(note: &str, keys: &[&str]) -> Result<Vec<String>, NoteError> {
    let verified = parsed(note)?.verify(&ring(keys))?;
    Ok(verified.iter().map(|signature| signature.key.name().to_string()).collect())
}

#[test]
fn keys_are_read_and_written_as_go_does() {
    let key: SecretKey = PETER_SECRET.parse().expect("Go's example");
    assert_eq!(key.to_secret_text(), PETER_SECRET);
    assert_eq!(key.public().to_string(), PETER);
    assert_eq!(PETER.parse(), Ok(key.public().clone()));
    assert_eq!(key.public().id().to_string(), "c74f20a3");
    assert_eq!(format!("{key:?}"), "SecretKey(PeterNeumann+c74f20a3, hidden)");
}

#[test]
fn keys_do_not_survive_mangling() {
    for whole in [PETER, PETER_SECRET] {
        let read = |text: &str| match whole {
            PETER => text.parse::<PublicKey>().is_ok(),
            _ => text.parse::<SecretKey>().is_ok(),
        };
        assert!(read(whole));
        for start in 0..=whole.len() {
            for end in start..=whole.len() {
                assert!(!read(&whole[start..end]) || whole.len() == end - start, "{start}..{end}");
            }
        }
        for at in 0..whole.len() {
            let mut bytes = whole.as_bytes().to_vec();
            bytes[at] += 1;
            assert!(!read(&String::from_utf8(bytes).expect("still ASCII")), "byte {at}");
        }
        assert!(!read(&whole.replace("c74f20a3", "C74F20A3")));
        assert!(!read(&format!("{whole}\n")));
    }
    let wrong_length = "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==";
    assert_eq!(wrong_length.parse::<PublicKey>(), Err(KeyError::Form));
    let unknown_kind = "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    assert_eq!(unknown_kind.parse::<PublicKey>(), Err(KeyError::UnknownKind));
    assert_eq!(PETER.replace("c74f20a3", "c74f20a4").parse::<PublicKey>(), Err(KeyError::IdMismatch));
    assert_eq!("a".repeat(513).parse::<PublicKey>(), Err(KeyError::Form));
}

#[test]
fn a_public_key_for_which_signatures_prove_nothing_is_refused() {
    let name: KeyName = "weak".parse().expect("a name");
    let mut identity = [0; 32];
    identity[0] = 1;
    for bytes in [[0; 32], identity] {
        let key = PublicKey::new(name.clone(), KeyKind::Ed25519, &bytes);
        assert_eq!(key, Err(KeyError::Unusable));
    }
}

#[test]
fn key_names_are_lines_without_blanks_and_plus() {
    for good in ["district.example/journal", "积分账本.example", &"n".repeat(255)] {
        assert_eq!(good.parse::<KeyName>().map(|name| name.to_string()), Ok(good.to_owned()));
    }
    for bad in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{3000}b", "a\u{7f}b", &"n".repeat(256)] {
        assert_eq!(bad.parse::<KeyName>(), Err(KeyError::Name), "{bad:?}");
    }
}

#[test]
fn signing_gives_the_bytes_go_gives() {
    let key: SecretKey = PETER_SECRET.parse().expect("Go's example");
    let note = SignedNote::sign(TEXT, &key).expect("a text");
    assert_eq!(note.to_string(), format!("{TEXT}\n{PETER_LINE}"));
    assert_eq!(parsed(&note.to_string()), Ok(note.clone()));

    let mut again = note.clone();
    again.add_signature(&key).expect("the same key");
    assert_eq!(again, note);
}

#[test]
fn known_keys_are_verified_and_unknown_ones_ignored() {
    let both = format!("{TEXT}\n{PETER_LINE}{ENOCH_LINE}");
    assert_eq!(signers(&both, &[PETER]), Ok(vec!["PeterNeumann".to_owned()]));
    assert_eq!(signers(&both, &[ENOCH, PETER]), Ok(vec!["PeterNeumann".to_owned(), "EnochRoot".to_owned()]));
    assert_eq!(signers(&both, &[]), Err(NoteError::NoKnownSigner));
    assert_eq!(parsed(&both).map(|note| note.text().to_owned()), Ok(TEXT.to_owned()));
    let twice = format!("{TEXT}\n{PETER_LINE}{PETER_LINE}{ENOCH_LINE}");
    assert_eq!(signers(&twice, &[PETER]), Ok(vec!["PeterNeumann".to_owned()]));
    // The same name or the same id alone does not make a key known.
    let renamed = both.replace("— PeterNeumann", "— CarmenSandiego");
    assert_eq!(signers(&renamed, &[PETER]), Err(NoteError::NoKnownSigner));
    let other_id = both.replace("x08go", "x08gp");
    assert_eq!(signers(&other_id, &[PETER]), Err(NoteError::NoKnownSigner));
}

#[test]
fn one_false_signature_of_a_known_key_refuses_the_note() {
    let invalid = Err(NoteError::InvalidSignature {
        name: "PeterNeumann".parse().expect("a name"),
        id: KeyId::from_bytes([0xc7, 0x4f, 0x20, 0xa3]),
    });
    let altered_text = format!("{}\n{PETER_LINE}{ENOCH_LINE}", TEXT.replace("problem", "problems"));
    assert_eq!(signers(&altered_text, &[PETER]), invalid);
    let false_line = PETER_LINE.replace("ZJkuBS", "ZJkuBT");
    let note = format!("{TEXT}\n{ENOCH_LINE}{false_line}");
    assert_eq!(signers(&note, &[ENOCH, PETER]), invalid);
    assert_eq!(signers(&note, &[ENOCH]), Ok(vec!["EnochRoot".to_owned()]));
    let after_a_good_one = format!("{TEXT}\n{PETER_LINE}{false_line}");
    assert_eq!(signers(&after_a_good_one, &[PETER]), invalid);
    let longer = PETER_LINE.replace("x08go/ZJkuBS", "x08go/ZJkuBSABCD");
    assert_eq!(signers(&format!("{TEXT}\n{longer}"), &[PETER]), invalid);
}

#[test]
fn malformed_notes_are_refused() {
    let malformed = |line| Err(NoteError::MalformedSignature(line));
    for (note, reason) in [
        (String::new(), Err(NoteError::NoSignatures)),
        (TEXT.to_owned(), Err(NoteError::NoSignatures)),
        (format!("{TEXT}\n"), Err(NoteError::NoSignatures)),
        (format!("{TEXT}\n{}", PETER_LINE.trim_end()), Err(NoteError::NoSignatures)),
        (format!("\x01{TEXT}\n{PETER_LINE}"), Err(NoteError::NotText)),
        (format!("{}\n{PETER_LINE}", TEXT.replace('\n', "\r\n")), Err(NoteError::NotText)),
        (format!("{TEXT}\n{PETER_LINE}Unexpected line.\n"), malformed(2)),
        (format!("{TEXT}\n{PETER_LINE}{}", ENOCH_LINE.replace('—', "-")), malformed(2)),
        (format!("{TEXT}\n{}", PETER_LINE.replace("Neumann", " Neumann")), malformed(1)),
        (format!("{TEXT}\n{}", PETER_LINE.replace("Neumann", "+Neumann")), malformed(1)),
        (format!("{TEXT}\n{}", PETER_LINE.replace("PeterNeumann", "")), malformed(1)),
        (format!("{TEXT}\n{}", PETER_LINE.replace("nAM=", "nAN=")), malformed(1)),
        (format!("{TEXT}\n{}", PETER_LINE.replace("nAM=", "nAM")), malformed(1)),
        (format!("{TEXT}\n— PeterNeumann x08gow==\n"), malformed(1)),
        (format!("{TEXT}\n— PeterNeumann \n"), malformed(1)),
        (format!("{TEXT}\n{}", PETER_LINE.repeat(SIGNATURES_MAX + 1)), Err(NoteError::TooManySignatures)),
        (format!("{}{TEXT}\n{PETER_LINE}", "x".repeat(NOTE_BYTES_MAX)), Err(NoteError::TooLong)),
    ] {
        let read = parsed(&note).map(|_| ());
        assert_eq!(read, reason, "{:?}", note.get(..400).unwrap_or(&note));
    }
    let not_utf8 = [b"\xff".as_slice(), TEXT.as_bytes(), b"\n", PETER_LINE.as_bytes()].concat();
    assert_eq!(SignedNote::parse(&not_utf8), Err(NoteError::NotText));
}

#[test]
fn sixteen_signatures_and_blank_lines_in_the_text_are_accepted() {
    let text = "first\n\n\nlast\n\n";
    let mut note = SignedNote::sign(text, &secret("signer0", KeyKind::Ed25519, 1)).expect("a text");
    for number in 1..16 {
        note.add_signature(&secret(&format!("signer{number}"), KeyKind::Ed25519, 1)).expect("few");
    }
    let read = parsed(&note.to_string()).expect("what was written");
    assert_eq!((read.text(), read.signatures().len()), (text, 16));
    assert_eq!(read, note);
}

#[test]
fn a_text_that_cannot_be_signed_is_refused() {
    let key = secret("a", KeyKind::Ed25519, 1);
    assert_eq!(SignedNote::sign("abc", &key), Err(NoteError::UnendedText));
    assert_eq!(SignedNote::sign("", &key), Err(NoteError::UnendedText));
    assert_eq!(SignedNote::sign("a\tb\n", &key), Err(NoteError::NotText));
    let long = format!("{}\n", "x".repeat(NOTE_BYTES_MAX - 1));
    assert_eq!(SignedNote::sign(&long, &key), Err(NoteError::TooLong));
}

#[test]
fn a_key_is_replaced_with_overlap() {
    let (old, new) = (secret("journal", KeyKind::Ed25519, 1), secret("journal", KeyKind::Ed25519, 2));
    assert_ne!(old.public().id(), new.public().id());
    let mut note = SignedNote::sign(TEXT, &old).expect("a text");
    note.add_signature(&new).expect("few");
    let note = note.to_string();
    let (old, new) = (old.public().to_string(), new.public().to_string());
    for keys in [vec![old.as_str()], vec![new.as_str()], vec![old.as_str(), new.as_str()]] {
        assert_eq!(signers(&note, &keys).map(|signers| signers.len()), Ok(keys.len()));
    }
}

#[test]
fn one_signer_does_not_count_as_two() {
    let key = secret("one", KeyKind::CosignatureV1, 1).public().clone();
    let twin = secret("two", KeyKind::CosignatureV1, 1).public().clone();
    let mut ring = KeyRing::new();
    assert_eq!(ring.trust(key.clone()), Ok(()));
    assert_eq!(ring.trust(key), Ok(()));
    assert_eq!(ring.trust(twin), Err(KeyError::Ambiguous));
    assert_eq!(ring.keys().count(), 1);
}

/// The specification's example of a cosignature: its key was not published, its frame can be
/// checked.
#[test]
fn a_cosignature_is_a_time_and_a_signature() {
    let line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";
    let mut note = parsed(&format!("{TEXT}\n{PETER_LINE}")).expect("a note");
    note.add_line(line).expect("a line");
    let cosignature = note.signatures().last().expect("just added");
    assert_eq!(cosignature.to_string(), line);
    assert_eq!(cosignature.id().to_string(), "8d66cf3f");
    assert_eq!(cosignature.bytes.len(), 8 + 64);
    assert_eq!(cosignature.bytes[..8], 1_679_315_147_u64.to_be_bytes());
    assert_eq!(note.add_line("— x"), Err(NoteError::MalformedSignature(3)));
    assert_eq!(note.add_line(&format!("{line}\n{line}")), Err(NoteError::MalformedSignature(3)));
}

#[test]
fn a_public_log_and_its_witness_verify() {
    let keys = ring(&[PUBLIC_LOG_KEY, PUBLIC_WITNESS_KEY]);
    let note = parsed(PUBLIC_LOG).expect("as published");
    assert_eq!(note.to_string(), PUBLIC_LOG);
    let verified = note.verify(&keys).expect("as published");
    let summary: Vec<_> = verified.iter().map(|by| (by.key.kind(), by.cosigned_at)).collect();
    assert_eq!(summary, [(KeyKind::Ed25519, None), (KeyKind::CosignatureV1, Some(0x6a12_2120))]);
    for altered in
        [PUBLIC_LOG.replace("1432088532", "1432088533"), PUBLIC_LOG.replace("2net5wAAAABqEiEg", "2net5wAAAABqEiEh")]
    {
        let verdict = parsed(&altered).expect("well formed").verify(&keys);
        assert!(matches!(verdict, Err(NoteError::InvalidSignature { .. })));
    }
}

#[test]
fn kinds_of_keys_are_not_mixed() {
    let (plain, witness) = (secret("w", KeyKind::Ed25519, 3), secret("w", KeyKind::CosignatureV1, 3));
    assert_ne!(plain.public().id(), witness.public().id());
    let wrong_kind = Err(NoteError::Key(KeyError::WrongKind));
    assert_eq!(SignedNote::sign(TEXT, &witness).map(|_| ()), wrong_kind);
    let mut note = SignedNote::sign(TEXT, &plain).expect("a text");
    assert_eq!(note.add_cosignature(&plain, 1), wrong_kind);
    assert_eq!(note.add_cosignature(&witness, 1), Ok(()));

    // The plain signature under the cosigner's id is no cosignature.
    let forged = note.signatures()[0].bytes.clone();
    let mut glued = 1_u64.to_be_bytes().to_vec();
    glued.extend(forged);
    assert_eq!(witness.public().verify(TEXT, &glued), Err(KeyError::InvalidSignature));
}

#[test]
fn a_witness_cosigns_with_its_time() {
    let witness = secret("witness.example/w1", KeyKind::CosignatureV1, 7);
    let text: SecretKey = witness.to_secret_text().parse().expect("what was written");
    assert_eq!(text.public(), witness.public());
    let mut note = parsed(&format!("{TEXT}\n{PETER_LINE}")).expect("a note");
    for seconds in [1_700_000_000, COSIGNATURE_SECONDS_MAX] {
        note.add_cosignature(&witness, seconds).expect("in range");
        assert_eq!(note.signatures().len(), 2, "the earlier cosignature is replaced");
        let verified = note.verify(&ring(&[&witness.public().to_string()])).expect("cosigned");
        assert_eq!(verified[0].cosigned_at, Some(seconds));
    }
    let beyond = note.add_cosignature(&witness, COSIGNATURE_SECONDS_MAX + 1);
    assert_eq!(beyond, Err(NoteError::Key(KeyError::Time)));
}
