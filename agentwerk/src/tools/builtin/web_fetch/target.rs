//! Which URLs may be fetched, as far as a URL alone can say.

use std::net::IpAddr;

use reqwest::Url;

use super::address::{Scope, scope};
use super::hosts::{listed, matches};
use crate::excerpt::head;

/// Bytes of a URL.
pub(super) const URL_BYTES_MAX: usize = 4_000;
/// Bytes of a host that an error shows.
const HOST_BYTES_MAX: usize = 100;

/// Ports that speak other protocols, to which a request could be smuggled.
///
/// Source: <https://fetch.spec.whatwg.org/#port-blocking>, read 2026-11.
const CLOSED_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// Names that stand for this host or its network, wherever they lead.
///
/// Source: RFC 6761 (`localhost`), RFC 6762 (`local`), RFC 8375 (`home.arpa`), and `internal`, which
/// ICANN reserved in 2024.
const INTERNAL_NAMES: [&str; 5] = ["localhost", "localdomain", "local", "internal", "home.arpa"];

/// Where credentials are handed out to whoever asks.
const METADATA_NAMES: [&str; 2] = ["metadata.google.internal", "metadata.goog"];

/// What the host of the program opens and closes.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// The only hosts that may be asked; `None` is all.
    pub(super) hosts: Option<Vec<String>>,
    /// Whether the networks of the host may be asked.
    pub(super) allow_private: bool,
    /// The hosts of the proxies that requests go through, which are not asked for pages of their
    /// own: they may stand in an inner network.
    pub(super) proxies: Vec<String>,
}

/// What the description of the tool says of the hosts that may be asked, unless settings change it.
const REACH: &str = "Only public `http://` and `https://` addresses can be fetched, and some hosts may be \
     closed to you.";

impl Rules {
    /// The description of the tool, as these rules make it.
    pub(super) fn describe(&self, description: &str) -> String {
        let reach = match (&self.hosts, self.allow_private) {
            (None, false) => return description.to_owned(),
            (None, true) => {
                "`http://` and `https://` addresses can be fetched, those of private networks too; \
                 some hosts may be closed to you."
                    .to_owned()
            }
            (Some(hosts), _) => format!(
                "Only these hosts can be asked, by `http://` and `https://`: {}.",
                listed(hosts)
            ),
        };
        description.replace(REACH, &reach)
    }

    /// Reads a URL that a model wrote.
    pub(super) fn parse(&self, url: &str) -> Result<Url, String> {
        if url.len() > URL_BYTES_MAX {
            return Err(format!(
                "The address was not fetched: it has {} bytes, and at most {URL_BYTES_MAX} are \
                 allowed. Give a shorter one.",
                url.len()
            ));
        }
        let url = Url::parse(url).map_err(|error| {
            format!(
                "The address was not fetched: it is no URL ({error}). Give a whole one, as in \
                 `https://example.org/page`."
            )
        })?;
        self.check(url)
    }

    /// Reads where a redirect leads.
    pub(super) fn follow(&self, from: &Url, location: &str) -> Result<Url, String> {
        let shown = host(from);
        let wrong = |what: &str| {
            Err(format!(
                "`{shown}` redirects to an address that was not fetched: {what}. Fetch another page."
            ))
        };
        if location.len() > URL_BYTES_MAX {
            return wrong("it is too long");
        }
        let Ok(next) = from.join(location) else {
            return wrong("it is no URL");
        };
        if next.as_str().len() > URL_BYTES_MAX {
            return wrong("it is too long");
        }
        // Whoever asked for a page that nobody can change on the way gets no other.
        if from.scheme() == "https" && next.scheme() == "http" {
            return wrong("it is not encrypted, and the first one was");
        }
        self.check(next)
            .map_err(|refusal| format!("`{shown}` redirects. {refusal}"))
    }

    fn check(&self, mut url: Url) -> Result<Url, String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(
                "The address was not fetched: it must begin with `http://` or `https://`.".into(),
            );
        }
        let shown = host(&url);
        let refused = |why: &str| Err(format!("`{shown}` was not fetched: {why}"));
        if !url.username().is_empty() || url.password().is_some() {
            return refused("the address holds a user name or password. Leave that part out.");
        }
        let port = url.port_or_known_default().unwrap_or_default();
        if CLOSED_PORTS.contains(&port) {
            return refused("its port is not one of the web. Choose another address.");
        }
        let host = url.host_str().unwrap_or_default().trim_end_matches('.');
        if self.is_proxy(host) {
            return refused("it is a proxy of this machine. Choose another address.");
        }
        if let Ok(address) = host.trim_matches(['[', ']']).parse() {
            if let Some(what) = self.closed(address) {
                return refused(&format!("it is {what}. Choose an address on the internet."));
            }
        } else if self.is_closed_name(host) {
            return refused("it is a name of an inner network. Choose one on the internet.");
        }
        if let Some(hosts) = &self.hosts
            && !hosts.iter().any(|pattern| matches(pattern, host))
        {
            let allowed = listed(hosts);
            return refused(&format!("only these hosts may be asked: {allowed}."));
        }
        url.set_fragment(None);
        Ok(url)
    }

    /// What is wrong with an address; `None` if it may be asked.
    pub(super) fn closed(&self, address: IpAddr) -> Option<&'static str> {
        match scope(address) {
            Scope::Public => None,
            Scope::Internal(_) if self.allow_private => None,
            Scope::Internal(what) | Scope::Closed(what) => Some(what),
        }
    }

    pub(super) fn is_proxy(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.proxies.iter().any(|proxy| proxy == host)
    }

    fn is_closed_name(&self, name: &str) -> bool {
        METADATA_NAMES.contains(&name)
            || !self.allow_private
                && (!name.contains('.') || INTERNAL_NAMES.iter().any(|inner| is_below(name, inner)))
    }
}

/// The host of a URL, as errors show it.
pub(super) fn host(url: &Url) -> String {
    head(url.host_str().unwrap_or_default(), HOST_BYTES_MAX).to_owned()
}

pub(super) fn is_below(name: &str, parent: &str) -> bool {
    let rest = name.strip_suffix(parent);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
#[path = "tests/target.rs"]
mod tests;
