use agentwerk::Status;
use agentwerk::store::{Batch, Lease, StoreError};
use agentwerk::ticket::Change;

use super::fixture::*;

pub(super) fn is_stale(answer: &Result<(), StoreError>, lease: &Lease) -> bool {
    matches!(answer, Err(StoreError::StaleLease { key }) if *key == lease.key)
}

/// A claim that ran out, and the claim of whoever holds the ticket now.
pub(super) async fn overtaken(store: &Shared) -> (Lease, Lease) {
    let stale = claimed(store, SHORT).await;
    assert_eq!(expire_next(store).await, [stale.key]);
    let current = claim_for(store, &anyone(), LONG).await.unwrap().lease;
    assert_eq!(current.key, stale.key);
    (stale, current)
}

pub(crate) async fn the_token_rises_with_each_claim(store: Shared) {
    submit(&store, []).await;
    let mut last = 0;
    for _ in 0..3 {
        let lease = claim_for(&store, &anyone(), LONG).await.unwrap().lease;
        assert!(lease.token > last, "{} after {last}", lease.token);
        assert_eq!(get(&store, lease.key).token(), lease.token);
        last = lease.token;
        leased(&store, &lease, Change::Released).await.unwrap();
    }
}

pub(crate) async fn a_lease_may_be_longer_than_a_clock_can_show(store: Shared) {
    submit(&store, []).await;
    let lease = claim_for(&store, &anyone(), std::time::Duration::MAX)
        .await
        .unwrap()
        .lease;
    store
        .extend(&lease, std::time::Duration::MAX)
        .await
        .unwrap();
    leased(&store, &lease, done()).await.unwrap();
    assert_eq!(get(&store, lease.key).status(), Status::Done);
}

pub(crate) async fn a_stale_token_is_refused(store: Shared) {
    let (stale, current) = overtaken(&store).await;
    let before = format!("{:?}", get(&store, stale.key));
    let late = [
        message("late"),
        done(),
        failed(),
        Change::Released,
        Change::Cancelled,
    ];
    for change in late {
        let refused = leased(&store, &stale, change).await;
        assert!(is_stale(&refused, &stale), "{refused:?}");
    }
    assert_eq!(format!("{:?}", get(&store, stale.key)), before);
    leased(&store, &current, done()).await.unwrap();
}

pub(crate) async fn a_stale_token_cannot_extend_the_lease(store: Shared) {
    let (stale, current) = overtaken(&store).await;
    let refused = store.extend(&stale, LONG).await;
    assert!(is_stale(&refused, &stale), "{refused:?}");
    leased(&store, &current, done()).await.unwrap();
    let refused = store.extend(&current, LONG).await;
    assert!(is_stale(&refused, &current), "{refused:?}");
}

pub(crate) async fn a_lease_that_ended_gives_the_ticket_back(store: Shared) {
    let lease = claimed(&store, SHORT).await;
    leased(&store, &lease, message("so far")).await.unwrap();
    assert_eq!(store.expire().await.unwrap(), []);
    assert_eq!(expire_next(&store).await, [lease.key]);
    let ticket = get(&store, lease.key);
    assert_eq!(ticket.status(), Status::Todo);
    assert_eq!(ticket.transcript().unwrap().len(), 1);
    // Once.
    assert_eq!(store.expire().await.unwrap(), []);
    let refused = leased(&store, &lease, done()).await;
    assert!(is_stale(&refused, &lease), "{refused:?}");
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn a_lease_that_ended_wakes_a_waiter(store: Shared) {
    let lease = claimed(&store, SHORT).await;
    let mut watch = store.watch(&anyone());
    assert_eq!(claim(&store, &anyone()).await, None);
    assert_eq!(expire_next(&store).await, [lease.key]);
    assert!(is_offered(&mut watch).await);
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn an_extended_lease_does_not_end(store: Shared) {
    let lease = claimed(&store, SHORT).await;
    let first_end = store.next_expiry().unwrap();
    store.extend(&lease, LONG).await.unwrap();
    assert!(store.next_expiry().unwrap() > first_end);
    tokio::time::sleep_until(first_end).await;
    assert_eq!(store.expire().await.unwrap(), []);
    leased(&store, &lease, done()).await.unwrap();
}

pub(crate) async fn the_next_expiry_is_the_earliest(store: Shared) {
    let long = claimed(&store, LONG).await;
    let late = store.next_expiry().unwrap();
    let short = claimed(&store, SHORT).await;
    assert!(store.next_expiry().unwrap() < late);
    assert_eq!(expire_next(&store).await, [short.key]);
    leased(&store, &long, message("still here")).await.unwrap();
}

pub(crate) async fn nothing_expires_without_a_lease(store: Shared) {
    assert_eq!(store.next_expiry(), None);
    submit(&store, []).await;
    assert_eq!(store.next_expiry(), None);
    let lease = claim_for(&store, &anyone(), LONG).await.unwrap().lease;
    assert!(store.next_expiry().is_some());
    leased(&store, &lease, done()).await.unwrap();
    assert_eq!(store.next_expiry(), None);
    assert_eq!(store.expire().await.unwrap(), []);
}

pub(crate) async fn a_change_of_the_program_ends_the_lease(store: Shared) {
    for (taken_away, next) in [
        (Change::Cancelled, Status::Cancelled),
        (failed(), Status::Failed),
        (Change::Released, Status::Todo),
    ] {
        let lease = claimed(&store, LONG).await;
        change(&store, lease.key, taken_away).await.unwrap();
        assert_eq!(status(&store, lease.key), next);
        assert_eq!(store.next_expiry(), None);
        let refused = leased(&store, &lease, done()).await;
        assert!(is_stale(&refused, &lease), "{refused:?}");
        let refused = store.extend(&lease, LONG).await;
        assert!(is_stale(&refused, &lease), "{refused:?}");
    }
}

pub(crate) async fn a_lease_finishes_a_ticket_and_opens_another_in_one_step(store: Shared) {
    let (stale, current) = overtaken(&store).await;
    let child = store.reserve_key();
    let step = vec![record(stale.key, done()), submitted(child, [])];
    let refused = store.append(Batch::leased(&stale, step.clone())).await;
    assert!(is_stale(&refused, &stale), "{refused:?}");
    assert!(store.get(child).is_none());

    store.append(Batch::leased(&current, step)).await.unwrap();
    assert_eq!(status(&store, current.key), Status::Done);
    assert_eq!(claim(&store, &anyone()).await, Some(child));
}

pub(crate) async fn a_lease_is_no_right_to_the_ticket_of_another(store: Shared) {
    let mine = claimed(&store, LONG).await;
    let other = claimed(&store, LONG).await;
    let batch = Batch::leased(&mine, vec![record(other.key, done())]);
    let refused = store.append(batch).await;
    assert!(is_stale(&refused, &other), "{refused:?}");
    assert_eq!(get(&store, other.key).status(), Status::InProgress);
    leased(&store, &other, done()).await.unwrap();
}

pub(crate) async fn a_claim_is_no_record_to_append(store: Shared) {
    let key = submit(&store, []).await;
    let agent = "forger".into();
    let forged = record(key, Change::Claimed { agent, token: 1 });
    let refused = store.append(Batch::new(vec![forged])).await;
    assert!(
        matches!(refused, Err(StoreError::ClaimAsRecord { .. })),
        "{refused:?}"
    );
    assert_eq!(get(&store, key).status(), Status::Todo);
}
