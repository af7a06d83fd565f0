use std::sync::Arc;

use super::kind::EventKind;
use crate::clock::Timestamp;
use crate::id::{AgentName, TicketKey};

/// One thing that happened: what, when, where and to whom.
///
/// All listeners of a system hear of its events in one order, that of
/// [`sequence`](Self::sequence):
/// - a handler of [`TicketSystem::on_event`](crate::TicketSystem::on_event) hears of every event from
///   then on, before `finish` returns;
/// - a handler of [`Agent::on_event`](crate::Agent::on_event) hears of those that name its agent, and
///   not of those of another agent of that name;
/// - a stream of [`TicketSystem::events`](crate::TicketSystem::events) is for readers that may be slow:
///   it holds so many events, and tells how many it left out.
///
/// Handlers are called one after the other, beside the work: a slow one delays no agent. One that
/// panics is called again for the next event, and the others hear of the event that it panicked at.
///
/// # Examples
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use agentwerk::event::{Event, EventKind};
/// use agentwerk::testing::ScriptedModel;
/// use agentwerk::{Agent, TicketSystem};
///
/// fn line(event: &Event) -> Option<String> {
///     let Event { sequence, agent_name, .. } = event;
///     match &event.kind {
///         EventKind::TicketStarted { key } => Some(format!("{sequence} {agent_name} starts {key}")),
///         EventKind::RequestFinished { usage, .. } => {
///             Some(format!("{sequence} {agent_name} spent {} tokens", usage.output_tokens))
///         }
///         EventKind::TicketDone { key } => Some(format!("{sequence} {agent_name} is done with {key}")),
///         EventKind::TicketFailed { key, failure } => Some(format!("{sequence} {key} failed: {failure}")),
///         _ => None,
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let lines: Arc<Mutex<Vec<String>>> = Arc::default();
/// let told = Arc::clone(&lines);
/// let tickets = TicketSystem::in_memory();
/// tickets.on_event(move |event| {
///     if let Some(line) = line(&event) {
///         println!("{line}");
///         told.lock().unwrap().push(line);
///     }
/// });
/// let model = ScriptedModel::replies(["Hi."]);
/// tickets.agent(Agent::new().name("ada").provider(model).model("scripted"));
/// tickets.task_labeled("Greet me.", "ada");
/// tickets.finish().await;
///
/// let expected = ["3 ada starts TICKET-1", "7 ada spent 5 tokens", "8 ada is done with TICKET-1"];
/// assert_eq!(*lines.lock().unwrap(), expected);
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// The event's place among all events of its system, or of its conversation
    /// ([`Agent::run`](crate::Agent::run)), counted from 1 without gaps.
    pub sequence: u64,
    /// When it happened; never before the event that precedes it, unless the machine's clock is set
    /// back.
    pub time: Timestamp,
    /// The agent that did it, or to which it happened. Empty for events of the run itself, and for what
    /// the program did to a ticket: submitted it, commented on it, or ended it.
    pub agent_name: AgentName,
    /// The ticket that it is about; `None` for events of the run itself, and in a conversation.
    pub ticket_key: Option<TicketKey>,
    /// The labels of that ticket at that time.
    pub labels: Arc<[String]>,
    /// The model that the agent works with; empty where no work is done on a ticket, as in events about
    /// its submission.
    pub model: Arc<str>,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    pub(crate) fn new(sequence: u64, time: Timestamp, kind: EventKind) -> Self {
        Self {
            sequence,
            time,
            agent_name: AgentName::default(),
            ticket_key: None,
            labels: Arc::from([]),
            model: Arc::from(""),
            kind,
        }
    }
}
