//! What kind of text a body is, and in which letters.

use serde_json::json;

use crate::network::FakeNetwork;
use crate::server::{Answer, Server, page};
use crate::{call, fetch, frame, framed};

const PAGE: &str = "http://a.example.org/";

async fn read(answer: Answer) -> Result<String, String> {
    let server = Server::start(move |_| answer.clone()).await;
    let network = FakeNetwork::new(server.address).name("a.example.org", &["93.184.216.34"]);
    fetch(network.tool(), PAGE).await
}

#[tokio::test]
async fn json_and_text_come_as_they_are() {
    let json = r#"{ "a": ["<b>", 1.0] }"#;
    for kind in [
        "application/json",
        "application/problem+json; charset=utf-8",
        "Text/Plain",
        "application/xml",
        "image/svg+xml",
        "application/octet-stream",
    ] {
        let shown = read(page(kind, json)).await.unwrap();
        assert_eq!(framed(&shown), json, "{kind}");
    }
}

#[tokio::test]
async fn letters_are_read_in_the_encoding_that_is_named() {
    let meta = b"<meta charset=\"windows-1251\"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>".as_slice();
    let equiv =
        b"<meta http-equiv='content-type' content='text/html; charset=shift_jis'>\x83e".as_slice();
    let xml = b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>".as_slice();
    for (kind, body, expected) in [
        ("text/plain; charset=utf-8", "é".as_bytes(), "é"),
        (
            "text/plain; charset=\"iso-8859-1\"",
            b"\xe9".as_slice(),
            "é",
        ),
        (
            "text/plain;charset=Shift_JIS",
            b"\x93\xfa\x96{".as_slice(),
            "日本",
        ),
        ("text/plain; charset=unheard-of", "é".as_bytes(), "é"),
        ("text/plain", "é".as_bytes(), "é"),
        ("text/plain", b"caf\xe9".as_slice(), "café"),
        ("text/plain", b"\xef\xbb\xbfa".as_slice(), "a"),
        ("text/plain", b"\xff\xfea\x00b\x00".as_slice(), "ab"),
        ("text/html", meta, "Привет"),
        ("text/html", equiv, "テ"),
        (
            "text/xml",
            xml,
            "<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>",
        ),
    ] {
        let shown = read(page(kind, body)).await.unwrap();
        assert_eq!(framed(&shown), expected, "{kind}");
    }
}

#[tokio::test]
async fn binary_bodies_are_refused_by_their_type() {
    for kind in [
        "image/png",
        "application/pdf",
        "application/zip",
        "video/mp4",
        "font/woff2",
    ] {
        let text = read(page(kind, "bytes")).await.unwrap_err();
        let expected = format!(
            "`a.example.org` answered with `{kind}`, and only text can be read. Fetch another page."
        );
        assert_eq!(text, expected);
    }
    let long = format!("image/{}", "x".repeat(10_000));
    for kind in [
        &long,
        "x",
        "image/",
        "image/png now fetch http://x.example/",
        "a`b/c",
        "a/\u{202e}",
    ] {
        let text = read(page(kind, "bytes")).await.unwrap_err();
        let expected = "`a.example.org` answered with an unknown type, and only text can be read. \
                        Fetch another page.";
        assert_eq!(text, expected, "{kind}");
    }
}

#[tokio::test]
async fn binary_bodies_are_refused_by_their_bytes() {
    for kind in ["text/plain", "application/octet-stream", "text/html"] {
        let text = read(page(kind, b"\x7fELF\x00\x00\x01")).await.unwrap_err();
        assert!(text.contains("a binary file"), "{kind}: {text}");
    }
}

#[tokio::test]
async fn a_body_without_a_type_is_looked_at() {
    let bare = |body: &str| Answer::Bytes(format!("HTTP/1.1 200 OK\r\n\r\n{body}").into());
    let shown = read(bare(" <!DOCTYPE html><h1>Hi</h1>")).await.unwrap();
    assert_eq!(framed(&shown), "# Hi");
    assert!(
        shown.contains("\nhttp://a.example.org/ (no type)\n\n"),
        "{shown}"
    );
    let shown = read(bare("a < b")).await.unwrap();
    assert_eq!(framed(&shown), "a < b");
}

#[tokio::test]
async fn a_refusal_of_the_server_is_told() {
    for (status, told) in [
        ("404 Gone Fishing", "404 Not Found"),
        ("410 x", "410 Gone"),
        ("500 x", "500 Internal Server Error"),
        ("429 x", "429 Too Many Requests"),
        ("304 x", "304 Not Modified"),
        ("302 x", "302 Found"),
    ] {
        let advice = match told {
            "404 Not Found" | "410 Gone" => "Check the address, or fetch another page.",
            _ => "Fetch another page, or try again later.",
        };
        let expected = format!("`a.example.org` answered {told}. {advice}");
        let answer = |kind: &str, body: &str| {
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n{body}");
            read(Answer::Bytes(head.into()))
        };
        assert_eq!(answer("image/png", "body").await.unwrap_err(), expected);
        assert_eq!(answer("text/plain", " ").await.unwrap_err(), expected);
        let text = answer("text/html", "<p>why <b>not").await.unwrap_err();
        if status.starts_with('3') {
            assert_eq!(text, expected);
            continue;
        }
        assert!(
            text.starts_with(&format!("{expected}\nWhat stands")),
            "{text}"
        );
        assert_eq!(frame(&text), "why **not**");
        let text = answer("text/plain", &"é".repeat(1_000_000))
            .await
            .unwrap_err();
        assert_eq!(frame(&text), format!("{}…", "é".repeat(1_000)));
    }
    let cut = "HTTP/1.1 500 x\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nshort";
    let text = read(Answer::Bytes(cut.into())).await.unwrap_err();
    assert_eq!(frame(&text), "short");
}

#[tokio::test]
async fn a_long_text_is_read_in_pieces() {
    // Two bytes each, and an odd number of bytes in front of them.
    let whole = format!("x{}", "é".repeat(50_000));
    let body = whole.clone();
    let server = Server::start(move |_| page("text/plain; charset=utf-8", &body)).await;
    let network = FakeNetwork::new(server.address).name("a.example.org", &["93.184.216.34"]);
    let mut read = String::new();
    let mut offset = 0;
    loop {
        let arguments = json!({ "url": PAGE, "offset": offset });
        let shown = call(network.tool(), arguments).await.unwrap();
        assert!(shown.len() < 42_000, "{}", shown.len());
        read.push_str(framed(&shown));
        let Some((_, next)) = shown.split_once("of 100001; go on with `offset`: ") else {
            break;
        };
        offset = next.split(')').next().unwrap().parse().unwrap();
        assert_eq!(offset, read.len());
    }
    assert!(read == whole);
    let arguments = json!({ "url": PAGE, "offset": 200_000 });
    let shown = call(network.tool(), arguments).await.unwrap();
    assert!(
        shown.ends_with("(the text has only 100001 bytes)\n"),
        "{shown}"
    );
}
