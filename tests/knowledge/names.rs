//! What becomes of a name, whatever it is: the name of a file that leads nowhere else.

use std::collections::HashMap;

use agentwerk::knowledge::KnowledgePage;

use crate::play::Place;

/// A name, and its slug: the whole of it, or what stands before a digest.
fn corpus() -> Vec<(String, String)> {
    let lines = include_str!("names.txt").lines();
    lines
        .map(|line| {
            let (name, slug) = line.rsplit_once(' ').unwrap();
            (serde_json::from_str(name).unwrap(), slug.to_owned())
        })
        .collect()
}

fn slug(name: &str) -> String {
    KnowledgePage::new(name, "").slug().to_owned()
}

fn is_slug(slug: &str) -> bool {
    let words = slug.split('-');
    let is_word = |word: &str| {
        let mut bytes = word.bytes();
        !word.is_empty() && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    slug.len() <= 64 && words.clone().all(is_word)
}

fn fits(slug: &str, expected: &str) -> bool {
    match slug.strip_prefix(expected) {
        Some(digest) if expected.ends_with('-') => {
            digest.len() == 8 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        rest => rest == Some(""),
    }
}

#[test]
fn every_name_of_the_corpus_has_its_slug() {
    let wrong: Vec<_> = corpus()
        .into_iter()
        .map(|(name, expected)| (slug(&name), name, expected))
        .filter(|(slug, _, expected)| !fits(slug, expected) || !is_slug(slug))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_corpus_of_names_is_complete() {
    assert_eq!(corpus().len(), 56);
}

#[test]
fn a_slug_is_its_own() {
    for (name, _) in corpus() {
        let once = slug(&name);
        assert_eq!(slug(&once), once, "{name:?}");
    }
}

#[test]
fn names_with_other_letters_stay_different() {
    let names = [
        "日本語 2024",
        "中国 2024",
        "Привет",
        "Мир",
        "🎉",
        "🔥",
        "",
        ".",
    ];
    let slugs: HashMap<_, _> = names.map(|name| (slug(name), name)).into();
    assert_eq!(slugs.len(), names.len(), "{slugs:?}");
    assert_eq!(slug("ПРИВЕТ"), slug("привет"));
}

#[test]
fn a_long_name_is_cut_and_stays_different_from_its_neighbour() {
    let (one, other) = ("word ".repeat(100_000), "word ".repeat(100_001));
    assert!(is_slug(&slug(&one)));
    assert!(slug(&one).len() > 50);
    assert_ne!(slug(&one), slug(&other));
    let just = "a".repeat(64);
    assert_eq!(slug(&just), just);
    let over = slug(&"a".repeat(65));
    assert_eq!(over.len(), 64);
    assert_ne!(over, just);
}

#[test]
fn a_page_of_any_name_is_a_file_in_its_directory() {
    let place = Place::new();
    let names = corpus();
    for (name, _) in &names {
        let page = KnowledgePage::new(name, format!("Of {name:?}."));
        place.store.pages().save(&page).unwrap();
        let loaded = place.store.pages().load(name).unwrap();
        assert_eq!(loaded.content(), format!("Of {name:?}."));
    }
    let listed = place.store.pages().list().unwrap();
    let files: Vec<_> = listed
        .iter()
        .map(|page| format!("{}.md", page.slug()))
        .collect();
    let mut there = place.files();
    there.sort_by(|a, b| a.trim_end_matches(".md").cmp(b.trim_end_matches(".md")));
    assert_eq!(there, files);
    let beside: Vec<_> = std::fs::read_dir(place.dir.path()).unwrap().collect();
    assert_eq!(beside.len(), 1);
    for (name, _) in &names {
        // Some names have one slug, so the page may be gone already.
        let _gone = place.store.pages().remove(name);
    }
    assert_eq!(place.files(), [] as [&str; 0]);
}
