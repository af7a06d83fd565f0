use std::collections::BTreeSet;

use agentwerk::Status;
use agentwerk::store::{Batch, StoreError};

use super::fixture::*;

pub(crate) async fn keys_are_unique_and_rise(store: Shared) {
    let keys: Vec<_> = (0..100).map(|_| store.reserve_key()).collect();
    assert!(keys.is_sorted_by(|left, right| left < right), "{keys:?}");
    assert!(keys[0].number() > 0);
}

pub(crate) async fn keys_are_unique_among_threads(store: Shared) {
    let reserving: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::task::spawn_blocking(move || {
                (0..100).map(|_| store.reserve_key()).collect::<Vec<_>>()
            })
        })
        .collect();
    let mut keys = BTreeSet::new();
    for reserved in reserving {
        keys.extend(reserved.await.unwrap());
    }
    assert_eq!(keys.len(), 800);
}

pub(crate) async fn a_ticket_is_there_when_its_commit_resolves(store: Shared) {
    let key = store.reserve_key();
    assert!(store.get(key).is_none());
    append(&store, vec![submitted(key, [])]).await.unwrap();
    assert_eq!(status(&store, key), Status::Todo);
}

pub(crate) async fn a_batch_is_stored_whole(store: Shared) {
    let (first, second) = (store.reserve_key(), store.reserve_key());
    let records = vec![submitted(first, []), submitted(second, ["label"])];
    append(&store, records).await.unwrap();
    assert_eq!(status(&store, first), Status::Todo);
    assert_eq!(status(&store, second), Status::Todo);
}

pub(crate) async fn a_batch_whose_second_record_is_refused_leaves_no_ticket(store: Shared) {
    let mut watch = store.watch(&anyone());
    let (key, unknown) = (store.reserve_key(), store.reserve_key());
    let records = vec![submitted(key, []), record(unknown, failed())];
    let refused = append(&store, records).await;
    assert!(
        matches!(refused, Err(StoreError::UnknownTicket { key }) if key == unknown),
        "{refused:?}"
    );
    assert!(store.get(key).is_none());
    assert!(store.tickets().is_empty());
    assert_eq!(claim(&store, &anyone()).await, None);
    assert!(!is_offered(&mut watch).await);
}

pub(crate) async fn a_batch_whose_second_record_is_refused_adds_no_message(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let records = vec![
        record(lease.key, message("kept?")),
        submitted(lease.key, []),
    ];
    let refused = store.append(Batch::leased(&lease, records)).await;
    assert!(
        matches!(refused, Err(StoreError::DuplicateTicket { key }) if key == lease.key),
        "{refused:?}"
    );
    let ticket = get(&store, lease.key);
    assert!(ticket.transcript().unwrap().is_empty());
    assert_eq!(ticket.status(), Status::InProgress);
    // The claim is as good as before.
    leased(&store, &lease, done()).await.unwrap();
}

pub(crate) async fn a_record_is_held_against_those_before_it_in_the_batch(store: Shared) {
    let key = store.reserve_key();
    let ended_twice = vec![
        submitted(key, []),
        record(key, failed()),
        record(key, agentwerk::ticket::Change::Cancelled),
    ];
    let refused = append(&store, ended_twice.clone()).await;
    assert!(
        matches!(&refused, Err(StoreError::Transition(error)) if error.status == Status::Failed),
        "{refused:?}"
    );
    append(&store, ended_twice[..2].to_vec()).await.unwrap();
    assert_eq!(status(&store, key), Status::Failed);
    assert_eq!(claim(&store, &anyone()).await, None);
}

pub(crate) async fn a_key_is_taken_once(store: Shared) {
    let key = submit(&store, ["first"]).await;
    let refused = append(&store, vec![submitted(key, ["second"])]).await;
    assert!(
        matches!(refused, Err(StoreError::DuplicateTicket { key: taken }) if taken == key),
        "{refused:?}"
    );
    assert_eq!(get(&store, key).labels(), ["first"]);
}

pub(crate) async fn a_change_of_an_unknown_ticket_is_refused(store: Shared) {
    let unknown = store.reserve_key();
    for (end, _) in ends() {
        let refused = change(&store, unknown, end).await;
        assert!(
            matches!(refused, Err(StoreError::UnknownTicket { key }) if key == unknown),
            "{refused:?}"
        );
    }
}

pub(crate) async fn a_dropped_commit_is_stored_all_the_same(store: Shared) {
    let mut watch = store.watch(&anyone());
    let key = store.reserve_key();
    drop(store.append(Batch::new(vec![submitted(key, [])])));
    assert!(is_offered(&mut watch).await);
    assert_eq!(claim(&store, &anyone()).await, Some(key));
}
