use super::{Scope, scope, scope_of_v4, scope_of_v6};

fn is_public(address: &str) -> bool {
    scope(address.parse().unwrap()) == Scope::Public
}

/// The first and the last address of each closed range, and their neighbours where these are public.
const RANGES: &str = "
    0.0.0.0 0.255.255.255 - 1.0.0.0
    10.0.0.0 10.255.255.255 9.255.255.255 11.0.0.0
    100.64.0.0 100.127.255.255 100.63.255.255 100.128.0.0
    127.0.0.0 127.255.255.255 126.255.255.255 128.0.0.0
    168.63.129.16 168.63.129.16 168.63.129.15 168.63.129.17
    169.254.0.0 169.254.255.255 169.253.255.255 169.255.0.0
    172.16.0.0 172.31.255.255 172.15.255.255 172.32.0.0
    192.0.0.0 192.0.0.255 191.255.255.255 192.0.1.0
    192.0.2.0 192.0.2.255 192.0.1.255 192.0.3.0
    192.88.99.0 192.88.99.255 192.88.98.255 192.88.100.0
    192.168.0.0 192.168.255.255 192.167.255.255 192.169.0.0
    198.18.0.0 198.19.255.255 198.17.255.255 198.20.0.0
    198.51.100.0 198.51.100.255 198.51.99.255 198.51.101.0
    203.0.113.0 203.0.113.255 203.0.112.255 203.0.114.0
    224.0.0.0 255.255.255.255 223.255.255.255 -
    :: 1fff:ffff:: - 2003::
    2001:: 2001:1ff:ffff:: - 2001:200::
    2001:db8:: 2001:db8:ffff:: 2001:db7:ffff:: 2001:db9::
    2002:: 2002:ffff:ffff:: 2001:ffff:: 2003::
    3fff:: 3fff:fff:ffff:: 3ffe:ffff:: 3fff:1000::
    4000:: ffff:ffff:: 3fff:ffff:: -
";

#[test]
fn ranges_begin_and_end_where_they_should() {
    let ranges: Vec<_> = RANGES.trim().lines().collect();
    assert_eq!(ranges.len(), 21);
    for range in ranges {
        let addresses: Vec<_> = range.split_whitespace().collect();
        let [first, last, before, after] = addresses[..] else {
            panic!("{range}");
        };
        for closed in [first, last] {
            assert!(!is_public(closed), "{closed}");
        }
        for public in [before, after] {
            assert!(public == "-" || is_public(public), "{public}");
        }
    }
}

#[test]
fn only_networks_of_the_host_can_be_opened() {
    for address in [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "127.0.0.1",
        "100.64.0.1",
    ] {
        let scope = scope_of_v4(address.parse().unwrap());
        assert!(matches!(scope, Scope::Internal(_)), "{address}");
    }
    for address in ["::1", "fc00::1", "fd00::1"] {
        let scope = scope_of_v6(address.parse().unwrap());
        assert!(matches!(scope, Scope::Internal(_)), "{address}");
    }
    for address in [
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "255.255.255.255",
    ] {
        let scope = scope_of_v4(address.parse().unwrap());
        assert!(matches!(scope, Scope::Closed(_)), "{address}");
    }
    for address in [
        "fd00:ec2::254",
        "fe80::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::1",
        "::",
    ] {
        let scope = scope_of_v6(address.parse().unwrap());
        assert!(matches!(scope, Scope::Closed(_)), "{address}");
    }
}
