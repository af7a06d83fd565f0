//! Systems on stores that answer late, refuse, or panic.

use std::task::Poll;
use std::time::Duration;

use agentwerk::event::EventKind;
use agentwerk::store::{
    Append, Backlog, Batch, Claim, Claimed, Commit, Ends, Lease, MemoryStore, Notify, Query,
    StoreError, StoreFuture, Watch,
};
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::Routing;
use agentwerk::{
    Agent, AgentName, Clock, RunError, RunOutcome, Ticket, TicketError, TicketKey, TicketSnapshot,
    TicketSystem,
};
use agentwerk_tests::{EventLog, within};
use tokio::time::Instant;

#[derive(Clone, Copy, PartialEq)]
enum Flaw {
    /// Commits resolve at the second poll.
    LateCommits,
    /// No batch is taken, and that is known at the second poll.
    LateRefusal,
    /// No batch is taken.
    Refusal,
    /// Claims panic.
    ClaimPanic,
    /// A claim takes a second, in which the ticket is claimed already.
    LateClaims,
}

/// A store in memory with one flaw.
struct FlawedStore {
    inner: MemoryStore,
    flaw: Flaw,
}

impl Append for FlawedStore {
    fn reserve_key(&self) -> TicketKey {
        self.inner.reserve_key()
    }

    fn append(&self, batch: Batch) -> Commit {
        let key = batch.records[0].key;
        let refused = || Commit::ready(Err(StoreError::UnknownTicket { key }));
        let commit = match self.flaw {
            Flaw::Refusal => return refused(),
            Flaw::LateRefusal => refused(),
            Flaw::LateCommits => self.inner.append(batch),
            Flaw::ClaimPanic | Flaw::LateClaims => return self.inner.append(batch),
        };
        Commit::pending(async move {
            let mut is_first = true;
            std::future::poll_fn(|cx| {
                if std::mem::take(&mut is_first) {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                } else {
                    Poll::Ready(())
                }
            })
            .await;
            commit.await
        })
    }
}

impl Claim for FlawedStore {
    fn claim<'a>(
        &'a self,
        routing: &'a Routing,
        agent: &'a AgentName,
        length: Duration,
    ) -> StoreFuture<'a, Option<Claimed>> {
        assert!(self.flaw != Flaw::ClaimPanic, "the store is broken");
        Box::pin(async move {
            let claimed = self.inner.claim(routing, agent, length).await?;
            if self.flaw == Flaw::LateClaims && claimed.is_some() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Ok(claimed)
        })
    }

    fn extend<'a>(&'a self, lease: &'a Lease, length: Duration) -> StoreFuture<'a, ()> {
        self.inner.extend(lease, length)
    }

    fn expire(&self) -> StoreFuture<'_, Vec<TicketKey>> {
        self.inner.expire()
    }

    fn next_expiry(&self) -> Option<Instant> {
        self.inner.next_expiry()
    }
}

impl Query for FlawedStore {
    fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        self.inner.get(key)
    }

    fn tickets(&self) -> Vec<TicketSnapshot> {
        self.inner.tickets()
    }

    fn done(&self) -> Vec<TicketSnapshot> {
        self.inner.done()
    }

    fn last_done(&self) -> Option<TicketSnapshot> {
        self.inner.last_done()
    }

    fn backlog(&self, routing: &Routing) -> Backlog {
        self.inner.backlog(routing)
    }
}

impl Notify for FlawedStore {
    fn watch(&self, routing: &Routing) -> Watch {
        self.inner.watch(routing)
    }

    fn ends(&self) -> Ends {
        self.inner.ends()
    }
}

fn system(flaw: Flaw) -> TicketSystem {
    let inner = MemoryStore::default();
    let tickets = TicketSystem::with_store(FlawedStore { inner, flaw }, Clock::system());
    let model = ScriptedModel::from_fn(|_| "done");
    tickets.agent(Agent::new().provider(model).model("m"));
    tickets
}

#[tokio::test]
async fn a_commit_that_resolves_between_two_looks_is_not_polled_again() {
    let tickets = system(Flaw::LateCommits);
    let pending = tickets.submit(Ticket::new("x").returns::<String>());
    within(pending.durable()).await.unwrap();
    assert_eq!(within(pending).await.unwrap(), "done");
}

#[tokio::test]
async fn a_ticket_that_the_store_refused_is_awaited_by_nobody_for_ever() {
    let tickets = system(Flaw::Refusal);
    let pending = tickets.submit(Ticket::new("x"));
    let outcome = within(tickets.finish()).await;
    assert!(
        matches!(outcome, RunOutcome::Failed(RunError::Store { .. })),
        "{outcome:?}"
    );
    assert_eq!(
        outcome.to_string(),
        "the run cannot go on: store a record: there is no ticket TICKET-1"
    );

    for _ in 0..2 {
        let error = within(&pending).await.unwrap_err();
        assert!(matches!(error, TicketError::Store { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_submission_that_nobody_waits_for_ends_the_run_when_it_fails_late() {
    let tickets = system(Flaw::LateRefusal);
    let mut events = tickets.events();
    tickets.start();
    tickets.task("x");
    let outcome = within(async {
        loop {
            if let EventKind::RunFinished { outcome } = events.next().await.unwrap().kind {
                break outcome;
            }
        }
    });
    let outcome = outcome.await;
    assert!(
        matches!(outcome, RunOutcome::Failed(RunError::Store { .. })),
        "{outcome:?}"
    );
}

#[test]
fn a_submission_before_there_is_a_runtime_is_followed_in_the_first_run() {
    let tickets = system(Flaw::LateCommits);
    let pending = tickets.submit(Ticket::new("x").returns::<String>());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        assert!(within(tickets.finish()).await.is_drained());
        assert_eq!(within(pending).await.unwrap(), "done");
    });
}

#[test]
fn a_submission_before_there_is_a_runtime_is_stored_without_a_run() {
    let tickets = system(Flaw::LateCommits);
    let pending = tickets.submit(Ticket::new("x").returns::<String>());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async { within(pending.durable()).await.unwrap() });
    assert!(tickets.outcome().is_none(), "there was no run");
}

#[test]
fn awaiting_a_submission_from_before_there_was_a_runtime_starts_the_run() {
    let tickets = system(Flaw::LateCommits);
    let pending = tickets.submit(Ticket::new("x").returns::<String>());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let result = runtime.block_on(async { within(pending).await.unwrap() });
    assert_eq!(result, "done");
}

#[tokio::test]
async fn a_store_that_panics_fails_the_run_and_nobody_hangs() {
    let tickets = system(Flaw::ClaimPanic);
    let pending = tickets.submit(Ticket::new("x"));
    let error = within(pending).await.unwrap_err();
    let TicketError::Unfinished { outcome, .. } = error else {
        panic!("{error:?}")
    };
    assert!(
        matches!(outcome, RunOutcome::Failed(RunError::Worker { .. })),
        "{outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_after_the_end_of_a_ticket_that_was_just_claimed() {
    let tickets = system(Flaw::LateClaims);
    let log = EventLog::of(&tickets);
    let key = tickets.task("x");
    tickets.start();
    tokio::time::sleep(Duration::from_millis(500)).await;
    tickets.cancel_ticket(key).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(tickets.finish().await.is_drained());
    let kinds = log.of_ticket(key);
    let [
        EventKind::TicketSubmitted { .. },
        EventKind::TicketCancelled { .. },
    ] = kinds.as_slice()
    else {
        panic!("{kinds:?}")
    };
    assert_eq!(tickets.stats().requests(), 0);
}
