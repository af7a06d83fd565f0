//! Each redirect is checked like the first address.

use crate::network::FakeNetwork;
use crate::server::{Answer, Server, page, redirect};
use crate::{fetch, frame};

const PUBLIC: &str = "93.184.216.34";

/// A server whose page `/n` redirects to `/n-1`, and `/1` to `last`.
async fn chain(last: &'static str) -> (Server, FakeNetwork) {
    let server = Server::start(move |path| match path[1..].parse::<u32>() {
        Ok(0) | Err(_) => page("text/plain", "the end"),
        Ok(1) => redirect(last),
        Ok(left) => redirect(&format!("/{}", left - 1)),
    })
    .await;
    let network = FakeNetwork::new(server.address).name("a.example.org", &[PUBLIC]);
    (server, network)
}

#[tokio::test]
async fn five_redirects_are_followed_and_told() {
    let (server, network) = chain("/0").await;
    let shown = fetch(network.tool(), "http://a.example.org/5")
        .await
        .unwrap();
    assert!(
        shown.starts_with("a.example.org (200 OK, 7 bytes of text)\n"),
        "{shown}"
    );
    let expected = "http://a.example.org/0 (`text/plain`)\n\
                    Redirected from http://a.example.org/5\n\
                    Redirected from http://a.example.org/4\n\
                    Redirected from http://a.example.org/3\n\
                    Redirected from http://a.example.org/2\n\
                    Redirected from http://a.example.org/1\n\n\
                    the end";
    assert_eq!(frame(&shown), expected);
    let outside = shown.replace(expected, "");
    assert!(!outside.contains("http:"), "{outside}");
    assert!(!outside.contains("text/plain"), "{outside}");
    assert_eq!(server.connections(), 6);
}

#[tokio::test]
async fn a_sixth_redirect_is_not_followed() {
    let (server, network) = chain("/0").await;
    let text = fetch(network.tool(), "http://a.example.org/6")
        .await
        .unwrap_err();
    assert!(text.contains("after 5 redirects"), "{text}");
    assert_eq!(server.connections(), 6);
}

#[tokio::test]
async fn a_redirect_to_a_closed_address_is_refused_at_every_hop() {
    for last in [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "//127.0.0.1/",
        "http://localhost/",
        "http://metadata.google.internal/",
        "http://home.example.org/",
        "http://mixed.example.org/",
        "http://a.example.org:22/",
        "http://user:secret@a.example.org/",
        "file:///etc/passwd",
        "ftp://a.example.org/",
        "gopher://127.0.0.1/",
        "data:text/plain,hello",
        "http://[",
    ] {
        for hops in 1..=5 {
            let (server, network) = chain(last).await;
            let network = network
                .name("home.example.org", &["10.0.0.1"])
                .name("mixed.example.org", &[PUBLIC, "127.0.0.1"]);
            let url = format!("http://a.example.org/{hops}");
            let text = fetch(network.tool(), &url).await.unwrap_err();
            assert!(text.contains("was not fetched"), "{last} at {hops}: {text}");
            assert!(!text.contains("secret"), "{text}");
            assert_eq!(server.connections(), hops, "{last}");
            assert_eq!(network.connected().len(), hops, "{last}");
        }
    }
}

#[tokio::test]
async fn a_redirect_to_a_host_that_is_not_allowed_is_refused() {
    let (server, network) = chain("http://b.example.net/").await;
    let network = network.name("b.example.net", &[PUBLIC]);
    let tool = network.tool().allow_hosts(["*.example.org"]).unwrap();
    let text = fetch(tool, "http://a.example.org/1").await.unwrap_err();
    assert!(text.contains("`b.example.net` was not fetched"), "{text}");
    assert!(text.contains("`*.example.org`"), "{text}");
    assert_eq!(server.connections(), 1);
    assert_eq!(network.asked(), ["a.example.org"]);
}

#[tokio::test]
async fn only_allowed_hosts_are_asked() {
    let (server, network) = chain("/0").await;
    let network = network
        .name("example.org", &[PUBLIC])
        .name("notexample.org", &[PUBLIC])
        .name("docs.rs", &[PUBLIC]);
    let hosts = ["*.example.org", "Docs.RS."];
    let allowed = || network.tool().allow_hosts(hosts).unwrap();
    for url in [
        "http://a.example.org/0",
        "http://docs.rs/0",
        "http://DOCS.rs/0",
    ] {
        let shown = fetch(allowed(), url).await;
        assert!(shown.is_ok(), "{url}: {shown:?}");
    }
    let before = server.connections();
    for url in [
        "http://example.org/0",
        "http://notexample.org/0",
        "http://docs.rs.evil.test/0",
    ] {
        let text = fetch(allowed(), url).await.unwrap_err();
        assert!(text.contains("only these hosts may be asked"), "{text}");
    }
    let none: [&str; 0] = [];
    let text = fetch(
        network.tool().allow_hosts(none).unwrap(),
        "http://docs.rs/0",
    )
    .await;
    assert!(text.unwrap_err().contains("only these hosts"));
    assert_eq!(server.connections(), before);
}

#[tokio::test]
async fn a_redirect_carries_neither_referrer_nor_cookie() {
    let cookie = "HTTP/1.1 302 Found\r\nLocation: http://b.example.org/0\r\n\
                  Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n";
    let server = Server::start(|path| match path {
        "/0" => page("text/plain", "the end"),
        _ => Answer::Bytes(cookie.into()),
    })
    .await;
    let network = FakeNetwork::new(server.address)
        .name("a.example.org", &[PUBLIC])
        .name("b.example.org", &[PUBLIC]);
    fetch(network.tool(), "http://a.example.org/1")
        .await
        .unwrap();
    let heads = server.heads().join("").to_ascii_lowercase();
    for header in ["referer", "cookie", "authorization", "origin"] {
        assert!(!heads.contains(&format!("\r\n{header}:")), "{heads}");
    }
}
