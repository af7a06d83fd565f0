//! The events of tickets, one by one.

use agentwerk::chat::{Request, Response};
use agentwerk::event::{EventKind, FailureReason, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::TicketEdit;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Status, Ticket};
use agentwerk_tests::{EventLog, StuckModel, call, name_of};
use serde_json::json;
use tokio::time::sleep;

use crate::{
    FIRST, SECOND, SECOND_KEY, about, after, from_on, named, of_the_program, of_the_work, only,
    team, wait, waiting,
};

fn scanner() -> Agent {
    Agent::new().label("scan").tool(wait())
}

/// Calls a tool of this name once, and is done.
fn calling(tool: &'static str) -> ScriptedModel {
    ScriptedModel::from_fn(move |request: &Request| match request.messages.len() {
        1 => call("c-1", tool, &json!({})),
        _ => Response::text("done"),
    })
}

#[tokio::test(start_paused = true)]
async fn ticket_submitted_says_that_the_program_submitted_a_ticket() {
    let (tickets, log) = team(scanner(), waiting());
    sleep(SECOND).await;
    let key = tickets.task_labeled("wait 2", "scan");
    assert!(tickets.finish().await.is_drained());
    let submitted = only(&log, "TicketSubmitted");
    assert_eq!(
        (about(&submitted), after(&submitted)),
        (of_the_program(), 1_000)
    );
    assert!(matches!(submitted.kind, EventKind::TicketSubmitted { key: each } if each == key));
}

#[tokio::test(start_paused = true)]
async fn ticket_submitted_names_the_agent_that_reported_the_ticket() {
    let submit = Tool::new("submit", "Submits.").handler(|_, context| async move {
        let ticket = Ticket::new("later").label("nobody");
        let key = context.desk().ok_or("no desk")?.submit(ticket).await;
        Ok(ToolResult::success(
            key.map_err(|e| e.to_string())?.to_string(),
        ))
    });
    let heard = EventLog::default();
    let own = heard.clone();
    let agent = scanner()
        .tool(submit)
        .on_event(move |event| own.push(event));
    let (tickets, log) = team(agent, calling("submit"));
    tickets.task_labeled("x", "scan");
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(_)));
    let submitted = named(&log, "TicketSubmitted");
    assert_eq!(about(&submitted[0]), of_the_program());
    let of_the_agent = ("ada", Some(SECOND_KEY), vec!["nobody"], "");
    assert_eq!(about(&submitted[1]), of_the_agent);
    assert_eq!(about(&only(&heard, "TicketSubmitted")), of_the_agent);
}

#[tokio::test(start_paused = true)]
async fn ticket_started_says_that_an_agent_claimed_a_ticket() {
    let (tickets, log) = team(scanner(), waiting());
    tickets.task_labeled("wait 2", "scan");
    sleep(SECOND).await;
    tickets.start();
    sleep(SECOND).await;
    let started = only(&log, "TicketStarted");
    assert_eq!((about(&started), after(&started)), (of_the_work(), 1_000));
    assert_eq!(tickets.get(FIRST).unwrap().status(), Status::InProgress);
    tickets.stop().await;
    sleep(SECOND).await;
    assert!(tickets.finish().await.is_drained());
    let again = named(&log, "TicketStarted");
    assert_eq!(again.iter().map(after).collect::<Vec<_>>(), [1_000, 3_000]);
}

#[tokio::test(start_paused = true)]
async fn ticket_released_says_that_an_agent_gave_a_ticket_back() {
    let stuck = StuckModel::default();
    let heard = EventLog::default();
    let own = heard.clone();
    let agent = scanner().on_event(move |event| own.push(event));
    let (tickets, log) = team(agent, stuck.clone());
    let key = tickets.task_labeled("x", "scan");
    tickets.start();
    stuck.asked().await;
    tickets.stop().await;
    let released = only(&log, "TicketReleased");
    assert_eq!(about(&released), ("ada", Some(FIRST), vec!["scan"], ""));
    assert_eq!(heard.count("TicketReleased"), 1);
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
    assert_eq!(from_on(&log, key, "TicketReleased"), ["TicketReleased"]);
}

#[tokio::test(start_paused = true)]
async fn ticket_done_says_that_a_ticket_finished_successfully() {
    let (tickets, log) = team(scanner(), waiting());
    let (seen, status) = std::sync::mpsc::channel();
    let system = tickets.clone();
    tickets.on_event(move |event| {
        if let EventKind::TicketDone { key } = event.kind {
            seen.send(system.get(key).unwrap().status()).unwrap();
        }
    });
    let key = tickets.task_labeled("wait 2", "scan");
    assert!(tickets.finish().await.is_drained());
    let done = only(&log, "TicketDone");
    assert_eq!((about(&done), after(&done)), (of_the_work(), 2_000));
    assert_eq!(status.try_iter().collect::<Vec<_>>(), [Status::Done]);
    assert_eq!(from_on(&log, key, "TicketDone"), ["TicketDone"]);
}

#[tokio::test(start_paused = true)]
async fn ticket_failed_says_why_a_ticket_failed() {
    let (tickets, log) = team(scanner(), waiting());
    let key = tickets.task_labeled("broken", "scan");
    assert!(tickets.finish().await.is_drained());
    let failed = only(&log, "TicketFailed");
    assert_eq!(about(&failed), of_the_work());
    let EventKind::TicketFailed { key: told, failure } = &failed.kind else {
        unreachable!()
    };
    assert_eq!((*told, failure.reason), (key, FailureReason::RequestFailed));
    assert!(failure.message.contains("it is broken"), "{failure}");
    let ticket = tickets.get(key).unwrap();
    assert_eq!(
        (ticket.status(), ticket.failure()),
        (Status::Failed, Some(failure))
    );
}

#[tokio::test(start_paused = true)]
async fn ticket_cancelled_says_that_the_program_called_a_ticket_off() {
    let stuck = StuckModel::default();
    let (tickets, log) = team(scanner(), stuck.clone());
    let key = tickets.task_labeled("x", "scan");
    tickets.start();
    stuck.asked().await;
    tickets.cancel_ticket(key).await.unwrap();
    assert!(tickets.finish().await.is_drained());
    let cancelled = only(&log, "TicketCancelled");
    assert_eq!(about(&cancelled), of_the_program());
    assert_eq!(tickets.get(key).unwrap().status(), Status::Cancelled);
    assert_eq!(from_on(&log, key, "TicketCancelled"), ["TicketCancelled"]);
    assert_eq!(stuck.dropped(), 1);
}

#[tokio::test(start_paused = true)]
async fn ticket_edited_names_the_agent_and_shows_the_new_labels() {
    let edit = Tool::new("edit", "Edits.").handler(|_, context| async move {
        let desk = context.desk().ok_or("no desk")?;
        let ticket = Ticket::new("later").label("old");
        let key = desk.submit(ticket).await.map_err(|e| e.to_string())?;
        let edit = TicketEdit {
            task: None,
            labels: Some(vec!["new".to_owned()]),
        };
        desk.edit(&key, edit).await.map_err(|e| e.to_string())?;
        Ok(ToolResult::success("edited"))
    });
    let (tickets, log) = team(scanner().tool(edit), calling("edit"));
    tickets.task_labeled("x", "scan");
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(_)));
    let submitted = &named(&log, "TicketSubmitted")[1];
    assert_eq!(about(submitted), ("ada", Some(SECOND_KEY), vec!["old"], ""));
    let edited = only(&log, "TicketEdited");
    assert_eq!(about(&edited), ("ada", Some(SECOND_KEY), vec!["new"], ""));
    // It was created with the label that it has now, as its records will say.
    let stats = tickets.stats();
    assert_eq!(stats.labels().collect::<Vec<_>>(), ["new", "scan"]);
    assert_eq!(stats.stats_for_label("new").tickets_created(), 1);
    assert_eq!(stats.stats_for_label("old").tickets_created(), 0);
    assert_eq!(stats.tickets_created(), 2);
}

#[tokio::test(start_paused = true)]
async fn ticket_commented_names_the_agent_that_commented_or_nobody() {
    let comment = Tool::new("comment", "Comments.").handler(|_, context| async move {
        let desk = context.desk().ok_or("no desk")?;
        let said = desk.comment(&SECOND_KEY, "look here".to_owned()).await;
        said.map_err(|error| error.to_string())?;
        Ok(ToolResult::success("said"))
    });
    let replies = [call("c-1", "comment", &json!({})), Response::text("done")];
    let (tickets, log) = team(scanner().tool(comment), ScriptedModel::replies(replies));
    tickets.task_labeled("x", "scan");
    let other = tickets.task_labeled("y", "nobody");
    tickets.comment(FIRST, "hurry").unwrap();
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(_)));
    let commented = named(&log, "TicketCommented");
    assert_eq!(commented.len(), 2);
    assert_eq!(about(&commented[0]), of_the_program());
    assert_eq!(
        about(&commented[1]),
        ("ada", Some(other), vec!["nobody"], "")
    );
}

#[tokio::test(start_paused = true)]
async fn comment_awaited_says_that_a_ticket_waits_for_a_comment() {
    let (tickets, log) = team(scanner().interactive(), waiting());
    let key = tickets.task_labeled("wait 2", "scan");
    let RunOutcome::Waiting(keys) = tickets.finish().await else {
        panic!("it waits")
    };
    assert_eq!(keys, [key]);
    let awaited = only(&log, "CommentAwaited");
    assert_eq!((about(&awaited), after(&awaited)), (of_the_work(), 2_000));
    assert!(tickets.get(key).unwrap().awaits_comment());
    assert_eq!(from_on(&log, key, "CommentAwaited"), ["CommentAwaited"]);
}

#[tokio::test(start_paused = true)]
async fn ticket_handed_over_names_the_ticket_that_goes_on() {
    let pass_on = Tool::new("pass_on", "Passes the work on.").handler(|_, context| async move {
        let desk = context.desk().ok_or("no desk")?;
        let next = Ticket::new("review it").label("review");
        let child = desk.hand_over(json!("a draft"), next).await;
        Ok(ToolResult::success(
            child.map_err(|e| e.to_string())?.to_string(),
        ))
    });
    let (tickets, log) = team(scanner().tool(pass_on), calling("pass_on"));
    let key = tickets.task_labeled("x", "scan");
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(_)));
    let handed_over = only(&log, "TicketHandedOver");
    assert_eq!(about(&handed_over), of_the_work());
    let EventKind::TicketHandedOver { key: from, child } = handed_over.kind else {
        unreachable!()
    };
    assert_eq!((from, child), (key, SECOND_KEY));
    let behind: Vec<_> = log
        .events()
        .into_iter()
        .skip_while(|event| event.sequence <= handed_over.sequence)
        .take(2)
        .map(|event| {
            (
                name_of(&event.kind),
                event.ticket_key,
                event.agent_name.to_string(),
            )
        })
        .collect();
    let expected = [
        ("TicketDone".to_owned(), Some(key), "ada".to_owned()),
        ("TicketSubmitted".to_owned(), Some(child), "ada".to_owned()),
    ];
    assert_eq!(behind, expected);
}
