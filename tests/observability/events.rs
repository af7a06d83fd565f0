//! The events of runs, requests and tool calls, one by one.

use agentwerk::chat::{Response, StopReason};
use agentwerk::event::{EventKind, FailureReason, PolicyKind, RunOutcome};
use agentwerk::providers::ProviderError;
use agentwerk::schemas::Schema;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::{Agent, Ticket};
use agentwerk_tests::call;
use serde_json::json;

use crate::{
    SECOND, USAGE, about, after, flaky, from_on, named, of_the_work, only, team, wait, waiting,
};

fn scanner() -> Agent {
    Agent::new().label("scan").tool(wait()).tool(flaky())
}

#[tokio::test(start_paused = true)]
async fn request_started_says_that_a_request_was_sent_to_the_model() {
    let (tickets, log) = team(scanner(), waiting());
    tickets.task_labeled("wait 2", "scan");
    assert!(tickets.finish().await.is_drained());
    let started = named(&log, "RequestStarted");
    let times: Vec<_> = started.iter().map(after).collect();
    assert_eq!(times, [0, 2_000], "one for each turn");
    for event in &started {
        assert_eq!(about(event), of_the_work());
        let EventKind::RequestStarted { model } = &event.kind else {
            unreachable!()
        };
        assert_eq!(model, "small");
    }
}

#[tokio::test(start_paused = true)]
async fn request_finished_says_what_a_reply_took_and_why_the_model_stopped() {
    let (tickets, log) = team(scanner(), waiting());
    tickets.task_labeled("wait 2", "scan");
    assert!(tickets.finish().await.is_drained());
    let finished = named(&log, "RequestFinished");
    let mut reasons = Vec::new();
    for event in &finished {
        assert_eq!(about(event), of_the_work());
        let EventKind::RequestFinished { usage, stop_reason } = &event.kind else {
            unreachable!()
        };
        assert_eq!(*usage, USAGE);
        reasons.push(stop_reason.clone());
    }
    assert_eq!(reasons, [StopReason::ToolCalls, StopReason::EndTurn]);
}

#[tokio::test(start_paused = true)]
async fn request_failed_says_that_a_request_failed_and_stopped_the_ticket() {
    let (tickets, log) = team(scanner(), waiting());
    let key = tickets.task_labeled("broken", "scan");
    assert!(tickets.finish().await.is_drained());
    let failed = only(&log, "RequestFailed");
    assert_eq!(about(&failed), of_the_work());
    let EventKind::RequestFailed { message } = &failed.kind else {
        unreachable!()
    };
    assert!(message.contains("it is broken"), "{message}");
    assert_eq!(
        from_on(&log, key, "RequestStarted"),
        ["RequestStarted", "RequestFailed", "TicketFailed"]
    );
}

#[tokio::test(start_paused = true)]
async fn request_retried_says_what_failed_and_how_long_the_agent_waits() {
    let replies: [ScriptedReply; 3] = [
        Err(ProviderError::retryable("busy")),
        Err(ProviderError::retryable("still busy")),
        Ok(Response::text("done")),
    ];
    let (tickets, log) = team(scanner(), ScriptedModel::replies(replies));
    tickets.request_retry_delay(SECOND);
    tickets.task_labeled("x", "scan");
    assert!(tickets.finish().await.is_drained());
    let (retried, started) = (named(&log, "RequestRetried"), named(&log, "RequestStarted"));
    assert_eq!((retried.len(), started.len()), (2, 3), "a start for each");
    for (position, (event, next)) in retried.iter().zip(&started[1..]).enumerate() {
        assert_eq!(about(event), of_the_work());
        let EventKind::RequestRetried {
            attempt,
            delay,
            message,
        } = &event.kind
        else {
            unreachable!()
        };
        assert_eq!(*attempt as usize, position + 1);
        assert!(message.ends_with("busy"), "{message}");
        let waited = (after(next) - after(event)).abs_diff(delay.as_millis());
        assert!(waited <= 2, "{waited} ms more or less than it said");
    }
    assert_eq!(named(&log, "RequestFailed").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn tool_call_started_says_which_tool_was_called() {
    let (tickets, log) = team(scanner(), waiting());
    tickets.task_labeled("wait 2", "scan");
    assert!(tickets.finish().await.is_drained());
    let started = only(&log, "ToolCallStarted");
    assert_eq!(about(&started), of_the_work());
    assert_eq!(after(&started), 0, "before the tool runs");
    let EventKind::ToolCallStarted { call_id, tool } = &started.kind else {
        unreachable!()
    };
    assert_eq!((call_id.as_str(), tool.as_str()), ("c-1", "wait"));
}

#[tokio::test(start_paused = true)]
async fn tool_call_finished_says_how_long_it_took() {
    let (tickets, log) = team(scanner(), waiting());
    tickets.task_labeled("wait 2", "scan");
    assert!(tickets.finish().await.is_drained());
    let finished = only(&log, "ToolCallFinished");
    assert_eq!(about(&finished), of_the_work());
    assert_eq!(after(&finished), 2_000);
    let EventKind::ToolCallFinished {
        call_id,
        tool,
        duration,
    } = &finished.kind
    else {
        unreachable!()
    };
    assert_eq!((call_id.as_str(), tool.as_str()), ("c-1", "wait"));
    assert_eq!(duration.as_millis(), 2_000);
    assert_eq!(named(&log, "ToolCallFailed").len(), 0);
}

/// Calls the tool that fails, and is done with it.
fn unlucky() -> ScriptedModel {
    ScriptedModel::replies([call("c-1", "flaky", &json!({})), Response::text("done")])
}

#[tokio::test(start_paused = true)]
async fn tool_call_failed_says_what_the_model_is_told_and_the_ticket_continues() {
    let (tickets, log) = team(scanner(), unlucky());
    let key = tickets.task_labeled("x", "scan");
    assert!(tickets.finish().await.is_drained());
    let failed = only(&log, "ToolCallFailed");
    assert_eq!(about(&failed), of_the_work());
    let EventKind::ToolCallFailed {
        call_id,
        tool,
        duration,
        message,
    } = &failed.kind
    else {
        unreachable!()
    };
    assert_eq!((call_id.as_str(), tool.as_str()), ("c-1", "flaky"));
    assert_eq!(duration.as_millis(), 1_000);
    assert!(message.contains("no luck"), "{message}");
    let behind = from_on(&log, key, "ToolCallFailed");
    assert_eq!(behind[1], "TurnStarted");
    assert_eq!(behind.last().unwrap(), "TicketDone");
    assert_eq!(named(&log, "ToolCallFinished").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn tool_progress_says_how_far_a_tool_is() {
    let (tickets, log) = team(scanner(), unlucky());
    let key = tickets.task_labeled("x", "scan");
    assert!(tickets.finish().await.is_drained());
    let progress = only(&log, "ToolProgress");
    assert_eq!(about(&progress), of_the_work());
    let EventKind::ToolProgress { call_id, text } = &progress.kind else {
        unreachable!()
    };
    assert_eq!((call_id.as_str(), text.as_str()), ("c-1", "half way"));
    assert_eq!(
        from_on(&log, key, "ToolCallStarted")[..3],
        ["ToolCallStarted", "ToolProgress", "ToolCallFailed"]
    );
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    assert!(!format!("{transcript:?}").contains("half way"));
}

#[tokio::test(start_paused = true)]
async fn schema_retried_says_what_is_wrong_with_a_result() {
    let (tickets, log) = team(scanner(), ScriptedModel::replies(["\"seven\"", "7"]));
    let schema = Schema::parse(json!({ "type": "integer" })).unwrap();
    let key = tickets.ticket(Ticket::new("x").label("scan").schema(schema));
    assert!(tickets.finish().await.is_drained());
    let retried = only(&log, "SchemaRetried");
    assert_eq!(about(&retried), of_the_work());
    let EventKind::SchemaRetried {
        attempt,
        violations,
    } = &retried.kind
    else {
        unreachable!()
    };
    assert_eq!((*attempt, violations.len()), (1, 1));
    let names = from_on(&log, key, "SchemaRetried");
    assert_eq!(names[1], "TurnStarted");
}

#[tokio::test(start_paused = true)]
async fn turn_started_numbers_the_requests_and_not_their_retries() {
    let replies: [ScriptedReply; 3] = [
        Err(ProviderError::retryable("busy")),
        Ok(call("c-1", "wait", &json!({ "seconds": 1 }))),
        Ok(Response::text("done")),
    ];
    let (tickets, log) = team(scanner(), ScriptedModel::replies(replies));
    tickets.task_labeled("x", "scan");
    assert!(tickets.finish().await.is_drained());
    let turns = named(&log, "TurnStarted");
    let numbers: Vec<_> = turns
        .iter()
        .map(|event| match event.kind {
            EventKind::TurnStarted { turn } => turn,
            _ => unreachable!(),
        })
        .collect();
    assert_eq!(numbers, [1, 2]);
    assert_eq!(about(&turns[0]), of_the_work());
}

#[tokio::test(start_paused = true)]
async fn policy_violated_says_which_limit_of_the_run_was_reached_and_execution_stops() {
    let (tickets, log) = team(scanner(), waiting());
    tickets.max_turns(1);
    tickets.task_labeled("wait 2", "scan");
    let outcome = tickets.finish().await;
    assert!(matches!(
        outcome,
        RunOutcome::PolicyViolated(PolicyKind::MaxTurns)
    ));
    let violated = only(&log, "PolicyViolated");
    assert_eq!(about(&violated), ("", None, vec![], ""));
    let EventKind::PolicyViolated { kind } = violated.kind else {
        unreachable!()
    };
    assert_eq!(kind, PolicyKind::MaxTurns);
    let started = named(&log, "RequestStarted");
    assert_eq!(started.len(), 1);
    assert!(started[0].sequence < violated.sequence);
    let names = log.names();
    assert_eq!(
        names[names.len() - 3..],
        ["PolicyViolated", "TicketReleased", "RunFinished"]
    );
}

#[tokio::test(start_paused = true)]
async fn policy_violated_names_the_ticket_whose_limit_it_is_and_the_run_goes_on() {
    let model = ScriptedModel::replies::<[ScriptedReply; 2]>([
        Err(ProviderError::retryable("busy")),
        Ok(Response::text("done")),
    ]);
    let (tickets, log) = team(scanner(), model);
    tickets.max_request_retries(0);
    let key = tickets.task_labeled("x", "scan");
    let other = tickets.task_labeled("y", "scan");
    assert!(tickets.finish().await.is_drained());
    let violated = only(&log, "PolicyViolated");
    assert_eq!(about(&violated), of_the_work());
    assert_eq!(
        from_on(&log, key, "PolicyViolated"),
        ["PolicyViolated", "RequestFailed", "TicketFailed"]
    );
    let failure = tickets.get(key).unwrap().failure().cloned().unwrap();
    assert_eq!(failure.reason, FailureReason::RequestFailed);
    assert_eq!(from_on(&log, other, "TicketDone"), ["TicketDone"]);
}

#[tokio::test(start_paused = true)]
async fn run_started_and_run_finished_stand_around_everything_that_a_run_does() {
    let (tickets, log) = team(scanner(), waiting());
    for _ in 0..2 {
        tickets.task_labeled("wait 2", "scan");
        assert!(tickets.finish().await.is_drained());
    }
    let mut is_live = false;
    for event in log.events() {
        match &event.kind {
            EventKind::RunStarted => {
                assert_eq!(about(&event), ("", None, vec![], ""));
                assert!(!std::mem::replace(&mut is_live, true));
            }
            EventKind::RunFinished { outcome } => {
                assert_eq!(about(&event), ("", None, vec![], ""));
                assert!(outcome.is_drained());
                assert!(std::mem::replace(&mut is_live, false));
            }
            EventKind::TicketSubmitted { .. } => {}
            kind => assert!(is_live, "{kind:?} between two runs"),
        }
    }
    assert_eq!(named(&log, "RunStarted").len(), 2);
    assert_eq!(named(&log, "RunFinished").len(), 2);
}
