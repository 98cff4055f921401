//! The eight leaves and roots that certificate-transparency implementations share as reference, for
//! tests.
//!
//! The SHA-256 roots are those of the transparency-dev reference tests; the SM3 roots were computed
//! with an independent program over OpenSSL's SM3.

use crate::evidence::hash::{Hash, HashSuite};

/// Leaf entries of the reference tree.
pub(in super::super) const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// Roots over the first 0, 1, … 8 leaves.
pub(in super::super) const ROOTS_SHA256: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// Roots over the first 0, 1, … 8 leaves.
pub(in super::super) const ROOTS_SM3: [&str; 9] = [
    "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
    "2daef60e7a0b8f5e024c81cd2ab3109f2b4f155cf83adeb2ae5532f74a157fdf",
    "0b990fe0c7ad70f1bf1a1262f2c7908ea48146b14253a6db99f2917ab1f5cc4d",
    "209ec96a210d662a964772680e8544d18cab7b88ffec3e00962220349b56ea56",
    "28e4e307ef6d2d0c62d84b11ef96e835efe490f35b93c8f024ecfe38c8dd4377",
    "bb10c996aeebbcdc69be3715fc847344de77442d37a5ab8213da9f41785b103b",
    "8723c1ab1f82ddfba4a3733ac0c80d936d9f4c208c7dbc8cc81ca9fff8584f66",
    "bd36c22a1ac6ff4308e0c3cc1a85bf0ffa30538ec60a55c70413ab15d45db4d2",
    "bc48ba7a709184b5f2a631e1adeb8dc2a0d4c018c1d6cc89b5664fe154c93b38",
];

/// Reads a hash a test has written out.
pub(in super::super) fn hash(hex: &str) -> Hash {
    hex.parse().expect("a test writes hashes in hexadecimal digits")
}

/// Hashes of the reference leaves.
pub(in super::super) fn leaf_hashes(suite: HashSuite) -> [Hash; 8] {
    LEAVES.map(|leaf| suite.leaf_hash(leaf))
}

/// Hashes of `count` different leaves, with the bytes they stand for.
pub(in super::super) fn numbered_leaves(suite: HashSuite, count: u64) -> (Vec<Vec<u8>>, Vec<Hash>) {
    let entries: Vec<Vec<u8>> = (0..count).map(|number| number.to_string().into_bytes()).collect();
    let hashes = entries.iter().map(|entry| suite.leaf_hash(entry)).collect();
    (entries, hashes)
}
