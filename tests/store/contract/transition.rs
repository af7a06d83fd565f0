use agentwerk::Status;
use agentwerk::store::StoreError;
use agentwerk::ticket::Change;

use super::fixture::*;

/// Whether the status of the ticket ruled the change out.
fn is_ruled_out(answer: &Result<(), StoreError>, status: Status) -> bool {
    matches!(answer, Err(StoreError::Transition(error)) if error.status == status)
}

pub(crate) async fn a_ticket_that_ended_takes_no_other_end(store: Shared) {
    for (first, ended) in ends() {
        for (second, _) in ends() {
            let lease = claimed(&store, LONG).await;
            leased(&store, &lease, first.clone()).await.unwrap();
            let before = format!("{:?}", get(&store, lease.key));
            let refused = change(&store, lease.key, second.clone()).await;
            assert!(
                is_ruled_out(&refused, ended),
                "{first:?} {second:?} {refused:?}"
            );
            assert_eq!(format!("{:?}", get(&store, lease.key)), before);
        }
    }
}

pub(crate) async fn a_ticket_that_ended_cannot_be_worked_on(store: Shared) {
    for (end, ended) in ends() {
        let lease = claimed(&store, LONG).await;
        leased(&store, &lease, end).await.unwrap();
        for late in [message("late"), Change::Released] {
            let refused = change(&store, lease.key, late).await;
            assert!(is_ruled_out(&refused, ended), "{refused:?}");
        }
        assert_eq!(claim(&store, &anyone()).await, None);
    }
}

pub(crate) async fn an_open_ticket_cannot_be_worked_on_or_given_back(store: Shared) {
    let key = submit(&store, []).await;
    for early in [message("early"), Change::Released, Change::CommentAwaited] {
        let refused = change(&store, key, early).await;
        assert!(is_ruled_out(&refused, Status::Todo), "{refused:?}");
    }
    assert_eq!(claim(&store, &anyone()).await, Some(key));
}

pub(crate) async fn an_open_ticket_can_end_in_each_way(store: Shared) {
    for (end, ended) in ends() {
        let key = submit(&store, []).await;
        change(&store, key, end).await.unwrap();
        assert_eq!(status(&store, key), ended);
        assert!(get(&store, key).finished_at().is_some());
        assert_eq!(claim(&store, &anyone()).await, None);
    }
}

pub(crate) async fn a_claimed_ticket_can_end_in_each_way(store: Shared) {
    for (end, ended) in ends() {
        let lease = claimed(&store, LONG).await;
        leased(&store, &lease, end).await.unwrap();
        let ticket = get(&store, lease.key);
        assert_eq!(ticket.status(), ended);
        assert_eq!(ticket.result().is_some(), ended == Status::Done);
        assert_eq!(ticket.failure().is_some(), ended == Status::Failed);
        assert!(ticket.finished_at().is_some());
    }
}
