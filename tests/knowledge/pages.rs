//! Each call on the pages of a store.

use std::error::Error;
use std::fs;

use agentwerk::knowledge::{KnowledgeError, KnowledgePage};
use agentwerk::{Clock, Knowledge, Timestamp};

use crate::play::{Place, pages_dir};

/// 2026-05-06, shortly before midnight UTC.
const LATE: Timestamp = Timestamp::from_millis(1_778_111_999_000);

#[test]
fn loading_makes_the_directory_of_the_pages() {
    let dir = tempfile::tempdir().unwrap();
    let below = dir.path().join("a/b/.agentwerk");
    let store = Knowledge::load(&below).unwrap();
    assert!(pages_dir(&below).is_dir());
    assert_eq!(store.index(), "");
    assert_eq!(store.pages().list().unwrap(), []);
    Knowledge::load(&below).unwrap();
}

#[test]
fn what_is_saved_is_read_back_exactly() {
    let place = Place::new();
    let contents = [
        "",
        "\n",
        "\n\n\nthree lines down",
        "no end of line",
        "one line\n",
        "\r\nwindows\r\n",
        "---\nsummary: not one\n---\n",
        "---",
        "\u{feff}marked",
        "a\u{0}b\u{7f}\u{2028}\u{1f389}",
    ];
    let summaries = [
        "plain",
        "with \"quotes\", 'others' and \\ and # and : and - and [a, b]",
        "日本語 🎉",
        "{\"json\": true}",
        "null",
        "???",
    ];
    for content in contents {
        for summary in summaries {
            let page = KnowledgePage::new("a page", content)
                .with_summary(summary)
                .with_tags(["one", "two words", "a, b", "[c]", "\"d\""]);
            place.store.pages().save(&page).unwrap();
            let loaded = place.store.pages().load("a page").unwrap();
            assert_eq!(loaded.content(), content);
            assert_eq!(loaded.entry().summary(), summary);
            assert_eq!(loaded.entry().tags(), page.entry().tags());
            assert_eq!(
                fs::read_to_string(place.file("a-page")).unwrap(),
                loaded.to_string()
            );
            assert_eq!(
                place.store.pages().list().unwrap(),
                [loaded.entry().clone()]
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_dated_by_the_clock() {
    let place = Place::new();
    let store = place.store.clone().clock(Clock::starting_at(LATE));
    store
        .pages()
        .save(&KnowledgePage::new("a", "Text."))
        .unwrap();
    let page = store.pages().load("a").unwrap();
    assert_eq!(page.entry().updated(), Some("2026-05-06T23:59:59Z"));
    let text = fs::read_to_string(place.file("a")).unwrap();
    let expected = "---\nsummary: \"Text.\"\ntags: []\nupdated: 2026-05-06T23:59:59Z\n---\n\nText.";
    assert_eq!(text, expected);
}

#[test]
fn a_summary_and_a_tag_are_one_line() {
    let page = KnowledgePage::new("a", "Text.")
        .with_summary(" two\n\n- lines\u{2028}and\tmore\u{0} ")
        .with_tags(["#Rust", " two\nlines ", "", "#"]);
    assert_eq!(page.entry().summary(), "two - lines and more");
    assert_eq!(page.entry().tags(), ["rust", "two lines"]);
}

#[test]
fn a_page_without_a_summary_has_its_first_line() {
    let summary = |content: &str| {
        KnowledgePage::new("a", content)
            .entry()
            .summary()
            .to_owned()
    };
    assert_eq!(summary("\n\n# The title\n\nText."), "The title");
    assert_eq!(summary("---\n- first"), "first");
    assert_eq!(summary("…\n***\n"), "");
    let long = summary(&"ä".repeat(500));
    assert_eq!((long.chars().count(), long.ends_with('…')), (200, true));
}

#[test]
fn pages_are_listed_by_name() {
    let place = Place::with(&[("b", "B."), ("a", "A."), ("c", "C.")]);
    let listed = place.store.pages().list().unwrap();
    let names: Vec<_> = listed.iter().map(|page| page.slug()).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

#[test]
fn a_removed_page_is_gone() {
    let place = Place::with(&[("a", "A."), ("b", "B.")]);
    place.store.pages().remove("A").unwrap();
    assert_eq!(place.files(), ["b.md"]);
    for error in [
        place.store.pages().remove("a").unwrap_err(),
        place.store.pages().load("a").unwrap_err(),
    ] {
        assert!(matches!(&error, KnowledgeError::NoPage { path } if *path == place.file("a")));
    }
}

#[test]
fn clearing_removes_pages_and_nothing_else() {
    let place = Place::with(&[("a", "A."), ("b", "B.")]);
    fs::write(place.pages_dir().join("Read Me.txt"), "mine").unwrap();
    fs::create_dir(place.pages_dir().join("c.md")).unwrap();
    place.store.clear().unwrap();
    assert_eq!(place.files(), ["Read Me.txt", "c.md"]);
    assert_eq!(place.store.index(), "");
}

#[test]
fn a_page_that_is_too_large_is_refused_and_the_earlier_one_stays() {
    let place = Place::new();
    let empty = KnowledgePage::new("a", "").with_summary("A.");
    place.store.pages().save(&empty).unwrap();
    let above = fs::metadata(place.file("a")).unwrap().len();
    let of_bytes = |bytes: usize| {
        let content = "x".repeat(bytes - usize::try_from(above).unwrap());
        KnowledgePage::new("a", content).with_summary("A.")
    };
    place.store.pages().save(&of_bytes(40_000)).unwrap();
    let error = place.store.pages().save(&of_bytes(40_001)).unwrap_err();
    let path = place.file("a");
    assert_eq!(
        error.to_string(),
        format!(
            "the text of `{}` has 40001 bytes, and at most 40000 are allowed",
            path.display()
        )
    );
    assert_eq!(fs::metadata(&path).unwrap().len(), 40_000);

    let talkative = KnowledgePage::new("a", "").with_summary(&"x".repeat(4_000));
    let error = place.store.pages().save(&talkative).unwrap_err();
    assert!(error.to_string().contains("front matter"), "{error}");
    assert_eq!(place.files(), ["a.md"]);
}

#[test]
fn the_longest_front_matter_is_read_back() {
    let place = Place::new();
    let mut chars = 4_000;
    let saved = loop {
        let page = KnowledgePage::new("a", "Text.").with_summary(&"x".repeat(chars));
        if place.store.pages().save(&page).is_ok() {
            break page;
        }
        chars -= 1;
    };
    assert!(chars > 3_900);
    let loaded = place.store.pages().load("a").unwrap();
    assert_eq!(loaded.entry().summary(), saved.entry().summary());
    assert_eq!(
        place.store.pages().list().unwrap()[0].summary().len(),
        chars
    );
}

#[test]
fn errors_name_the_path_and_have_a_source() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("knowledge"), "a file").unwrap();
    let error = Knowledge::load(dir.path()).unwrap_err();
    assert!(matches!(error, KnowledgeError::Open { .. }), "{error:?}");
    let path = pages_dir(dir.path());
    assert_eq!(
        error.to_string(),
        format!("open the knowledge store `{}`", path.display())
    );
    assert!(error.source().is_some());

    let place = Place::new();
    fs::create_dir(place.file("a")).unwrap();
    let error = place
        .store
        .pages()
        .save(&KnowledgePage::new("a", "Text."))
        .unwrap_err();
    assert!(matches!(&error, KnowledgeError::Write { .. }), "{error:?}");
    assert!(error.to_string().ends_with("a.md`"), "{error}");
    assert!(error.source().is_some());
    // Nothing is left of the page that could not be written.
    assert_eq!(place.files(), ["a.md"]);
}

#[test]
fn a_store_that_went_away_is_an_error_and_not_an_empty_one() {
    let place = Place::with(&[("a", "A.")]);
    fs::remove_dir_all(place.pages_dir()).unwrap();
    let error = place.store.try_index().unwrap_err();
    assert!(matches!(error, KnowledgeError::Open { .. }), "{error:?}");
    assert!(place.store.index().starts_with("(open the knowledge store"));
    assert!(place.store.pages().list().is_err());
    assert!(
        place
            .store
            .pages()
            .save(&KnowledgePage::new("a", "Text."))
            .is_err()
    );
    assert!(place.store.clear().is_err());
    Knowledge::load(place.dir.path()).unwrap();
    assert_eq!(place.store.try_index().unwrap(), "");
}
