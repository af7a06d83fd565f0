//! Requests that fail, and are sent again or not.

use std::time::Duration;

use agentwerk::TicketSystem;
use agentwerk::event::{EventKind, FailureReason, PolicyKind};
use agentwerk::providers::ProviderError;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk_tests::{EventLog, system};
use tokio::time::Instant;

fn unavailable(retry_after: Option<Duration>) -> ProviderError {
    ProviderError::Unavailable {
        endpoint: "api.example".to_owned(),
        status: 503,
        message: "busy".to_owned(),
        retry_after,
    }
}

/// A model that fails so often, and then answers.
fn fails(times: usize, error: impl Fn() -> ProviderError) -> ScriptedModel {
    let failures = (0..times).map(|_| ScriptedReply::Err(error()));
    let end = ScriptedReply::Ok(agentwerk::chat::Response::text("at last"));
    ScriptedModel::replies(failures.chain([end]).collect::<Vec<_>>())
}

fn delays(log: &EventLog) -> Vec<(u32, Duration)> {
    let kinds = log.kinds().into_iter();
    kinds
        .filter_map(|kind| match kind {
            EventKind::RequestRetried { attempt, delay, .. } => Some((attempt, delay)),
            _ => None,
        })
        .collect()
}

fn failure(tickets: &TicketSystem) -> (FailureReason, String) {
    let failure = tickets.tickets()[0].failure().cloned().unwrap();
    (failure.reason, failure.message)
}

#[tokio::test(start_paused = true)]
async fn an_error_that_may_pass_is_retried_with_growing_delays() {
    let model = fails(9, || unavailable(None));
    let tickets = system(model.clone());
    let log = EventLog::of(&tickets);
    tickets.task("?");
    let began = Instant::now();
    assert!(tickets.finish().await.is_drained());

    assert_eq!(tickets.last_result().as_deref(), Some("at last"));
    let delays = delays(&log);
    assert_eq!(delays.len(), 9);
    for (position, (attempt, delay)) in delays.iter().enumerate() {
        assert_eq!(*attempt as usize, position + 1);
        let ceiling = Duration::from_millis(500 << position).min(Duration::from_secs(60));
        assert!(*delay <= ceiling, "retry {attempt} after {delay:?}");
    }
    let waited: Duration = delays.iter().map(|(_, delay)| *delay).sum();
    let took = began.elapsed();
    assert!(
        took >= waited && took <= waited + Duration::from_millis(20),
        "{took:?} {waited:?}"
    );
    let stats = tickets.stats();
    assert_eq!(
        (stats.retries(), stats.errors(), stats.requests()),
        (9, 0, 1)
    );
    assert_eq!((stats.turns(), log.count("RequestStarted")), (1, 10));
}

#[tokio::test(start_paused = true)]
async fn the_vendors_wait_is_a_floor() {
    let hint = Duration::from_secs(7);
    let tickets = system(fails(3, || ProviderError::RateLimited {
        endpoint: "api.example".to_owned(),
        message: "slow down".to_owned(),
        retry_after: Some(Duration::from_secs(7)),
    }));
    let log = EventLog::of(&tickets);
    tickets.task("?");
    assert!(tickets.finish().await.is_drained());
    for (_, delay) in delays(&log) {
        assert!(
            delay >= hint && delay <= hint + Duration::from_millis(500),
            "{delay:?}"
        );
    }
    assert_eq!(tickets.stats().retries(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_two_minutes_is_waited_for_and_a_longer_one_fails_at_once() {
    let tickets = system(fails(1, || unavailable(Some(Duration::from_secs(120)))));
    tickets.task("?");
    let began = Instant::now();
    assert!(tickets.finish().await.is_drained());
    assert!(began.elapsed() >= Duration::from_secs(120));
    assert_eq!(tickets.stats().tickets_done(), 1);

    let model = fails(1, || unavailable(Some(Duration::from_secs(121))));
    let tickets = system(model.clone());
    let log = EventLog::of(&tickets);
    tickets.task("?");
    let began = Instant::now();
    assert!(tickets.finish().await.is_drained());
    assert!(began.elapsed() < Duration::from_secs(1));
    let (reason, message) = failure(&tickets);
    assert_eq!(reason, FailureReason::RequestFailed);
    assert!(
        message.contains("121 s"),
        "it says when to come back: {message}"
    );
    assert_eq!(model.requests().len(), 1);
    assert_eq!(
        (log.count("RequestRetried"), log.count("PolicyViolated")),
        (0, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_terminal_error_is_one_request_one_failure_and_no_second_claim() {
    let model = ScriptedModel::from_fn(|_| ProviderError::Unauthorized {
        endpoint: "api.example".to_owned(),
        status: 401,
        message: "no such key".to_owned(),
    });
    let tickets = system(model.clone());
    let log = EventLog::of(&tickets);
    tickets.task("?");
    assert!(tickets.finish().await.is_drained());
    assert!(tickets.finish().await.is_drained(), "nor in the next run");

    assert_eq!(model.requests().len(), 1);
    assert_eq!(
        (log.count("RequestFailed"), log.count("TicketFailed")),
        (1, 1)
    );
    assert_eq!(
        (log.count("TicketStarted"), log.count("RequestRetried")),
        (1, 0)
    );
    let stats = tickets.stats();
    assert_eq!((stats.errors(), stats.retries(), stats.claims()), (1, 0, 1));
    let (reason, message) = failure(&tickets);
    assert_eq!(reason, FailureReason::RequestFailed);
    assert!(message.contains("no such key"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn retries_that_are_used_up_fail_the_ticket_alone() {
    let model = ScriptedModel::from_fn(|request| -> ScriptedReply {
        if request.last_text().ends_with("broken") {
            Err(unavailable(None))
        } else {
            Ok(agentwerk::chat::Response::text("fine"))
        }
    });
    let tickets = system(model.clone());
    tickets.max_request_retries(2);
    let log = EventLog::of(&tickets);
    let key = tickets.task("broken");
    tickets.task("whole");
    assert!(tickets.finish().await.is_drained());

    assert_eq!(failure(&tickets).0, FailureReason::RequestFailed);
    assert_eq!(model.requests().len(), 3 + 1);
    assert_eq!(delays(&log).len(), 2);
    let violated = log
        .of_ticket(key)
        .into_iter()
        .filter_map(|kind| match kind {
            EventKind::PolicyViolated { kind } => Some(kind),
            _ => None,
        });
    assert_eq!(
        violated.collect::<Vec<_>>(),
        [PolicyKind::MaxRequestRetries]
    );
    assert_eq!(log.count("PolicyViolated"), 1);
    assert_eq!(tickets.last_result().as_deref(), Some("fine"));
    assert_eq!(tickets.stats().errors(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_retries_means_one_request() {
    let model = ScriptedModel::from_fn(|_| unavailable(None));
    let tickets = system(model.clone());
    tickets.max_request_retries(0);
    tickets.task("?");
    let began = Instant::now();
    assert!(tickets.finish().await.is_drained());
    assert_eq!(model.requests().len(), 1);
    assert!(began.elapsed() < Duration::from_millis(20));
    assert_eq!(failure(&tickets).0, FailureReason::RequestFailed);
}

#[tokio::test(start_paused = true)]
async fn the_base_delay_can_be_set() {
    let tickets = system(fails(4, || unavailable(None)));
    tickets.request_retry_delay(Duration::ZERO);
    tickets.task("?");
    let began = Instant::now();
    assert!(tickets.finish().await.is_drained());
    assert!(began.elapsed() < Duration::from_millis(20));
    assert_eq!(tickets.stats().retries(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_error_names_its_causes() {
    let model = ScriptedModel::replies([ProviderError::terminal("the modem is asleep")]);
    let tickets = system(model);
    tickets.task("?");
    assert!(tickets.finish().await.is_drained());
    assert!(failure(&tickets).1.contains("the modem is asleep"));
}

#[tokio::test(start_paused = true)]
async fn each_request_has_retries_of_its_own() {
    let busy = || ScriptedReply::Err(unavailable(None));
    let look = || {
        ScriptedReply::Ok(agentwerk_tests::call(
            "1",
            "nothing",
            &serde_json::json!({}),
        ))
    };
    let end = ScriptedReply::Ok(agentwerk::chat::Response::text("done"));
    let script = vec![
        busy(),
        busy(),
        look(),
        busy(),
        busy(),
        look(),
        busy(),
        busy(),
        end,
    ];
    let tickets = system(ScriptedModel::replies(script));
    tickets.max_request_retries(2);
    tickets.task("?");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
    assert_eq!(tickets.stats().retries(), 6);
}
