//! Files that a person, a crash or somebody hostile left among the pages.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use agentwerk::Knowledge;
use agentwerk::knowledge::{KnowledgeError, KnowledgePage, PageEntry};

use crate::play::Place;

/// A page that was written by hand: its entry and its text.
fn read(text: impl AsRef<[u8]>) -> (PageEntry, String) {
    let place = Place::new();
    place.write_by_hand("a", text);
    let page = place.store.pages().load("a").unwrap();
    let listed = place.store.pages().list().unwrap();
    assert_eq!(listed, [page.entry().clone()]);
    (page.entry().clone(), page.content().to_owned())
}

/// Summary, tags, date and text.
fn parts(text: &str) -> (String, Vec<String>, Option<String>, String) {
    let (entry, content) = read(text);
    (
        entry.summary().to_owned(),
        entry.tags().to_vec(),
        entry.updated().map(str::to_owned),
        content,
    )
}

#[test]
fn a_page_without_front_matter_counts() {
    let (entry, content) = read("# How to release\n\nTag it.\n");
    assert_eq!(entry.summary(), "How to release");
    assert_eq!((entry.tags().len(), entry.updated()), (0, None));
    assert_eq!(content, "# How to release\n\nTag it.\n");
}

#[test]
fn front_matter_is_read_as_people_write_it() {
    let expected = |tags: &[&str], updated: Option<&str>| {
        (
            "It's: a #1 page".to_owned(),
            tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>(),
            updated.map(str::to_owned),
            "Text.\n".to_owned(),
        )
    };
    let tags = ["rust", "two words"];
    let forms = [
        "---\nsummary: It's: a #1 page\ntags: [Rust, two words]\n---\nText.\n",
        "---\nsummary: 'It''s: a #1 page'\ntags: Rust, two words\n---\n\nText.\n",
        "---\r\nsummary: \"It's: a #1 page\"\r\ntags:\r\n  - Rust\r\n  - 'two words'\r\n---\r\n\r\nText.\n",
        "\u{feff}---\n# About\nauthor: me\nnested:\n  summary: not this\n  - nor this\n\
         tags: ['#rust', \"Two  words\"]\nsummary:   It's: a #1 page  \n---\nText.\n",
    ];
    for form in forms {
        assert_eq!(parts(form), expected(&tags, None), "{form:?}");
    }
    let dated = "---\nupdated: 2026-05-06\nsummary: It's: a #1 page\n---\nText.\n";
    assert_eq!(parts(dated), expected(&[], Some("2026-05-06")));
}

#[test]
fn what_only_looks_like_front_matter_is_text() {
    let texts = [
        "---\nsummary: not closed\n",
        "---\nTwo rulers around some text.\n---\nText.\n",
        "---\nThis is: no field, because of the spaces before the colon.\n---\n",
        "----\nsummary: no\n----\n",
        "Text first.\n---\nsummary: no\n---\n",
        "---",
        "",
    ];
    for text in texts {
        let (entry, content) = read(text);
        assert_eq!(content, text);
        assert_eq!((entry.tags().len(), entry.updated()), (0, None), "{text:?}");
    }
    let endless = format!("---\nsummary: no\nx: {}\n---\nText.\n", "y".repeat(5_000));
    assert_eq!(read(&endless).1, endless);
}

#[test]
fn damaged_pages_are_shown_as_well_as_they_can_be() {
    let (entry, content) = read(b"---\nsummary: caf\xff\n---\nText \xc3");
    assert_eq!(
        (entry.summary(), content.as_str()),
        ("caf\u{fffd}", "Text \u{fffd}")
    );
    let (entry, _) = read(b"\0\0\x1b[31mred\x07 alert\0");
    assert_eq!(entry.summary(), "[31mred alert");
    let (entry, content) = read("");
    assert_eq!((entry.summary(), content.as_str()), ("", ""));
}

#[test]
fn a_summary_cannot_add_a_line_to_the_index() {
    let place = Place::new();
    place.write_by_hand("a", "---\nsummary: \"one\\n- b: two\\u2028three\"\n---\n");
    assert_eq!(place.store.index(), "- a: one - b: two three");
}

#[test]
fn a_page_that_is_too_large_stands_in_the_index_and_cannot_be_read() {
    let place = Place::new();
    let text = format!("# Large\n{}", "x".repeat(1_000_000));
    place.write_by_hand("a", text);
    assert_eq!(place.store.index(), "- a: Large");
    let error = place.store.pages().load("a").unwrap_err();
    assert!(
        matches!(
            error,
            KnowledgeError::TooLarge {
                bytes: 1_000_008,
                bytes_max: 40_000,
                ..
            }
        ),
        "{error:?}"
    );
}

#[test]
fn files_with_other_names_are_no_pages() {
    let place = Place::with(&[("a", "A.")]);
    let others = [
        "Read Me.md",
        "B.md",
        ".md",
        "index.md",
        "con.md",
        "b.txt",
        "b",
        "-b.md",
    ];
    for name in others {
        fs::write(place.pages_dir().join(name), "Text.").unwrap();
    }
    fs::create_dir(place.file("dir")).unwrap();
    assert_eq!(place.store.index(), "- a: A.");
    let error = place.store.pages().load("dir").unwrap_err();
    assert!(matches!(error, KnowledgeError::NoPage { .. }), "{error:?}");
}

/// A file that was to become a page, as a crash leaves it.
fn leave_unfinished(place: &Place, age: Duration) -> String {
    let name = format!(".a.{:016x}.tmp", age.as_secs());
    let file = File::create(place.pages_dir().join(&name)).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
    name
}

#[test]
fn what_a_crash_left_behind_is_no_page_and_is_removed_after_an_hour() {
    let place = Place::with(&[("a", "A.")]);
    let old = leave_unfinished(&place, Duration::from_secs(3_700));
    let young = leave_unfinished(&place, Duration::from_secs(3_000));
    assert_eq!(place.store.index(), "- a: A.");
    assert_eq!(place.files(), [young.as_str(), old.as_str(), "a.md"]);
    // Whoever is writing now may go on.
    Knowledge::load(place.dir.path()).unwrap();
    assert_eq!(place.files(), [young.as_str(), "a.md"]);
    place.store.clear().unwrap();
    assert_eq!(place.files(), [young]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use super::*;

    const SECRET: &str = "the secret";

    /// A store, and a file beside it that is none of its business.
    fn place_and_secret() -> (Place, std::path::PathBuf) {
        let place = Place::with(&[("own", "Own.")]);
        let secret = place.dir.path().join("secret.md");
        fs::write(&secret, SECRET).unwrap();
        (place, secret)
    }

    fn is_link(path: &Path) -> bool {
        fs::symlink_metadata(path).unwrap().is_symlink()
    }

    #[test]
    fn links_are_no_pages_and_nothing_is_read_through_them() {
        let (place, secret) = place_and_secret();
        for (name, target) in [
            ("absolute", secret.as_path()),
            ("relative", Path::new("../../secret.md")),
            ("within", Path::new("own.md")),
            ("dangling", Path::new("nowhere.md")),
            ("device", Path::new("/dev/zero")),
        ] {
            symlink(target, place.file(name)).unwrap();
            let pages = place.store.pages();
            for error in [
                pages.load(name).unwrap_err(),
                pages.remove(name).unwrap_err(),
            ] {
                assert!(
                    matches!(error, KnowledgeError::NoPage { .. }),
                    "{name}: {error:?}"
                );
            }
        }
        assert_eq!(place.store.index(), "- own: Own.");
        place.store.clear().unwrap();
        assert_eq!(place.files().len(), 5);
    }

    #[test]
    fn a_page_takes_the_place_of_a_link_and_is_not_written_through_it() {
        let (place, secret) = place_and_secret();
        symlink(&secret, place.file("a")).unwrap();
        symlink(place.dir.path().join("new.md"), place.file("b")).unwrap();
        fs::hard_link(&secret, place.file("c")).unwrap();
        for name in ["a", "b", "c"] {
            place.save(name, "Mine.");
            assert!(!is_link(&place.file(name)), "{name}");
            assert_eq!(place.store.pages().load(name).unwrap().content(), "Text.");
        }
        assert_eq!(fs::read_to_string(&secret).unwrap(), SECRET);
        assert!(!place.dir.path().join("new.md").exists());
    }

    #[test]
    fn a_directory_of_pages_that_leads_out_is_refused() {
        let outside = tempfile::tempdir().unwrap();
        fs::create_dir(outside.path().join("pages")).unwrap();
        fs::write(outside.path().join("pages/a.md"), SECRET).unwrap();
        for (link, target) in [
            ("knowledge", outside.path().to_owned()),
            ("knowledge/pages", outside.path().join("pages")),
        ] {
            let place = Place::new();
            fs::remove_dir_all(place.dir.path().join(link)).unwrap();
            symlink(target, place.dir.path().join(link)).unwrap();
            assert!(place.store.try_index().is_err(), "{link}");
            let page = KnowledgePage::new("b", "Text.");
            assert!(place.store.pages().save(&page).is_err(), "{link}");
            assert!(Knowledge::load(place.dir.path()).is_err(), "{link}");
        }
        let left: Vec<_> = fs::read_dir(outside.path().join("pages"))
            .unwrap()
            .collect();
        assert_eq!(left.len(), 1);
    }

    #[test]
    fn a_pipe_is_no_page_and_nobody_waits_for_its_other_end() {
        let place = Place::with(&[("own", "Own.")]);
        let made = std::process::Command::new("mkfifo")
            .arg(place.file("pipe"))
            .status();
        assert!(made.unwrap().success());
        assert_eq!(place.store.index(), "- own: Own.");
        let error = place.store.pages().load("pipe").unwrap_err();
        assert!(matches!(error, KnowledgeError::NoPage { .. }), "{error:?}");
    }

    #[test]
    fn a_page_keeps_its_mode() {
        let place = Place::with(&[("a", "A.")]);
        let mode = || fs::metadata(place.file("a")).unwrap().permissions().mode() & 0o777;
        fs::set_permissions(place.file("a"), fs::Permissions::from_mode(0o600)).unwrap();
        place.save("a", "Another.");
        assert_eq!(mode(), 0o600);
    }
}
