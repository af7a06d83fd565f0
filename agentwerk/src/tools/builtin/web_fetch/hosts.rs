//! The hosts that a model may ask, as a program names them.

use std::net::{Ipv4Addr, Ipv6Addr};

use reqwest::Url;
use thiserror::Error;

use super::target::is_below;
use crate::excerpt::shorten;

/// Bytes of an entry that an error shows.
const SHOWN_BYTES_MAX: usize = 200;

/// Bytes of the hosts that a model is told of.
const LIST_BYTES_MAX: usize = 1_000;

/// An entry of [`WebFetchTool::allow_hosts`](super::WebFetchTool::allow_hosts) that is no host. The
/// text says what to write.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{entry}` is not a host: {advice}")]
pub struct HostError {
    entry: String,
    advice: String,
}

/// Brings an entry into the form in which URLs name hosts.
pub(super) fn pattern(entry: &str) -> Result<String, HostError> {
    let read = match entry.strip_prefix("*.") {
        Some(parent) => name(parent)
            .filter(|parent| !is_address(parent))
            .map(|parent| format!("*.{parent}")),
        None => name(entry),
    };
    read.ok_or_else(|| HostError {
        entry: shorten(entry.to_owned(), SHOWN_BYTES_MAX),
        advice: shorten(advice(entry), 2 * SHOWN_BYTES_MAX),
    })
}

pub(super) fn matches(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => host != parent && is_below(host, parent),
        None => host == pattern,
    }
}

/// Names as many hosts as fit.
pub(super) fn listed(hosts: &[String]) -> String {
    let mut text = String::new();
    for (number, host) in hosts.iter().enumerate() {
        if text.len() + host.len() > LIST_BYTES_MAX {
            return format!("{text} and {} more", hosts.len() - number);
        }
        let comma = if number == 0 { "" } else { ", " };
        text.push_str(&format!("{comma}`{host}`"));
    }
    if text.is_empty() {
        text.push_str("none");
    }
    text
}

/// A name or address as URLs have it.
fn name(text: &str) -> Option<String> {
    let address = text.trim_matches(['[', ']']).parse::<Ipv6Addr>().ok();
    let text = address.map_or_else(|| text.to_owned(), |address| format!("[{address}]"));
    // What stands around the host of a URL, and what is left out of one.
    let is_foreign =
        |letter: char| letter.is_whitespace() || letter.is_control() || "/\\?#@%*".contains(letter);
    if text.contains(is_foreign) || address.is_none() && text.contains(':') {
        return None;
    }
    let url = Url::parse(&format!("http://{text}/")).ok()?;
    let name = url.host_str()?;
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_whole = name.split('.').all(|label| !label.is_empty());
    is_whole.then(|| name.to_owned())
}

fn is_address(name: &str) -> bool {
    name.starts_with('[') || name.parse::<Ipv4Addr>().is_ok()
}

fn advice(entry: &str) -> String {
    let entry = entry.trim();
    if entry == "*" {
        return "leave `allow_hosts` out to let every host be asked".to_owned();
    }
    let rest = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
    let rest = &rest[..end];
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let (host, reason) = match rest.rsplit_once(':') {
        Some((host, _)) if name(rest).is_none() => (host, "ports are not told apart; "),
        _ => (rest, ""),
    };
    let (is_pattern, parent) = match host.rsplit_once('*') {
        Some((_, parent)) => (true, parent),
        None => (false, host),
    };
    let Some(parent) = name(parent.trim_matches('.')) else {
        return "write one, as in `docs.rs` or `*.example.org`".to_owned();
    };
    if !is_pattern || is_address(&parent) {
        format!("{reason}write `{parent}`")
    } else if host.starts_with("*.") && host.matches('*').count() == 1 {
        format!("{reason}write `*.{parent}`")
    } else {
        format!("{reason}`*.` stands only at the beginning; write `*.{parent}`")
    }
}

#[cfg(test)]
#[path = "tests/hosts.rs"]
mod tests;
