//! URLs, one a line: those of `refused.txt` never lead to a connection, those of `allowed.txt` do.
//!
//! Behind a `|` stand the addresses that the host's name leads to. `{port}` is the port of the
//! server, so that a literal that slips through is seen as a connection.

use crate::fetch;
use crate::network::FakeNetwork;
use crate::server::{Server, page};

const REFUSED: &str = include_str!("refused.txt");
const ALLOWED: &str = include_str!("allowed.txt");

struct Line {
    url: String,
    addresses: Vec<&'static str>,
}

fn lines(corpus: &'static str, port: u16) -> Vec<Line> {
    let lines = corpus.lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (url, addresses) = line.split_once(" | ").unwrap_or((line, ""));
            Line {
                url: url.replace("{port}", &port.to_string()),
                addresses: addresses.split_whitespace().collect(),
            }
        })
        .collect()
}

/// A network in which the host of a line leads to its addresses.
fn network(server: &Server, line: &Line) -> FakeNetwork {
    let network = FakeNetwork::new(server.address);
    match reqwest::Url::parse(&line.url) {
        Ok(url) if !line.addresses.is_empty() => {
            network.name(url.host_str().unwrap(), &line.addresses)
        }
        _ => network,
    }
}

#[tokio::test]
async fn hostile_urls_are_refused_before_any_connection() {
    let server = Server::start(|_| page("text/plain", "reached")).await;
    let mut wrong = Vec::new();
    for line in lines(REFUSED, server.address.port()) {
        let network = network(&server, &line);
        let url = &line.url;
        match fetch(network.tool(), url).await {
            Err(text) if text.contains("was not fetched") => {}
            other => wrong.push(format!("{url}: {other:?}")),
        }
        if !network.connected().is_empty() {
            wrong.push(format!("{url}: an address passed the checks"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn harmless_urls_are_fetched() {
    let server = Server::start(|_| page("text/plain", "reached")).await;
    let mut wrong = Vec::new();
    let lines = lines(ALLOWED, server.address.port());
    for line in &lines {
        let network = network(&server, line);
        match fetch(network.tool(), &line.url).await {
            Ok(text) if text.contains("reached") => {}
            other => wrong.push(format!("{}: {other:?}", line.url)),
        }
        let passed: Vec<_> = network
            .connected()
            .iter()
            .map(ToString::to_string)
            .collect();
        if passed != line.addresses {
            wrong.push(format!("{}: {passed:?} passed the checks", line.url));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(server.connections(), lines.len());
}

#[test]
fn the_corpora_are_large() {
    assert!(
        lines(REFUSED, 1).len() >= 150,
        "{}",
        lines(REFUSED, 1).len()
    );
    assert!(lines(ALLOWED, 1).len() >= 40, "{}", lines(ALLOWED, 1).len());
}
