use agentwerk::store::{Batch, StoreError};
use agentwerk::ticket::{Change, TicketBody};
use agentwerk::{Status, TicketKey};
use serde_json::json;

use super::fixture::*;
use super::lease::{is_stale, overtaken};

fn hand_over(parent: TicketKey, child: TicketKey) -> Change {
    let body = TicketBody {
        parent: Some(parent),
        ..body("go on", ["next"])
    };
    Change::HandedOver {
        result: json!("so far"),
        child,
        body: Box::new(body),
    }
}

pub(crate) async fn a_hand_over_ends_a_ticket_and_opens_another(store: Shared) {
    let mut watch = store.watch(&serving(["next"]));
    let lease = claimed(&store, LONG).await;
    let child = store.reserve_key();
    let change = hand_over(lease.key, child);
    leased(&store, &lease, change).await.unwrap();

    let parent = get(&store, lease.key);
    assert_eq!(parent.status(), Status::Done);
    assert_eq!(parent.result(), Some(&json!("so far")));
    assert_eq!(parent.successor_key(), Some(child));
    assert_eq!(store.last_done().unwrap().key(), lease.key);

    let next = get(&store, child);
    assert_eq!(next.status(), Status::Todo);
    assert_eq!(next.task(), "go on");
    assert_eq!(next.parent_key(), Some(lease.key));
    assert!(is_offered(&mut watch).await);
    assert_eq!(claim(&store, &serving(["next"])).await, Some(child));
}

pub(crate) async fn a_hand_over_to_a_key_that_is_taken_changes_nothing(store: Shared) {
    let taken = submit(&store, ["taken"]).await;
    let lease = claimed(&store, LONG).await;
    for child in [taken, lease.key] {
        let refused = leased(&store, &lease, hand_over(lease.key, child)).await;
        assert!(
            matches!(refused, Err(StoreError::DuplicateTicket { key }) if key == child),
            "{refused:?}"
        );
    }
    assert_eq!(status(&store, lease.key), Status::InProgress);
    assert_eq!(get(&store, taken).labels(), ["taken"]);
    leased(&store, &lease, done()).await.unwrap();
}

pub(crate) async fn a_hand_over_under_a_stale_lease_opens_nothing(store: Shared) {
    let (stale, current) = overtaken(&store).await;
    let child = store.reserve_key();
    let refused = leased(&store, &stale, hand_over(stale.key, child)).await;
    assert!(is_stale(&refused, &stale), "{refused:?}");
    assert!(store.get(child).is_none());
    assert_eq!(status(&store, current.key), Status::InProgress);
}

pub(crate) async fn a_ticket_is_handed_over_once(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let (first, second) = (store.reserve_key(), store.reserve_key());
    let twice = [first, second].map(|child| record(lease.key, hand_over(lease.key, child)));
    let refused = store.append(Batch::leased(&lease, twice.to_vec())).await;
    assert!(
        matches!(refused, Err(StoreError::Transition(_))),
        "{refused:?}"
    );
    assert!(store.get(first).is_none());
    leased(&store, &lease, hand_over(lease.key, first))
        .await
        .unwrap();
    let refused = leased(&store, &lease, hand_over(lease.key, second)).await;
    assert!(is_stale(&refused, &lease), "{refused:?}");
    assert!(store.get(second).is_none());
}
