//! What is said to a ticket after its submission.

use std::sync::Arc;

use agentwerk::chat::{Message, Request, Response};
use agentwerk::event::{EventKind, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult, WriteResultTool};
use agentwerk::{Agent, CommentError, Status, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, all_calls_are_answered, call, within, write_result};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Semaphore;

use crate::{ada, parrot, texts, with_ada};

fn is_waiting(outcome: &RunOutcome, expected: &[TicketKey]) -> bool {
    matches!(outcome, RunOutcome::Waiting(keys) if keys == expected)
}

/// Waits for an event of this name.
async fn heard(events: &mut agentwerk::Events, is_it: impl Fn(&EventKind) -> bool) {
    let hear = async { while !is_it(&events.next().await.expect("an event").kind) {} };
    within(hear).await;
}

#[tokio::test]
async fn a_comment_on_an_unknown_ticket_is_an_error() {
    let tickets = with_ada(&parrot());
    let key = TicketKey::from_number(7);
    let error = tickets.comment(key, "Hello?").unwrap_err();
    assert_eq!(error, CommentError::UnknownTicket { key });
    assert_eq!(error.to_string(), "there is no ticket TICKET-7");
}

#[tokio::test]
async fn a_blank_comment_is_an_error_and_changes_nothing() {
    let tickets = with_ada(&parrot());
    let key = tickets.task("x");
    let log = EventLog::of(&tickets);
    assert_eq!(
        tickets.comment(key, " \n").unwrap_err(),
        CommentError::Blank { key }
    );
    assert!(within(tickets.finish()).await.is_drained());
    assert!(tickets.get(key).unwrap().comments().is_empty());
    assert_eq!(log.count("TicketCommented"), 0);
}

#[tokio::test]
async fn a_comment_on_an_open_ticket_is_read_before_the_first_turn() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = with_ada(&model);
    let log = EventLog::of(&tickets);
    let key = tickets.task("Rank them.");
    tickets.comment(key, "By price.").unwrap();
    tickets.comment(key, "And by age.").unwrap();
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
    assert!(within(tickets.finish()).await.is_drained());
    let requests = model.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].messages.len(), 2);
    assert_eq!(texts(&requests[0].messages[0]), ["Rank them."]);
    assert_eq!(
        texts(&requests[0].messages[1]),
        ["By price.", "And by age."]
    );
    let ticket = tickets.get(key).unwrap();
    let comments: Vec<_> = ticket
        .comments()
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(comments, ["By price.", "And by age."]);
    assert!(ticket.comments().iter().all(|one| one.author.is_empty()));
    let of_ticket = log.of_ticket(key);
    let told = of_ticket
        .iter()
        .map(agentwerk_tests::name_of)
        .collect::<Vec<_>>();
    assert_eq!(
        told[..3],
        ["TicketSubmitted", "TicketCommented", "TicketCommented"]
    );
}

/// A tool that tells that it was called, and ends when it may.
fn gate() -> (Tool, Arc<Semaphore>, Arc<Semaphore>) {
    let (called, open) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (tell, wait) = (Arc::clone(&called), Arc::clone(&open));
    let tool = Tool::new("gate", "Waits.").handler(move |_input, _context| {
        let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
        async move {
            tell.add_permits(1);
            wait.acquire().await?.forget();
            Ok(ToolResult::success("open"))
        }
    });
    (tool, called, open)
}

#[tokio::test]
async fn a_comment_on_a_running_ticket_is_read_before_the_next_turn() {
    let (tool, called, open) = gate();
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "gate", &json!({})),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).tool(tool));
    let key = tickets.task("Go.");
    tickets.start();
    within(called.acquire()).await.unwrap().forget();
    tickets.comment(key, "Hurry.").unwrap();
    assert_eq!(model.requests().len(), 1, "nothing is interrupted");
    open.add_permits(1);
    assert!(within(tickets.finish()).await.is_drained());
    let requests = model.requests();
    assert_eq!(requests.len(), 2);
    let messages = &requests[1].messages;
    assert!(all_calls_are_answered(messages));
    assert_eq!(messages[3], Message::user("Hurry."));
    assert_eq!(messages.len(), 4);
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    assert_eq!(transcript[..4], messages[..]);
}

#[tokio::test]
async fn a_comment_on_a_finished_ticket_is_kept_and_opens_nothing() {
    let dir = TempDir::new().unwrap();
    let model = ScriptedModel::replies(["done"]);
    let tickets = TicketSystem::new();
    tickets.dir(dir.path()).agent(ada(&model));
    let done = tickets.task("x");
    let failed = tickets.task_labeled("y", "nobody");
    let cancelled = tickets.task_labeled("z", "nobody");
    tickets.fail(failed, "for the test").await.unwrap();
    tickets.cancel_ticket(cancelled).await.unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    let statuses = [Status::Done, Status::Failed, Status::Cancelled];
    for (key, status) in [done, failed, cancelled].iter().zip(statuses) {
        tickets.comment(key, "Thanks.").unwrap();
        assert_eq!(tickets.get(key).unwrap().status(), status);
    }
    assert!(within(tickets.finish()).await.is_drained());
    within(tickets.close()).await;

    let tickets = TicketSystem::load(dir.path()).unwrap();
    tickets.agent(ada(&model));
    assert!(within(tickets.finish()).await.is_drained());
    for (key, status) in [done, failed, cancelled].iter().zip(statuses) {
        let ticket = tickets.get(key).unwrap();
        assert_eq!(
            (ticket.status(), &*ticket.comments()[0].text),
            (status, "Thanks.")
        );
    }
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test]
async fn a_comment_opens_a_ticket_that_waits_for_one_in_the_same_run() {
    let model = ScriptedModel::replies(["Which city?", "In Lyon it rains."]);
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).interactive());
    let log = EventLog::of(&tickets);
    let mut events = tickets.events();
    let key = tickets.task("How is the weather?");
    tickets.start();
    let is_awaited = |kind: &EventKind| matches!(kind, EventKind::CommentAwaited { .. });
    heard(&mut events, is_awaited).await;
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.status(), Status::Waiting);
    assert!(ticket.awaits_comment());
    tickets.comment(key, "Lyon.").unwrap();
    heard(&mut events, is_awaited).await;
    assert!(is_waiting(&within(tickets.finish()).await, &[key]));
    assert_eq!(log.count("RunStarted"), 1);
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    let expected = [
        Message::user("How is the weather?"),
        Message::assistant("Which city?"),
        Message::user("Lyon."),
        Message::assistant("In Lyon it rains."),
    ];
    assert_eq!(transcript[..], expected);
    let requests = model.requests();
    assert_eq!(requests[1].messages, expected[..3]);
    assert_eq!(requests[1].system, requests[0].system);
}

#[tokio::test]
async fn a_comment_opens_a_ticket_that_waits_for_one_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    let model = ScriptedModel::replies(["Which city?"]);
    tickets.dir(dir.path()).agent(ada(&model).interactive());
    let key = tickets.task("How is the weather?");
    assert!(is_waiting(&within(tickets.finish()).await, &[key]));
    within(tickets.close()).await;

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let model = ScriptedModel::replies(["In Lyon it rains."]);
    tickets.agent(ada(&model).interactive());
    assert!(is_waiting(&within(tickets.finish()).await, &[key]));
    assert!(model.requests().is_empty() && tickets.get(key).unwrap().awaits_comment());
    tickets.comment(key, "Lyon.").unwrap();
    assert!(is_waiting(&within(tickets.finish()).await, &[key]));
    assert_eq!(model.requests()[0].messages.len(), 3);
    within(tickets.close()).await;

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.transcript().unwrap().len(), 4);
    assert_eq!(ticket.comments()[0].text, "Lyon.");
    assert!(ticket.awaits_comment());
}

#[tokio::test]
async fn a_comment_before_a_restart_is_read_after_it() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets
        .dir(dir.path())
        .agent(ada(&ScriptedModel::replies(["Which?"])).interactive());
    let key = tickets.task("How is it?");
    within(tickets.finish()).await;
    tickets.comment(key, "That one.").unwrap();
    within(tickets.close()).await;

    let tickets = TicketSystem::load(dir.path()).unwrap();
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
    let model = ScriptedModel::replies(["Fine."]);
    tickets.agent(ada(&model).interactive());
    within(tickets.finish()).await;
    assert_eq!(model.requests()[0].messages[2], Message::user("That one."));
}

#[tokio::test]
async fn an_interactive_agent_serves_other_tickets_while_some_wait() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&parrot()).interactive());
    let keys: Vec<_> = (0..20).map(|n| tickets.task(n)).collect();
    assert!(is_waiting(&within(tickets.finish()).await, &keys));
    for key in keys.iter().rev() {
        tickets.comment(key, format!("about {key}")).unwrap();
    }
    assert!(is_waiting(&within(tickets.finish()).await, &keys));
    for key in &keys {
        let transcript = tickets.get(key).unwrap().transcript().unwrap();
        assert_eq!(transcript.texts().last(), Some(&*format!("about {key}")));
    }
}

#[tokio::test]
async fn a_conversation_ends_with_a_result() {
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => Response::text("Which?"),
        _ => write_result(&json!("That one.")),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).interactive().tool(WriteResultTool));
    let key = tickets.task("Choose.");
    within(tickets.finish()).await;
    tickets.comment(key, "Any.").unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("That one."));
}

#[tokio::test]
async fn a_comment_that_comes_during_a_reply_is_what_it_would_wait_for() {
    let (asked, answer) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let model = Slow {
        asked: Arc::clone(&asked),
        answer: Arc::clone(&answer),
    };
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .context(" ")
            .provider(model)
            .model("m")
            .interactive(),
    );
    let key = tickets.task("Hello.");
    tickets.start();
    within(asked.acquire()).await.unwrap().forget();
    tickets.comment(key, "Are you there?").unwrap();
    answer.add_permits(1);
    within(asked.acquire()).await.unwrap().forget();
    assert_eq!(tickets.get(key).unwrap().status(), Status::InProgress);
    answer.add_permits(1);
    assert!(is_waiting(&within(tickets.finish()).await, &[key]));
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    let said: Vec<_> = transcript.iter().map(Message::text).collect();
    assert_eq!(said, ["Hello.", "said 1", "Are you there?", "said 3"]);
}

/// A model that answers when it may.
struct Slow {
    asked: Arc<Semaphore>,
    answer: Arc<Semaphore>,
}

impl agentwerk::providers::Provider for Slow {
    async fn respond(
        &self,
        request: &Request,
        _deltas: &agentwerk::chat::Deltas<'_>,
    ) -> Result<Response, agentwerk::providers::ProviderError> {
        self.asked.add_permits(1);
        self.answer.acquire().await.unwrap().forget();
        Ok(Response::text(format!("said {}", request.messages.len())))
    }

    fn name(&self) -> &str {
        "slow"
    }
}

#[tokio::test]
async fn an_agents_comment_carries_its_name() {
    let tool = Tool::new("tell", "Comments on the second ticket.");
    let tool = tool.handler(|_input, context| async move {
        let desk = context.desk().expect("a desk");
        let unknown = desk
            .comment(&TicketKey::from_number(9), "x".to_owned())
            .await;
        assert!(
            unknown
                .unwrap_err()
                .to_string()
                .contains("there is no ticket TICKET-9")
        );
        desk.comment(&TicketKey::from_number(2), "Mind the gap.".to_owned())
            .await?;
        Ok(ToolResult::success("told"))
    });
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "tell", &json!({})),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).tool(tool).task("Tell bob."));
    let second = tickets.task_labeled("Go.", "bob");
    within(tickets.finish()).await;
    let bob = ScriptedModel::replies(["gone"]);
    tickets.agent(ada(&bob).name("bob"));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.get(second).unwrap().comments()[0].author, "ada");
    let requests = bob.requests();
    let read = texts(&requests[0].messages[1]);
    assert_eq!(read, ["Comment of `ada`: Mind the gap."]);
}

#[tokio::test]
async fn a_ticket_that_waits_for_leave_goes_on_waiting() {
    let tool = Tool::new("pay", "Pays.").requires_approval();
    let tool = tool.handler(|_input, _context| async { Ok(ToolResult::success("paid")) });
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "pay", &json!({})),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).tool(tool));
    let key = tickets.task("Pay.");
    assert!(is_waiting(&within(tickets.finish()).await, &[key]));
    tickets.comment(key, "Please.").unwrap();
    assert!(is_waiting(&within(tickets.finish()).await, &[key]));
    let request = tickets.approvals().remove(0);
    let decision = agentwerk::event::ApprovalDecision::Approve;
    tickets.resolve_approval(&request, decision).await.unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    let messages = model.requests()[1].messages.clone();
    assert!(all_calls_are_answered(&messages));
    assert_eq!(
        messages[3],
        Message::user("Please."),
        "behind the results of the calls"
    );
}
