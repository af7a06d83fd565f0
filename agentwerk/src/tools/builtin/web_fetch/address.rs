//! Which addresses belong to the public internet.
//!
//! Source: the IANA special-purpose address registries,
//! <https://www.iana.org/assignments/iana-ipv4-special-registry> and
//! <https://www.iana.org/assignments/iana-ipv6-special-registry>, read 2026-11.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// On the internet.
    Public,
    /// In a network of the host, which it may open.
    Internal(&'static str),
    /// Where no page is, or one that hands out credentials.
    Closed(&'static str),
}

use Scope::{Closed, Internal, Public};

const METADATA: Scope = Closed("a metadata address");
const DOCUMENTATION: Scope = Closed("a documentation address");

/// The first range that holds an address decides.
const V4: [(Ipv4Addr, u32, Scope); 19] = [
    // Alibaba Cloud, within the shared addresses; Azure, within the public ones.
    (Ipv4Addr::new(100, 100, 100, 200), 32, METADATA),
    (Ipv4Addr::new(168, 63, 129, 16), 32, METADATA),
    (Ipv4Addr::new(169, 254, 169, 254), 32, METADATA),
    (
        Ipv4Addr::new(0, 0, 0, 0),
        8,
        Closed("an unspecified address"),
    ),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Internal("a private address")),
    (
        Ipv4Addr::new(100, 64, 0, 0),
        10,
        Internal("a shared address"),
    ),
    (
        Ipv4Addr::new(127, 0, 0, 0),
        8,
        Internal("a loopback address"),
    ),
    (
        Ipv4Addr::new(169, 254, 0, 0),
        16,
        Closed("a link-local address"),
    ),
    (
        Ipv4Addr::new(172, 16, 0, 0),
        12,
        Internal("a private address"),
    ),
    (
        Ipv4Addr::new(192, 0, 0, 0),
        24,
        Closed("a protocol address"),
    ),
    (Ipv4Addr::new(192, 0, 2, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Closed("a relay address")),
    (
        Ipv4Addr::new(192, 168, 0, 0),
        16,
        Internal("a private address"),
    ),
    (
        Ipv4Addr::new(198, 18, 0, 0),
        15,
        Closed("a benchmarking address"),
    ),
    (Ipv4Addr::new(198, 51, 100, 0), 24, DOCUMENTATION),
    (Ipv4Addr::new(203, 0, 113, 0), 24, DOCUMENTATION),
    (
        Ipv4Addr::new(224, 0, 0, 0),
        4,
        Closed("a multicast address"),
    ),
    (
        Ipv4Addr::new(255, 255, 255, 255),
        32,
        Closed("the broadcast address"),
    ),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Closed("a reserved address")),
];

/// The first range that holds an address decides. What is not in 2000::/3 is no global unicast
/// address; the mapped, compatible and translated forms of IPv4 addresses are among them.
const V6: [(Ipv6Addr, u32, Scope); 16] = [
    // AWS and Google Cloud, within the unique local addresses.
    (
        Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
        128,
        METADATA,
    ),
    (
        Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
        128,
        METADATA,
    ),
    (Ipv6Addr::LOCALHOST, 128, Internal("a loopback address")),
    (Ipv6Addr::UNSPECIFIED, 128, Closed("an unspecified address")),
    (
        Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0),
        7,
        Internal("a unique local address"),
    ),
    (
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0),
        10,
        Closed("a link-local address"),
    ),
    (
        Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0),
        8,
        Closed("a multicast address"),
    ),
    (
        Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0),
        96,
        Closed("a mapped address"),
    ),
    (
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0),
        32,
        Closed("a translated address"),
    ),
    (
        Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0),
        32,
        Closed("a Teredo address"),
    ),
    (
        Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0),
        23,
        Closed("a protocol address"),
    ),
    (
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0),
        32,
        DOCUMENTATION,
    ),
    (
        Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0),
        16,
        Closed("a 6to4 address"),
    ),
    (
        Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0),
        20,
        DOCUMENTATION,
    ),
    (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3, Public),
    (Ipv6Addr::UNSPECIFIED, 0, Closed("a reserved address")),
];

pub(super) fn scope(address: IpAddr) -> Scope {
    match address {
        IpAddr::V4(address) => scope_of_v4(address),
        IpAddr::V6(address) => scope_of_v6(address),
    }
}

fn scope_of_v4(address: Ipv4Addr) -> Scope {
    let mut ranges = V4.iter();
    let found = ranges.find(|(range, bits, _)| {
        let differs = range.to_bits() ^ address.to_bits();
        differs.leading_zeros() >= *bits
    });
    found.map_or(Public, |(_, _, scope)| *scope)
}

fn scope_of_v6(address: Ipv6Addr) -> Scope {
    let mut ranges = V6.iter();
    let found = ranges.find(|(range, bits, _)| {
        let differs = range.to_bits() ^ address.to_bits();
        differs.leading_zeros() >= *bits
    });
    found.map_or(Public, |(_, _, scope)| *scope)
}

#[cfg(test)]
#[path = "tests/address.rs"]
mod tests;
