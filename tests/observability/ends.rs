//! However tickets end, each end is told once, and before whoever waits goes on.

use agentwerk::event::EventKind;
use agentwerk::{Agent, Status};
use agentwerk_tests::within;

use crate::{team, wait, waiting};

#[tokio::test(start_paused = true)]
async fn every_ticket_has_exactly_one_last_event_before_finish_returns() {
    let (tickets, log) = team(Agent::new().label("scan").tool(wait()), waiting());
    let mut keys = Vec::new();
    for round in 0..25 {
        keys.push(tickets.task_labeled(format!("wait {}", round % 3), "scan"));
        keys.push(tickets.task_labeled("broken", "scan"));
        for label in ["scan", "nobody"] {
            let cancelled = tickets.task_labeled("x", label);
            let failed = tickets.task_labeled("y", label);
            let answered = tickets.task_labeled("z", label);
            tickets.cancel_ticket(cancelled).await.unwrap();
            tickets.fail(failed, "not needed").await.unwrap();
            tickets.answer(answered, "known").await.unwrap();
            keys.extend([cancelled, failed, answered]);
        }
    }
    assert!(within(tickets.finish()).await.is_drained());
    let (mut done, mut failed, mut cancelled) = (0, 0, 0);
    for key in &keys {
        let events = log.of_ticket(*key);
        let ends = events.iter().filter(|kind| kind.is_terminal()).count();
        assert_eq!(ends, 1, "{events:?}");
        let status = tickets.get(key).unwrap().status();
        match events.last().unwrap() {
            EventKind::TicketDone { .. } => {
                done += 1;
                assert_eq!(status, Status::Done);
            }
            EventKind::TicketFailed { .. } => {
                failed += 1;
                assert_eq!(status, Status::Failed);
            }
            EventKind::TicketCancelled { .. } => {
                cancelled += 1;
                assert_eq!(status, Status::Cancelled);
            }
            other => panic!("{other:?} behind the end"),
        }
    }
    assert_eq!((done, failed, cancelled), (75, 75, 50));
    let stats = tickets.stats();
    let counted = (
        stats.tickets_done(),
        stats.tickets_failed(),
        stats.tickets_cancelled(),
    );
    assert_eq!(counted, (done, failed, cancelled));
}
