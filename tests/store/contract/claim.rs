use std::collections::BTreeSet;

use agentwerk::ticket::{Change, Record, Routing, TicketBody};
use agentwerk::{AgentName, Status, TicketKey};
use tokio::runtime::Handle;

use super::fixture::*;

pub(crate) async fn nothing_is_claimed_when_nothing_is_open(store: Shared) {
    assert_eq!(claim(&store, &anyone()).await, None);
    submit(&store, []).await;
    assert!(claim(&store, &anyone()).await.is_some());
    assert_eq!(claim(&store, &anyone()).await, None);
}

pub(crate) async fn the_oldest_ticket_is_claimed_first(store: Shared) {
    let mut submitted = Vec::new();
    for _ in 0..3 {
        submitted.push(submit(&store, []).await);
    }
    let mut got = Vec::new();
    while let Some(key) = claim(&store, &anyone()).await {
        got.push(key);
    }
    assert_eq!(got, submitted);
}

pub(crate) async fn a_ticket_that_was_given_back_keeps_its_age(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let younger = submit(&store, []).await;
    leased(&store, &lease, Change::Released).await.unwrap();
    assert_eq!(get(&store, lease.key).assignee(), None);
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
    assert_eq!(claim(&store, &anyone()).await, Some(younger));
}

pub(crate) async fn one_common_label_is_enough(store: Shared) {
    let key = submit(&store, ["urgent", "analysis"]).await;
    assert_eq!(claim(&store, &serving(["writing"])).await, None);
    let analyst = serving(["analysis", "research"]);
    assert_eq!(claim(&store, &analyst).await, Some(key));
    // Its other label does not offer it a second time.
    assert_eq!(claim(&store, &serving(["urgent"])).await, None);
}

pub(crate) async fn the_oldest_is_found_among_several_labels(store: Shared) {
    let first = submit(&store, ["b"]).await;
    let second = submit(&store, ["a"]).await;
    let third = submit(&store, ["b"]).await;
    let both = serving(["a", "b"]);
    for expected in [Some(first), Some(second), Some(third), None] {
        assert_eq!(claim(&store, &both).await, expected);
    }
}

pub(crate) async fn an_agent_with_labels_takes_no_unlabelled_ticket(store: Shared) {
    submit(&store, []).await;
    assert_eq!(claim(&store, &serving(["analysis"])).await, None);
    assert_eq!(claim(&store, &Routing::nobody()).await, None);
}

pub(crate) async fn an_agent_without_labels_takes_unlabelled_tickets_only(store: Shared) {
    submit(&store, ["analysis"]).await;
    let unlabelled = submit(&store, []).await;
    assert_eq!(claim(&store, &anyone()).await, Some(unlabelled));
    assert_eq!(claim(&store, &anyone()).await, None);
}

pub(crate) async fn a_name_counts_as_a_label(store: Shared) {
    let named = submit(&store, ["ada"]).await;
    let unlabelled = submit(&store, []).await;
    let ada = Routing::new([] as [&str; 0], Some("ada"));
    assert_eq!(claim(&store, &ada).await, Some(named));
    assert_eq!(claim(&store, &ada).await, Some(unlabelled));

    submit(&store, []).await;
    let analyst = Routing::new(["analysis"], Some("ada"));
    assert_eq!(claim(&store, &analyst).await, None);
    let named = submit(&store, ["ada"]).await;
    assert_eq!(claim(&store, &analyst).await, Some(named));
}

pub(crate) async fn a_claim_records_the_agent_and_keeps_the_labels(store: Shared) {
    let key = submit(&store, ["analysis"]).await;
    let ada = AgentName::from("ada");
    let claimed = store.claim(&serving(["analysis"]), &ada, LONG).await;
    let claimed = claimed.unwrap().unwrap();
    assert_eq!((claimed.lease.key, claimed.ticket.key()), (key, key));
    let ticket = get(&store, key);
    assert_eq!(ticket.status(), Status::InProgress);
    assert_eq!(ticket.assignee(), Some(&ada));
    assert_eq!(ticket.labels(), ["analysis"]);
    assert!(ticket.started_at().is_some());
}

pub(crate) async fn sixty_four_claimers_get_a_ticket_each(store: Shared) {
    let mut submitted = BTreeSet::new();
    for _ in 0..64 {
        submitted.insert(submit(&store, []).await);
    }
    let got = claim_at_once(&store, 64, 1).await;
    assert_eq!(got.len(), 64);
    assert_eq!(got.into_iter().collect::<BTreeSet<_>>(), submitted);
}

pub(crate) async fn sixty_four_claimers_share_few_tickets(store: Shared) {
    let mut submitted = Vec::new();
    for _ in 0..10 {
        submitted.push(submit(&store, []).await);
    }
    let mut got = claim_at_once(&store, 64, 10).await;
    got.sort_unstable();
    assert_eq!(got, submitted);
}

/// Claims on as many threads as there are claimers, so that they really meet.
async fn claim_at_once(store: &Shared, claimers: usize, claims: usize) -> Vec<TicketKey> {
    let claiming: Vec<_> = (0..claimers)
        .map(|_| {
            let store = store.clone();
            tokio::task::spawn_blocking(move || {
                Handle::current().block_on(async {
                    let mut got = Vec::new();
                    for _ in 0..claims {
                        got.extend(claim(&store, &anyone()).await);
                    }
                    got
                })
            })
        })
        .collect();
    let mut got = Vec::new();
    for claimed in claiming {
        got.extend(claimed.await.unwrap());
    }
    got
}

fn of_priority(key: TicketKey, priority: i32) -> Record {
    let body = TicketBody {
        priority,
        ..body("work", [])
    };
    record(key, Change::Submitted(Box::new(body)))
}

pub(crate) async fn a_higher_priority_is_claimed_before_an_older_ticket(store: Shared) {
    let mut keys = Vec::new();
    for priority in [0, -1, 2, 0, 2] {
        let key = store.reserve_key();
        append(&store, vec![of_priority(key, priority)])
            .await
            .unwrap();
        keys.push(key);
    }
    for position in [2, 4, 0, 3, 1] {
        assert_eq!(claim(&store, &anyone()).await, Some(keys[position]));
    }
}

pub(crate) async fn a_ticket_that_was_given_back_keeps_its_priority(store: Shared) {
    let key = store.reserve_key();
    append(&store, vec![of_priority(key, 1)]).await.unwrap();
    let lease = claim_for(&store, &anyone(), LONG).await.unwrap().lease;
    submit(&store, []).await;
    leased(&store, &lease, Change::Released).await.unwrap();
    assert_eq!(get(&store, key).priority(), 1);
    assert_eq!(claim(&store, &anyone()).await, Some(key));
}
