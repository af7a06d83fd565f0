//! How runs begin and end.

use std::pin::pin;
use std::task::{Context, Waker};

use agentwerk::event::{EventKind, PolicyKind};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, RunError, RunOutcome, Status, Ticket, TicketError, TicketSystem};
use agentwerk_tests::{EventLog, StuckModel, system, within};

fn done() -> ScriptedModel {
    ScriptedModel::from_fn(|_| "done")
}

#[tokio::test]
async fn nothing_to_do_is_drained() {
    let tickets = TicketSystem::in_memory();
    assert!(tickets.outcome().is_none());
    assert!(tickets.finish().await.is_drained());
    assert!(
        tickets
            .outcome()
            .is_some_and(|outcome| outcome.is_drained())
    );
    assert!(system(done()).finish().await.is_drained());
}

#[tokio::test]
async fn tickets_that_nobody_serves_stall_the_run_at_once_and_are_done_once_somebody_does() {
    let tickets = system(done());
    let keys: Vec<_> = (0..3).map(|n| tickets.task_labeled(n, "math")).collect();
    let plain = tickets.task("x");
    for _ in 0..2 {
        let outcome = within(tickets.finish()).await;
        assert!(
            matches!(&outcome, RunOutcome::Stalled(stalled) if *stalled == keys),
            "{outcome:?}"
        );
        assert_eq!(tickets.get(plain).unwrap().status(), Status::Done);
    }
    tickets.agent(Agent::new().label("math"));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.all_results().len(), 4);
}

#[tokio::test]
async fn without_agents_every_ticket_is_stalled() {
    let tickets = TicketSystem::in_memory();
    let key = tickets.task("x");
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(keys) if keys == [key]));
}

#[tokio::test]
async fn a_missing_provider_or_model_is_told_and_nothing_is_sent() {
    let model = done();
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .name("whole")
            .provider(model.clone())
            .model("m"),
    );
    tickets.agent(Agent::new().name("lost").model("m"));
    let key = tickets.task("x");
    let RunOutcome::Failed(error @ RunError::NoProvider { .. }) = tickets.finish().await else {
        panic!("`lost` has no provider")
    };
    let text = error.to_string();
    assert!(
        text.contains("`lost`") && text.contains("ANTHROPIC_API_KEY"),
        "{text}"
    );
    assert!(matches!(
        tickets.try_start(),
        Err(RunError::NoProvider { .. })
    ));
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);

    let tickets = TicketSystem::in_memory();
    tickets.agent(Agent::new().provider(model.clone()).task("x"));
    let RunOutcome::Failed(error @ RunError::NoModel { .. }) = tickets.finish().await else {
        panic!("the agent has no model")
    };
    let text = error.to_string();
    assert!(
        text.contains("`agent-1`") && text.contains("`MODEL`"),
        "{text}"
    );
    assert!(model.requests().is_empty());
}

#[tokio::test]
async fn two_tools_of_one_name_are_a_wrong_configuration() {
    let model = done();
    let tickets = system(model.clone());
    let echo = agentwerk_tests::echo;
    tickets.agent(
        Agent::new()
            .name("twice")
            .tool(echo())
            .tool(echo())
            .task("x"),
    );
    let outcome = tickets.finish().await;
    let RunOutcome::Failed(RunError::DuplicateTool { agent, tool }) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((agent.as_str(), tool.as_str()), ("twice", "echo"));
    assert!(model.requests().is_empty());
}

#[tokio::test]
async fn a_directory_that_is_not_there_is_a_wrong_configuration() {
    let tickets = system(done());
    tickets.agent(Agent::new().dir("/no/such/place"));
    let outcome = tickets.finish().await;
    assert!(
        matches!(outcome, RunOutcome::Failed(RunError::Directory { .. })),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn what_was_missing_can_be_supplied_for_the_next_run() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(Agent::new().task("x"));
    assert!(matches!(tickets.finish().await, RunOutcome::Failed(_)));
    tickets.provider(done()).model("m");
    assert!(tickets.try_start().is_ok());
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
}

#[tokio::test]
async fn an_agents_own_provider_and_model_win_over_those_of_its_system() {
    let own = done();
    let common = done();
    let tickets = TicketSystem::in_memory();
    tickets.provider(common.clone()).model("common");
    tickets.agent(
        Agent::new()
            .name("own")
            .provider(own.clone())
            .model("special"),
    );
    tickets.agent(Agent::new().name("plain"));
    tickets.task_labeled("x", "own");
    tickets.task_labeled("x", "plain");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(own.requests()[0].model, "special");
    assert_eq!(common.requests()[0].model, "common");
    assert_eq!((own.requests().len(), common.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_started_run_goes_on_until_it_is_finished() {
    let tickets = system(done());
    let log = EventLog::of(&tickets);
    tickets.start();
    tickets.start();
    let first: String = within(tickets.submit(Ticket::new("x").returns()))
        .await
        .unwrap();
    let second: String = within(tickets.submit(Ticket::new("x").returns()))
        .await
        .unwrap();
    assert_eq!((first.as_str(), second.as_str()), ("done", "done"));
    assert!(tickets.outcome().is_none());
    assert!(tickets.finish().await.is_drained());
    assert_eq!((log.count("RunStarted"), log.count("RunFinished")), (1, 1));
}

#[tokio::test]
async fn finishes_at_the_same_time_share_one_run_and_its_outcome() {
    let tickets = system(done());
    let log = EventLog::of(&tickets);
    tickets.task("x");
    let (a, b, c) = tokio::join!(tickets.finish(), tickets.finish(), tickets.finish());
    assert!(a.is_drained() && b.is_drained() && c.is_drained());
    assert_eq!(log.count("RunStarted"), 1);
}

#[tokio::test]
async fn a_second_run_has_fresh_limits() {
    let tickets = system(done());
    tickets.max_turns(1);
    tickets.task("x");
    tickets.task("y");
    let outcome = tickets.finish().await;
    assert!(
        matches!(outcome, RunOutcome::PolicyViolated(PolicyKind::MaxTurns)),
        "{outcome:?}"
    );
    assert_eq!(tickets.all_results().len(), 1);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.all_results().len(), 2);
}

#[tokio::test]
async fn an_agent_by_itself_runs_its_tasks() {
    let work = Agent::new()
        .provider(done())
        .model("m")
        .task("x")
        .task("y")
        .finish()
        .await;
    assert_eq!(work.all_results(), ["done", "done"]);
    assert!(work.outcome().is_some_and(|outcome| outcome.is_drained()));

    let work = Agent::new().provider(done()).model("m").task("x").start();
    assert!(work.finish().await.is_drained());
    assert_eq!(work.last_result().as_deref(), Some("done"));

    let work = Agent::new().model("m").task("x").finish().await;
    assert!(matches!(
        work.outcome(),
        Some(RunOutcome::Failed(RunError::NoProvider { .. }))
    ));
}

#[test]
fn outside_of_a_runtime_a_run_fails_and_nobody_hangs() {
    let tickets = system(done());
    assert!(matches!(tickets.try_start(), Err(RunError::NoRuntime)));
    tickets.start();
    assert!(matches!(
        tickets.outcome(),
        Some(RunOutcome::Failed(RunError::NoRuntime))
    ));

    let tickets = system(done());
    let pending = tickets.submit(Ticket::new("x"));
    let mut waiting = pin!(pending.into_future());
    let polled = waiting
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    let std::task::Poll::Ready(Err(TicketError::Unfinished { outcome, .. })) = polled else {
        panic!("{polled:?}")
    };
    assert!(
        matches!(outcome, RunOutcome::Failed(RunError::NoRuntime)),
        "{outcome:?}"
    );

    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.unwrap();
    let first = runtime.block_on(tickets.finish());
    assert!(
        matches!(first, RunOutcome::Failed(RunError::NoRuntime)),
        "it is told: {first:?}"
    );
    assert!(runtime.block_on(tickets.finish()).is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
}

#[test]
fn a_run_whose_runtime_is_gone_has_ended() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    let log = EventLog::of(&tickets);
    tickets.task("x");
    runtime().block_on(async {
        tickets.start();
        stuck.asked().await;
    });
    assert_eq!(stuck.dropped(), 1);
    let outcome = tickets.outcome();
    assert!(
        matches!(outcome, Some(RunOutcome::Cancelled)),
        "{outcome:?}"
    );
    assert_eq!(tickets.tickets()[0].status(), Status::Todo);

    tickets.provider(done());
    let first = runtime().block_on(tickets.finish());
    assert!(
        matches!(first, RunOutcome::Cancelled),
        "it is told: {first:?}"
    );
    assert!(runtime().block_on(tickets.finish()).is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
    // The handlers heard of both runs, each in its runtime.
    assert_eq!(log.count("RunStarted"), 2);
    assert_eq!(log.count("RunFinished"), 2);
    assert_eq!(log.count("TicketReleased"), 1);
    assert_eq!(log.count("TicketDone"), 1);
}

#[tokio::test]
async fn a_ticket_that_comes_after_an_unseen_end_is_done_by_the_next_finish() {
    let tickets = system(done());
    let mut early = Box::pin(tickets.finish());
    let mut context = Context::from_waker(Waker::noop());
    assert!(early.as_mut().poll(&mut context).is_pending());
    while tickets.outcome().is_none() {
        tokio::task::yield_now().await;
    }
    let key = tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.get(key).unwrap().status(), Status::Done);
    drop(early);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_submits_before_it_finishes_gets_its_ticket_done() {
    let tickets = system(done());
    tickets.pool(3, |_| Agent::new());
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let tickets = tickets.clone();
            tokio::spawn(async move {
                for n in 0..100 {
                    let key = tickets.task(n);
                    let outcome = tickets.finish().await;
                    let status = tickets.get(key).unwrap().status();
                    assert_eq!(status, Status::Done, "{outcome:?}");
                }
            })
        })
        .collect();
    for caller in callers {
        within(caller).await.unwrap();
    }
    assert_eq!(tickets.all_results().len(), 800);
}

#[tokio::test]
async fn a_run_tells_of_its_beginning_and_its_end() {
    let tickets = system(done());
    let log = EventLog::of(&tickets);
    tickets.task_labeled("x", "nobody");
    tickets.finish().await;
    let kinds = log.kinds();
    assert_eq!(
        log.names(),
        ["TicketSubmitted", "RunStarted", "RunFinished"]
    );
    let EventKind::RunFinished {
        outcome: RunOutcome::Stalled(keys),
    } = &kinds[2]
    else {
        panic!("{kinds:?}")
    };
    assert_eq!(keys.len(), 1);
}
