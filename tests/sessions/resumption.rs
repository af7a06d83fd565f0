//! What comes back when a session is loaded.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use agentwerk::chat::{Message, Request, Response, Usage};
use agentwerk::providers::ProviderError;
use agentwerk::schemas::Schema;
use agentwerk::store::{Append, Batch, Claim, JournalOptions};
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::{Change, Compaction, Record, Routing, TicketBody};
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{
    Agent, AgentName, Stats, Status, Ticket, TicketKey, TicketSnapshot, TicketSystem, Timestamp,
};
use agentwerk_tests::{call, echo, results, within};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Semaphore;

use crate::{begin, load};

/// Calls a tool once, and then says `done`; fails when it is asked to.
fn model() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        let usage = Usage {
            input_tokens: 100,
            output_tokens: 10,
            cache_read_tokens: 5,
            cache_write_tokens: 2,
        };
        let reply = match request.messages.len() {
            _ if request.last_text().contains("fail") => {
                return Err(ProviderError::terminal("there is no such model"));
            }
            1 => call("1", "echo", &json!({ "text": "x" })),
            _ => Response::text("done"),
        };
        Ok(reply.usage(usage))
    })
}

/// A session with a ticket that is done, one that failed, and one that nobody serves.
async fn past(dir: &Path) -> TicketSystem {
    let tickets = begin(dir, model());
    tickets.agent(Agent::new().label("echo").tool(echo()));
    tickets.ticket(Ticket::new("work").label("echo").label("other"));
    tickets.ticket(Ticket::new("fail").label("echo"));
    let schema = Schema::parse(json!({ "type": "integer" })).unwrap();
    let nobody = Ticket::new(json!({ "n": 1 }))
        .label("nobody")
        .schema(schema);
    tickets.ticket(nobody.parent(TicketKey::from_number(1)));
    within(tickets.finish()).await;
    tickets
}

/// The numbers that records tell of exactly: not times, which are those of the records, not requests
/// that got no reply, and not who did what with which tool.
fn numbers(stats: &Stats) -> Value {
    fn keep(numbers: &mut Value) {
        let Value::Object(fields) = numbers else {
            return;
        };
        fields.retain(|name, _| !name.ends_with("_ms") && !["turns", "retries"].contains(&&**name));
        fields.values_mut().for_each(keep);
    }
    let mut numbers = serde_json::to_value(stats).unwrap();
    for slice in ["agents", "models", "tools"] {
        numbers.as_object_mut().unwrap().remove(slice);
    }
    keep(&mut numbers);
    numbers
}

#[tokio::test]
async fn tickets_results_conversations_and_stats_come_back() {
    let dir = TempDir::new().unwrap();
    let tickets = past(dir.path()).await;
    let before = tickets.tickets();
    let stats = tickets.stats();
    assert_eq!((stats.tickets_done(), stats.tickets_failed()), (1, 1));
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let after = tickets.tickets();
    assert_eq!(after.len(), 3);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.key(), before.key());
        assert_eq!(after.status(), before.status());
        assert_eq!(after.task(), before.task());
        assert_eq!(after.labels(), before.labels());
        assert_eq!(after.schema(), before.schema());
        assert_eq!(after.parent_key(), before.parent_key());
        assert_eq!(after.assignee(), before.assignee());
        assert_eq!(after.created_at(), before.created_at());
        assert_eq!(after.started_at(), before.started_at());
        assert_eq!(after.finished_at(), before.finished_at());
        assert_eq!(after.result(), before.result());
        assert_eq!(after.failure(), before.failure());
        assert_eq!(after.tally(), before.tally());
        assert_eq!(after.transcript().unwrap(), before.transcript().unwrap());
    }
    assert_eq!(after[0].transcript().unwrap().len(), 4);
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
    assert_eq!(tickets.all_results(), ["done"]);
    assert_eq!(numbers(&tickets.stats()), numbers(&stats));
    let times = |since: fn(&TicketSnapshot) -> Timestamp| -> Duration {
        let ended = after.iter().filter(|ticket| ticket.finished_at().is_some());
        ended
            .map(|ticket| ticket.finished_at().unwrap().since(since(ticket)))
            .sum()
    };
    let stats = tickets.stats();
    assert_eq!(stats.ticket_duration(), times(TicketSnapshot::created_at));
    assert_eq!(
        stats.work_duration(),
        times(|ticket| ticket.started_at().unwrap())
    );
    assert_eq!(tickets.task("next").to_string(), "TICKET-4");
}

#[tokio::test]
async fn open_tickets_are_worked_on() {
    let dir = TempDir::new().unwrap();
    drop(past(dir.path()).await);
    let tickets = load(dir.path(), ScriptedModel::from_fn(|_| "7"));
    tickets.agent(Agent::new().label("nobody"));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("7"));
    let stats = tickets.stats();
    assert_eq!((stats.tickets_created(), stats.tickets_done()), (3, 2));
}

#[tokio::test]
async fn a_new_session_sees_nothing_of_the_old_one_and_loses_nothing_of_it() {
    let dir = TempDir::new().unwrap();
    drop(past(dir.path()).await);

    let tickets = begin(dir.path(), ScriptedModel::from_fn(|_| "fresh"));
    tickets.agent(Agent::new().label("nobody"));
    assert!(tickets.tickets().is_empty());
    let key = tickets.task("x");
    assert_eq!(key.to_string(), "TICKET-4");
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.tickets().len(), 1);
    assert_eq!(tickets.all_results(), ["fresh"]);
    assert_eq!(tickets.stats().tickets_created(), 1);
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let statuses: Vec<_> = tickets.tickets().iter().map(|each| each.status()).collect();
    assert_eq!(
        statuses,
        [Status::Done, Status::Failed, Status::Todo, Status::Done]
    );
    assert_eq!(tickets.all_results(), ["done", "fresh"]);
    let view = std::fs::read_to_string(dir.path().join("results.jsonl")).unwrap();
    assert_eq!(view.lines().count(), 2);
}

/// What a call of a tool does.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Reads,
    /// It changes something, and does no harm when it is made twice.
    Repeats,
    Changes,
}

/// A tool that never ends, and what tells that it was called.
fn endless(kind: Kind) -> (Tool, Arc<Semaphore>) {
    let called = Arc::new(Semaphore::new(0));
    let told = Arc::clone(&called);
    let tool = Tool::new("endless", "Never ends.")
        .schema(json!({ "type": "object" }))
        .read_only(kind == Kind::Reads)
        .idempotent(kind == Kind::Repeats)
        .handler(move |_, _| {
            told.add_permits(1);
            std::future::pending::<Result<ToolResult, agentwerk::tools::ToolError>>()
        });
    (tool, called)
}

#[tokio::test]
async fn a_call_that_was_interrupted_is_answered_in_the_next_process() {
    for kind in [Kind::Reads, Kind::Repeats, Kind::Changes] {
        let dir = TempDir::new().unwrap();
        let is_last = Arc::new(AtomicBool::new(false));
        let decide = Arc::clone(&is_last);
        let model = ScriptedModel::from_fn(move |_: &Request| {
            if decide.load(Ordering::SeqCst) {
                Response::text("done")
            } else {
                call("1", "endless", &json!({}))
            }
        });
        let (tool, called) = endless(kind);
        let tickets = TicketSystem::new();
        tickets.dir(dir.path());
        tickets.provider(model.clone()).model("m");
        tickets.agent(Agent::new().tool(tool.clone()));
        let key = tickets.task("x");
        tickets.start();
        within(called.acquire()).await.unwrap().forget();
        within(tickets.stop()).await;
        let before = tickets.get(key).unwrap().transcript().unwrap();
        assert_eq!(before.len(), 2, "it ends in the open call");
        drop(tickets);

        is_last.store(true, Ordering::SeqCst);
        let tickets = TicketSystem::load(dir.path()).unwrap();
        tickets.provider(model.clone()).model("m");
        tickets.agent(Agent::new().tool(tool));
        assert!(within(tickets.finish()).await.is_drained());
        let transcript = tickets.get(key).unwrap().transcript().unwrap();
        assert_eq!(transcript[..2], before[..]);
        let answer = &results(&transcript[2])[0];
        let word = match kind {
            Kind::Reads | Kind::Repeats => "does no harm",
            Kind::Changes => "outcome is unknown",
        };
        assert!(
            answer.is_error && answer.content.contains(word),
            "{answer:?}"
        );
        assert_eq!(model.requests().last().unwrap().messages, transcript[..3]);
    }
}

#[tokio::test]
async fn comments_waits_and_priorities_come_back() {
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::replies(["Which city?"]));
    tickets.agent(
        Agent::new()
            .label("talk")
            .interactive()
            .provider(ScriptedModel::replies(["Which city?"])),
    );
    let talk = tickets.task_labeled("How is the weather?", "talk");
    let late = tickets.ticket(Ticket::new("later").label("nobody"));
    let due = Duration::from_secs(3_600);
    let first = Ticket::new("sooner")
        .label("nobody")
        .priority(3)
        .deadline(due);
    let first = tickets.ticket(first);
    within(tickets.finish()).await;
    tickets.comment(late, "Unread.").unwrap();
    let before = [talk, late, first].map(|key| tickets.get(key).unwrap());
    assert!(before[0].awaits_comment());
    within(tickets.close()).await;
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    for ticket in &before {
        let back = tickets.get(ticket.key()).unwrap();
        assert_eq!(back.status(), ticket.status());
        assert_eq!(back.comments(), ticket.comments());
        assert_eq!(back.awaits_comment(), ticket.awaits_comment());
        assert_eq!(
            (back.priority(), back.due_at()),
            (ticket.priority(), ticket.due_at())
        );
    }
    // The higher priority comes first, the unread comment is read, and one more opens the other ticket.
    let model = ScriptedModel::from_fn(|_| "Fine.");
    tickets.provider(model.clone()).model("m");
    tickets.agent(Agent::new().context(" ").labels(["talk", "nobody"]));
    tickets.comment(talk, "Lyon.").unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    let asked: Vec<_> = model
        .requests()
        .iter()
        .map(|each| each.messages.clone())
        .collect();
    assert!(asked[0][0].text().ends_with("sooner"), "{asked:?}");
    assert!(
        asked[1].last().unwrap().text().contains("Lyon."),
        "{asked:?}"
    );
    assert!(
        asked[2].last().unwrap().text().contains("Unread."),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_ticket_that_is_done_and_commented_on_has_one_result_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::replies(["done"]));
    let key = tickets.task("work");
    assert!(within(tickets.finish()).await.is_drained());
    tickets.comment(key, "Well done.").unwrap();
    within(tickets.close()).await;
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    assert_eq!(tickets.all_results(), ["done"]);
    assert_eq!(tickets.get(key).unwrap().comments().len(), 1);
}

#[tokio::test]
async fn a_summary_comes_back_with_its_tokens_also_from_the_index_of_a_full_file() {
    let dir = TempDir::new().unwrap();
    let usage = Usage {
        input_tokens: 70,
        output_tokens: 7,
        ..Usage::default()
    };
    let compaction = Compaction::new("So far so good.", 3, usage);
    let store = JournalOptions::new(dir.path())
        .segment_bytes(700)
        .begin()
        .unwrap();
    let at = Timestamp::from_millis(5);
    let key = store.reserve_key();
    let record = |change| Record { key, at, change };
    let body = TicketBody::new("work");
    let submitted = record(Change::Submitted(Box::new(body)));
    store.append(Batch::new(vec![submitted])).await.unwrap();
    let routing = Routing::new([] as [&str; 0], None);
    let agent = AgentName::from("ann");
    let claimed = store.claim(&routing, &agent, Duration::from_secs(60));
    let lease = claimed.await.unwrap().unwrap().lease;
    let mut changes = vec![Change::Compacted(compaction.clone())];
    changes.extend((0..40).map(|number| Change::Message {
        message: Message::user(format!("message {number}")),
        usage: None,
    }));
    for change in changes {
        let batch = Batch::leased(&lease, vec![record(change)]);
        store.append(batch).await.unwrap();
    }
    store.close();
    drop(store);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.compaction(), Some(&compaction));
    assert_eq!(ticket.usage(), usage);
    assert_eq!(ticket.transcript().unwrap().len(), 40);
}
