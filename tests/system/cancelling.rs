//! Cancelling, and going on afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use agentwerk::chat::{Request, Response};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, RunOutcome, Status, TicketSystem};
use agentwerk_tests::{
    DropCount, EventLog, StuckModel, all_calls_are_answered, call, echo, results, system, within,
};
use serde_json::json;
use tokio::sync::Semaphore;

/// A tool that never ends, what tells that it was called, and what counts its dropped calls.
fn endless(read_only: bool) -> (Tool, Arc<Semaphore>, DropCount) {
    let called = Arc::new(Semaphore::new(0));
    let dropped = DropCount::default();
    let (tell, count) = (Arc::clone(&called), dropped.clone());
    let tool = Tool::new("endless", "Never ends.").read_only(read_only);
    let tool = tool.handler(move |_input, _context| {
        let guard = count.guard();
        let tell = Arc::clone(&tell);
        async move {
            let _guard = guard;
            tell.add_permits(1);
            std::future::pending::<()>().await;
            Ok(ToolResult::success("never"))
        }
    });
    (tool, called, dropped)
}

fn is_cancelled(outcome: &RunOutcome) -> bool {
    matches!(outcome, RunOutcome::Cancelled)
}

#[tokio::test]
async fn a_cancel_before_the_start_is_not_lost() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = system(model.clone());
    let key = tickets.task("x");
    tickets.cancel();
    assert!(tickets.is_cancelled());
    tickets.start();
    assert!(is_cancelled(&within(tickets.finish()).await));
    assert!(model.requests().is_empty() && tickets.is_cancelled());
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);

    assert!(tickets.finish().await.is_drained(), "it counts once");
    assert!(!tickets.is_cancelled());
}

#[tokio::test]
async fn a_cancel_drops_the_request_in_flight_and_gives_the_ticket_back() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    tickets.agent(Agent::new());
    let log = EventLog::of(&tickets);
    let keys = [tickets.task("x"), tickets.task("y"), tickets.task("z")];
    tickets.start();
    within(stuck.asked()).await;
    within(stuck.asked()).await;
    assert_eq!(stuck.dropped(), 0);
    tickets.cancel();
    assert!(is_cancelled(&within(tickets.finish()).await));
    assert_eq!(stuck.dropped(), 2);
    for key in keys {
        let ticket = tickets.get(key).unwrap();
        assert_eq!((ticket.status(), ticket.assignee()), (Status::Todo, None));
    }
    assert_eq!(
        (log.count("TicketReleased"), log.count("TicketStarted")),
        (2, 2)
    );
    assert_eq!(
        (log.count("TicketFailed"), log.count("RunFinished")),
        (0, 1)
    );
}

#[tokio::test]
async fn a_cancel_drops_the_tool_call_and_its_token_is_cancelled() {
    let (tool, called, dropped) = endless(false);
    let model = ScriptedModel::replies([call("1", "endless", &json!({}))]);
    let tickets = TicketSystem::in_memory();
    tickets.agent(Agent::new().provider(model).model("m").tool(tool).task("x"));
    tickets.start();
    within(called.acquire()).await.unwrap().forget();
    within(tickets.stop()).await;
    assert_eq!(dropped.get(), 1);
    assert_eq!(tickets.tickets()[0].status(), Status::Todo);
}

#[tokio::test]
async fn work_that_a_tool_moved_elsewhere_learns_of_the_cancel_by_its_token() {
    let called = Arc::new(Semaphore::new(0));
    let seen = Arc::new(Semaphore::new(0));
    let (tell, told) = (Arc::clone(&called), Arc::clone(&seen));
    let spawning = Tool::new("spawn", "Spawns.").handler(move |_input, context| {
        let (tell, told) = (Arc::clone(&tell), Arc::clone(&told));
        async move {
            let token = context.cancel().clone();
            drop(tokio::spawn(async move {
                token.cancelled().await;
                told.add_permits(1);
            }));
            tell.add_permits(1);
            std::future::pending().await
        }
    });
    let model = ScriptedModel::replies([call("1", "spawn", &json!({}))]);
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(model)
            .model("m")
            .tool(spawning)
            .task("x"),
    );
    tickets.start();
    within(called.acquire()).await.unwrap().forget();
    tickets.cancel();
    within(seen.acquire()).await.unwrap().forget();
}

#[tokio::test]
async fn stop_waits_for_the_end() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    tickets.task("x");
    tickets.start();
    within(stuck.asked()).await;
    within(tickets.stop()).await;
    assert_eq!(stuck.dropped(), 1);
    assert!(tickets.outcome().as_ref().is_some_and(is_cancelled));
    assert_eq!(tickets.tickets()[0].status(), Status::Todo);
}

#[tokio::test]
async fn dropping_the_last_handle_cancels() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    let other = tickets.clone();
    let mut events = tickets.events();
    tickets.task("x");
    tickets.start();
    within(stuck.asked()).await;
    drop(tickets);
    assert_eq!(stuck.dropped(), 0, "another handle is left");
    drop(other);
    while within(events.next()).await.is_some() {}
    assert_eq!(stuck.dropped(), 1);
}

#[tokio::test]
async fn dropping_the_future_of_an_agent_cancels_its_run() {
    let stuck = StuckModel::default();
    let agent = Agent::new().provider(stuck.clone()).model("m").task("x");
    let working = tokio::spawn(agent.finish());
    within(stuck.asked()).await;
    working.abort();
    assert!(working.await.is_err_and(|error| error.is_cancelled()));
    while stuck.dropped() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn finish_tells_of_a_cancel_that_nobody_waited_for_and_starts_nothing() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    let log = EventLog::of(&tickets);
    tickets.task("x");
    tickets.start();
    within(stuck.asked()).await;
    tickets.cancel();
    while tickets.outcome().is_none() {
        tokio::task::yield_now().await;
    }
    assert!(is_cancelled(&within(tickets.finish()).await));
    assert_eq!(log.count("RunStarted"), 1);
}

/// A model that works on and on until it is told to say something.
fn busy(is_last: &Arc<AtomicBool>) -> ScriptedModel {
    let is_last = Arc::clone(is_last);
    ScriptedModel::from_fn(move |request: &Request| {
        let length = request.messages.len();
        if is_last.load(Ordering::SeqCst) {
            Response::text("done")
        } else if length < 5 {
            call(&length.to_string(), "echo", &json!({ "text": "x" }))
        } else {
            call("last", "endless", &json!({}))
        }
    })
}

#[tokio::test]
async fn a_second_run_goes_on_with_the_conversation_and_answers_open_calls() {
    for read_only in [true, false] {
        let is_last = Arc::new(AtomicBool::new(false));
        let model = busy(&is_last);
        let (tool, called, _) = endless(read_only);
        let tickets = TicketSystem::in_memory();
        let agent = Agent::new().provider(model.clone()).model("m");
        tickets.agent(agent.tool(tool).tool(echo()));
        let key = tickets.task("x");
        tickets.start();
        within(called.acquire()).await.unwrap().forget();
        within(tickets.stop()).await;
        let before = tickets.get(key).unwrap().transcript().unwrap();
        assert_eq!(before.len(), 6, "it ends in the open call");
        let asked = model.requests().len();

        is_last.store(true, Ordering::SeqCst);
        assert!(within(tickets.finish()).await.is_drained());
        let requests = model.requests();
        assert_eq!(requests.len(), asked + 1);
        let resumed = &requests[asked].messages;
        assert_eq!(resumed[..6], before[..]);
        let answer = &results(&resumed[6])[0];
        assert!(answer.is_error);
        let word = if read_only {
            "does no harm"
        } else {
            "outcome is unknown"
        };
        assert!(answer.content.contains(word), "{}", answer.content);
        assert!(
            requests
                .iter()
                .all(|each| all_calls_are_answered(&each.messages))
        );
        assert_eq!(tickets.last_result().as_deref(), Some("done"));
        assert_eq!(tickets.get(key).unwrap().transcript().unwrap().len(), 8);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_often_runs_are_cancelled_no_request_has_an_open_call_and_no_work_is_lost() {
    let model = ScriptedModel::from_fn(|request: &Request| {
        let turns = request
            .messages
            .iter()
            .filter(|each| each.tool_calls().count() > 0)
            .count();
        match turns {
            0..6 => call(&turns.to_string(), "echo", &json!({ "text": turns })),
            _ => Response::text("done"),
        }
    });
    let slow = Tool::new("echo", "Echoes, after a while.")
        .schema(json!({ "type": "object" }))
        .handler(|_input, _context| async {
            for _ in 0..5 {
                tokio::task::yield_now().await;
            }
            Ok(ToolResult::success("x"))
        });
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("m");
    tickets.pool(4, |_| Agent::new().tool(slow.clone()));
    let log = EventLog::of(&tickets);
    for n in 0..60 {
        tickets.task(n);
    }
    for round in 0..20 {
        tickets.start();
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        within(tickets.stop()).await;
        assert!(
            tickets
                .tickets()
                .iter()
                .all(|each| each.status() != Status::InProgress)
        );
    }
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.all_results(), vec!["done"; 60]);
    assert!(
        model
            .requests()
            .iter()
            .all(|each| all_calls_are_answered(&each.messages))
    );
    assert_eq!(log.count("TicketDone"), 60);
    assert_eq!(log.count("TicketStarted"), 60 + log.count("TicketReleased"));
}

#[tokio::test]
async fn text_that_was_cut_off_before_a_cancel_is_a_part_of_the_result() {
    let stuck = Arc::new(Semaphore::new(0));
    let asked = Arc::new(Semaphore::new(0));
    let model = CutThenStuck {
        go: Arc::clone(&stuck),
        asked: Arc::clone(&asked),
    };
    let tickets = system(model);
    tickets.task("x");
    tickets.start();
    within(asked.acquire()).await.unwrap().forget();
    within(tickets.stop()).await;
    stuck.add_permits(1);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(
        tickets.last_result().as_deref(),
        Some("Two and two are four.")
    );
}

/// Cuts off its first reply, and gives the second one when it may.
struct CutThenStuck {
    go: Arc<Semaphore>,
    asked: Arc<Semaphore>,
}

impl agentwerk::providers::Provider for CutThenStuck {
    async fn respond(
        &self,
        request: &Request,
        _deltas: &agentwerk::chat::Deltas<'_>,
    ) -> Result<Response, agentwerk::providers::ProviderError> {
        if request.messages.len() == 1 {
            let cut = Response::text("Two and two ");
            return Ok(cut.stop_reason(agentwerk::chat::StopReason::MaxTokens));
        }
        self.asked.add_permits(1);
        self.go.acquire().await.unwrap().forget();
        Ok(Response::text("are four."))
    }
}
