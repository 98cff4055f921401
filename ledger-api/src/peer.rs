//! Who is at the other end of a connection.

use std::net::IpAddr;

/// The other end of a connection; every request that comes over it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// As the connection has it: of a proxy, where one stands between.
    pub address: IpAddr,
    /// Whether the connection is encrypted by this server itself.
    pub encrypted: bool,
}

/// Whether the host of a `Host` header or of an address, with or without its port, names this machine to itself.
pub fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
