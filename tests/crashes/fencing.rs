//! A worker that stood still for longer than its lease: somebody else has done its ticket, and
//! nothing that it writes now is taken.
//!
//! Its runtime is not driven meanwhile, as after a suspended machine or a blocked thread. The
//! other runtime's clock is ahead by more than the length of a lease.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentwerk::event::EventKind;
use agentwerk::store::{JournalStore, StoreError};
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::DeskError;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Events, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, call, within};
use serde_json::json;
use tokio::runtime::{Builder, Runtime};

use crate::gate::Gate;
use crate::shared_store::{records, store, system, system_of};

/// Longer than a lease without a sign of life.
const LONG: Duration = Duration::from_secs(61);

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Has another system do everything, at a time when the leases of before have ended.
fn take_over(store: &Arc<JournalStore>) {
    let other = system(store, "other");
    runtime().block_on(async {
        tokio::time::pause();
        tokio::time::advance(LONG).await;
        tokio::time::resume();
        assert!(within(other.finish()).await.is_drained());
    });
}

/// Has a system begin a ticket and stand at the gate.
fn get_stuck(runtime: &Runtime, tickets: &TicketSystem, gate: &Gate) -> TicketKey {
    runtime.block_on(async {
        tickets.start();
        let key = tickets.task("a task");
        within(gate.arrived()).await;
        key
    })
}

/// Checks that the first system has ended nothing, and the ticket is as the other one left it.
fn check_done_by_other(first: &TicketSystem, log: &EventLog, key: TicketKey) {
    let ticket = first.get(key).unwrap();
    assert_eq!(ticket.status(), Status::Done);
    assert_eq!(ticket.result_string().unwrap(), "other");
    assert_eq!(ticket.token(), 2, "claimed by one and by the other");
    let told = log.kinds().into_iter();
    let ends = told.filter(|kind| {
        matches!(
            kind,
            EventKind::TicketDone { .. }
                | EventKind::TicketFailed { .. }
                | EventKind::TicketHandedOver { .. }
        )
    });
    assert_eq!(ends.count(), 0);
}

#[test]
fn a_reply_that_comes_after_somebody_took_over_is_refused() {
    let (store, dir) = store();
    let gate = Gate::new();
    let first = system_of(&store, Agent::new().provider(gate.clone()));
    let log = EventLog::of(&first);
    let first_runtime = runtime();
    let key = get_stuck(&first_runtime, &first, &gate);

    take_over(&store);
    let mut events = first.events();
    gate.open();
    let outcome = first_runtime.block_on(async {
        // Before the run is asked to end, which drops what is under way.
        within(until_reply(&mut events)).await;
        within(first.finish()).await
    });

    assert!(outcome.is_drained(), "{outcome:?}");
    check_done_by_other(&first, &log, key);
    let transcript = first.get(key).unwrap().transcript().unwrap();
    assert!(transcript.iter().all(|message| message.text() != "late"));
    store.close();
    assert_eq!(records(&dir, "done"), 1);
}

#[test]
fn a_hand_over_that_comes_after_somebody_took_over_is_refused_and_opens_no_ticket() {
    let (store, dir) = store();
    let gate = Gate::new();
    let refusal = Arc::new(Mutex::new(None));
    let tool = hand_over_late(&gate, &refusal);
    let model = ScriptedModel::from_fn(|_| call("1", "hand_over", &json!({})));
    let first = system_of(&store, Agent::new().provider(model).tool(tool));
    let log = EventLog::of(&first);
    let first_runtime = runtime();
    let key = get_stuck(&first_runtime, &first, &gate);

    take_over(&store);
    gate.open();
    let outcome = first_runtime.block_on(async {
        within(gate.arrived()).await;
        within(first.finish()).await
    });

    assert!(outcome.is_drained(), "{outcome:?}");
    check_done_by_other(&first, &log, key);
    let refusal = refusal.lock().unwrap().take();
    let Some(DeskError::Store { source }) = refusal else {
        panic!("{refusal:?}")
    };
    let source = source.downcast_ref::<StoreError>();
    assert!(
        matches!(source, Some(StoreError::StaleLease { key: stale }) if *stale == key),
        "{source:?}"
    );
    assert_eq!(first.tickets().len(), 1);
    store.close();
    assert_eq!(
        [records(&dir, "done"), records(&dir, "handed_over")],
        [1, 0]
    );
}

async fn until_reply(events: &mut Events) {
    while let Some(event) = events.next().await {
        if matches!(event.kind, EventKind::RequestFinished { .. }) {
            return;
        }
    }
}

/// A tool that stands at the gate before it hands over and behind, and keeps what came of that.
fn hand_over_late(gate: &Gate, refusal: &Arc<Mutex<Option<DeskError>>>) -> Tool {
    let (gate, refusal) = (gate.clone(), Arc::clone(refusal));
    Tool::new("hand_over", "Hands over.").handler(move |_input, context| {
        let (gate, refusal) = (gate.clone(), Arc::clone(&refusal));
        async move {
            gate.pass().await;
            let desk = context.desk().ok_or("there is no desk")?;
            let handed_over = desk.hand_over(json!("late"), Ticket::new("next")).await;
            *refusal.lock().unwrap() = handed_over.err();
            gate.pass().await;
            Ok(ToolResult::success("tried"))
        }
    })
}
