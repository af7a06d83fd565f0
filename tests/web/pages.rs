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

/// Pages that make a parser slow, its stack deep or its tree large; `size` is 1, 2, 3 and so on.
fn hostile_pages(size: usize) -> Vec<(&'static str, String)> {
    let many = |piece: &str, times: usize| piece.repeat(times * size);
    let deep = |name: &str| format!("{}text", many(&format!("<{name}>"), 6_250));
    let cell = |piece: &str| format!("<table><tr><th>{}text", many(piece, 25_000));
    vec![
        ("divs", deep("div")),
        ("quotes", deep("blockquote")),
        ("lists", deep("ul><li")),
        ("tables", deep("table><tr><td")),
        ("header tables", deep("table><tr><th")),
        ("inline", deep("b><i")),
        ("links", deep("a href=x")),
        ("unknown", deep("x-y")),
        ("vectors", deep("svg") + "</svg>text"),
        ("end tags", many("</p></b></div></x>", 12_500) + "text"),
        ("ends of cells", many("</td>", 25_000) + "text"),
        ("ends of cells and spaces", many("</td> ", 25_000) + "text"),
        ("beginnings of cells", many("<td>", 25_000) + "text"),
        ("lines in a cell", cell("<br>")),
        ("paragraphs in a cell", cell("<p>")),
        ("blocks in a cell", cell("<div>")),
        ("ends of blocks in a cell", cell("</div>\n")),
        ("open formatting", {
            let open: String = (0..125 * size)
                .map(|number| format!("<font id={number}><b><i>"))
                .collect();
            format!("<p>{open}</p>{}", many("<p>text</p>", 6_250))
        }),
        ("cells", {
            let rows = many("<tr><td>text", 2_500);
            format!(
                "<table><tr><th>{}</th></tr>{rows}</table>",
                many("w", 18_750)
            )
        }),
        (
            "text in a table",
            format!("<table><th>a{}</table>text", many("<tr>x<b>y</b>", 12_500)),
        ),
        ("neighbours", many("<b>text</b>", 18_750)),
        ("attributes", {
            let attributes = (0..18_750 * size).map(|number| format!(" a{number}=b"));
            format!("<p{}>text", attributes.collect::<String>())
        }),
        ("lines", {
            let lines = many("\n", 56_250);
            format!("{}<pre>{lines}</pre>text", "<ul><li>".repeat(12))
        }),
        ("comments", many("<!-- -- > ", 25_000)),
        ("angles", many("<", 250_000)),
        ("quotes in tags", many("<p a='", 43_750)),
        ("references", many("&amp;", 56_250)),
        ("stars", many("*_`[", 56_250)),
        ("breaks", many("<div>a", 43_750)),
        ("scripts", many("<script></style>", 18_750)),
    ]
}

/// Four times the page takes about four times as long. In quadratic time it is sixteen times.
#[tokio::test]
async fn the_time_for_hostile_pages_grows_as_they_do() {
    let mut wrong = Vec::new();
    for ((name, small), (_, large)) in hostile_pages(1).into_iter().zip(hostile_pages(4)) {
        let mut seconds = [0.0; 2];
        for (page, seconds) in [small, large].iter().zip(&mut seconds) {
            let started = Instant::now();
            let shown = shown(page).await;
            *seconds = started.elapsed().as_secs_f32();
            assert!(shown.len() < 42_000, "{name}");
        }
        let [small, large] = seconds;
        // What other programs take at that moment is no growth.
        if large > 8.0 * small + 0.5 {
            wrong.push(format!("{name}: {small} s and {large} s"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
