//! What nobody is told before the disk has it.
//!
//! A test waits until the writer is inside of a sync that does not end, gives everybody the time to
//! tell too early, and looks. What it looks for is written by then, and not synced.

use std::pin::pin;
use std::sync::{Arc, Mutex};

use agentwerk::chat::{Request, Response};
use agentwerk::event::EventKind;
use agentwerk::store::JournalOptions;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Clock, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, call, name_of, within};
use futures_util::FutureExt;
use serde_json::json;

use crate::held_disk::HeldDisk;

/// Turns that all other tasks get before something counts as not happening.
const TURNS: usize = 1_000;

/// A system on a disk whose syncs can be held.
struct Held {
    tickets: TicketSystem,
    disk: HeldDisk,
    log: EventLog,
}

impl Held {
    fn new() -> Self {
        let disk = HeldDisk::new();
        let options = JournalOptions::new("/session").disk(Arc::new(disk.clone()));
        let tickets = TicketSystem::with_store(options.begin().unwrap(), Clock::system());
        let log = EventLog::of(&tickets);
        Self { tickets, disk, log }
    }

    /// Waits until the writer is inside of a sync that is held, with this in the file, and until
    /// all others have done what they can.
    async fn with_written(&self, text: &str) {
        self.disk.held().await;
        let written = self.disk.written("/session/journal/000001.jsonl");
        assert!(written.contains(text), "{written}");
        settle().await;
    }

    fn status(&self, key: TicketKey) -> Status {
        self.tickets.get(key).unwrap().status()
    }

    /// What was told so far of a kind that is about ends and openings, in order.
    fn told(&self) -> Vec<String> {
        let kinds = self.log.kinds().into_iter();
        let told = kinds.filter_map(|kind| match kind {
            EventKind::TicketHandedOver { key, .. }
            | EventKind::TicketSubmitted { key }
            | EventKind::TicketStarted { key }
            | EventKind::TicketDone { key } => Some(format!("{} {key}", name_of(&kind))),
            EventKind::RunFinished { .. } => Some(name_of(&kind)),
            _ => None,
        });
        told.collect()
    }
}

impl Drop for Held {
    /// A test that fails would wait for the writer.
    fn drop(&mut self) {
        self.disk.let_go();
    }
}

/// Lets all tasks run that can.
async fn settle() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}

fn is_pending(future: impl Future + Unpin) -> bool {
    future.now_or_never().is_none()
}

fn agent(label: &str, model: ScriptedModel) -> Agent {
    Agent::new().label(label).provider(model).model("scripted")
}

/// A tool that takes note of its calls.
fn noting(name: &'static str, is_read_only: bool, calls: &Arc<Mutex<Vec<&'static str>>>) -> Tool {
    let calls = Arc::clone(calls);
    Tool::new(name, "Takes note.")
        .schema(json!({ "type": "object" }))
        .read_only(is_read_only)
        .handler(move |_, _| {
            calls.lock().unwrap().push(name);
            async { Ok(ToolResult::success("noted")) }
        })
}

/// A model that calls a tool, and then says `done`.
fn calling(tool: &'static str) -> ScriptedModel {
    ScriptedModel::from_fn(move |request: &Request| match request.messages.len() {
        1 => call("1", tool, &json!({})),
        _ => Response::text("done"),
    })
}

#[tokio::test]
async fn a_submission_is_durable_when_the_disk_has_it() {
    let held = Held::new();
    held.disk.hold();
    let pending = held.tickets.submit(Ticket::new("work"));
    let mut durable = Box::pin(pending.durable());
    assert!(is_pending(&mut durable));
    held.with_written(r#""submitted":"#).await;
    assert!(is_pending(&mut durable));

    held.disk.let_go();
    assert_eq!(within(durable).await.unwrap(), pending.key());
}

#[tokio::test]
async fn nobody_hears_of_a_ticket_that_is_done_before_the_disk_does() {
    let held = Held::new();
    let agent = agent("work", ScriptedModel::from_fn(|_| "fine"));
    held.tickets.agent(agent);
    let pending = held.tickets.submit(Ticket::new("work").label("work"));
    let key = *within(pending.durable()).await.unwrap();
    held.disk.hold();
    let mut events = held.tickets.events();
    let mut finish = Box::pin(held.tickets.finish());
    let mut result = Box::pin(pending.into_future());
    assert!(is_pending(&mut finish) && is_pending(&mut result));
    held.with_written(r#""done":"#).await;

    assert_eq!(held.status(key), Status::InProgress);
    assert_eq!(held.tickets.last_result(), None);
    assert_eq!(held.disk.written("/session/results.jsonl"), "");
    let mut streamed = Vec::new();
    while let Some(event) = events.next().now_or_never() {
        streamed.push(name_of(&event.unwrap().kind));
    }
    assert!(
        streamed.contains(&"RequestFinished".to_owned()),
        "{streamed:?}"
    );
    assert!(!streamed.contains(&"TicketDone".to_owned()), "{streamed:?}");
    assert_eq!(held.log.count("TicketDone"), 0);
    assert!(is_pending(&mut result));
    assert!(is_pending(&mut finish));

    held.disk.let_go();
    assert_eq!(within(result).await.unwrap(), json!("fine"));
    assert_eq!(held.status(key), Status::Done);
    assert!(within(finish).await.is_drained());
    let told = held.told();
    assert_eq!(
        told[2..],
        ["TicketDone TICKET-1", "RunFinished"],
        "{told:?}"
    );
}

#[tokio::test]
async fn a_tool_that_may_change_something_waits_and_one_that_reads_does_not() {
    let held = Held::new();
    let calls = Arc::default();
    let change = noting("change", false, &calls);
    let look = noting("look", true, &calls);
    held.tickets
        .agent(agent("change", calling("change")).tool(change));
    held.tickets
        .agent(agent("look", calling("look")).tool(look));
    let changing = held.tickets.submit(Ticket::new("change").label("change"));
    within(changing.durable()).await.unwrap();
    held.disk.hold();
    let mut finish = pin!(held.tickets.finish());
    assert!(is_pending(&mut finish));
    held.with_written(r#""calls":1"#).await;
    assert!(calls.lock().unwrap().is_empty());

    // The sync of the other call is still held while this one's turn comes.
    let looking = held.tickets.submit(Ticket::new("look").label("look"));
    settle().await;
    assert_eq!(*calls.lock().unwrap(), ["look"]);
    let looks = held.log.of_ticket(*looking.key());
    assert!(looks.iter().any(|kind| name_of(kind) == "ToolCallFinished"));
    let changes = held.log.of_ticket(*changing.key());
    assert!(
        changes
            .iter()
            .all(|kind| name_of(kind) != "ToolCallStarted")
    );

    held.disk.let_go();
    assert!(within(finish).await.is_drained());
    assert_eq!(*calls.lock().unwrap(), ["look", "change"]);
}

/// A tool that hands its ticket over, on a disk that is held from then on.
fn handing_over(disk: &HeldDisk) -> Tool {
    let disk = disk.clone();
    Tool::new("pass_on", "Passes the work on.")
        .schema(json!({ "type": "object" }))
        .handler(move |_, context| {
            // Not before: the call itself waits for the disk.
            disk.hold();
            async move {
                let next = Ticket::new("review it").label("review");
                let desk = context.desk().expect("a ticket system");
                let child = desk.hand_over(json!("a draft"), next).await;
                Ok(ToolResult::success(
                    child.expect("it is stored").to_string(),
                ))
            }
        })
}

#[tokio::test]
async fn the_child_of_a_hand_over_is_there_when_the_disk_has_it() {
    let held = Held::new();
    let reviewer = ScriptedModel::from_fn(|_| "fine");
    let writer = agent("write", calling("pass_on"));
    held.tickets.agent(writer.tool(handing_over(&held.disk)));
    held.tickets.agent(agent("review", reviewer.clone()));
    let pending = held.tickets.submit(Ticket::new("write").label("write"));
    let parent = *pending.key();
    let mut finish = Box::pin(held.tickets.finish());
    let mut result = Box::pin(pending.into_future());
    assert!(is_pending(&mut finish) && is_pending(&mut result));
    held.with_written(r#""handed_over":"#).await;

    let keys: Vec<_> = held
        .tickets
        .tickets()
        .iter()
        .map(|each| each.key())
        .collect();
    assert_eq!(keys, [parent]);
    assert_eq!(held.status(parent), Status::InProgress);
    assert_eq!(
        held.told(),
        ["TicketSubmitted TICKET-1", "TicketStarted TICKET-1"]
    );
    assert_eq!(held.log.count("ToolCallFinished"), 0);
    assert!(reviewer.requests().is_empty());
    assert!(is_pending(&mut result));
    assert!(is_pending(&mut finish));

    held.disk.let_go();
    assert_eq!(within(result).await.unwrap(), json!("a draft"));
    assert!(within(finish).await.is_drained());
    let expected = [
        "TicketHandedOver TICKET-1",
        "TicketDone TICKET-1",
        "TicketSubmitted TICKET-2",
        "TicketStarted TICKET-2",
        "TicketDone TICKET-2",
        "RunFinished",
    ];
    assert_eq!(held.told()[2..], expected);
    let child = &held.tickets.tickets()[1];
    assert_eq!(
        (child.status(), child.parent_key()),
        (Status::Done, Some(parent))
    );
}
