//! Who is at the other end of a connection.

use std::net::IpAddr;

/// The other end of a connection; every request that comes over it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// Whether the connection is encrypted by this server itself.
    pub encrypted: bool,
}
