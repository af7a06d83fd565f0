//! A disk that fails under an open journal: nothing more is taken, and nothing waits for ever.

use std::sync::Arc;
use std::time::Duration;

use agentwerk::Status;
use agentwerk::store::{
    Append, Batch, Claim, JournalError, JournalOptions, JournalStore, Query, StoreError,
};
use agentwerk_tests::disk::{Fault, FaultyDisk};
use agentwerk_tests::within;

use crate::fixture::{claim, finish, keys, submission, submit};

const LENGTH: Duration = Duration::from_secs(600);

fn options(disk: &FaultyDisk) -> JournalOptions {
    let disk = Arc::new(disk.clone());
    JournalOptions::new("/session")
        .disk(disk)
        .segment_bytes(2_000)
}

fn is_journal<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Journal(_)))
}

/// A journal whose disk has failed, with a lease from before.
async fn failed(disk: &FaultyDisk, fault: Fault) -> (JournalStore, agentwerk::store::Lease) {
    let store = options(disk).begin().unwrap();
    submit(&store).await.unwrap();
    let lease = claim(&store).await.unwrap();
    submit(&store).await.unwrap();
    disk.arm(1, fault);
    assert!(is_journal(&submit(&store).await));
    (store, lease)
}

#[tokio::test]
async fn every_call_after_an_error_gives_an_error() {
    for fault in [Fault::Error, Fault::Full, Fault::FailedSync, Fault::Dead] {
        let disk = FaultyDisk::new(1);
        let (store, lease) = failed(&disk, fault).await;
        assert!(is_journal(&within(submit(&store)).await), "{fault:?}");
        assert!(is_journal(&claim_again(&store).await), "{fault:?}");
        assert!(is_journal(&store.extend(&lease, LENGTH).await), "{fault:?}");
        assert!(is_journal(&store.expire().await), "{fault:?}");
    }
}

async fn claim_again(store: &JournalStore) -> Result<(), StoreError> {
    let routing = agentwerk::ticket::Routing::new([] as [&str; 0], None);
    store
        .claim(&routing, &"worker".into(), LENGTH)
        .await
        .map(drop)
}

#[tokio::test]
async fn a_journal_on_a_disk_that_is_gone_can_be_closed() {
    let disk = FaultyDisk::new(1);
    let (store, _) = failed(&disk, Fault::Dead).await;
    let closed = tokio::task::spawn_blocking(move || store.close());
    within(closed).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_is_told_to_all_who_wait_and_work_goes_on_when_there_is_room() {
    let disk = FaultyDisk::new(1);
    let store = options(&disk).begin().unwrap();
    let done = finish(&store).await;
    disk.arm(1, Fault::Full);
    let commits: Vec<_> = (0..10)
        .map(|_| {
            let records = vec![submission(store.reserve_key())];
            store.append(Batch::new(records))
        })
        .collect();
    for commit in commits {
        assert!(is_journal(&within(commit).await));
    }
    drop(store);

    // Reading needs no room.
    let disk = disk.crash(false);
    assert_eq!(disk.lasting(), Some(Fault::Full));
    let store = options(&disk).load().unwrap();
    assert_eq!(keys(&store, Status::Done), [1]);
    assert_eq!(store.get(done).unwrap().transcript().unwrap().len(), 2);
    assert!(is_journal(&within(submit(&store)).await));
    drop(store);

    let disk = disk.crash(true);
    disk.repair();
    let store = options(&disk).load().unwrap();
    assert_eq!(keys(&store, Status::Done), [1]);
    submit(&store).await.unwrap();
}

#[tokio::test]
async fn a_directory_that_cannot_be_read_is_not_taken_for_an_empty_one() {
    let disk = FaultyDisk::new(1);
    let store = options(&disk).begin().unwrap();
    submit(&store).await.unwrap();
    drop(store);
    disk.arm(1, Fault::Error);
    let error = options(&disk).load().unwrap_err();
    let is_due = matches!(&error, JournalError::File { action: "list", .. });
    assert!(is_due, "{error}");
    assert_eq!(keys(&options(&disk).load().unwrap(), Status::Todo), [1]);
}
