//! Known values from the standards, and the text forms.

use super::{Hash, HashError, HashSuite, UnknownSuite};

const SHA256_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const SM3_ABC: &str = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";

#[test]
fn hashes_are_those_of_the_standards() {
    assert_eq!(HashSuite::Sha256.digest(b"abc").to_string(), SHA256_ABC);
    assert_eq!(HashSuite::Sm3.digest(b"abc").to_string(), SM3_ABC);
}

#[test]
fn the_empty_root_is_the_hash_of_nothing() {
    let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let sm3 = "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b";
    assert_eq!(HashSuite::Sha256.empty_root().to_string(), sha256);
    assert_eq!(HashSuite::Sm3.empty_root().to_string(), sm3);
}

/// Expected values computed with Python's hashlib over OpenSSL.
#[test]
fn leaves_and_nodes_are_kept_apart_by_their_prefix() {
    for (suite, leaf, node) in [
        (
            HashSuite::Sha256,
            "022a6979e6dab7aa5ae4c3e5e45f7e977112a7e63593820dbec1ec738a24f93c",
            "b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb",
        ),
        (
            HashSuite::Sm3,
            "c688f41bcd570f9651ccb215058a545f66f52ab4eac2968896e1637af9443d8c",
            "2c537e31416ae684fd8a1552a3bcd5a452274e02a45d67c856405b3a1108ee90",
        ),
    ] {
        let (left, right) = (suite.leaf_hash(b"a"), suite.leaf_hash(b"b"));
        assert_eq!(left.to_string(), leaf);
        assert_eq!(suite.node_hash(left, right).to_string(), node);
        assert_ne!(suite.node_hash(left, right), suite.node_hash(right, left));
        let glued: Vec<u8> = [left, right].iter().flat_map(|hash| *hash.as_bytes()).collect();
        assert_ne!(suite.node_hash(left, right), suite.leaf_hash(&glued));
    }
}

#[test]
fn suite_names_are_stable() {
    assert_eq!(HashSuite::ALL.map(HashSuite::name), ["sha-256", "sm3"]);
    for suite in HashSuite::ALL {
        assert_eq!(suite.to_string().parse(), Ok(suite));
    }
    for unknown in ["SHA-256", "sha256", "", "sm3 "] {
        assert_eq!(unknown.parse::<HashSuite>(), Err(UnknownSuite));
    }
}

#[test]
fn every_text_form_reads_back() {
    let hash = HashSuite::Sm3.digest(b"abc");
    assert_eq!(hash.to_string().parse(), Ok(hash));
    assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
    assert_eq!(Hash::try_from(hash.as_ref()), Ok(hash));
    assert_eq!(Hash::from_bytes(*hash.as_bytes()), hash);
    assert_eq!(format!("{hash:?}"), format!("Hash({SM3_ABC})"));
    assert_eq!(hash.to_base64().len(), 44);
}

#[test]
fn a_hash_has_one_spelling() {
    let refused = |text: &str| text.parse::<Hash>();
    assert_eq!(refused(&SHA256_ABC.to_uppercase()), Err(HashError::Digit));
    assert_eq!(refused(&SHA256_ABC.replacen('b', "g", 1)), Err(HashError::Digit));
    assert_eq!(refused(""), Err(HashError::Length));
    assert_eq!(refused(&format!("{SHA256_ABC}0")), Err(HashError::Length));
    assert_eq!(refused(&"é".repeat(32)), Err(HashError::Digit));

    let base64 = HashSuite::Sha256.digest(b"abc").to_base64();
    assert_eq!(base64, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    for altered in
        [base64.replace('=', ""), base64.replace("a0=", "a1="), base64.replace('+', "-"), format!("{base64}\n")]
    {
        assert_eq!(Hash::from_base64(&altered), Err(HashError::Base64), "{altered:?}");
    }
    assert_eq!(Hash::from_base64("AAAA"), Err(HashError::Length));
}
