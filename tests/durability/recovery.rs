//! What a crash leaves, and what can be made again, is put in order by the next opening.

use std::fs;

use agentwerk::store::{Append, JournalError, JournalOptions, Query};
use agentwerk::{Status, TicketKey};

use crate::fixture::{Session, claim, damage, finish, keys, line_starts, submit};

#[tokio::test]
async fn a_last_line_is_cut_off_wherever_it_ends() {
    let session = Session::new(1 << 20);
    let store = session.options().begin().unwrap();
    for _ in 0..3 {
        submit(&store).await.unwrap();
    }
    drop(store);
    let file = session.file("000001.jsonl");
    let sound = fs::read(&file).unwrap();
    let last = line_starts(&sound)[2];
    for length in last..sound.len() {
        fs::write(&file, &sound[..length]).unwrap();
        let store = session.buffered().load().unwrap();
        assert_eq!(keys(&store, Status::Todo), [1, 2], "{length}");
        assert_eq!(fs::read(&file).unwrap(), sound[..last], "{length}");
        if length > last {
            // What was cut off is not thrown away.
            let torn = fs::read(session.file("000001.torn")).unwrap();
            assert_eq!(torn, sound[last..length], "{length}");
        }
        let key = submit(&store).await.unwrap();
        assert_eq!(key, TicketKey::from_number(3));
        drop(store);
        let store = session.buffered().load().unwrap();
        assert_eq!(keys(&store, Status::Todo), [1, 2, 3], "{length}");
    }
}

#[tokio::test]
async fn sectors_that_were_lost_at_the_end_take_what_follows_them_along() {
    let session = Session::new(1 << 20);
    let store = session.options().begin().unwrap();
    submit(&store).await.unwrap();
    // Nobody waits for these, so nothing tells that they are on the disk.
    for _ in 0..3 {
        let key = store.reserve_key();
        let records = vec![crate::fixture::submission(key)];
        let commit = store.append(agentwerk::store::Batch::new(records));
        commit.let_go().unwrap();
    }
    drop(store);
    let file = session.file("000001.jsonl");
    let mut bytes = fs::read(&file).unwrap();
    let starts = line_starts(&bytes);
    bytes[starts[2] - 5..starts[2] + 5].fill(0);
    fs::write(&file, &bytes).unwrap();
    let store = session.options().load().unwrap();
    assert_eq!(keys(&store, Status::Todo), [1]);
}

#[tokio::test]
async fn what_was_in_progress_is_open_again() {
    let session = Session::new(1 << 20);
    let store = session.options().begin().unwrap();
    submit(&store).await.unwrap();
    let before = claim(&store).await.unwrap();
    drop(store);
    let store = session.options().load().unwrap();
    let ticket = store.get(before.key).unwrap();
    assert_eq!(ticket.status(), Status::Todo);
    assert_eq!(ticket.assignee(), None);
    let after = claim(&store).await.unwrap();
    assert!(after.token > before.token);
}

#[tokio::test]
async fn an_index_that_is_missing_is_made_again() {
    let session = Session::new(400);
    let store = session.buffered().begin().unwrap();
    for _ in 0..3 {
        finish(&store).await;
    }
    drop(store);
    let index = session.file("000002.index.jsonl");
    let sound = fs::read(&index).unwrap();
    fs::remove_file(&index).unwrap();
    let store = session.buffered().load().unwrap();
    assert_eq!(keys(&store, Status::Done), [1, 2, 3]);
    assert_eq!(fs::read(&index).unwrap(), sound);
}

#[tokio::test]
async fn an_index_that_is_damaged_is_made_again() {
    let session = Session::new(400);
    let store = session.buffered().begin().unwrap();
    for _ in 0..3 {
        finish(&store).await;
    }
    drop(store);
    let index = session.file("000002.index.jsonl");
    let sound = fs::read(&index).unwrap();
    for place in (0..sound.len()).step_by(3) {
        damage(&index, place);
        let store = session.buffered().load();
        let store = store.unwrap_or_else(|error| panic!("byte {place}: {error}"));
        assert_eq!(keys(&store, Status::Done), [1, 2, 3], "{place}");
        assert_eq!(fs::read(&index).unwrap(), sound, "{place}");
    }
}

#[tokio::test]
async fn results_are_made_again_unless_they_are_those_of_the_journal() {
    let session = Session::new(1 << 20);
    let store = session.options().begin().unwrap();
    for _ in 0..3 {
        finish(&store).await;
    }
    drop(store);
    let path = session.results();
    let due = fs::read(&path).unwrap();
    let starts = line_starts(&due);
    assert_eq!(starts.len(), 4);
    let mut lost_sector = due.clone();
    lost_sector[starts[1] + 5..starts[1] + 10].fill(0);
    let others = [
        ("truncated in a line", due[..due.len() - 5].to_vec()),
        ("without the last line", due[..starts[2]].to_vec()),
        ("empty", Vec::new()),
        (
            "too long",
            [&due[..], b"{\"ticket\":\"TICKET-9\"}\n"].concat(),
        ),
        ("with a line twice", [&due[..], &due[starts[2]..]].concat()),
        ("with a sector lost in its middle", lost_sector),
    ];
    for (what, bytes) in others {
        fs::write(&path, bytes).unwrap();
        drop(session.buffered().load().unwrap());
        assert_eq!(fs::read(&path).unwrap(), due, "{what}");
    }
    fs::remove_file(&path).unwrap();
    drop(session.buffered().load().unwrap());
    assert_eq!(fs::read(&path).unwrap(), due);
}

#[tokio::test]
async fn a_new_session_over_an_old_one_goes_on_with_its_keys_and_hides_its_tickets() {
    let session = Session::new(400);
    let store = session.options().begin().unwrap();
    finish(&store).await;
    submit(&store).await.unwrap();
    submit(&store).await.unwrap();
    claim(&store).await.unwrap();
    drop(store);

    let store = session.options().begin().unwrap();
    assert!(store.tickets().is_empty());
    assert_eq!(store.last_done().map(|ticket| ticket.key()), None);
    assert_eq!(finish(&store).await, TicketKey::from_number(4));
    drop(store);

    let store = session.options().load().unwrap();
    assert_eq!(keys(&store, Status::Done), [1, 4]);
    assert_eq!(keys(&store, Status::Todo), [2, 3]);
    assert_eq!(store.done().len(), 2);
    let results = fs::read_to_string(session.results()).unwrap();
    assert_eq!(results.lines().count(), 2);
}

#[test]
fn a_directory_without_a_session_is_none() {
    let session = Session::new(1 << 20);
    for dir in [
        session.dir.path().to_owned(),
        session.dir.path().join("a/b"),
    ] {
        let error = JournalOptions::new(&dir).load().unwrap_err();
        let is_due = matches!(&error, JournalError::NoSession { dir: told, .. } if *told == dir);
        assert!(is_due, "{error}");
    }
    // Asking has made nothing.
    assert_eq!(fs::read_dir(session.dir.path()).unwrap().count(), 0);
    assert!(session.options().begin().is_ok());
}

#[test]
fn a_session_in_a_directory_below_is_named() {
    let session = Session::new(1 << 20);
    let below = session.dir.path().join(".agentwerk");
    drop(JournalOptions::new(&below).begin().unwrap());
    let error = session.options().load().unwrap_err().to_string();
    let hint = format!("hint: there is one in `{}`", below.display());
    assert!(error.contains(&hint), "{error}");
}
