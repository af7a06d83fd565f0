//! The numbers that come back with a session.

use std::path::Path;
use std::time::Duration;

use agentwerk::chat::{Message, Usage};
use agentwerk::store::{Append, Batch, Claim, Claimed, JournalOptions, JournalStore};
use agentwerk::ticket::{Change, Compaction, Record, Routing, TicketBody};
use agentwerk::{Agent, AgentName, Clock, Stats, TicketSystem};
use agentwerk_tests::{StuckModel, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{FIRST, START, USAGE, wait, waiting};

/// A session with a ticket that is done, one that failed, one that was cancelled before anybody began
/// it, and one that was cancelled while an agent worked on it.
async fn past(dir: &Path) -> Stats {
    let tickets = TicketSystem::new();
    tickets.dir(dir).model("small");
    tickets.agent(Agent::new().label("scan").tool(wait()).provider(waiting()));
    let stuck = StuckModel::default();
    tickets.agent(Agent::new().label("stuck").provider(stuck.clone()));
    tickets.task_labeled("wait 0", "scan");
    tickets.task_labeled("broken", "scan");
    let waits = tickets.task_labeled("x", "nobody");
    let is_begun = tickets.task_labeled("x", "stuck");
    tickets.start();
    within(stuck.asked()).await;
    for key in [waits, is_begun] {
        within(tickets.cancel_ticket(key)).await.unwrap();
    }
    assert!(within(tickets.finish()).await.is_drained());
    tickets.stats()
}

/// The numbers that are in records, but for times, which are those of the records.
fn recorded(stats: &Stats) -> Value {
    let mut numbers = serde_json::to_value(stats).unwrap();
    for slice in ["agents", "models", "tools", "run_duration_ms"] {
        numbers.as_object_mut().unwrap().remove(slice);
    }
    fn keep(numbers: &mut Value) {
        if let Value::Object(fields) = numbers {
            fields.retain(|name, _| !name.ends_with("_ms") && name != "turns");
            fields.values_mut().for_each(keep);
        }
    }
    keep(&mut numbers);
    numbers
}

#[tokio::test]
async fn the_numbers_of_a_session_and_of_its_labels_come_back() {
    let dir = TempDir::new().unwrap();
    let before = past(dir.path()).await;
    assert_eq!(before.tickets_cancelled(), 2);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let after = tickets.stats();
    assert_eq!(recorded(&after), recorded(&before));
    assert_eq!(after.tickets_cancelled(), 2);
    assert_eq!(after.stats_for_label("nobody").tickets_cancelled(), 1);
    assert_eq!(after.stats_for_label("stuck").tickets_cancelled(), 1);
    assert_eq!(after.tickets_success_rate(), Some(0.5));
    let finished = tickets.tickets().into_iter().take(2);
    let spans: Duration = finished
        .map(|ticket| ticket.finished_at().unwrap().since(ticket.created_at()))
        .sum();
    assert_eq!(after.ticket_duration(), spans, "cancelled tickets add none");
}

#[tokio::test]
async fn slices_by_agent_model_and_tool_and_the_span_of_the_run_tell_of_this_process_alone() {
    let dir = TempDir::new().unwrap();
    let before = past(dir.path()).await;
    assert_eq!((before.agents().len(), before.models().len()), (2, 1));
    assert_eq!(before.tools().collect::<Vec<_>>(), ["wait"]);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let after = tickets.stats();
    assert_eq!((after.agents().len(), after.models().len()), (0, 0));
    assert_eq!((after.tools().len(), after.run_duration()), (0, None));

    let agent = Agent::new().name("ada").provider(waiting()).tool(wait());
    tickets.agent(agent.model("small"));
    tickets.task_labeled("wait 0", "ada");
    assert!(within(tickets.finish()).await.is_drained());
    let stats = tickets.stats();
    assert_eq!(stats.stats_for_agent("ada").tickets_done(), 1);
    assert_eq!(stats.stats_for_tool("wait").calls(), 1);
    assert_eq!((stats.tickets_done(), stats.tickets_created()), (2, 5));
    assert!(stats.run_duration().is_some());
}

/// A new journal with one open ticket, submitted long ago.
async fn journal(dir: &Path) -> JournalStore {
    let store = JournalOptions::new(dir).begin().unwrap();
    let body = TicketBody {
        labels: vec!["scan".to_owned()],
        ..TicketBody::new("wait 0")
    };
    let submitted = Record {
        key: FIRST,
        at: START,
        change: Change::Submitted(Box::new(body)),
    };
    store.append(Batch::new(vec![submitted])).await.unwrap();
    store
}

#[tokio::test]
async fn an_open_ticket_of_an_earlier_process_finishes_with_its_whole_span() {
    let dir = TempDir::new().unwrap();
    journal(dir.path()).await.close();
    let tickets = TicketSystem::load(dir.path()).unwrap();
    let agent = Agent::new().label("scan").provider(waiting()).tool(wait());
    tickets.agent(agent.model("small"));
    let before = Clock::system().now();
    assert!(within(tickets.finish()).await.is_drained());
    let stats = tickets.stats();
    assert!(stats.ticket_duration() >= before.since(START));
    assert!(stats.work_duration() < Duration::from_secs(60));
    assert_eq!(stats.stats_for_label("scan").tickets_done(), 1);
}

async fn append(
    store: &JournalStore,
    claimed: &Claimed,
    changes: impl IntoIterator<Item = Change>,
) {
    let at = |change| Record {
        key: claimed.lease.key,
        at: START,
        change,
    };
    let records = changes.into_iter().map(at).collect();
    let batch = Batch::leased(&claimed.lease, records);
    store.append(batch).await.unwrap();
}

#[tokio::test]
async fn compactions_come_back_with_their_requests_and_their_tokens() {
    let dir = TempDir::new().unwrap();
    let store = journal(dir.path()).await;
    let agent = AgentName::from("ada");
    let routing = Routing::new(["scan"], None);
    let lease = Duration::from_secs(60);
    let claimed = store.claim(&routing, &agent, lease).await.unwrap().unwrap();
    let reply = Change::Message {
        message: Message::assistant("done"),
        usage: Some(USAGE),
    };
    let summary = Usage {
        input_tokens: 1_000,
        output_tokens: 200,
        ..Usage::default()
    };
    let compacted = || Change::Compacted(Compaction::new("so far", 1, summary));
    let asked = Change::Message {
        message: Message::user("x"),
        usage: None,
    };
    let done = Change::Done {
        result: json!("done"),
    };
    append(
        &store,
        &claimed,
        [asked, compacted(), compacted(), reply, done],
    )
    .await;
    store.close();
    drop(store);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let stats = tickets.stats();
    for stats in [&stats, &stats.stats_for_label("scan")] {
        assert_eq!((stats.compactions(), stats.compactions_failed()), (2, 0));
        assert_eq!((stats.turns(), stats.requests()), (1, 3));
        assert_eq!(stats.input_tokens(), 2 * 1_000 + 123);
        assert_eq!(stats.output_tokens(), 2 * 200 + 10);
    }
}
