//! An answer does not depend on the order in which threads find things.

use fastrand::Rng;
use serde_json::json;

use crate::tree::{Tree, lines};

/// A tree of some thousand lines that match, in files of any size.
fn tree(random: &mut Rng) -> Tree {
    let tree = Tree::of([]);
    for number in 0..300 {
        let dir = ["", "a/", "a/b/", "c-d/", "c/", "z/y/x/"][random.usize(..6)];
        let path = format!("{dir}{number}");
        let lines = (0..random.usize(..40)).map(|line| {
            let text = if random.bool() { "needle" } else { "hay" };
            format!("{text} {line}\n")
        });
        tree.write(&path, lines.collect::<String>());
        tree.touch(&path, random.u64(..20));
    }
    tree
}

#[tokio::test]
async fn pages_put_together_are_the_whole_answer() {
    let mut random = Rng::with_seed(7);
    let tree = tree(&mut random);
    let grep = async |offset: usize, limit: usize, output: &str| {
        let arguments =
            json!({ "pattern": "needle", "output": output, "offset": offset, "limit": limit });
        lines(&tree.grep(arguments).await.unwrap())
    };
    for output in ["content", "files", "count"] {
        let mut whole = Vec::new();
        loop {
            let page = grep(whole.len(), 1_000, output).await;
            if page.is_empty() {
                break;
            }
            whole.extend(page);
        }
        assert!(whole.len() > 200, "{output}: {}", whole.len());
        for _ in 0..40 {
            let offset = random.usize(..whole.len());
            let limit = random.usize(1..200);
            let end = (offset + limit).min(whole.len());
            assert_eq!(
                grep(offset, limit, output).await,
                whole[offset..end],
                "{output} {offset}"
            );
        }
    }
}

#[tokio::test]
async fn lines_around_matches_are_right_on_every_page() {
    let mut random = Rng::with_seed(8);
    let text: Vec<_> = (0..200)
        .map(|_| if random.u8(..4) == 0 { "needle" } else { "hay" })
        .collect();
    let tree = Tree::new([("a", &*text.join("\n"))]);
    let matches: Vec<_> = (0..text.len())
        .filter(|line| text[*line] == "needle")
        .collect();
    for offset in 0..matches.len() {
        let arguments = json!({ "pattern": "needle", "offset": offset, "limit": 1, "context": 2 });
        let shown = tree.grep(arguments).await.unwrap();
        let at = matches[offset];
        let next = matches.get(offset + 1).copied().unwrap_or(text.len());
        let expected: Vec<_> = (at.saturating_sub(2)..(at + 3).min(next).min(text.len()))
            .map(|line| {
                let mark = if line == at { ':' } else { '-' };
                format!("a{mark}{}{mark} {}", line + 1, text[line])
            })
            .collect();
        assert_eq!(lines(&shown), expected, "match {offset}");
    }
}
