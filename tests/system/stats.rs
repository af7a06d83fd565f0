//! The numbers of a system.

use std::time::Duration;

use agentwerk::chat::{Request, Response, Usage};
use agentwerk::providers::ProviderError;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Clock, Stats, Ticket, TicketSystem, Timestamp};
use agentwerk_tests::{StuckModel, call};
use serde_json::json;
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

/// Waits for as many seconds as the task says, then answers; "broken" fails.
fn model() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| -> ScriptedReply {
        let task = request.messages[0].text();
        if task.ends_with("broken") {
            return Err(ProviderError::terminal("broken"));
        }
        let seconds: u64 = task
            .rsplit(' ')
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let response = match request.messages.len() {
            1 => call("1", "wait", &json!({ "seconds": seconds })),
            _ => Response::text("done"),
        };
        Ok(response.usage(Usage {
            input_tokens: 100,
            output_tokens: 10,
            cache_read_tokens: 20,
            cache_write_tokens: 3,
        }))
    })
}

fn wait() -> Tool {
    Tool::new("wait", "Waits.")
        .schema(json!({ "type": "object", "properties": { "seconds": { "type": "integer" } } }))
        .handler(|input, _context| async move {
            sleep(SECOND * input["seconds"].as_u64().unwrap_or(0) as u32).await;
            Ok(ToolResult::success("waited"))
        })
}

fn system(agents: usize) -> TicketSystem {
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(Timestamp::from_millis(1_000)));
    tickets.provider(model()).model("m");
    tickets.pool(agents, |_| {
        Agent::new()
            .labels(["scan", "plain"])
            .tool(wait())
            .context(" ")
    });
    tickets
}

fn seconds(duration: impl Into<Option<Duration>>) -> Option<f64> {
    duration.into().map(|duration| duration.as_secs_f64())
}

#[tokio::test(start_paused = true)]
async fn durations_and_counts_are_exact() {
    let tickets = system(1);
    tickets.task_labeled("wait 2", "scan");
    sleep(SECOND).await;
    tickets.task_labeled("wait 4", "plain");
    tickets.task_labeled("broken", "scan");
    assert!(tickets.finish().await.is_drained());

    let stats = tickets.stats();
    assert_eq!(seconds(stats.run_duration()), Some(6.0));
    assert_eq!(seconds(stats.work_duration()), Some(6.0));
    assert_eq!(seconds(stats.avg_work_duration()), Some(2.0));
    assert_eq!(seconds(stats.ticket_duration()), Some(3.0 + 6.0 + 6.0));
    assert_eq!(seconds(stats.avg_ticket_duration()), Some(5.0));
    assert_eq!(
        (
            stats.tickets_created(),
            stats.tickets_done(),
            stats.tickets_failed()
        ),
        (3, 2, 1)
    );
    assert_eq!(stats.tickets_success_rate(), Some(2.0 / 3.0));
    assert_eq!((stats.input_tokens(), stats.output_tokens()), (4 * 123, 40));
    assert_eq!(
        (stats.cache_read_tokens(), stats.cache_write_tokens()),
        (80, 12)
    );
    assert_eq!((stats.claims(), stats.turns(), stats.requests()), (3, 5, 4));
    assert_eq!(
        (stats.tool_calls(), stats.errors(), stats.retries()),
        (2, 1, 0)
    );

    sleep(SECOND).await;
    assert_eq!(tickets.stats(), stats, "frozen after the end");
}

#[tokio::test(start_paused = true)]
async fn a_slice_holds_the_numbers_of_one_label() {
    let tickets = system(1);
    tickets.task_labeled("wait 2", "scan");
    tickets.ticket(Ticket::new("wait 4").labels(["plain", "urgent"]));
    tickets.task_labeled("broken", "scan");
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();

    let scan = stats.stats_for_label("scan");
    assert_eq!(
        (
            scan.tickets_created(),
            scan.tickets_done(),
            scan.tickets_failed()
        ),
        (2, 1, 1)
    );
    assert_eq!(scan.tickets_success_rate(), Some(0.5));
    assert_eq!(seconds(scan.work_duration()), Some(2.0));
    assert_eq!(seconds(scan.ticket_duration()), Some(8.0));
    assert_eq!((scan.turns(), scan.requests(), scan.errors()), (3, 2, 1));

    let urgent = stats.stats_for_label("urgent");
    assert_eq!((urgent.tickets_done(), urgent.tool_calls()), (1, 1));
    assert_eq!(urgent.input_tokens(), 246);
    assert_eq!(seconds(urgent.avg_work_duration()), Some(4.0));

    let nothing = stats.stats_for_label("nothing");
    assert_eq!(
        (nothing.tickets_created(), nothing.tickets_success_rate()),
        (0, None)
    );
}

#[tokio::test(start_paused = true)]
async fn before_anything_happened_there_are_no_means() {
    let stats = system(1).stats();
    assert_eq!(stats, Stats::default());
    assert_eq!(
        (stats.run_duration(), stats.avg_work_duration()),
        (None, None)
    );
    assert_eq!(
        (stats.avg_ticket_duration(), stats.tickets_success_rate()),
        (None, None)
    );
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_run_is_live_and_begins_with_the_first_claim() {
    let stuck = StuckModel::default();
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(Timestamp::from_millis(0)));
    tickets.provider(stuck.clone()).model("m");
    tickets.start();
    sleep(SECOND).await;
    assert_eq!(tickets.stats().run_duration(), None);
    tickets.agent(Agent::new().task("x"));
    stuck.asked().await;
    sleep(SECOND * 3).await;
    assert_eq!(seconds(tickets.stats().run_duration()), Some(3.0));
    sleep(SECOND).await;
    assert_eq!(seconds(tickets.stats().run_duration()), Some(4.0));
    tickets.stop().await;
    sleep(SECOND).await;
    assert_eq!(seconds(tickets.stats().run_duration()), Some(4.0));
}

#[tokio::test(start_paused = true)]
async fn work_side_by_side_adds_up_beyond_the_run() {
    let tickets = system(4);
    for _ in 0..4 {
        tickets.task_labeled("wait 5", "scan");
    }
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!(seconds(stats.run_duration()), Some(5.0));
    assert_eq!(seconds(stats.work_duration()), Some(20.0));
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_was_given_back_counts_from_its_first_claim() {
    let tickets = system(1);
    let key = tickets.task_labeled("wait 10", "scan");
    tickets.start();
    sleep(SECOND * 2).await;
    tickets.stop().await;
    sleep(SECOND * 5).await;
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!((stats.claims(), stats.tickets_done()), (2, 1));
    assert_eq!(
        seconds(stats.work_duration()),
        Some(7.0),
        "its open call was not run again"
    );
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.started_at(), Some(Timestamp::from_millis(1_000)));
    assert_eq!(ticket.finished_at(), Some(Timestamp::from_millis(8_000)));
    assert_eq!(ticket.usage().output_tokens, 20);
}

#[tokio::test(start_paused = true)]
async fn the_numbers_can_be_written_as_json_in_milliseconds() {
    let tickets = system(1);
    tickets.task_labeled("wait 2", "scan");
    assert!(tickets.finish().await.is_drained());
    let json = serde_json::to_value(tickets.stats()).unwrap();
    assert_eq!(json["run_duration_ms"], 2_000);
    assert_eq!(json["work_duration_ms"], 2_000);
    assert_eq!(json["tickets_done"], 1);
    assert_eq!(json["labels"]["scan"]["turns"], 2);
}
