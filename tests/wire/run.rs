//! A system with one agent that is pointed at a vendor, and everything that it told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentwerk::event::EventKind;
use agentwerk::providers::SharedProvider;
use agentwerk::tools::{ListDirectoryTool, ReadFileTool};
use agentwerk::{Agent, RunOutcome, Ticket, TicketSnapshot, TicketSystem};

/// How a run with one ticket went.
pub(crate) struct Went {
    pub(crate) ticket: TicketSnapshot,
    pub(crate) outcome: RunOutcome,
    pub(crate) events: Vec<EventKind>,
}

impl Went {
    /// How many events are of a kind.
    pub(crate) fn count(&self, is: impl Fn(&EventKind) -> bool) -> usize {
        self.events.iter().filter(|kind| is(kind)).count()
    }
}

/// Submits one ticket to a system with one agent, and waits for its end.
pub(crate) async fn run(provider: SharedProvider, retries: u32, ticket: Ticket) -> Went {
    let tickets = TicketSystem::in_memory();
    tickets
        .max_request_retries(retries)
        .request_retry_delay(Duration::from_millis(1));
    let events: Arc<Mutex<Vec<EventKind>>> = Arc::default();
    let heard = Arc::clone(&events);
    tickets.on_event(move |event| heard.lock().unwrap().push(event.kind));
    tickets.agent(
        Agent::new()
            .provider(provider)
            .model("any")
            .role("You read files.")
            .dir(env!("CARGO_MANIFEST_DIR"))
            .tools((ReadFileTool, ListDirectoryTool)),
    );
    let key = tickets.ticket(ticket);
    let finish = tokio::time::timeout(Duration::from_secs(60), tickets.finish());
    let outcome = finish.await.expect("a run never hangs");
    let events = events.lock().unwrap().clone();
    let ticket = tickets.get(key).expect("the ticket is there");
    Went {
        ticket,
        outcome,
        events,
    }
}
