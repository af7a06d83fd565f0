//! What is known when a ticket, a wait or a run ends.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use agentwerk::chat::{Response, StopReason};
use agentwerk::providers::ProviderError;
use agentwerk::testing::{ScriptedModel, ScriptedReply};
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, RunOutcome, Status, Ticket, TicketError, TicketSystem};
use agentwerk_tests::{EventLog, StuckModel, call, name_of, system, within, write_result};
use serde_json::json;
use tokio::sync::Semaphore;

#[tokio::test]
async fn who_hears_of_an_end_sees_the_ticket_ended() {
    let tickets = system(ScriptedModel::from_fn(|request| {
        match request.last_text().ends_with("broken") {
            true => ScriptedReply::Err(ProviderError::terminal("it is broken")),
            false => ScriptedReply::Ok(Response::text("done")),
        }
    }));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (notes, system) = (Arc::clone(&seen), tickets.clone());
    tickets.on_event(move |event| {
        if event.kind.is_terminal() {
            let ticket = system.get(event.ticket_key.unwrap()).unwrap();
            let has = (ticket.result().is_some(), ticket.failure().is_some());
            let note = (name_of(&event.kind), ticket.status(), has);
            notes.lock().unwrap().push(note);
        }
    });
    let cancelled = tickets.task("x");
    tickets.cancel_ticket(cancelled).await.unwrap();
    tickets.task("whole");
    tickets.task("broken");
    assert!(within(tickets.finish()).await.is_drained());
    let told = |name: &str, status, has| (name.to_owned(), status, has);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            told("TicketCancelled", Status::Cancelled, (false, false)),
            told("TicketDone", Status::Done, (true, false)),
            told("TicketFailed", Status::Failed, (false, true)),
        ]
    );
}

#[tokio::test]
async fn a_ticket_that_nobody_serves_is_told_before_one_that_waits() {
    let tickets = TicketSystem::in_memory();
    tickets
        .provider(ScriptedModel::from_fn(|_| "Which one?"))
        .model("m");
    tickets.agent(Agent::new().interactive());
    let waiting = tickets.task("x");
    let unserved = tickets.task_labeled("y", "nobody");
    let outcome = within(tickets.finish()).await;
    assert!(
        matches!(&outcome, RunOutcome::Stalled(keys) if *keys == [unserved]),
        "{outcome:?}"
    );
    tickets.cancel_ticket(unserved).await.unwrap();
    let outcome = within(tickets.finish()).await;
    assert!(
        matches!(&outcome, RunOutcome::Waiting(keys) if *keys == [waiting]),
        "{outcome:?}"
    );
    let again = tickets.outcome().unwrap();
    assert_eq!(again.to_string(), outcome.to_string());
}

#[tokio::test]
async fn whoever_waits_for_a_ticket_is_told_that_it_waits_for_a_comment() {
    let tickets = TicketSystem::in_memory();
    tickets
        .provider(ScriptedModel::from_fn(|_| "Which one?"))
        .model("m");
    tickets.agent(Agent::new().interactive());
    let pending = tickets.submit(Ticket::new("x"));
    let error = within(&pending).await.unwrap_err();
    let TicketError::Unfinished {
        outcome: RunOutcome::Waiting(keys),
        ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(keys, [*pending.key()]);
    tickets.cancel_ticket(pending.key()).await.unwrap();
    let error = within(pending).await.unwrap_err();
    assert!(matches!(error, TicketError::Cancelled { .. }), "{error:?}");
}

#[tokio::test]
async fn a_result_comes_although_no_other_handle_is_left() {
    let pending = {
        let tickets = system(ScriptedModel::from_fn(|_| "done"));
        tickets.submit(Ticket::new("x").returns::<String>())
    };
    assert_eq!(within(pending).await.unwrap(), "done");
}

#[tokio::test]
async fn a_wrong_configuration_is_told_without_a_run() {
    let tickets = TicketSystem::in_memory();
    let log = EventLog::of(&tickets);
    tickets.agent(Agent::new().task("x"));
    let error = tickets.try_start().unwrap_err().to_string();
    assert!(error.contains("OPENAI_API_KEY"), "{error}");
    assert!(tickets.outcome().is_none());
    tickets
        .provider(ScriptedModel::from_fn(|_| "done"))
        .model("m");
    tickets.try_start().unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!((log.count("RunStarted"), log.count("TicketDone")), (1, 1));
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_thread_that_a_tool_has_stuck() {
    let called = Arc::new(Semaphore::new(0));
    let (release, stuck) = mpsc::channel::<()>();
    let (tell, stuck) = (Arc::clone(&called), Arc::new(Mutex::new(stuck)));
    let tool = Tool::new("hang", "Hangs.").handler(move |_input, _context| {
        let (tell, stuck) = (Arc::clone(&tell), Arc::clone(&stuck));
        async move {
            let hanging = tokio::task::spawn_blocking(move || {
                tell.add_permits(1);
                stuck.lock().unwrap().recv().is_ok()
            });
            Ok(ToolResult::success(hanging.await?.to_string()))
        }
    });
    let tickets = TicketSystem::in_memory();
    let model = ScriptedModel::replies([call("1", "hang", &json!({}))]);
    tickets.agent(Agent::new().provider(model).model("m").tool(tool).task("x"));
    tickets.start();
    within(called.acquire()).await.unwrap().forget();
    let stopped = tokio::time::timeout(Duration::from_secs(2), tickets.stop()).await;
    assert!(stopped.is_ok(), "it waits for the thread");
    assert!(matches!(tickets.outcome(), Some(RunOutcome::Cancelled)));
    assert_eq!(tickets.tickets()[0].status(), Status::Todo);
    drop(release);
}

#[tokio::test]
async fn a_stop_without_a_run_stops_nothing() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    tickets.task("x");
    within(tickets.stop()).await;
    assert!(!tickets.is_cancelled() && tickets.outcome().is_none());
    assert!(within(tickets.finish()).await.is_drained());
}

/// Whatever the error is of, its text is read in logs.
#[tokio::test]
async fn no_error_repeats_the_task() {
    let reply = |text: &str, reason| Response::text(text).stop_reason(reason);
    let models = [
        ScriptedModel::from_fn(|_| ProviderError::terminal("no such model")),
        ScriptedModel::from_fn(move |_| reply("No.", StopReason::Refusal)),
        ScriptedModel::from_fn(move |_| reply("and so", StopReason::MaxTokens)),
        ScriptedModel::from_fn(|_| ""),
        ScriptedModel::from_fn(|_| write_result(&json!("seven"))),
    ];
    let mut errors = Vec::new();
    let task = || Ticket::new("The word is swordfish.").returns::<i64>();
    for model in models {
        let tickets = system(model);
        errors.push(within(tickets.submit(task())).await.unwrap_err());
    }
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    let waiting = tokio::spawn(tickets.submit(task()).into_future());
    within(stuck.asked()).await;
    tickets.cancel();
    errors.push(within(waiting).await.unwrap().unwrap_err());
    let nobody = TicketSystem::in_memory();
    errors.push(within(nobody.submit(task())).await.unwrap_err());
    nobody.agent(Agent::new());
    errors.push(within(nobody.submit(task())).await.unwrap_err());
    assert_eq!(errors.len(), 8);
    for error in errors {
        let told = format!("{error} {error:?}");
        assert!(told.contains("TICKET-"), "{told}");
        assert!(!told.contains("swordfish"), "{told}");
    }
}
