//! What was stored and is not as it was written is refused, with its file and line.

use std::error::Error;
use std::fs;
use std::path::Path;

use agentwerk::store::{JournalError, JournalStore, Query};

use crate::fixture::{Session, damage, finish, line_starts, submit};

#[track_caller]
fn assert_damaged(loaded: Result<JournalStore, JournalError>, due_file: &Path, due_line: u64) {
    let error = loaded.expect_err("the journal is damaged");
    let is_due = matches!(
        &error,
        JournalError::Damaged { file, line, .. } if file == due_file && *line == due_line
    );
    assert!(is_due, "{error}");
    let text = error.to_string();
    assert!(text.contains(&due_file.display().to_string()), "{text}");
    assert!(text.contains(&format!("line {due_line}")), "{text}");
    assert!(text.contains("hint: bring the file back"), "{text}");
}

#[tokio::test]
async fn a_line_that_later_lines_know_to_be_synced_is_refused_when_it_is_damaged() {
    let session = Session::new(1 << 20);
    let store = session.options().begin().unwrap();
    for _ in 0..4 {
        submit(&store).await.unwrap();
    }
    drop(store);
    let file = session.file("000001.jsonl");
    let sound = fs::read(&file).unwrap();
    let starts = line_starts(&sound);
    for (start, line) in starts[..3].iter().zip(1..) {
        damage(&file, start + 20);
        assert_damaged(session.options().load(), &file, line);
        // Nothing was cut off, so that the file can be brought back.
        assert_eq!(fs::read(&file).unwrap().len(), sound.len());
        fs::write(&file, &sound).unwrap();
    }
    session.options().load().unwrap();
}

#[tokio::test]
async fn a_damaged_line_of_a_complete_file_without_an_index_is_refused() {
    let session = Session::new(400);
    let store = session.buffered().begin().unwrap();
    for _ in 0..3 {
        finish(&store).await;
    }
    drop(store);
    let file = session.file("000002.jsonl");
    let starts = line_starts(&fs::read(&file).unwrap());
    damage(&file, starts[1] + 20);
    fs::remove_file(session.file("000002.index.jsonl")).unwrap();
    assert_damaged(session.options().load(), &file, 2);
    // Not even a new session is begun on it.
    assert_damaged(session.options().begin(), &file, 2);
}

#[tokio::test]
async fn a_file_that_is_missing_between_others_is_refused() {
    let session = Session::new(400);
    let store = session.buffered().begin().unwrap();
    for _ in 0..3 {
        finish(&store).await;
    }
    drop(store);
    let file = session.file("000002.jsonl");
    fs::remove_file(&file).unwrap();
    assert_missing(session.options().load(), &file);
}

#[track_caller]
fn assert_missing(loaded: Result<JournalStore, JournalError>, due_file: &Path) {
    let error = loaded.expect_err("a file is missing");
    let is_due = matches!(&error, JournalError::Missing { file } if file == due_file);
    assert!(is_due, "{error}");
}

#[tokio::test]
async fn a_journal_without_any_file_is_refused_while_what_was_made_of_it_is_there() {
    let session = Session::new(1 << 20);
    finish(&session.options().begin().unwrap()).await;
    let file = session.file("000001.jsonl");
    fs::remove_file(&file).unwrap();
    assert_missing(session.options().load(), &file);
    assert_missing(session.options().begin(), &file);
    assert_ne!(fs::read(session.results()).unwrap(), b"");
    fs::remove_file(session.results()).unwrap();
    assert!(session.options().load().unwrap().tickets().is_empty());
}

#[tokio::test]
async fn lines_that_an_editor_has_changed_are_refused_and_stay() {
    type Edit = fn(&str) -> String;
    let edits: [Edit; 3] = [
        |text| text.replace('\n', "\r\n"),
        |text| text.replace("{\"v\":1,", "{\"v\":2,"),
        |text| text.replace("the work of", "the game of"),
    ];
    for edit in edits {
        let session = Session::new(1 << 20);
        submit(&session.options().begin().unwrap()).await.unwrap();
        let file = session.file("000001.jsonl");
        let edited = edit(&fs::read_to_string(&file).unwrap());
        fs::write(&file, &edited).unwrap();
        assert_damaged(session.options().load(), &file, 1);
        assert_eq!(fs::read_to_string(&file).unwrap(), edited);
    }
}

/// The bytes of a line of version 2, with the checksum that it has then.
fn of_version_2(line: &[u8]) -> Vec<u8> {
    let line = std::str::from_utf8(line).unwrap();
    let (body, _) = line.rsplit_once(",\"crc\":\"").unwrap();
    let body = body.replacen("{\"v\":1,", "{\"v\":2,", 1);
    let checksum = crc32fast::hash(body.as_bytes());
    format!("{body},\"crc\":\"{checksum:08x}\"}}\n").into_bytes()
}

#[tokio::test]
async fn a_line_of_another_version_is_refused_and_stays() {
    let session = Session::new(1 << 20);
    let store = session.buffered().begin().unwrap();
    for _ in 0..3 {
        submit(&store).await.unwrap();
    }
    drop(store);
    let file = session.file("000001.jsonl");
    let sound = fs::read(&file).unwrap();
    let starts = line_starts(&sound);
    for line in 0..3 {
        let (start, end) = (starts[line], starts[line + 1]);
        let changed = of_version_2(&sound[start..end]);
        let bytes = [&sound[..start], &changed, &sound[end..]].concat();
        fs::write(&file, &bytes).unwrap();
        let error = session.options().load().unwrap_err();
        let due = line as u64 + 1;
        assert!(
            matches!(&error, JournalError::Version { line, found: 2, .. } if *line == due),
            "{error}"
        );
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
}

#[tokio::test]
async fn a_transcript_in_a_damaged_file_names_file_and_line() {
    let session = Session::new(1 << 20);
    let store = session.options().begin().unwrap();
    let key = finish(&store).await;
    let file = session.file("000001.jsonl");
    let bytes = fs::read(&file).unwrap();
    let place = bytes
        .windows(8)
        .position(|part| part == b"first of")
        .unwrap();
    let line = bytes[..place].iter().filter(|byte| **byte == b'\n').count() + 1;
    damage(&file, place);

    let error = store.get(key).unwrap().transcript().unwrap_err();
    assert_eq!(error.key, key);
    let source = error.source().unwrap().to_string();
    assert!(source.contains(&file.display().to_string()), "{source}");
    assert!(source.contains(&format!("line {line}")), "{source}");
}

#[tokio::test]
async fn a_transcript_in_a_damaged_file_with_an_index_hinders_nothing_else() {
    let session = Session::new(400);
    let store = session.options().begin().unwrap();
    let damaged = finish(&store).await;
    let sound = finish(&store).await;
    finish(&store).await;
    drop(store);
    let holds_message = |number: &u32| {
        let path = session.file(&format!("{number:06}.jsonl"));
        let text = fs::read_to_string(path).unwrap();
        text.find(&format!("first of {damaged}"))
    };
    let number = (1..)
        .find(|number| holds_message(number).is_some())
        .unwrap();
    let file = session.file(&format!("{number:06}.jsonl"));
    damage(&file, holds_message(&number).unwrap());

    let store = session.options().load().unwrap();
    let error = store.get(damaged).unwrap().transcript().unwrap_err();
    let source = error.source().unwrap().to_string();
    assert!(source.contains(&file.display().to_string()), "{source}");
    assert_eq!(store.get(sound).unwrap().transcript().unwrap().len(), 2);
}
