//! Pages in HTML as Markdown.

use std::time::Instant;

use crate::network::FakeNetwork;
use crate::server::{Server, html};
use crate::{fetch, framed};

async fn shown(body: &str) -> String {
    let body = body.to_owned();
    let server = Server::start(move |_| html(&body)).await;
    let network = FakeNetwork::new(server.address).name("a.example.org", &["93.184.216.34"]);
    fetch(network.tool(), "http://a.example.org/docs/page?x=1")
        .await
        .unwrap()
}

async fn markdown(body: &str) -> String {
    framed(&shown(body).await).to_owned()
}

#[tokio::test]
async fn a_page_becomes_markdown() {
    let page = r##"<!doctype html><html><head><title>The &amp; title</title>
        <style>p { color: red }</style><script>alert("<p>no</p>")</script></head>
        <body><nav><a href="/">Home</a></nav>
        <!-- <p>hidden</p> -->
        <h1>One</h1><p>Some <b>bold</b>, <i>slanted</i> and <code>code</code> text.
        <ul><li>first<li>second<ol><li>inner</ol></ul>
        <blockquote><p>Said.</blockquote>
        <pre><span>let</span> x = "a  b";
  y</pre>
        <table><thead><tr><th>A<th>B</thead><tr><td>1<td>2|3<tr><td>4<td>five</table>
        <img src="http://evil.example/leak?q=1" alt="chart"><hr>
        <a href="next.html#part">next</a></body></html>"##;
    let expected = "The & title

[Home](http://a.example.org/)

# One

Some **bold**, *slanted* and `code` text.

- first
- second
  1. inner

> Said.

```
let x = \"a  b\";
  y
```

| A | B |
| --- | --- |
| 1 | 2\\|3 |
| 4 | five |

* * *

[next](http://a.example.org/docs/next.html#part)";
    assert_eq!(markdown(page).await, expected);
}

#[tokio::test]
async fn only_links_to_pages_are_kept_and_no_image_is() {
    let page = r##"<a href="javascript:alert(1)">a</a> <a href="data:text/html,x">b</a>
        <a href="&#106;avascript:x">c</a> <a href="ftp://x.example/">d</a> <a href="#top">e</a>
        <a>f</a> <img src=x onerror=y><picture><source srcset=z></picture>
        <svg><text>drawn</text></svg><a href='https://b.example/?a=1&amp;b="2"'>g</a>"##;
    let expected = "a b c d e f [g](https://b.example/?a=1&b=%222%22)";
    assert_eq!(markdown(page).await.replace("  ", " "), expected);
}

#[tokio::test]
async fn a_link_around_a_heading_becomes_one_within_it() {
    let page = r#"<a href="/x"><div><h2>Title</h2><p>Text</p></div></a><p>After</p>"#;
    let link = |text: &str| format!("[{text}](http://a.example.org/x)");
    let expected = format!("## {}\n\n{}\n\nAfter", link("Title"), link("Text"));
    assert_eq!(markdown(page).await, expected);
}

#[tokio::test]
async fn links_go_from_the_base_of_the_page() {
    let page = r#"<base href="https://cdn.example/v2/"><a href="a">a</a>"#;
    assert_eq!(markdown(page).await, "[a](https://cdn.example/v2/a)");
}

#[tokio::test]
async fn text_in_the_form_of_an_image_is_no_image() {
    let text = markdown("<p>![x](http://evil.example/leak)</p>").await;
    assert!(!text.contains("![x]("), "{text}");
}

#[tokio::test]
async fn a_table_for_layout_is_read_line_by_line() {
    let page =
        "<table><tr><td>1.</td><td>A story</td></tr><tr><td>2.</td><td>Another</td></tr></table>";
    assert_eq!(markdown(page).await, "1. A story\n\n2. Another");
}

#[tokio::test]
async fn broken_markup_is_read_as_far_as_it_goes() {
    for (page, expected) in [
        ("<p>a < b && c > d</p>", "a < b && c > d"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("</div></p></x>text", "text"),
        ("<p title='never closed>text", ""),
        ("text<", "text<"),
        ("text<!-- never closed", "text"),
        ("text<script>never closed", "text"),
        ("<b>bold<p>not</b> so", "**bold**\n\nnot so"),
        ("", ""),
    ] {
        assert_eq!(markdown(page).await, expected, "{page}");
    }
}

/// Pages that make a parser slow, its stack deep or its tree large.
fn hostile_pages() -> Vec<(&'static str, String)> {
    let deep = |name: &str| format!("<{name}>").repeat(100_000);
    vec![
        ("divs", deep("div") + "text"),
        ("quotes", deep("blockquote") + "text"),
        ("lists", deep("ul><li") + "text"),
        ("tables", deep("table><tr><td") + "text"),
        ("header tables", deep("table><tr><th") + "text"),
        ("inline", deep("b><i") + "text"),
        ("links", deep("a href=x") + "text"),
        ("unknown", deep("x-y") + "text"),
        ("vectors", deep("svg") + "</svg>text"),
        ("end tags", "</p></b></div></x>".repeat(200_000) + "text"),
        ("open formatting", {
            let open: String = (0..2_000)
                .map(|number| format!("<font id={number}><b><i>"))
                .collect();
            format!("<p>{open}</p>{}", "<p>text</p>".repeat(100_000))
        }),
        ("cells", {
            let wide = "w".repeat(300_000);
            format!(
                "<table><tr><th>{wide}</th></tr>{}</table>",
                "<tr><td>text".repeat(40_000)
            )
        }),
        (
            "text in a table",
            format!(
                "<table><th>a{}</table>text",
                "<tr>x<b>y</b>".repeat(200_000)
            ),
        ),
        ("neighbours", "<b>text</b>".repeat(300_000)),
        ("attributes", {
            let attributes: String = (0..300_000).map(|number| format!(" a{number}=b")).collect();
            format!("<p{attributes}>text")
        }),
        (
            "lines",
            format!(
                "{}<pre>{}</pre>text",
                "<ul><li>".repeat(12),
                "\n".repeat(900_000)
            ),
        ),
        ("comments", "<!-- -- > ".repeat(400_000)),
        ("angles", "<".repeat(4_000_000)),
        ("quotes in tags", "<p a='".repeat(700_000)),
        ("references", "&amp;".repeat(900_000)),
        ("stars", "*_`[".repeat(900_000)),
        ("breaks", "<div>a".repeat(700_000)),
        ("scripts", "<script></style>".repeat(300_000)),
    ]
}

#[tokio::test]
async fn hostile_pages_are_read_in_little_time() {
    for (name, page) in hostile_pages() {
        let started = Instant::now();
        let shown = shown(&page).await;
        assert!(shown.len() < 42_000, "{name}");
        let seconds = started.elapsed().as_secs_f32();
        assert!(seconds < 60.0, "{name}: {seconds} s");
    }
}
