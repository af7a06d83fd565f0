//! Two systems in one process, over one journal.

use std::sync::Arc;

use agentwerk::event::EventKind;
use agentwerk::store::{JournalOptions, JournalStore};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Clock, Status, Ticket, TicketSystem};
use agentwerk_tests::kill_loop::{JournalFiles, Torn};
use agentwerk_tests::{EventLog, within};
use futures_util::FutureExt;
use tempfile::TempDir;

use crate::gate::Gate;

const TICKETS: usize = 200;

/// A journal in a directory of its own.
pub(crate) fn store() -> (Arc<JournalStore>, TempDir) {
    let dir = TempDir::new().unwrap();
    let store = JournalOptions::new(dir.path()).begin().unwrap();
    (Arc::new(store), dir)
}

/// A system with one agent.
pub(crate) fn system_of(store: &Arc<JournalStore>, agent: Agent) -> TicketSystem {
    let tickets = TicketSystem::with_store(Arc::clone(store), Clock::system());
    tickets.model("m").agent(agent);
    tickets
}

/// A system whose agents answer at once, with this name.
pub(crate) fn system(store: &Arc<JournalStore>, name: &'static str) -> TicketSystem {
    let model = ScriptedModel::from_fn(move |_| name);
    let agent = || Agent::new().provider(model.clone());
    let tickets = system_of(store, agent());
    tickets.pool(3, |_| agent());
    tickets
}

/// How many records of this name the files have, behind a closed store.
pub(crate) fn records(dir: &TempDir, name: &str) -> usize {
    let mut count = 0;
    let files = JournalFiles::of(dir.path());
    let wrong = files.read(Torn::Refused, |record| {
        count += usize::from(record.get(name).is_some());
    });
    assert!(wrong.unwrap().is_empty());
    count
}

fn done(log: &EventLog) -> usize {
    let kinds = log.kinds().into_iter();
    kinds
        .filter(|kind| matches!(kind, EventKind::TicketDone { .. }))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_systems_do_each_ticket_of_their_store_once() {
    let (store, dir) = store();
    let systems = ["one", "other"].map(|name| system(&store, name));
    let logs = systems.each_ref().map(EventLog::of);
    for number in 0..TICKETS {
        systems[number % 2].task(number);
    }
    let [one, other] = systems.each_ref().map(TicketSystem::finish);
    let (one, other) = within(async { tokio::join!(one, other) }).await;
    assert!(one.is_drained() && other.is_drained(), "{one:?}, {other:?}");

    let all = systems[0].tickets();
    assert_eq!(all.len(), TICKETS);
    assert!(all.iter().all(|ticket| ticket.status() == Status::Done));
    let by_each = logs.each_ref().map(done);
    assert_eq!(by_each.iter().sum::<usize>(), TICKETS);
    assert!(by_each.iter().all(|count| *count > 0), "{by_each:?}");
    drop(systems);
    store.close();
    assert_eq!(records(&dir, "submitted"), TICKETS);
    assert_eq!(records(&dir, "done"), TICKETS);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_another_system_does_is_awaited_by_nobody_for_ever() {
    let (store, _dir) = store();
    let gate = Gate::new();
    let one = system_of(&store, Agent::new().provider(gate.clone()));
    let other = system(&store, "other");
    one.start();
    let pending = other.submit(Ticket::new("a task").returns::<String>());
    gate.arrived().await;
    pending.durable().await.unwrap();
    let mut waiting = pending.into_future();
    assert!(
        (&mut waiting).now_or_never().is_none(),
        "the other run began"
    );
    gate.open();
    assert_eq!(waiting.await.unwrap(), "late");
}
