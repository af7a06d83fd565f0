use agentwerk::store::Watch;
use agentwerk::ticket::{Change, Routing};

use super::fixture::*;

/// The positions of the watches that were offered a ticket.
async fn offered(watches: &mut [Watch]) -> Vec<usize> {
    let mut positions = Vec::new();
    for (position, watch) in watches.iter_mut().enumerate() {
        if is_offered(watch).await {
            positions.push(position);
        }
    }
    positions
}

pub(crate) async fn one_of_many_waiters_is_offered_a_ticket(store: Shared) {
    let mut watches: Vec<_> = (0..20).map(|_| store.watch(&anyone())).collect();
    submit(&store, []).await;
    assert_eq!(offered(&mut watches).await.len(), 1);
}

pub(crate) async fn waiters_are_served_in_the_order_in_which_they_came(store: Shared) {
    let mut watches: Vec<_> = (0..4).map(|_| store.watch(&anyone())).collect();
    submit(&store, []).await;
    submit(&store, []).await;
    assert_eq!(offered(&mut watches).await, [0, 1]);
}

pub(crate) async fn only_those_that_serve_a_ticket_are_offered_it(store: Shared) {
    let routings = [
        anyone(),
        serving(["a"]),
        serving(["b", "c"]),
        serving(["c"]),
    ];
    let mut watches: Vec<_> = routings.iter().map(|each| store.watch(each)).collect();
    submit(&store, ["c"]).await;
    assert_eq!(offered(&mut watches).await, [2]);
    submit(&store, ["x", "a"]).await;
    assert_eq!(offered(&mut watches).await, [1]);
    submit(&store, ["x"]).await;
    assert_eq!(offered(&mut watches).await, [] as [usize; 0]);
    submit(&store, []).await;
    assert_eq!(offered(&mut watches).await, [0]);
}

pub(crate) async fn a_name_is_offered_what_it_names(store: Shared) {
    let mut ada = store.watch(&Routing::new(["analysis"], Some("ada")));
    submit(&store, []).await;
    assert!(!is_offered(&mut ada).await);
    submit(&store, ["ada"]).await;
    assert!(is_offered(&mut ada).await);
}

pub(crate) async fn a_dropped_watch_passes_its_offer_on(store: Shared) {
    let mut first = store.watch(&anyone());
    let mut second = store.watch(&anyone());
    submit(&store, []).await;
    assert!(is_offered(&mut first).await);
    assert!(!is_offered(&mut second).await);
    drop(first);
    assert!(is_offered(&mut second).await);
}

pub(crate) async fn an_offer_that_was_not_told_is_passed_on(store: Shared) {
    let first = store.watch(&anyone());
    let mut second = store.watch(&anyone());
    submit(&store, []).await;
    assert!(!is_offered(&mut second).await);
    drop(first);
    assert!(is_offered(&mut second).await);
}

pub(crate) async fn a_ticket_that_was_taken_is_not_passed_on(store: Shared) {
    let mut first = store.watch(&anyone());
    let mut second = store.watch(&anyone());
    submit(&store, []).await;
    assert!(is_offered(&mut first).await);
    let key = claim(&store, &anyone()).await.unwrap();
    first.took(key);
    drop(first);
    assert!(!is_offered(&mut second).await);
}

pub(crate) async fn an_offer_is_passed_on_when_another_ticket_was_taken(store: Shared) {
    let older = submit(&store, []).await;
    let mut first = store.watch(&anyone());
    let mut second = store.watch(&anyone());
    let younger = submit(&store, []).await;
    // The first agent never waits, because its claim finds an older ticket at once.
    let key = claim(&store, &anyone()).await.unwrap();
    assert_eq!(key, older);
    first.took(key);
    drop(first);
    assert!(is_offered(&mut second).await);
    assert_eq!(claim(&store, &anyone()).await, Some(younger));
}

pub(crate) async fn an_offer_that_came_meanwhile_is_passed_on(store: Shared) {
    let mut first = store.watch(&anyone());
    let told = submit(&store, []).await;
    assert!(is_offered(&mut first).await);
    // Nobody else waits, so the second ticket is offered to the same agent.
    let meanwhile = submit(&store, []).await;
    let mut second = store.watch(&anyone());
    assert_eq!(claim(&store, &anyone()).await, Some(told));
    first.took(told);
    drop(first);
    assert!(is_offered(&mut second).await);
    assert_eq!(claim(&store, &anyone()).await, Some(meanwhile));
}

pub(crate) async fn a_dropped_watch_that_was_offered_nothing_is_skipped(store: Shared) {
    let first = store.watch(&anyone());
    let mut second = store.watch(&anyone());
    drop(first);
    submit(&store, []).await;
    assert!(is_offered(&mut second).await);
}

pub(crate) async fn a_ticket_opened_between_watch_and_claim_is_not_missed(store: Shared) {
    let mut watch = store.watch(&anyone());
    assert_eq!(claim(&store, &anyone()).await, None);
    let key = submit(&store, []).await;
    assert!(is_offered(&mut watch).await);
    assert_eq!(claim(&store, &anyone()).await, Some(key));
}

pub(crate) async fn a_ticket_opened_after_a_lost_claim_is_not_missed(store: Shared) {
    let mut watch = store.watch(&anyone());
    let gone = submit(&store, []).await;
    assert!(is_offered(&mut watch).await);
    // Somebody else was faster.
    assert_eq!(claim(&store, &anyone()).await, Some(gone));
    assert_eq!(claim(&store, &anyone()).await, None);
    let key = submit(&store, []).await;
    assert!(is_offered(&mut watch).await);
    assert_eq!(claim(&store, &anyone()).await, Some(key));
}

pub(crate) async fn a_dropped_wait_loses_no_offer(store: Shared) {
    let mut watch = store.watch(&anyone());
    // The wait is given up before and after the ticket is there.
    assert!(!is_offered(&mut watch).await);
    submit(&store, []).await;
    drop(Box::pin(watch.offered()));
    assert!(is_offered(&mut watch).await);
}

pub(crate) async fn a_released_ticket_is_offered_again(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let mut watch = store.watch(&anyone());
    leased(&store, &lease, Change::Released).await.unwrap();
    assert!(is_offered(&mut watch).await);
    assert_eq!(claim(&store, &anyone()).await, Some(lease.key));
}

pub(crate) async fn a_waiter_that_lost_goes_to_the_end_of_the_queue(store: Shared) {
    let mut watches: Vec<_> = (0..2).map(|_| store.watch(&anyone())).collect();
    submit(&store, []).await;
    claim(&store, &anyone()).await.unwrap();
    // The first watch is told of a ticket that is gone, and waits again.
    assert_eq!(offered(&mut watches).await, [0]);
    submit(&store, []).await;
    assert_eq!(offered(&mut watches).await, [1]);
}

pub(crate) async fn an_end_is_told_to_everybody_who_watches_for_ends(store: Shared) {
    for (end, _) in ends() {
        let mut watches = [store.ends(), store.ends()];
        let lease = claimed(&store, LONG).await;
        leased(&store, &lease, message("at work")).await.unwrap();
        assert!(!is_told(&mut watches[0]).await);
        leased(&store, &lease, end).await.unwrap();
        for watch in &mut watches {
            assert!(is_told(watch).await);
            assert!(!is_told(watch).await);
        }
    }
}

pub(crate) async fn an_end_before_the_wait_is_not_missed(store: Shared) {
    let mut watch = store.ends();
    let key = submit(&store, []).await;
    change(&store, key, Change::Cancelled).await.unwrap();
    assert!(is_told(&mut watch).await);
}
