//! What others do to the pages is seen at once.

use std::fs;

use agentwerk::Knowledge;
use agentwerk::knowledge::KnowledgePage;

use crate::play::Place;

#[test]
fn two_stores_on_one_directory_see_each_others_pages() {
    let place = Place::new();
    let other = Knowledge::load(place.dir.path()).unwrap();
    place.save("a", "Mine.");
    assert_eq!(other.index(), "- a: Mine.");
    let page = KnowledgePage::new("a", "Text.").with_summary("Yours.");
    other.pages().save(&page).unwrap();
    assert_eq!(place.store.index(), "- a: Yours.");
    other.pages().remove("a").unwrap();
    assert_eq!(place.store.index(), "");
}

#[test]
fn a_page_that_a_person_edits_is_read_anew() {
    let place = Place::with(&[("a", "Before.")]);
    let text = fs::read_to_string(place.file("a")).unwrap();
    // Of the same length and with the same time, as a quick edit may be.
    place.write_by_hand("a", text.replace("Before.", "Behind."));
    place.date("a", 0);
    assert_eq!(place.store.index(), "- a: Behind.");
    fs::rename(place.file("a"), place.file("b")).unwrap();
    assert_eq!(place.store.index(), "- b: Behind.");
}

#[test]
fn a_store_keeps_to_its_directory_when_it_was_relative() {
    // Relative to the working directory of this process, which is not changed.
    let dir = tempfile::tempdir_in(".").unwrap();
    let relative = std::path::Path::new(".").join(dir.path().file_name().unwrap());
    let store = Knowledge::load(&relative).unwrap();
    store
        .pages()
        .save(&KnowledgePage::new("a", "Text."))
        .unwrap();
    let other = Knowledge::load(dir.path()).unwrap();
    assert_eq!(other.index(), "- a: Text.");
    assert!(format!("{store:?}").contains(&*std::env::current_dir().unwrap().to_string_lossy()));
}
