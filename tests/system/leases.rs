//! A claim lasts as long as the work, however long that is and whatever the worker does meanwhile.

use std::time::Duration;

use agentwerk::chat::Response;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Status, TicketSystem};
use agentwerk_tests::{EventLog, call};
use serde_json::json;

/// Far longer than any lease.
const HOUR: Duration = Duration::from_secs(3_600);

fn model() -> ScriptedModel {
    ScriptedModel::from_fn(|request| {
        if request.messages.len() == 1 {
            call("1", "work", &json!({}))
        } else {
            Response::text("done")
        }
    })
}

async fn one_claim_is_enough_for(work: Tool) {
    let tickets = TicketSystem::in_memory();
    tickets.provider(model()).model("m");
    // Others stand ready to take over.
    tickets.pool(3, |_| Agent::new().tool(&work));
    let log = EventLog::of(&tickets);
    let key = tickets.task("Take your time.");
    assert!(within_a_day(tickets.finish()).await.is_drained());
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.status(), Status::Done);
    assert_eq!(ticket.token(), 1, "claimed once");
    let counts = (log.count("TicketStarted"), log.count("TicketReleased"));
    assert_eq!(counts, (1, 0));
    assert_eq!(log.count("ToolCallStarted"), 1);
}

async fn within_a_day<T>(happening: impl Future<Output = T>) -> T {
    tokio::time::timeout(24 * HOUR, happening)
        .await
        .expect("a day is enough")
}

#[tokio::test(start_paused = true)]
async fn work_that_waits_keeps_its_ticket() {
    let slow = Tool::new("work", "Waits.").handler(|_input, _context| async {
        tokio::time::sleep(HOUR).await;
        Ok(ToolResult::success("waited"))
    });
    one_claim_is_enough_for(slow).await;
}

#[tokio::test(start_paused = true)]
async fn work_that_lets_time_jump_keeps_its_ticket() {
    // All at once, as after a tool that blocked the only thread.
    let jump = Tool::new("work", "Jumps.").handler(|_input, _context| async {
        tokio::time::advance(HOUR).await;
        Ok(ToolResult::success("jumped"))
    });
    one_claim_is_enough_for(jump).await;
}
