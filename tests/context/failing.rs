//! Compactions that do not come about, or do not help.

use std::sync::atomic::{AtomicBool, Ordering};

use agentwerk::chat::{Request, Response, StopReason, Usage};
use agentwerk::event::{EventKind, FailureReason, PolicyKind, TicketFailure};
use agentwerk::providers::ProviderError;
use agentwerk::testing::ScriptedModel;
use agentwerk::{RunOutcome, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, within};

use crate::reader::{BOOK, Overflow, is_summary, reading, tokens, too_large};

/// A model that reads the book, and says this when it is asked for a summary.
fn summarising(
    summary: impl Fn() -> Result<Response, ProviderError> + Send + Sync + 'static,
) -> ScriptedModel {
    ScriptedModel::from_fn(move |request: &Request| {
        if is_summary(request) {
            return summary();
        }
        let usage = Usage {
            input_tokens: tokens(request),
            ..Usage::default()
        };
        Ok(BOOK.reply(request).usage(usage))
    })
}

fn failure(tickets: &TicketSystem) -> TicketFailure {
    let ticket = tickets.get(TicketKey::from_number(1)).unwrap();
    ticket.failure().unwrap().clone()
}

/// The names of the last events, without those of the run.
fn last_names(log: &EventLog, count: usize) -> Vec<String> {
    let names = log.names();
    let end = names.len() - usize::from(names.last().is_some_and(|name| name == "RunFinished"));
    names[end - count..end].to_vec()
}

#[tokio::test]
async fn without_a_summary_the_ticket_fails() {
    type NoSummary = fn() -> Result<Response, ProviderError>;
    let summaries: [(NoSummary, &str); 3] = [
        (|| Ok(Response::text(" \n")), "the summary is empty"),
        (
            || Err(ProviderError::terminal("no such model")),
            "no such model",
        ),
        (
            || Ok(Response::text("no").stop_reason(StopReason::Refusal)),
            "refused",
        ),
    ];
    for (summary, words) in summaries {
        let (tickets, log) = reading(BOOK.agent(summarising(summary)).context_window(8_000));
        assert!(within(tickets.finish()).await.is_drained());
        let failure = failure(&tickets);
        assert_eq!(failure.reason, FailureReason::RequestFailed);
        assert!(
            failure.message.contains("summarise the conversation"),
            "{failure}"
        );
        assert!(failure.message.contains(words), "{failure}");
        let ends = ["CompactionFailed", "RequestFailed", "TicketFailed"];
        assert_eq!(last_names(&log, 3), ends);
        assert_eq!(
            (
                log.count("CompactionStarted"),
                log.count("CompactionFinished")
            ),
            (1, 0)
        );
        assert_eq!(tickets.stats().errors(), 1);
        assert_eq!(tickets.stats().compactions_failed(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_call_for_a_summary_is_sent_again_after_an_error_that_may_pass() {
    let has_failed = AtomicBool::new(false);
    let model = ScriptedModel::from_fn(move |request: &Request| {
        if is_summary(request) && !has_failed.swap(true, Ordering::Relaxed) {
            return Err(ProviderError::retryable("busy"));
        }
        Ok(BOOK.reply(request))
    });
    let (tickets, log) = reading(BOOK.agent(model).context_window(8_000));
    within(tickets.finish()).await;
    assert_eq!(log.count("RequestRetried"), 1);
    assert!(log.count("CompactionFinished") > 0);
}

#[tokio::test]
async fn one_compaction_that_does_not_help_fails_the_ticket() {
    // The vendor refuses whatever comes after the first page.
    let model = ScriptedModel::from_fn(|request: &Request| {
        if is_summary(request) {
            Ok(Response::text("One page."))
        } else if request.messages.len() == 1 {
            Ok(BOOK.reply(request))
        } else {
            Err(too_large())
        }
    });
    let (tickets, log) = reading(BOOK.agent(model.clone()));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(failure(&tickets).reason, FailureReason::RequestFailed);
    assert_eq!(log.count("CompactionFinished"), 1);
    assert_eq!(last_names(&log, 2), ["RequestFailed", "TicketFailed"]);
    // The call, the refused turn, the summary, and the turn again.
    assert_eq!(model.requests().len(), 4);
}

#[tokio::test]
async fn a_first_request_that_is_too_large_fails_at_once() {
    let model = ScriptedModel::from_fn(|_: &Request| Err::<Response, _>(too_large()));
    let (tickets, log) = reading(BOOK.agent(model.clone()));
    within(tickets.finish()).await;
    assert_eq!(failure(&tickets).reason, FailureReason::RequestFailed);
    assert_eq!(
        (log.count("CompactionStarted"), model.requests().len()),
        (0, 1)
    );
}

#[tokio::test]
async fn a_conversation_that_no_part_fits_is_given_up() {
    // A vendor that takes the turns, until it takes nothing at all.
    let model = ScriptedModel::from_fn(|request: &Request| {
        if request.messages.len() == 1 && !is_summary(request) {
            Ok(BOOK.reply(request))
        } else {
            Err(too_large())
        }
    });
    let (tickets, log) = reading(BOOK.agent(model.clone()));
    within(tickets.finish()).await;
    assert_eq!(failure(&tickets).reason, FailureReason::RequestFailed);
    assert_eq!(log.count("CompactionFailed"), 1);
    assert!(model.requests().len() < 20, "{}", model.requests().len());
}

#[tokio::test]
async fn a_summary_counts_for_the_limits_of_the_run() {
    let model = BOOK.model(8_000, Overflow::Error);
    let (tickets, log) = reading(BOOK.agent(model.clone()).context_window(8_000));
    // The five turns before the first summary take less, with the summary more.
    let turns: Vec<u64> = {
        let (alone, _log) = reading(BOOK.agent(model.clone()).context_window(8_000));
        within(alone.finish()).await;
        let requests = model.requests();
        let summary = requests.iter().position(is_summary).unwrap();
        let later = requests[summary..].iter();
        let parts = later.take_while(|request| is_summary(request)).count();
        requests[..summary + parts].iter().map(tokens).collect()
    };
    tickets.max_input_tokens(turns.iter().sum());
    let outcome = within(tickets.finish()).await;
    assert!(
        matches!(
            outcome,
            RunOutcome::PolicyViolated(PolicyKind::MaxInputTokens)
        ),
        "{outcome:?}"
    );
    // The summary came about, and no turn after it.
    assert_eq!(log.count("CompactionFinished"), 1);
    let finished = log.kinds().into_iter();
    let finished = finished.filter(|kind| matches!(kind, EventKind::RequestFinished { .. }));
    assert_eq!(finished.count(), turns.len());
}
