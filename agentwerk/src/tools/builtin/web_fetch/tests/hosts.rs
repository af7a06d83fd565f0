use super::pattern;

#[test]
fn patterns_are_read_like_the_hosts_of_urls() {
    for (text, expected) in [
        ("docs.rs", "docs.rs"),
        ("Docs.RS.", "docs.rs"),
        ("localhost", "localhost"),
        ("*.Example.org.", "*.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("8.8.8.8", "8.8.8.8"),
        ("[2606:4700:4700:0::1111]", "[2606:4700:4700::1111]"),
        ("2606:4700:4700::1111", "[2606:4700:4700::1111]"),
    ] {
        assert_eq!(pattern(text).as_deref(), Ok(expected));
    }
}

#[test]
fn what_is_no_host_is_told_with_what_to_write() {
    let any = "write one, as in `docs.rs` or `*.example.org`";
    let ports = "ports are not told apart; ";
    let first = "`*.` stands only at the beginning; ";
    for (text, advice) in [
        ("https://docs.rs", "write `docs.rs`".to_owned()),
        ("docs.rs/serde", "write `docs.rs`".to_owned()),
        ("user@docs.rs", "write `docs.rs`".to_owned()),
        (" docs.rs ", "write `docs.rs`".to_owned()),
        (".docs.rs", "write `docs.rs`".to_owned()),
        ("https://*.docs.rs/x", "write `*.docs.rs`".to_owned()),
        ("*.8.8.8.8", "write `8.8.8.8`".to_owned()),
        ("localhost:8080", format!("{ports}write `localhost`")),
        ("http://docs.rs:80/a", format!("{ports}write `docs.rs`")),
        (
            "[2606:4700::1]:80",
            format!("{ports}write `[2606:4700::1]`"),
        ),
        ("a.*.example.org", format!("{first}write `*.example.org`")),
        ("*docs.rs", format!("{first}write `*.docs.rs`")),
        (
            "*",
            "leave `allow_hosts` out to let every host be asked".to_owned(),
        ),
        ("", any.to_owned()),
        ("*.", any.to_owned()),
        ("not a host", any.to_owned()),
        ("a..b", any.to_owned()),
        ("docs.*", any.to_owned()),
        ("300.1.1.1", any.to_owned()),
        ("doc%73.rs", any.to_owned()),
    ] {
        let error = pattern(text).unwrap_err().to_string();
        assert_eq!(error, format!("`{text}` is not a host: {advice}"));
    }
    let error = pattern(&"https://".repeat(10_000)).unwrap_err().to_string();
    assert!(error.len() < 800, "{error}");
}
