//! Tickets that somebody waits for.

use std::collections::BTreeMap;

use agentwerk::event::FailureReason;
use agentwerk::providers::ProviderError;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Pending, RunOutcome, Status, Ticket, TicketError};
use agentwerk_tests::{EventLog, StuckModel, system, within, write_result};
use serde_json::{Value, json};

#[tokio::test]
async fn a_result_has_the_type_that_was_asked_for() {
    let model = ScriptedModel::from_fn(|request| {
        let text = request.last_text();
        match text.rsplit(' ').next() {
            Some("number") => write_result(&json!(42)),
            Some("list") => write_result(&json!(["a", "b"])),
            _ => agentwerk::chat::Response::text("plain"),
        }
    });
    let tickets = system(model);
    let number = tickets.submit(Ticket::new("a number").returns::<i64>());
    let list: Pending<Vec<String>> = tickets.submit(Ticket::new("a list").returns());
    let text = tickets.submit(Ticket::new("a text").returns::<String>());
    let untyped: Pending<Value> = tickets.submit(Ticket::new("any"));
    assert_eq!(within(number).await.unwrap(), 42);
    assert_eq!(within(list).await.unwrap(), ["a", "b"]);
    assert_eq!(within(text).await.unwrap(), "plain");
    assert_eq!(within(untyped).await.unwrap(), json!("plain"));
}

#[tokio::test]
async fn it_can_be_awaited_by_reference_and_twice() {
    let tickets = system(ScriptedModel::replies(["once"]));
    let pending = tickets.submit(Ticket::new("x").returns::<String>());
    assert_eq!(within(&pending).await.unwrap(), "once");
    assert_eq!(within(&pending).await.unwrap(), "once");
    assert_eq!(pending.key().number(), 1);
    assert_eq!(within(pending).await.unwrap(), "once");
}

#[tokio::test]
async fn a_ticket_that_nobody_serves_is_given_up_without_an_end_of_the_run() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let lost = tickets.submit(Ticket::new("x").label("nobody"));
    let error = within(&lost).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "TICKET-1 (label `nobody`) is not finished: no agent serves TICKET-1"
    );
    let TicketError::Unfinished {
        key,
        labels,
        outcome: RunOutcome::Stalled(keys),
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((key, keys), (*lost.key(), vec![*lost.key()]));
    assert_eq!(labels, ["nobody"]);
    assert!(tickets.outcome().is_none(), "the run goes on");
    let served = tickets.submit(Ticket::new("y").returns::<String>());
    assert_eq!(within(served).await.unwrap(), "done");

    tickets.agent(Agent::new().label("nobody"));
    assert_eq!(within(lost).await.unwrap(), json!("done"));
}

#[tokio::test]
async fn a_ticket_that_fails_tells_its_reason() {
    let refusal = ProviderError::Rejected {
        endpoint: "api.example".to_owned(),
        status: 400,
        message: "no".to_owned(),
    };
    let tickets = system(ScriptedModel::replies([refusal]));
    let pending = tickets.submit(Ticket::new("x"));
    let error = within(&pending).await.unwrap_err();
    assert!(
        error.to_string().starts_with("TICKET-1 failed: "),
        "{error}"
    );
    let TicketError::Failed { failure, .. } = error else {
        panic!("it failed")
    };
    assert_eq!(failure.reason, FailureReason::RequestFailed);
}

#[tokio::test]
async fn a_run_that_is_cancelled_ends_the_wait_and_no_other_run_begins() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    let log = EventLog::of(&tickets);
    let pending = tickets.submit(Ticket::new("x"));
    let waiting = tokio::spawn(pending.into_future());
    within(stuck.asked()).await;
    tickets.cancel();
    let error = within(waiting).await.unwrap().unwrap_err();
    let unfinished = |error: &TicketError| {
        matches!(
            error,
            TicketError::Unfinished {
                outcome: RunOutcome::Cancelled,
                ..
            }
        )
    };
    assert!(unfinished(&error), "{error:?}");

    let later = tickets.submit(Ticket::new("y"));
    assert!(unfinished(&within(later).await.unwrap_err()));
    assert_eq!(log.count("RunStarted"), 1);
    assert!(
        tickets
            .tickets()
            .iter()
            .all(|each| each.status() == Status::Todo)
    );
}

#[tokio::test]
async fn a_cancel_before_the_wait_ends_it() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let pending = tickets.submit(Ticket::new("x"));
    tickets.cancel();
    let error = within(pending).await.unwrap_err();
    assert!(matches!(
        error,
        TicketError::Unfinished {
            outcome: RunOutcome::Cancelled,
            ..
        }
    ));
}

#[tokio::test]
async fn a_limit_of_the_run_and_a_wrong_configuration_end_the_wait() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    tickets.max_turns(1);
    let first = tickets.submit(Ticket::new("x"));
    let second = tickets.submit(Ticket::new("y"));
    let (first, second) = tokio::join!(within(first), within(second));
    assert_eq!(first.unwrap(), json!("done"));
    let error = second.unwrap_err();
    let TicketError::Unfinished { outcome, .. } = error else {
        panic!("{error:?}")
    };
    assert!(
        matches!(outcome, RunOutcome::PolicyViolated(_)),
        "{outcome:?}"
    );

    let tickets = agentwerk::TicketSystem::in_memory();
    tickets.agent(Agent::new());
    let error = within(tickets.submit(Ticket::new("x"))).await.unwrap_err();
    let TicketError::Unfinished { outcome, .. } = error else {
        panic!("{error:?}")
    };
    assert!(matches!(outcome, RunOutcome::Failed(_)), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_can_be_awaited_at_once() {
    let tickets = system(ScriptedModel::from_fn(|request| {
        request
            .last_text()
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .to_owned()
    }));
    tickets.pool(8, |_| Agent::new().context(" "));
    let waiting: Vec<_> = (0..1_000)
        .map(|n| {
            let ticket = Ticket::new(format!("task {n}")).returns::<String>();
            (n, tokio::spawn(tickets.submit(ticket).into_future()))
        })
        .collect();
    for (n, each) in waiting {
        let result = within(each).await.unwrap().unwrap();
        assert!(result.ends_with(&format!("task {n}")), "{result}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_served_ticket_is_never_given_up_while_others_finish_the_run() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    tickets.pool(2, |_| Agent::new());
    let callers: Vec<_> = (0..8)
        .map(|caller| {
            let tickets = tickets.clone();
            tokio::spawn(async move {
                for n in 0..100 {
                    if caller % 2 == 0 {
                        tickets.finish().await;
                        continue;
                    }
                    let pending = tickets.submit(Ticket::new(n).returns::<String>());
                    assert_eq!(pending.await.unwrap(), "done");
                }
            })
        })
        .collect();
    for caller in callers {
        within(caller).await.unwrap();
    }
}

/// A task that cannot be written as JSON.
fn unspeakable() -> BTreeMap<(u8, u8), u8> {
    BTreeMap::from([((1, 2), 3)])
}

#[tokio::test]
async fn a_task_that_cannot_be_written_fails_as_it_is_submitted() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = system(model.clone());
    let log = EventLog::of(&tickets);
    let pending = tickets.submit(Ticket::new(unspeakable()));
    assert_eq!(tickets.tickets()[0].status(), Status::Failed);
    let error = within(pending).await.unwrap_err();
    let TicketError::Failed { failure, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(failure.reason, FailureReason::InvalidTask);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(log.names()[..2], ["TicketSubmitted", "TicketFailed"]);
    assert_eq!(log.count("TicketFailed"), 1);
    assert!(model.requests().is_empty());
}

#[tokio::test]
async fn a_submission_in_memory_is_durable_at_once() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let pending = tickets.submit(Ticket::new("x"));
    let key = within(pending.durable()).await.unwrap();
    assert_eq!(key, pending.key());
    assert_eq!(
        tickets.get(key).unwrap().status(),
        Status::Todo,
        "nothing was started"
    );
}

#[tokio::test]
async fn dropping_it_leaves_the_ticket_submitted() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    drop(tickets.submit(Ticket::new("x")));
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
}
