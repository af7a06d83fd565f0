//! A system on a disk that fills up.

use std::sync::Arc;

use agentwerk::event::EventKind;
use agentwerk::store::JournalOptions;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Clock, RunError, RunOutcome, Status, TicketSystem};
use agentwerk_tests::disk::{Fault, FaultyDisk};
use agentwerk_tests::{EventLog, within};

fn options(disk: &FaultyDisk) -> JournalOptions {
    JournalOptions::new("/session").disk(Arc::new(disk.clone()))
}

/// A system on this disk with one agent, which says its piece.
fn system(store: agentwerk::store::JournalStore) -> TicketSystem {
    let tickets = TicketSystem::with_store(store, Clock::system());
    let model = ScriptedModel::from_fn(|_| "done");
    tickets.agent(Agent::new().provider(model).model("scripted"));
    tickets
}

#[tokio::test]
async fn a_full_disk_ends_the_run_with_its_reason_and_work_goes_on_when_there_is_room() {
    // Wherever it strikes: at the submission, at a message, at the end of a ticket.
    for nth in 1..40 {
        let disk = FaultyDisk::new(nth);
        let tickets = system(options(&disk).begin().unwrap());
        let log = EventLog::of(&tickets);
        disk.arm(nth, Fault::Full);
        for number in 0..4 {
            tickets.task(number);
        }
        let outcome = within(tickets.finish()).await;
        let told: Vec<_> = log
            .kinds()
            .into_iter()
            .filter_map(|kind| match kind {
                EventKind::TicketDone { key } => Some(key),
                _ => None,
            })
            .collect();
        if let RunOutcome::Failed(RunError::Store { .. }) = &outcome {
            let text = outcome.to_string();
            assert!(text.contains("/session"), "{text}");
            assert!(tickets.all_results().len() == told.len(), "{told:?}");
        } else {
            assert!(outcome.is_drained(), "{outcome:?}");
        }
        drop(tickets);

        // It can be looked at while there is no room yet.
        let store = options(&disk).load().unwrap();
        let status = |key| agentwerk::store::Query::get(&store, key).unwrap().status();
        assert!(told.iter().all(|key| status(*key) == Status::Done), "{nth}");
        drop(store);

        disk.repair();
        let tickets = system(options(&disk).load().unwrap());
        tickets.task("one more");
        assert!(within(tickets.finish()).await.is_drained(), "{nth}");
        let statuses = tickets.tickets().into_iter().map(|ticket| ticket.status());
        assert!(statuses.into_iter().all(|status| status == Status::Done));
    }
}
