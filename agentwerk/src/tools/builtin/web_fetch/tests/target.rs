use super::{Rules, Url};

const OPEN: Rules = Rules {
    hosts: None,
    allow_private: false,
    proxies: Vec::new(),
};

#[test]
fn a_proxy_is_no_target_on_any_port() {
    let rules = Rules {
        allow_private: true,
        proxies: vec!["proxy.corp.test".to_owned(), "10.0.0.1".to_owned()],
        ..OPEN
    };
    for url in [
        "http://proxy.corp.test/",
        "http://Proxy.Corp.test.:8080/",
        "https://10.0.0.1/",
        "http://167772161:3128/",
    ] {
        let text = rules.parse(url).unwrap_err();
        assert!(
            text.contains("it is a proxy of this machine"),
            "{url}: {text}"
        );
        let page = Url::parse("https://example.org/").unwrap();
        let redirect = rules.follow(&page, &url.replace("http:", "https:"));
        assert!(redirect.is_err(), "{url}");
    }
    assert!(rules.parse("http://10.0.0.2/").is_ok());
}

#[test]
fn literals_ports_and_encrypted_pages_pass() {
    for url in [
        "https://example.org/",
        "https://docs.rs/serde/latest/serde/",
        "http://8.8.8.8/",
        "https://93.184.216.34:8443/a",
        "http://134744072/",
        "http://[2606:4700:4700::1111]/",
        "https://[2001:4860:4860::8888]:444/",
        "http://example.org:8080/",
        "http://example.org:3000/",
        "http://example.org:65535/",
        "  https://example.org/  ",
    ] {
        let checked = OPEN.parse(url);
        assert!(checked.is_ok(), "{url}: {checked:?}");
    }
}

#[test]
fn a_redirect_never_leaves_encryption() {
    let page = Url::parse("https://example.org/a").unwrap();
    assert_eq!(
        OPEN.follow(&page, "/b").unwrap().as_str(),
        "https://example.org/b"
    );
    assert!(OPEN.follow(&page, "//example.net/").is_ok());
    for location in ["http://example.org/a", "HTTP://example.org/", "http:/x"] {
        let text = OPEN.follow(&page, location).unwrap_err();
        assert!(text.contains("it is not encrypted"), "{location}: {text}");
    }
    let page = Url::parse("http://example.org/a").unwrap();
    assert!(OPEN.follow(&page, "https://example.org/a").is_ok());
}

#[test]
fn long_urls_are_refused() {
    let url = format!("https://example.org/{}", "a".repeat(4_000));
    assert!(
        OPEN.parse(&url)
            .unwrap_err()
            .contains("at most 4000 are allowed")
    );
    let page = Url::parse("https://example.org/").unwrap();
    assert!(
        OPEN.follow(&page, &url)
            .unwrap_err()
            .contains("it is too long")
    );
    let short = "é".repeat(1_000);
    assert!(
        OPEN.follow(&page, &short)
            .unwrap_err()
            .contains("it is too long")
    );
}
