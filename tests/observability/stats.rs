//! The numbers of a system, one by one, on a paused clock.

use std::time::Duration;

use agentwerk::chat::{Response, Usage};
use agentwerk::event::RunOutcome;
use agentwerk::providers::ProviderError;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::{Agent, Stats, TicketSystem};
use agentwerk_tests::{StuckModel, call};
use serde_json::json;
use tokio::time::sleep;

use crate::{SECOND, flaky, team, wait, waiting};

fn worker() -> Agent {
    Agent::new().labels(["scan", "plain"]).tool(wait())
}

/// The system of [`finished`], before its run.
async fn submitted() -> TicketSystem {
    let (tickets, _log) = team(worker(), waiting());
    tickets.task_labeled("wait 2", "scan");
    let off = tickets.task_labeled("wait 9", "scan");
    sleep(SECOND).await;
    tickets.task_labeled("wait 4", "plain");
    tickets.task_labeled("broken", "scan");
    tickets.cancel_ticket(off).await.unwrap();
    tickets
}

/// One agent after a run of three tickets: from 1 s to 3 s, submitted at 0 s; from 3 s to 7 s,
/// submitted at 1 s; and one that fails at 7 s as soon as it is begun, submitted at 1 s. A fourth one,
/// submitted at 0 s, is called off at 1 s.
async fn finished() -> Stats {
    let tickets = submitted().await;
    assert!(tickets.finish().await.is_drained());
    tickets.stats()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn run_duration_is_none_until_the_first_ticket_starts() {
    let (tickets, _log) = team(worker(), StuckModel::default());
    tickets.start();
    sleep(SECOND).await;
    assert_eq!(tickets.stats().run_duration(), None);
    tickets.task_labeled("x", "nobody");
    sleep(SECOND).await;
    assert_eq!(tickets.stats().run_duration(), None);
}

#[tokio::test(start_paused = true)]
async fn run_duration_is_live_while_agents_work_and_frozen_once_the_loop_finishes() {
    let tickets = submitted().await;
    tickets.start();
    sleep(SECOND * 3).await;
    assert_eq!(tickets.stats().run_duration(), Some(seconds(3)));
    sleep(SECOND).await;
    assert_eq!(tickets.stats().run_duration(), Some(seconds(4)));
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.stats().run_duration(), Some(seconds(6)));
    sleep(SECOND).await;
    assert_eq!(tickets.stats().run_duration(), Some(seconds(6)));
}

#[tokio::test(start_paused = true)]
async fn run_duration_begins_anew_with_a_second_run() {
    let tickets = submitted().await;
    assert!(tickets.finish().await.is_drained());
    tickets.task_labeled("wait 3", "scan");
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!(stats.run_duration(), Some(seconds(3)));
    assert_eq!(stats.work_duration(), seconds(9), "the rest goes on");
}

#[tokio::test(start_paused = true)]
async fn work_duration_is_the_sum_of_the_spans_from_start_to_end() {
    assert_eq!(finished().await.work_duration(), seconds(2 + 4));
}

#[tokio::test(start_paused = true)]
async fn avg_work_duration_is_the_mean_of_these_spans_and_none_until_a_ticket_finishes() {
    assert_eq!(finished().await.avg_work_duration(), Some(seconds(2)));
    assert_eq!(submitted().await.stats().avg_work_duration(), None);
}

#[tokio::test(start_paused = true)]
async fn tickets_created_counts_every_ticket_that_was_submitted() {
    assert_eq!(finished().await.tickets_created(), 4);
    assert_eq!(submitted().await.stats().tickets_created(), 4);
}

#[tokio::test(start_paused = true)]
async fn tickets_done_counts_the_tickets_that_finished_successfully() {
    assert_eq!(finished().await.tickets_done(), 2);
    assert_eq!(submitted().await.stats().tickets_done(), 0);
}

#[tokio::test(start_paused = true)]
async fn tickets_failed_counts_the_tickets_that_failed() {
    assert_eq!(finished().await.tickets_failed(), 1);
    assert_eq!(submitted().await.stats().tickets_failed(), 0);
}

#[tokio::test(start_paused = true)]
async fn tickets_cancelled_counts_the_tickets_that_were_called_off_also_while_they_are_worked_on() {
    assert_eq!(finished().await.tickets_cancelled(), 1);
    let stuck = StuckModel::default();
    let (tickets, _log) = team(worker(), stuck.clone());
    let key = tickets.task_labeled("x", "scan");
    tickets.start();
    stuck.asked().await;
    sleep(SECOND).await;
    tickets.cancel_ticket(key).await.unwrap();
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!(stats.tickets_cancelled(), 1);
    assert_eq!((stats.tickets_done(), stats.tickets_failed()), (0, 0));
    assert_eq!(stats.tickets_success_rate(), None, "neither side");
    assert_eq!(stats.work_duration(), Duration::ZERO);
    assert_eq!(stats.ticket_duration(), Duration::ZERO);
    assert_eq!(stats.avg_ticket_duration(), None);
}

#[tokio::test(start_paused = true)]
async fn tickets_success_rate_is_done_of_done_and_failed_and_none_until_a_ticket_finishes() {
    assert_eq!(finished().await.tickets_success_rate(), Some(2.0 / 3.0));
    assert_eq!(submitted().await.stats().tickets_success_rate(), None);
}

#[tokio::test(start_paused = true)]
async fn ticket_duration_is_the_sum_of_the_spans_from_creation_to_end() {
    assert_eq!(finished().await.ticket_duration(), seconds(3 + 6 + 6));
}

#[tokio::test(start_paused = true)]
async fn avg_ticket_duration_is_the_mean_of_these_spans_and_none_until_a_ticket_finishes() {
    assert_eq!(finished().await.avg_ticket_duration(), Some(seconds(5)));
    assert_eq!(submitted().await.stats().avg_ticket_duration(), None);
}

#[tokio::test(start_paused = true)]
async fn input_tokens_are_those_of_all_replies_cached_ones_included() {
    let stats = finished().await;
    assert_eq!(stats.input_tokens(), 4 * (100 + 20 + 3));
    assert_eq!(stats.cache_read_tokens(), 4 * 20);
    assert_eq!(stats.cache_write_tokens(), 4 * 3);
}

#[tokio::test(start_paused = true)]
async fn output_tokens_are_those_of_all_replies() {
    assert_eq!(finished().await.output_tokens(), 4 * 10);
}

#[tokio::test(start_paused = true)]
async fn claims_count_how_often_an_agent_picked_up_a_ticket() {
    assert_eq!(finished().await.claims(), 3);
    let stuck = StuckModel::default();
    let (tickets, _log) = team(worker(), stuck.clone());
    tickets.task_labeled("x", "scan");
    for claims in 1..=3 {
        tickets.start();
        stuck.asked().await;
        assert_eq!(tickets.stats().claims(), claims);
        tickets.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn turns_count_requests_with_their_tool_calls_and_not_retries() {
    assert_eq!(finished().await.turns(), 5);
    assert_eq!(retried().await.turns(), 2);
}

#[tokio::test(start_paused = true)]
async fn requests_count_the_replies_that_were_received() {
    assert_eq!(finished().await.requests(), 4);
    assert_eq!(retried().await.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn tool_calls_count_all_calls_failed_ones_too() {
    assert_eq!(finished().await.tool_calls(), 2);
    let replies = [
        call("1", "flaky", &json!({})),
        call("2", "nothing", &json!({})),
        Response::text("done"),
    ];
    let (tickets, _log) = team(worker().tool(flaky()), ScriptedModel::replies(replies));
    tickets.task_labeled("x", "scan");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.stats().tool_calls(), 2);
}

/// The numbers after a request that was answered at its third attempt, and one that failed at it.
async fn retried() -> Stats {
    let busy = || Err(ProviderError::retryable("busy"));
    let replies: [ScriptedReply; 6] = [
        busy(),
        busy(),
        Ok(Response::text("done").usage(Usage::default())),
        busy(),
        busy(),
        busy(),
    ];
    let (tickets, _log) = team(worker(), ScriptedModel::replies(replies));
    tickets.max_request_retries(2);
    tickets.task_labeled("x", "scan");
    tickets.task_labeled("y", "scan");
    assert!(tickets.finish().await.is_drained());
    tickets.stats()
}

#[tokio::test(start_paused = true)]
async fn errors_count_the_requests_that_failed_for_good() {
    assert_eq!(finished().await.errors(), 1);
    assert_eq!(retried().await.errors(), 1);
}

#[tokio::test(start_paused = true)]
async fn retries_count_the_requests_that_were_sent_again() {
    assert_eq!(finished().await.retries(), 0);
    assert_eq!(retried().await.retries(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_waits_has_not_finished() {
    let (tickets, _log) = team(worker().interactive(), waiting());
    tickets.task_labeled("wait 2", "scan");
    assert!(matches!(tickets.finish().await, RunOutcome::Waiting(_)));
    let stats = tickets.stats();
    assert_eq!((stats.tickets_created(), stats.tickets_done()), (1, 0));
    assert_eq!(stats.work_duration(), Duration::ZERO);
    assert_eq!(stats.run_duration(), Some(seconds(2)));
}
