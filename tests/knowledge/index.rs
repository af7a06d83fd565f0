//! The index: its lines, their order, and how it keeps to its limit.

use agentwerk::knowledge::KnowledgePage;

use crate::play::Place;

#[test]
fn the_index_has_one_line_for_each_page_and_the_newest_first() {
    let place = Place::with(&[("c", "Third."), ("a", "First."), ("b", "Second.")]);
    assert_eq!(
        place.store.index(),
        "- b: Second.\n- a: First.\n- c: Third."
    );
    place.date("c", 9);
    assert_eq!(
        place.store.index(),
        "- c: Third.\n- b: Second.\n- a: First."
    );
}

#[test]
fn pages_of_one_time_stand_in_the_order_of_their_names() {
    let place = Place::with(&[("b", "B."), ("a", "A.")]);
    place.date("a", 5);
    place.date("b", 5);
    assert_eq!(place.store.index(), "- a: A.\n- b: B.");
}

#[test]
fn a_line_has_the_tags_and_is_bounded() {
    let place = Place::new();
    let page = KnowledgePage::new("a", "Text.")
        .with_summary(&"ß".repeat(300))
        .with_tags((0..100).map(|n| format!("tag{n}")));
    place.store.pages().save(&page).unwrap();
    let index = place.store.index();
    assert!(index.starts_with("- a: ßß"), "{index}");
    assert!(index.contains("ß… [tag0, tag1, "), "{index}");
    assert_eq!(index.chars().count(), "- a: ".len() + 200 + 3 + 100);
}

#[test]
fn a_page_without_words_is_its_name() {
    let place = Place::new();
    place
        .store
        .pages()
        .save(&KnowledgePage::new("a", "…"))
        .unwrap();
    assert_eq!(place.store.index(), "- a");
}

#[test]
fn the_index_never_has_more_characters_than_its_limit_and_wastes_none() {
    // Two and three bytes for a character, so that bytes would be noticed.
    let summaries: Vec<_> = (0..30).map(|n| "日ä".repeat(n * 7 % 31)).collect();
    let names: Vec<_> = (0..30).map(|n| format!("page {n}")).collect();
    let pages: Vec<_> = names
        .iter()
        .zip(&summaries)
        .map(|(name, summary)| (name.as_str(), summary.as_str()))
        .collect();
    let place = Place::with(&[]);
    for (name, summary) in pages {
        place.save(name, summary);
    }
    let whole = place.store.index();
    let all: Vec<_> = whole.lines().collect();
    let chars = whole.chars().count();
    assert!(chars < 4_000 && chars * 2 < whole.len(), "{chars}");
    for limit in 0..=chars + 1 {
        let index = place.store.clone().index_char_limit(limit).index();
        assert!(index.chars().count() <= limit, "{limit}: {index}");
        if limit >= chars {
            assert_eq!(index, whole);
            continue;
        }
        let note = |shown: usize| format!("(pages that are not shown: {})", 30 - shown);
        let of = |shown: usize| {
            let mut lines = all[..shown].to_vec();
            let note = note(shown);
            lines.push(&note);
            lines.join("\n")
        };
        // The most lines that have room together with the note.
        let shown = (0..30).rev().find(|&n| of(n).chars().count() <= limit);
        let expected = shown.map_or_else(|| note(0)[..limit].to_owned(), of);
        assert_eq!(index, expected, "{limit}");
    }
}

#[test]
fn the_limit_is_4000_unless_set() {
    let place = Place::new();
    for number in 0..100 {
        place.save(&format!("page {number}"), &"x".repeat(100));
    }
    let chars = place.store.index().chars().count();
    assert!((3_850..=4_000).contains(&chars), "{chars}");
    let wider = place.store.clone().index_char_limit(12_000).index();
    assert_eq!(wider.lines().count(), 100);
    let endless = place.store.clone().index_char_limit(usize::MAX);
    assert_eq!(endless.index(), wider);
}

#[test]
fn no_page_is_refused_for_the_limit() {
    let place = Place::new();
    let store = place.store.clone().index_char_limit(0);
    for name in ["a", "b"] {
        store
            .pages()
            .save(&KnowledgePage::new(name, "Text."))
            .unwrap();
    }
    assert_eq!(store.index(), "");
    assert_eq!(store.pages().list().unwrap().len(), 2);
}
