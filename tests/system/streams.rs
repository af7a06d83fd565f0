//! The bounded stream of events.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use agentwerk::event::EventKind;
use agentwerk::testing::ScriptedModel;
use agentwerk_tests::{EventLog, system, within};
use futures_util::StreamExt;

/// What the stream holds at most.
const HELD: u64 = 1_024;

fn done() -> ScriptedModel {
    ScriptedModel::from_fn(|_| "done")
}

#[tokio::test]
async fn a_reader_that_keeps_up_misses_nothing() {
    let tickets = system(done());
    let log = EventLog::of(&tickets);
    let mut events = tickets.events();
    let reading = tokio::spawn(async move {
        let mut seen = Vec::new();
        while let Some(event) = events.next().await {
            let is_last = matches!(event.kind, EventKind::RunFinished { .. });
            seen.push(event.sequence);
            if is_last {
                break;
            }
        }
        seen
    });
    for n in 0..20 {
        tickets.task(n);
    }
    assert!(tickets.finish().await.is_drained());
    let seen = within(reading).await.unwrap();
    assert_eq!(
        seen,
        log.events()
            .iter()
            .map(|event| event.sequence)
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_reader_that_is_behind_is_told_exactly_how_many_events_it_missed() {
    let tickets = system(done());
    let mut events = tickets.events();
    for n in 0..1_500 {
        tickets.task(n);
    }
    for expected in 1..=HELD {
        assert_eq!(within(events.next()).await.unwrap().sequence, expected);
    }
    // What comes next is told behind the gap.
    tickets.task("late");
    let notice = within(events.next()).await.unwrap();
    let EventKind::EventsSkipped { count } = notice.kind else {
        panic!("{notice:?}")
    };
    assert_eq!(count, 1_500 - HELD);
    let next = within(events.next()).await.unwrap();
    assert_eq!(next.sequence, 1_501);
    assert!(notice.sequence >= 1_500 && notice.sequence <= next.sequence);
}

#[tokio::test]
async fn a_gap_at_the_end_is_told_although_nothing_follows() {
    let tickets = system(done());
    let mut events = tickets.events();
    for n in 0..1_500 {
        tickets.task(n);
    }
    let mut seen = 0;
    while seen < 1_500 {
        let event = within(events.next()).await.unwrap();
        seen += match event.kind {
            EventKind::EventsSkipped { count } => count,
            _ => 1,
        };
    }
    assert_eq!(seen, 1_500);
    let mut next = pin!(events.next());
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(
        Future::poll(next.as_mut(), &mut context),
        Poll::Pending
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_seen_and_what_was_skipped_are_everything() {
    let tickets = system(done());
    tickets.pool(8, |_| agentwerk::Agent::new());
    let log = EventLog::of(&tickets);
    let mut events = tickets.events();
    let reading = tokio::spawn(async move {
        let (mut seen, mut last) = (0, 0);
        while let Some(event) = events.next().await {
            match event.kind {
                EventKind::EventsSkipped { count } => seen += count,
                _ => {
                    assert!(event.sequence > last, "in order, and none twice");
                    last = event.sequence;
                    seen += 1;
                }
            }
            // A reader that is slower than the run.
            std::hint::black_box((0..2_000).map(f64::from).sum::<f64>());
        }
        seen
    });
    for n in 0..2_000 {
        tickets.task(n);
    }
    assert!(within(tickets.finish()).await.is_drained());
    let all = log.events().len() as u64;
    drop(tickets);
    assert_eq!(within(reading).await.unwrap(), all);
}

#[tokio::test]
async fn it_is_a_stream_and_ends_with_the_system() {
    let tickets = system(done());
    let stream = tickets.events();
    tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    drop(tickets);
    let names: Vec<_> = within(stream.collect::<Vec<_>>()).await;
    assert_eq!(names.first().map(|event| event.sequence), Some(1));
    assert!(matches!(
        names.last().unwrap().kind,
        EventKind::RunFinished { .. }
    ));
}

#[tokio::test]
async fn a_stream_that_is_dropped_disturbs_nobody() {
    let tickets = system(done());
    drop(tickets.events());
    let mut other = tickets.events();
    tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(within(other.next()).await.unwrap().sequence, 1);
}
