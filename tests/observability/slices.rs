//! The numbers of a part of a system.

use std::sync::Arc;
use std::time::Duration;

use agentwerk::chat::{Request, Response, ToolCall};
use agentwerk::event::RunOutcome;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Stats, Ticket, TicketSystem, ToolStats};
use agentwerk_tests::{StuckModel, call};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::{SECOND, USAGE, flaky, team, wait, waiting};

/// The tickets that are created, done, failed and cancelled.
fn tickets_of(stats: &Stats) -> (u64, u64, u64, u64) {
    (
        stats.tickets_created(),
        stats.tickets_done(),
        stats.tickets_failed(),
        stats.tickets_cancelled(),
    )
}

/// A tool that submits a ticket for `bob` and hands over to him.
fn delegate() -> Tool {
    Tool::new("delegate", "Has others work.").handler(|_, context| async move {
        let desk = context.desk().ok_or("no desk")?;
        let more = desk.submit(Ticket::new("wait 3").label("bob")).await;
        more.map_err(|error| error.to_string())?;
        let next = Ticket::new("wait 4").label("bob");
        let child = desk.hand_over(json!("begun"), next).await;
        child.map_err(|error| error.to_string())?;
        Ok(ToolResult::success("handed over"))
    })
}

/// `ada`, with the model `small`, submits two tickets for `bob`, who works with `large` and fails at a
/// third one.
async fn delegated() -> TicketSystem {
    let model = ScriptedModel::from_fn(|request: &Request| {
        let reply = match request.messages.len() {
            1 => call("1", "delegate", &json!({})),
            _ => Response::text("done"),
        };
        reply.usage(USAGE)
    });
    let (tickets, _log) = team(Agent::new().tool(delegate()), model);
    let bob = Agent::new().name("bob").context(" ").tool(wait());
    tickets.agent(bob.provider(waiting()).model("large"));
    tickets.task_labeled("plan", "ada");
    tickets.task_labeled("broken", "bob");
    assert!(tickets.finish().await.is_drained());
    tickets
}

#[tokio::test(start_paused = true)]
async fn stats_for_agent_are_what_the_agent_did() {
    let tickets = delegated().await;
    let stats = tickets.stats();
    let (ada, bob) = (stats.stats_for_agent("ada"), stats.stats_for_agent("bob"));
    assert_eq!(tickets_of(&ada), (2, 1, 0, 0), "it reported two");
    assert_eq!(tickets_of(&bob), (0, 2, 1, 0));
    assert_eq!((ada.claims(), ada.turns(), ada.tool_calls()), (1, 1, 1));
    assert_eq!((bob.claims(), bob.turns(), bob.tool_calls()), (3, 5, 2));
    assert_eq!((ada.requests(), bob.requests()), (1, 4));
    assert_eq!((ada.errors(), bob.errors()), (0, 1));
    assert_eq!((ada.input_tokens(), bob.input_tokens()), (123, 4 * 123));
    assert_eq!(ada.work_duration(), Duration::ZERO);
    assert_eq!(bob.work_duration(), SECOND * 7);
    assert_eq!(bob.avg_work_duration(), Some(Duration::from_millis(2_333)));
    assert_eq!(bob.tickets_success_rate(), Some(2.0 / 3.0));
    assert_eq!(bob.run_duration(), stats.run_duration());
    let nobody = stats.stats_for_agent("nobody");
    assert_eq!(tickets_of(&nobody), (0, 0, 0, 0));
    assert_eq!(nobody.tickets_success_rate(), None);
}

#[tokio::test(start_paused = true)]
async fn what_the_program_ends_is_no_agents_doing() {
    let stuck = StuckModel::default();
    let (tickets, _log) = team(Agent::new(), stuck.clone());
    let keys = [1, 2, 3].map(|n| tickets.task_labeled(n, "ada"));
    tickets.start();
    stuck.asked().await;
    tickets.cancel_ticket(keys[0]).await.unwrap();
    stuck.asked().await;
    tickets.fail(keys[1], "not needed").await.unwrap();
    stuck.asked().await;
    tickets.answer(keys[2], "known").await.unwrap();
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    let ada = stats.stats_for_agent("ada");
    assert_eq!((tickets_of(&ada), ada.claims()), ((0, 0, 0, 0), 3));
    let small = stats.stats_for_model("small");
    assert_eq!((tickets_of(&small), small.claims()), ((0, 0, 0, 0), 3));
    assert_eq!(tickets_of(&stats.stats_for_label("ada")), (3, 1, 1, 1));
    assert_eq!(tickets_of(&stats), (3, 1, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn agents_of_one_name_share_a_slice() {
    let (tickets, _log) = team(Agent::new(), ScriptedModel::from_fn(|_| "done"));
    let twin = ScriptedModel::from_fn(|_| "done");
    tickets.agent(Agent::new().name("ada").provider(twin).model("small"));
    tickets.agent(
        Agent::new()
            .provider(ScriptedModel::from_fn(|_| "done"))
            .model("tiny"),
    );
    for _ in 0..4 {
        tickets.task_labeled("x", "ada");
    }
    tickets.task("y");
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!(stats.agents().collect::<Vec<_>>(), ["ada", "agent-1"]);
    assert_eq!(
        stats.stats_for_agent("ada").tickets_done()
            + stats.stats_for_agent("agent-1").tickets_done(),
        5
    );
}

#[tokio::test(start_paused = true)]
async fn stats_for_model_are_what_was_done_with_it() {
    let tickets = delegated().await;
    let stats = tickets.stats();
    let (small, large) = (
        stats.stats_for_model("small"),
        stats.stats_for_model("large"),
    );
    assert_eq!(tickets_of(&small), (0, 1, 0, 0), "no model submits tickets");
    assert_eq!(tickets_of(&large), (0, 2, 1, 0));
    assert_eq!((small.turns(), large.turns()), (1, 5));
    assert_eq!((small.output_tokens(), large.output_tokens()), (10, 40));
    assert_eq!((small.errors(), large.errors()), (0, 1));
    assert_eq!(large.work_duration(), SECOND * 7);
    assert_eq!(stats.stats_for_model("unheard of").requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn stats_for_label_are_those_of_the_tickets_that_carry_it() {
    let (tickets, _log) = team(Agent::new().label("scan").tool(wait()), waiting());
    tickets.ticket(Ticket::new("wait 2").labels(["scan", "urgent"]));
    tickets.task_labeled("broken", "scan");
    tickets.task_labeled("x", "nobody");
    let off = tickets.task_labeled("y", "nobody");
    tickets.cancel_ticket(off).await.unwrap();
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(_)));
    let stats = tickets.stats();
    let of = |label| stats.stats_for_label(label);
    assert_eq!(tickets_of(&of("scan")), (2, 1, 1, 0));
    assert_eq!(tickets_of(&of("urgent")), (1, 1, 0, 0));
    assert_eq!(tickets_of(&of("nobody")), (2, 0, 0, 1));
    assert_eq!(tickets_of(&of("unheard of")), (0, 0, 0, 0));
    assert_eq!((of("scan").turns(), of("urgent").turns()), (3, 2));
    assert_eq!((of("scan").errors(), of("urgent").errors()), (1, 0));
    assert_eq!(of("urgent").input_tokens(), 2 * 123);
    assert_eq!(of("scan").ticket_duration(), SECOND * (2 + 2));
    assert_eq!(of("nobody").avg_ticket_duration(), None);
}

#[tokio::test(start_paused = true)]
async fn stats_for_tool_are_its_calls_and_the_time_that_they_took() {
    let two = [
        ToolCall::new("1", "wait", &json!({ "seconds": 3 })),
        ToolCall::new("2", "flaky", &json!({})),
        ToolCall::new("3", "wait", &json!({ "seconds": "three" })),
        ToolCall::new("4", "missing", &json!({})),
    ];
    let replies = [Response::tool_calls(two), Response::text("done")];
    let agent = Agent::new().tool(wait()).tool(flaky());
    let (tickets, _log) = team(agent, ScriptedModel::replies(replies));
    tickets.task_labeled("x", "ada");
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    let calls = |tool: ToolStats| (tool.calls(), tool.finished_calls(), tool.failed_calls());
    let waits = stats.stats_for_tool("wait");
    assert_eq!(calls(waits), (2, 1, 1), "the second had bad arguments");
    assert_eq!(waits.duration(), SECOND * 3);
    assert_eq!(waits.avg_duration(), Some(SECOND * 3 / 2));
    assert_eq!(calls(stats.stats_for_tool("flaky")), (1, 0, 1));
    assert_eq!(stats.stats_for_tool("flaky").duration(), SECOND);
    assert_eq!(calls(stats.stats_for_tool("missing")), (1, 0, 1));
    assert_eq!(
        stats.tools().collect::<Vec<_>>(),
        ["flaky", "missing", "wait"]
    );
    assert_eq!(stats.stats_for_tool("unheard of"), ToolStats::default());
    assert_eq!(ToolStats::default().avg_duration(), None);
    assert_eq!(stats.tool_calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_has_begun_and_never_ended() {
    let called = Arc::new(Semaphore::new(0));
    let told = Arc::clone(&called);
    let endless = Tool::new("endless", "Never ends.").handler(move |_, _| {
        told.add_permits(1);
        std::future::pending()
    });
    let model = ScriptedModel::from_fn(|_| call("1", "endless", &json!({})));
    let (tickets, _log) = team(Agent::new().tool(endless), model);
    tickets.task_labeled("x", "ada");
    tickets.start();
    called.acquire().await.unwrap().forget();
    sleep(SECOND).await;
    tickets.stop().await;
    let stats = tickets.stats().stats_for_tool("endless");
    assert_eq!(
        (stats.calls(), stats.finished_calls(), stats.failed_calls()),
        (1, 0, 0)
    );
    assert_eq!(
        (stats.duration(), stats.avg_duration()),
        (Duration::ZERO, None)
    );
}

#[tokio::test(start_paused = true)]
async fn names_that_a_model_makes_up_do_not_fill_the_slices() {
    let made_up = |n: usize| ToolCall::new(n.to_string(), format!("t{n}"), &json!({}));
    let long = ToolCall::new("long", "t".repeat(65), &json!({}));
    let calls: Vec<_> = [long].into_iter().chain((0..1_100).map(made_up)).collect();
    let replies = [Response::tool_calls(calls), Response::text("done")];
    let (tickets, _log) = team(Agent::new(), ScriptedModel::replies(replies));
    tickets.task_labeled("x", "ada");
    assert!(tickets.finish().await.is_drained());
    let stats = tickets.stats();
    assert_eq!(stats.tool_calls(), 1_101);
    assert_eq!(stats.tools().len(), 1_000);
    assert!(stats.tools().all(|name| name.len() <= 64));
}

#[tokio::test(start_paused = true)]
async fn labels_agents_models_and_tools_are_named_in_order() {
    let stats = delegated().await.stats();
    assert_eq!(stats.labels().collect::<Vec<_>>(), ["ada", "bob"]);
    assert_eq!(stats.agents().collect::<Vec<_>>(), ["ada", "bob"]);
    assert_eq!(stats.models().collect::<Vec<_>>(), ["large", "small"]);
    assert_eq!(stats.tools().collect::<Vec<_>>(), ["delegate", "wait"]);
    let slice = stats.stats_for_label("ada");
    assert_eq!((slice.labels().len(), slice.agents().len()), (0, 0));
    assert_eq!((slice.models().len(), slice.tools().len()), (0, 0));
}

/// The numbers of a slice, as they are serialised.
fn numbers<const N: usize>(changed: [(&str, u64); N]) -> Value {
    let mut numbers = json!({
        "work_duration_ms": 0,
        "ticket_duration_ms": 0,
        "tickets_created": 0,
        "tickets_done": 0,
        "tickets_failed": 0,
        "tickets_cancelled": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "cache_read_tokens": 0,
        "cache_write_tokens": 0,
        "claims": 0,
        "turns": 0,
        "requests": 0,
        "retries": 0,
        "errors": 0,
        "tool_calls": 0,
        "compactions": 0,
        "compactions_failed": 0,
    });
    for (name, number) in changed {
        assert!(numbers.get(name).is_some(), "{name}");
        numbers[name] = number.into();
    }
    numbers
}

#[tokio::test(start_paused = true)]
async fn stats_are_serialised_whole_in_a_shape_that_stays() {
    let (tickets, _log) = team(Agent::new().label("scan").tool(wait()), waiting());
    tickets.task_labeled("wait 2", "scan");
    let off = tickets.task_labeled("off", "other");
    sleep(SECOND).await;
    tickets.cancel_ticket(off).await.unwrap();
    assert!(tickets.finish().await.is_drained());

    let work = [
        ("work_duration_ms", 2_000),
        ("ticket_duration_ms", 3_000),
        ("tickets_done", 1),
        ("input_tokens", 246),
        ("output_tokens", 20),
        ("cache_read_tokens", 40),
        ("cache_write_tokens", 6),
        ("claims", 1),
        ("turns", 2),
        ("requests", 2),
        ("tool_calls", 1),
    ];
    let mut expected = numbers(work);
    let mut scan = numbers(work);
    scan["tickets_created"] = 1.into();
    expected["tickets_created"] = 2.into();
    expected["tickets_cancelled"] = 1.into();
    expected["run_duration_ms"] = 2_000.into();
    expected["labels"] = json!({
        "scan": scan,
        "other": numbers([("tickets_created", 1), ("tickets_cancelled", 1)]),
    });
    expected["agents"] = json!({ "ada": numbers(work) });
    expected["models"] = json!({ "small": numbers(work) });
    let calls = json!({ "calls": 1, "finished_calls": 1, "failed_calls": 0, "duration_ms": 2_000 });
    expected["tools"] = json!({ "wait": calls });
    assert_eq!(serde_json::to_value(tickets.stats()).unwrap(), expected);

    let slice = serde_json::to_value(tickets.stats().stats_for_tool("wait")).unwrap();
    assert_eq!(slice, expected["tools"]["wait"]);
    let nothing = serde_json::to_value(Stats::default()).unwrap();
    assert_eq!(nothing["run_duration_ms"], Value::Null);
}
