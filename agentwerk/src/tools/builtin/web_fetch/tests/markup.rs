use tokio_util::sync::CancellationToken;

use super::{DEPTH_MAX, MARKUP_BYTES_MAX, Url, rewrite};

fn rewritten(page: &str) -> super::Markup {
    let url = Url::parse("https://example.org/").unwrap();
    rewrite(page, &url, &CancellationToken::new())
}

/// How deep elements are nested; each is closed by its own end tag, in order.
fn depth(html: &str) -> usize {
    let (mut open, mut deepest) = (Vec::new(), 0);
    for tag in html.split('<').skip(1) {
        let name = tag.split(['>', ' ']).next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{html}"),
            None if ["br", "hr"].contains(&name) => {}
            None => open.push(name),
        }
        deepest = deepest.max(open.len());
    }
    assert!(open.is_empty(), "{html}");
    deepest
}

#[test]
fn whatever_comes_in_is_closed_in_order_and_nested_to_the_limit() {
    let tags = [
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<a href=x>",
        "</a>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<table><th>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<pre>",
        "</pre>",
        "<div>",
        "</div>",
        "<blockquote>",
        "</blockquote>",
        "<h1>",
        "</h1>",
        "<br>",
        "<hr>",
        "text",
        "<",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<x",
        ">",
        "\"",
        "é",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..2_000 {
        let length = random.usize(..200);
        let page: String = (0..length)
            .map(|_| *random.choice(tags.iter()).unwrap())
            .collect();
        // A `<pre>` is two elements in one.
        assert!(depth(&rewritten(&page).html) <= DEPTH_MAX + 1, "{page}");
    }
}

#[test]
fn a_large_page_is_cut_and_closed() {
    let markup = rewritten(&"<ul><li>item".repeat(500_000));
    assert!(markup.is_cut);
    assert!(markup.html.len() < MARKUP_BYTES_MAX + 1_000);
    assert_eq!(depth(&markup.html), DEPTH_MAX);
    let markup = rewritten(&"é".repeat(MARKUP_BYTES_MAX));
    assert!(markup.is_cut);
    assert!(markup.html.len() <= MARKUP_BYTES_MAX);
}

#[test]
fn a_cancelled_call_stops_reading() {
    let url = Url::parse("https://example.org/").unwrap();
    let cancel = CancellationToken::new();
    cancel.cancel();
    assert_eq!(rewrite("<p>text", &url, &cancel).html, "");
}
