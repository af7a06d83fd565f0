//! What a model is sent.

use std::time::Duration;

use agentwerk::chat::{ContentBlock, Message, ReasoningEffort, Request, Response, Role, Usage};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Clock, Ticket, TicketSystem, Timestamp};
use agentwerk_tests::{call, echo};
use serde_json::json;

/// 2026-05-06, shortly before midnight UTC.
const LATE: Timestamp = Timestamp::from_millis(1_778_111_999_000);

/// The requests that one task of this agent leads to.
async fn requests(agent: Agent, set: impl FnOnce(&TicketSystem)) -> Vec<Request> {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(LATE));
    tickets.provider(model.clone()).model("m");
    set(&tickets);
    tickets.agent(agent);
    assert!(tickets.finish().await.is_drained());
    model.requests()
}

fn texts(message: &Message) -> Vec<String> {
    let blocks = message.content().iter();
    blocks
        .map(|block| match block {
            ContentBlock::Text { text } => text.clone(),
            other => panic!("{other:?} is no text"),
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_role_is_the_system_prompt() {
    let agent = Agent::new().role("You compute.").task("1 + 1");
    let request = requests(agent, |_| ()).await.remove(0);
    assert_eq!(request.system.as_deref(), Some("You compute."));
    assert_eq!(request.model, "m");
    assert!(request.max_reply_tokens.is_none());
}

#[tokio::test(start_paused = true)]
async fn without_a_role_there_is_no_system_prompt() {
    for agent in [Agent::new(), Agent::new().role(" ")] {
        assert_eq!(requests(agent.task("1 + 1"), |_| ()).await[0].system, None);
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_message_is_the_context_then_the_task() {
    let dir = std::env::temp_dir().canonicalize().unwrap();
    let agent = Agent::new().dir(&dir).task("1 + 1");
    let request = requests(agent, |_| ()).await.remove(0);
    assert_eq!(request.messages.len(), 1);
    assert_eq!(request.messages[0].role(), Role::User);
    let blocks = texts(&request.messages[0]);
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks[1], "1 + 1");
    let lines: Vec<_> = blocks[0].lines().collect();
    assert_eq!(lines[0], format!("- Working directory: {}", dir.display()));
    assert_eq!(lines[1], format!("- Platform: {}", std::env::consts::OS));
    assert_eq!(lines.last(), Some(&"- Date: 2026-05-06"));
    if cfg!(unix) {
        assert!(lines[2].starts_with("- OS version: "));
        assert_eq!(lines.len(), 4, "no budget is shown: {lines:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_given_context_replaces_the_block() {
    let agent = Agent::new().context("- Stage 2 of 3.").task("1 + 1");
    let request = requests(agent, |_| ()).await.remove(0);
    assert_eq!(texts(&request.messages[0]), ["- Stage 2 of 3.", "1 + 1"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_of_a_limit_is_shown_when_the_limit_is_set() {
    let agent = Agent::new().task("1 + 1");
    let request = requests(agent, |tickets| {
        tickets
            .max_turns(8)
            .max_input_tokens(95_000)
            .max_output_tokens(12_000);
        tickets.max_time(Duration::from_secs(240));
    });
    let block = texts(&request.await[0].messages[0]).remove(0);
    let expected = "- Date: 2026-05-06\n- Turns remaining: 8\n- Input tokens remaining: 95000\n\
                    - Output tokens remaining: 12000\n- Time remaining: 240s";
    assert!(block.ends_with(expected), "{block}");

    let agent = Agent::new().task("1 + 1");
    let request = requests(agent, |tickets| drop(tickets.max_turns(3).clone()))
        .await
        .remove(0);
    let block = texts(&request.messages[0]).remove(0);
    assert!(block.ends_with("- Turns remaining: 3"), "{block}");
    assert!(!block.contains("tokens"), "{block}");
}

#[tokio::test(start_paused = true)]
async fn what_is_left_counts_what_was_used() {
    let spent = Usage {
        input_tokens: 70,
        cache_read_tokens: 30,
        output_tokens: 10,
        ..Usage::default()
    };
    let model = ScriptedModel::from_fn(move |_| Response::text("done").usage(spent));
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("m");
    tickets.agent(Agent::new());
    tickets
        .max_turns(5)
        .max_input_tokens(1_000)
        .max_output_tokens(100);
    tickets.task("x");
    tickets.task("y");
    assert!(tickets.finish().await.is_drained());
    let block = texts(&model.requests()[1].messages[0]).remove(0);
    let expected = "- Turns remaining: 4\n- Input tokens remaining: 900\n\
                    - Output tokens remaining: 90";
    assert!(block.ends_with(expected), "{block}");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_no_text_is_sent_as_json() {
    let task = json!({ "z": [1, 2], "a": "text" });
    let request = requests(Agent::new().context(" ").task(&task), |_| ())
        .await
        .remove(0);
    assert_eq!(texts(&request.messages[0]), [r#"{"z":[1,2],"a":"text"}"#]);
    let request = requests(Agent::new().context(" ").task(42), |_| ())
        .await
        .remove(0);
    assert_eq!(texts(&request.messages[0]), ["42"]);
}

#[tokio::test(start_paused = true)]
async fn the_cap_of_a_reply_is_sent() {
    let agent = Agent::new().max_reply_tokens(512).task("x");
    assert_eq!(requests(agent, |_| ()).await[0].max_reply_tokens, Some(512));
}

#[tokio::test]
async fn the_effort_of_an_agent_is_sent() {
    let agent = Agent::new().reasoning_effort(ReasoningEffort::High);
    let effort = requests(agent.task("x"), |_| ()).await[0].reasoning_effort;
    assert_eq!(effort, Some(ReasoningEffort::High));
    let request = requests(Agent::new().task("x"), |_| ()).await.remove(0);
    assert_eq!(request.reasoning_effort, None);
}

#[tokio::test(start_paused = true)]
async fn over_forty_turns_each_request_begins_with_the_one_before() {
    let model = ScriptedModel::from_fn(|request: &Request| {
        let turn = request.messages.len();
        match turn {
            1 | 3 => call(&turn.to_string(), "wait", &json!({})),
            5..80 => call(
                &turn.to_string(),
                "echo",
                &json!({ "text": format!("turn {turn}") }),
            ),
            _ => Response::text("done"),
        }
    });
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(LATE));
    let agent = Agent::new()
        .role("You repeat.")
        .provider(model.clone())
        .model("m");
    // A second after the first turn it is the next day, which changes nothing that was said.
    let wait = Tool::new("wait", "Waits.").handler(|_input, _context| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(ToolResult::success("waited"))
    });
    tickets.agent(agent.tool(echo()).tool(wait));
    tickets.max_turns(100).max_time(Duration::from_secs(1_000));
    let key = tickets.ticket(Ticket::new("x"));
    assert!(tickets.finish().await.is_drained());
    let requests = model.requests();
    assert_eq!(requests.len(), 41);
    for pair in requests.windows(2) {
        assert!(pair[1].messages.starts_with(&pair[0].messages));
        assert_eq!(pair[1].messages.len(), pair[0].messages.len() + 2);
        assert_eq!(pair[1].system, pair[0].system);
        assert_eq!(pair[1].tools, pair[0].tools);
    }
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    assert!(transcript.starts_with(&requests[40].messages));
    assert_eq!(transcript.len(), 82);
}
