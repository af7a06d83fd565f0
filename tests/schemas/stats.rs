//! Numbers about a system, folded from the events of real runs under a paused clock.

use std::time::Duration;

use agentwerk::chat::{Request, Response, ToolCall, Usage};
use agentwerk::providers::ProviderError;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Clock, Ticket, TicketSystem, Timestamp};
use serde_json::json;

const START: Timestamp = Timestamp::from_millis(1_700_000_000_000);
const USAGE: Usage = Usage {
    input_tokens: 100,
    output_tokens: 20,
    cache_read_tokens: 7,
    cache_write_tokens: 3,
};

fn system(script: impl Fn(&Request) -> ScriptedReply + Send + Sync + 'static) -> TicketSystem {
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(START));
    // A call of it takes three seconds of the paused clock.
    let work = Tool::new("work", "Takes its time.").handler(|_, _| async {
        tokio::time::advance(Duration::from_secs(3)).await;
        Ok(ToolResult::success("worked"))
    });
    let model = ScriptedModel::from_fn(script);
    tickets.agent(Agent::new().labels(["a", "b"]).tool(work));
    tickets.provider(model).model("scripted");
    tickets
}

/// Works once on each ticket, and then is done.
fn work_once(request: &Request) -> ScriptedReply {
    let reply = if request.messages.len() == 1 {
        Response::tool_calls([ToolCall::new("1", "work", &json!({}))])
    } else {
        Response::text("done")
    };
    Ok(reply.usage(USAGE))
}

#[tokio::test(start_paused = true)]
async fn nothing_is_counted_before_anything_happens() {
    let stats = system(work_once).stats();
    assert_eq!(stats.run_duration(), None);
    assert_eq!(stats.avg_work_duration(), None);
    assert_eq!(stats.avg_ticket_duration(), None);
    assert_eq!(stats.tickets_success_rate(), None);
    assert_eq!((stats.tickets_created(), stats.turns()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn tickets_turns_tokens_and_time_are_counted() {
    let tickets = system(work_once);
    tickets.ticket(Ticket::new(1).label("a"));
    tickets.ticket(Ticket::new(2).label("a"));
    // Both wait for four seconds before the run begins.
    tokio::time::advance(Duration::from_secs(4)).await;
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!((stats.tickets_created(), stats.tickets_done()), (2, 2));
    assert_eq!(
        (stats.tickets_failed(), stats.tickets_success_rate()),
        (0, Some(1.0))
    );
    assert_eq!((stats.claims(), stats.turns(), stats.requests()), (2, 4, 4));
    assert_eq!(
        (stats.tool_calls(), stats.retries(), stats.errors()),
        (2, 0, 0)
    );
    assert_eq!((stats.input_tokens(), stats.output_tokens()), (440, 80));
    assert_eq!(
        (stats.cache_read_tokens(), stats.cache_write_tokens()),
        (28, 12)
    );
    // One agent does one after the other: the second ticket waits for the first.
    assert_eq!(stats.run_duration(), Some(Duration::from_secs(6)));
    assert_eq!(stats.work_duration(), Duration::from_secs(6));
    assert_eq!(stats.avg_work_duration(), Some(Duration::from_secs(3)));
    assert_eq!(stats.ticket_duration(), Duration::from_secs(7 + 10));
    assert_eq!(
        stats.avg_ticket_duration(),
        Some(Duration::from_millis(8_500))
    );
}

#[tokio::test(start_paused = true)]
async fn labels_are_counted_apart() {
    let tickets = system(work_once);
    tickets.ticket(Ticket::new(1).label("a"));
    tickets.ticket(Ticket::new(2).labels(["a", "b"]));
    tickets.ticket(Ticket::new(3).label("nobody"));
    tickets.finish().await;
    let stats = tickets.stats();
    let count = |label: &str| {
        let slice = stats.stats_for_label(label);
        (
            slice.tickets_created(),
            slice.tickets_done(),
            slice.turns(),
            slice.input_tokens(),
        )
    };
    assert_eq!(count("a"), (2, 2, 4, 440));
    assert_eq!(count("b"), (1, 1, 2, 220));
    assert_eq!(count("nobody"), (1, 0, 0, 0));
    assert_eq!(count("unheard of"), (0, 0, 0, 0));
    assert_eq!(
        stats.stats_for_label("b").work_duration(),
        Duration::from_secs(3)
    );
}

#[tokio::test(start_paused = true)]
async fn failures_are_counted_and_retries_are_not_errors() {
    let tickets = system(|request| match request.last_text().as_str() {
        text if text.ends_with("refuse") => Err(ProviderError::terminal("no")),
        text if text.ends_with("busy") => Err(ProviderError::retryable("busy")),
        _ => work_once(request),
    });
    tickets.max_request_retries(2);
    for task in ["refuse", "busy", "work"] {
        tickets.ticket(Ticket::new(task).label("a"));
    }
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!((stats.tickets_done(), stats.tickets_failed()), (1, 2));
    assert_eq!(stats.tickets_success_rate(), Some(1.0 / 3.0));
    assert_eq!(
        (stats.errors(), stats.retries(), stats.requests()),
        (2, 2, 2)
    );
    assert_eq!((stats.turns(), stats.claims()), (4, 3));
}

#[tokio::test(start_paused = true)]
async fn a_new_run_is_timed_anew_and_the_counters_go_on() {
    let tickets = system(work_once);
    tickets.ticket(Ticket::new(1).label("a"));
    tickets.finish().await;
    tokio::time::advance(Duration::from_secs(60)).await;
    // The last run has ended, so its time stands still.
    assert_eq!(tickets.stats().run_duration(), Some(Duration::from_secs(3)));
    tickets.ticket(Ticket::new(2).label("a"));
    tickets.ticket(Ticket::new(3).label("a"));
    tickets.finish().await;
    let stats = tickets.stats();
    assert_eq!(stats.run_duration(), Some(Duration::from_secs(6)));
    assert_eq!(stats.tickets_done(), 3);
}

#[tokio::test(start_paused = true)]
async fn stats_are_stored_in_milliseconds() {
    let tickets = system(work_once);
    tickets.ticket(Ticket::new(1).label("a"));
    tickets.finish().await;
    let stored = serde_json::to_value(tickets.stats()).unwrap();
    assert_eq!(stored["run_duration_ms"], 3_000);
    assert_eq!(stored["work_duration_ms"], 3_000);
    assert_eq!(stored["tickets_done"], 1);
    assert_eq!(stored["labels"]["a"]["turns"], 2);
}
