//! Many threads, stores and processes at one directory.

use std::collections::HashSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use agentwerk::Knowledge;
use agentwerk::knowledge::{KnowledgeError, KnowledgePage};

use crate::play::Place;

const WRITERS: usize = 8;
const ROUNDS: usize = 40;

/// A page that is whole only if every line of it is the same, and as many as its summary says.
fn page(name: &str, writer: usize, round: usize) -> KnowledgePage {
    let lines = 200 + (writer * 31 + round * 7) % 300;
    let line = format!("writer {writer} round {round}\n");
    KnowledgePage::new(name, line.repeat(lines)).with_summary(&format!("{lines} lines: {line}"))
}

fn assert_whole(page: &KnowledgePage) {
    let (lines, line) = page.entry().summary().split_once(" lines: ").unwrap();
    assert_eq!(page.content().lines().count().to_string(), lines);
    assert!(page.content().lines().all(|own| own == line), "{page}");
}

#[test]
fn pages_that_many_threads_write_are_never_torn_and_none_is_lost() {
    let place = Place::new();
    let begin = Barrier::new(WRITERS + 2);
    let done = AtomicBool::new(false);
    let (mut reads, mut listed) = (0, 0);
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                // Half of them share a store, half have one of their own.
                let store = if writer % 2 == 0 {
                    place.store.clone()
                } else {
                    Knowledge::load(place.dir.path()).unwrap()
                };
                let begin = &begin;
                scope.spawn(move || {
                    begin.wait();
                    for round in 0..ROUNDS {
                        let own = format!("of {writer} in {round}");
                        store.pages().save(&page(&own, writer, round)).unwrap();
                        store.pages().save(&page("shared", writer, round)).unwrap();
                    }
                })
            })
            .collect();
        let reader = scope.spawn(|| {
            begin.wait();
            let mut reads = 0;
            while !done.load(Ordering::Acquire) {
                match place.store.pages().load("shared") {
                    Ok(page) => assert_whole(&page),
                    Err(KnowledgeError::NoPage { .. }) if reads == 0 => continue,
                    Err(error) => panic!("{error:?}"),
                }
                reads += 1;
            }
            reads
        });
        let lister = scope.spawn(|| {
            begin.wait();
            let mut lists = 0;
            while !done.load(Ordering::Acquire) {
                for entry in place.store.pages().list().unwrap() {
                    assert!(entry.summary().contains(" lines: writer "), "{entry}");
                }
                lists += 1;
            }
            lists
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Release);
        reads = reader.join().unwrap();
        listed = lister.join().unwrap();
    });
    assert!(reads > 0 && listed > 0);
    assert_whole(&place.store.pages().load("shared").unwrap());
    // No page is missing, and no unfinished file is left.
    assert_eq!(place.files().len(), WRITERS * ROUNDS + 1);
    let index = place.store.clone().index_char_limit(usize::MAX).index();
    let lines: HashSet<_> = index.lines().collect();
    assert_eq!(lines.len(), WRITERS * ROUNDS + 1);
    for entry in place.store.pages().list().unwrap() {
        assert_whole(&place.store.pages().load(entry.slug()).unwrap());
    }
}

#[test]
fn pages_that_go_away_while_others_read_disturb_nobody() {
    let place = Place::new();
    let done = AtomicBool::new(false);
    place.save("stays", "Stays.");
    let expected = ["- stays: Stays.", "- goes: Goes.\n- stays: Stays."];
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let index = place.store.try_index().unwrap();
                let mut lines: Vec<_> = index.lines().collect();
                lines.sort_unstable();
                assert!(expected.contains(&&*lines.join("\n")), "{index}");
            }
        });
        for _ in 0..200 {
            place.save("goes", "Goes.");
            place.store.pages().remove("goes").unwrap();
        }
        done.store(true, Ordering::Release);
        reader.join().unwrap();
    });
}
