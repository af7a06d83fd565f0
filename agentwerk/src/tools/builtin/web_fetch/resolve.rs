//! Names are looked up once, checked, and connected to as they were checked: a second answer of a
//! name server is never asked for.

use std::env;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use super::target::Rules;

/// The variables in which proxies stand.
const PROXY_VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// What a name leads to, later.
pub type Lookup = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// The network that pages are fetched from. A test stands in for it, and keeps every check.
pub trait Network: Send + Sync + 'static {
    /// Looks up a name.
    fn lookup(&self, name: &str) -> Lookup;

    /// Where to connect for an address that was checked. A port of 0 stands for that of the URL.
    fn socket(&self, checked: IpAddr) -> SocketAddr {
        SocketAddr::new(checked, 0)
    }
}

/// The network of this machine.
pub(super) struct System;

impl Network for System {
    fn lookup(&self, name: &str) -> Lookup {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|socket| socket.ip()).collect())
        })
    }
}

/// Why a name is not connected to.
#[derive(Debug, Error)]
#[error("`{name}` was not fetched: it leads to {what}. Choose a page on the internet.")]
pub(super) struct Refused {
    name: String,
    what: &'static str,
}

/// Why a name leads nowhere.
#[derive(Debug, Error)]
#[error("There is no host `{0}`. Check the address.")]
pub(super) struct Unknown(String);

/// Looks up names, and lets pass only those of which every address may be asked.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) network: Arc<dyn Network>,
    pub(super) rules: Rules,
}

impl Guard {
    async fn sockets(
        &self,
        name: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.network.lookup(name).await;
        let addresses = found.unwrap_or_default();
        if addresses.is_empty() {
            return Err(Unknown(name.to_owned()).into());
        }
        // No URL may name a proxy, so only the client itself asks for one, which may stand in an
        // inner network.
        let is_proxy = self.rules.is_proxy(name);
        // One bad answer among good ones is an attack or a mistake; which one is connected to
        // would be chance.
        let closed = addresses
            .iter()
            .find_map(|address| self.rules.closed(*address));
        if let Some(what) = closed.filter(|_| !is_proxy) {
            let name = name.to_owned();
            return Err(Refused { name, what }.into());
        }
        let sockets = addresses.into_iter();
        Ok(sockets
            .map(|address| self.network.socket(address))
            .collect())
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let sockets = guard.sockets(name.as_str()).await?;
            Ok(Box::new(sockets.into_iter()) as Addrs)
        })
    }
}

/// The hosts of the proxies that the environment names.
pub(super) fn proxy_hosts() -> Vec<String> {
    let proxies = PROXY_VARIABLES
        .iter()
        .filter_map(|name| env::var(name).ok());
    let urls = proxies.filter_map(|proxy| {
        // Hosts behind other schemes are not brought into the form in which they are compared.
        let proxy = proxy.split_once("://").map_or(&*proxy, |(_, rest)| rest);
        Url::parse(&format!("http://{proxy}")).ok()
    });
    urls.filter_map(|url| {
        url.host_str()
            .map(|host| host.trim_end_matches('.').to_owned())
    })
    .collect()
}
