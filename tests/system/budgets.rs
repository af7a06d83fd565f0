//! What counts for the limits of a run and of a ticket, and from when on.

use std::time::Duration;

use agentwerk::chat::{Request, Response, Usage};
use agentwerk::event::{EventKind, FailureReason, PolicyKind};
use agentwerk::providers::ProviderError;
use agentwerk::schemas::Schema;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::tools::Tool;
use agentwerk::{Agent, RunOutcome, Status, Ticket, TicketSystem};
use agentwerk_tests::{DropCount, EventLog, StuckModel, call, echo, system, within, write_result};
use serde_json::json;
use tokio::time::Instant;

fn is_over(outcome: &RunOutcome, kind: PolicyKind) -> bool {
    matches!(outcome, RunOutcome::PolicyViolated(violated) if *violated == kind)
}

fn busy(retry_after: Duration) -> ProviderError {
    ProviderError::Unavailable {
        endpoint: "api.example".to_owned(),
        status: 503,
        message: "busy".to_owned(),
        retry_after: Some(retry_after),
    }
}

#[tokio::test]
async fn each_run_has_its_own_tokens() {
    for kind in [PolicyKind::MaxInputTokens, PolicyKind::MaxOutputTokens] {
        let tickets = system(ScriptedModel::from_fn(|_| {
            Response::text("done").usage(Usage {
                input_tokens: 100,
                output_tokens: 100,
                ..Usage::default()
            })
        }));
        match kind {
            PolicyKind::MaxInputTokens => tickets.max_input_tokens(150),
            _ => tickets.max_output_tokens(150),
        };
        let log = EventLog::of(&tickets);
        for n in 0..5 {
            tickets.task(n);
        }
        for done in [2, 4] {
            tickets.start();
            let outcome = within(tickets.finish()).await;
            assert!(is_over(&outcome, kind), "{outcome:?}");
            assert_eq!(tickets.all_results().len(), done);
        }
        assert!(within(tickets.finish()).await.is_drained());
        assert_eq!(
            (log.count("PolicyViolated"), log.count("TicketDone")),
            (2, 5)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn each_run_has_its_own_time() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    tickets.max_time(Duration::from_secs(90));
    tickets.task("x");
    for run in 1..=2 {
        let began = Instant::now();
        let outcome = tickets.finish().await;
        assert!(is_over(&outcome, PolicyKind::MaxTime), "{outcome:?}");
        assert!((90..91).contains(&began.elapsed().as_secs()));
        assert_eq!(stuck.dropped(), run);
    }
}

#[tokio::test]
async fn what_an_earlier_process_used_does_not_count() {
    let dir = tempfile::tempdir().unwrap();
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        turn @ 1..8 => call(
            &turn.to_string(),
            "echo",
            &json!({ "text": turn.to_string() }),
        ),
        _ => Response::text("done"),
    });
    let begin = |tickets: &TicketSystem| {
        let agent = Agent::new().provider(model.clone()).model("m");
        tickets.max_turns(2).agent(agent.tool(echo()));
    };
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    begin(&tickets);
    let key = tickets.task("x");
    for turns in [2, 4, 6] {
        let tickets = match turns {
            2 => tickets.clone(),
            _ => {
                let tickets = TicketSystem::load(dir.path()).unwrap();
                begin(&tickets);
                tickets
            }
        };
        let outcome = within(tickets.finish()).await;
        let is_done = tickets.get(key).unwrap().status() == Status::Done;
        assert_eq!(is_done, outcome.is_drained());
        assert_eq!(model.requests().len(), turns.min(5));
        within(tickets.close()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_sent_again_is_one_turn() {
    let replies = [busy(Duration::ZERO), busy(Duration::ZERO)].map(ScriptedReply::Err);
    let done = ScriptedReply::Ok(Response::text("done"));
    let model = ScriptedModel::replies(replies.into_iter().chain([done]).collect::<Vec<_>>());
    let tickets = system(model.clone());
    tickets.max_turns(1);
    tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    assert_eq!((model.requests().len(), tickets.stats().turns()), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_not_sent_again_when_others_have_used_up_the_tokens() {
    let waiting = ScriptedModel::from_fn(|_| busy(Duration::from_secs(7)));
    let spending = ScriptedModel::from_fn(|_| {
        Response::text("done").usage(Usage {
            output_tokens: 100,
            ..Usage::default()
        })
    });
    let tickets = TicketSystem::in_memory();
    tickets.model("m").max_output_tokens(100);
    tickets.agent(Agent::new().name("waiting").provider(waiting.clone()));
    tickets.agent(Agent::new().name("spending").provider(spending.clone()));
    let system = tickets.clone();
    tickets.on_event(move |event| {
        if let EventKind::RequestRetried { .. } = event.kind {
            system.task_labeled("y", "spending");
        }
    });
    let open = tickets.task_labeled("x", "waiting");
    let outcome = tickets.finish().await;
    assert!(
        is_over(&outcome, PolicyKind::MaxOutputTokens),
        "{outcome:?}"
    );
    assert_eq!(
        (waiting.requests().len(), spending.requests().len()),
        (1, 1)
    );
    assert_eq!(tickets.get(open).unwrap().status(), Status::Todo);
}

#[tokio::test(start_paused = true)]
async fn ten_retries_and_ten_corrections_are_allowed_by_default() {
    let model = ScriptedModel::from_fn(|request: &Request| {
        if request.messages[0].text().ends_with("broken") {
            Err(busy(Duration::ZERO))
        } else {
            Ok(write_result(&json!("seven")))
        }
    });
    let tickets = system(model.clone());
    let log = EventLog::of(&tickets);
    let broken = tickets.task("broken");
    let number = Schema::parse(json!({ "type": "integer" })).unwrap();
    let wrong = tickets.ticket(Ticket::new("Count.").schema(number));
    assert!(tickets.finish().await.is_drained());
    let reason = |key| tickets.get(key).unwrap().failure().unwrap().reason;
    assert_eq!(reason(&broken), FailureReason::RequestFailed);
    assert_eq!(reason(&wrong), FailureReason::SchemaRetriesExhausted);
    assert_eq!(
        (log.count("RequestRetried"), log.count("SchemaRetried")),
        (10, 10)
    );
    assert_eq!(model.requests().len(), 11 + 11);
    assert_eq!(log.count("PolicyViolated"), 2);
}

#[tokio::test]
async fn a_limit_ends_the_work_of_all_agents_and_a_later_run_takes_it_up() {
    let stuck = StuckModel::default();
    let spending = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.model("m").max_turns(2);
    tickets.agent(Agent::new().name("stuck").provider(stuck.clone()));
    tickets.agent(Agent::new().name("quick").provider(spending.clone()));
    let log = EventLog::of(&tickets);
    let open = tickets.task_labeled("x", "stuck");
    tickets.start();
    within(stuck.asked()).await;
    for n in 0..3 {
        tickets.task_labeled(n, "quick");
    }
    let outcome = within(tickets.finish()).await;
    assert!(is_over(&outcome, PolicyKind::MaxTurns), "{outcome:?}");
    assert_eq!((stuck.dropped(), spending.requests().len()), (1, 1));
    assert_eq!(log.count("PolicyViolated"), 1);
    let names = log.names();
    let end = names.iter().position(|name| name == "RunFinished");
    let violated = names.iter().position(|name| name == "PolicyViolated");
    assert!(violated < end, "{names:?}");
    assert_eq!(tickets.get(open).unwrap().status(), Status::Todo);

    tickets.start();
    within(stuck.asked()).await;
    within(tickets.stop()).await;
    assert_eq!(tickets.get(open).unwrap().failure(), None);
}

#[tokio::test(start_paused = true)]
async fn max_time_drops_a_call_of_a_tool_too() {
    let dropped = DropCount::default();
    let count = dropped.clone();
    let endless = Tool::new("endless", "Never ends.").handler(move |_input, _context| {
        let guard = count.guard();
        async move {
            let _guard = guard;
            std::future::pending().await
        }
    });
    let model = ScriptedModel::replies([call("1", "endless", &json!({}))]);
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new().provider(model).model("m").tool(endless);
    tickets
        .max_time(Duration::from_secs(9))
        .agent(agent.task("x"));
    let outcome = tickets.finish().await;
    assert!(is_over(&outcome, PolicyKind::MaxTime), "{outcome:?}");
    assert_eq!(dropped.get(), 1);
    assert_eq!(tickets.tickets()[0].status(), Status::Todo);
}
