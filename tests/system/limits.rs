//! Limits of a run.

use std::sync::Arc;
use std::time::Duration;

use agentwerk::chat::{Deltas, Request, Response, Usage};
use agentwerk::event::{EventKind, PolicyKind};
use agentwerk::providers::{Provider, ProviderError};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, RunOutcome, Status, TicketSystem};
use agentwerk_tests::{EventLog, StuckModel, call, echo, system, within};
use serde_json::json;
use tokio::sync::Barrier;
use tokio::time::Instant;

fn usage(input: u64, output: u64) -> Usage {
    Usage {
        input_tokens: input,
        output_tokens: output,
        ..Usage::default()
    }
}

/// The one limit that was told, and no ticket in the hands of an agent.
fn violated(tickets: &TicketSystem, log: &EventLog, outcome: &RunOutcome) -> PolicyKind {
    let told: Vec<PolicyKind> = log
        .events()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::PolicyViolated { kind } => {
                assert!(event.ticket_key.is_none(), "it is a limit of the run");
                Some(kind)
            }
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let open = [Status::Todo, Status::Done];
    assert!(
        tickets
            .tickets()
            .iter()
            .all(|ticket| open.contains(&ticket.status()))
    );
    let RunOutcome::PolicyViolated(kind) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(told[0], *kind);
    *kind
}

#[tokio::test]
async fn max_turns_is_a_cap_and_the_tickets_stay_open() {
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        turn @ 1..12 => call(
            &turn.to_string(),
            "echo",
            &json!({ "text": turn.to_string() }),
        ),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(model.clone())
            .model("m")
            .tool(echo())
            .task("x"),
    );
    tickets.max_turns(4);
    let log = EventLog::of(&tickets);
    let outcome = within(tickets.finish()).await;
    assert_eq!(violated(&tickets, &log, &outcome), PolicyKind::MaxTurns);
    assert_eq!((model.requests().len(), tickets.stats().turns()), (4, 4));
    assert_eq!(
        log.count("TicketStarted"),
        1,
        "it is not claimed over and over"
    );
    assert_eq!(log.count("TicketReleased"), 1);

    assert!(
        within(tickets.finish()).await.is_drained(),
        "the next run has turns of its own"
    );
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
    let requests = model.requests();
    assert!(
        requests
            .windows(2)
            .all(|pair| pair[1].messages.starts_with(&pair[0].messages))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn max_turns_is_a_cap_for_all_agents_together() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("m");
    tickets.pool(16, |_| Agent::new());
    for n in 0..500 {
        tickets.task(n);
    }
    tickets.max_turns(100);
    let log = EventLog::of(&tickets);
    let outcome = within(tickets.finish()).await;
    assert_eq!(violated(&tickets, &log, &outcome), PolicyKind::MaxTurns);
    assert_eq!(
        (model.requests().len(), tickets.all_results().len()),
        (100, 100)
    );
    assert!(
        log.count("TicketReleased") <= 16,
        "each agent gives back one at most"
    );
}

#[tokio::test]
async fn no_turns_at_all_means_no_request() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = system(model.clone());
    tickets.max_turns(0);
    let log = EventLog::of(&tickets);
    tickets.task("x");
    let outcome = within(tickets.finish()).await;
    assert_eq!(violated(&tickets, &log, &outcome), PolicyKind::MaxTurns);
    assert!(model.requests().is_empty());
}

/// Answers all requests of one round at once, so that each was sent before any was counted.
struct Rounds {
    barrier: Arc<Barrier>,
    usage: Usage,
}

impl Provider for Rounds {
    async fn respond(&self, _: &Request, _: &Deltas<'_>) -> Result<Response, ProviderError> {
        self.barrier.wait().await;
        Ok(Response::text("done").usage(self.usage))
    }
}

#[tokio::test]
async fn tokens_overshoot_by_one_reply_of_each_agent_at_most() {
    for (spent, kind) in [
        (usage(100, 1), PolicyKind::MaxInputTokens),
        (usage(1, 100), PolicyKind::MaxOutputTokens),
    ] {
        let tickets = TicketSystem::in_memory();
        let barrier = Arc::new(Barrier::new(5));
        tickets
            .provider(Rounds {
                barrier,
                usage: spent,
            })
            .model("m");
        tickets.pool(5, |_| Agent::new());
        match kind {
            PolicyKind::MaxInputTokens => tickets.max_input_tokens(300),
            _ => tickets.max_output_tokens(300),
        };
        for n in 0..20 {
            tickets.task(n);
        }
        let log = EventLog::of(&tickets);
        let outcome = within(tickets.finish()).await;
        assert_eq!(violated(&tickets, &log, &outcome), kind);
        let stats = tickets.stats();
        assert_eq!(stats.requests(), 5, "one round, and no agent began another");
        assert_eq!(stats.input_tokens() + stats.output_tokens(), 505);
        assert_eq!(tickets.all_results().len(), 5);
    }
}

#[tokio::test]
async fn cached_input_counts() {
    let spent = Usage {
        cache_read_tokens: 60,
        cache_write_tokens: 30,
        ..usage(10, 1)
    };
    let model = ScriptedModel::from_fn(move |_| Response::text("done").usage(spent));
    let tickets = system(model.clone());
    tickets.max_input_tokens(200);
    for n in 0..5 {
        tickets.task(n);
    }
    assert!(matches!(
        within(tickets.finish()).await,
        RunOutcome::PolicyViolated(PolicyKind::MaxInputTokens)
    ));
    assert_eq!(
        (model.requests().len(), tickets.stats().input_tokens()),
        (2, 200)
    );
    assert_eq!(tickets.stats().cache_read_tokens(), 120);
    assert_eq!(tickets.stats().cache_write_tokens(), 60);
}

#[tokio::test(start_paused = true)]
async fn max_time_drops_what_is_in_flight() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    tickets.agent(Agent::new());
    tickets.max_time(Duration::from_secs(90));
    let log = EventLog::of(&tickets);
    tickets.task("x");
    tickets.task("y");
    let began = Instant::now();
    let outcome = tickets.finish().await;
    assert_eq!(violated(&tickets, &log, &outcome), PolicyKind::MaxTime);
    assert!((90..91).contains(&began.elapsed().as_secs()));
    assert_eq!((stuck.dropped(), log.count("TicketReleased")), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn max_time_ends_a_wait_between_retries_and_an_idle_run() {
    let tickets = system(ScriptedModel::from_fn(|_| ProviderError::RateLimited {
        endpoint: "api.example".to_owned(),
        message: "slow down".to_owned(),
        retry_after: Some(Duration::from_secs(100)),
    }));
    tickets.max_time(Duration::from_secs(30));
    tickets.task("x");
    assert!(matches!(
        tickets.finish().await,
        RunOutcome::PolicyViolated(PolicyKind::MaxTime)
    ));

    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    tickets.max_time(Duration::from_secs(30));
    tickets.start();
    let began = Instant::now();
    let mut events = tickets.events();
    while let Some(event) = events.next().await {
        if matches!(event.kind, EventKind::RunFinished { .. }) {
            break;
        }
    }
    assert!((30..31).contains(&began.elapsed().as_secs()));
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_time_beyond_all_time_is_no_limit() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    tickets.max_time(Duration::MAX);
    tickets.task("x");
    assert!(within(tickets.finish()).await.is_drained());
}

#[tokio::test(start_paused = true)]
async fn no_limit_is_set_by_default() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    tickets.task("x");
    let day = Duration::from_secs(24 * 3_600);
    assert!(tokio::time::timeout(day, tickets.finish()).await.is_err());
    assert_eq!(tickets.tickets()[0].status(), Status::InProgress);
    assert_eq!(tickets.stats().claims(), 1, "the claim is kept alive");
}
