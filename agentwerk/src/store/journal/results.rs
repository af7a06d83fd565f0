//! `results.jsonl`: a line for each ticket that is done, for people and pipes. It is made of the
//! journal, so it can be made again.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::disk::{Disk, read_all};
use super::index::replace;
use super::layout::Layout;
use super::segment;
use crate::id::{AgentName, TicketKey};
use crate::store::tickets::Tickets;
use crate::ticket::TicketSnapshot;

#[derive(Serialize)]
struct ResultLine<'a> {
    ticket: TicketKey,
    agent: &'a str,
    result: &'a Value,
}

/// Writes the line of a ticket.
pub(super) fn write(
    ticket: TicketKey,
    agent: Option<&AgentName>,
    result: &Value,
    into: &mut Vec<u8>,
) -> Result<(), serde_json::Error> {
    let agent = agent.map_or("", AgentName::as_str);
    let line = ResultLine {
        ticket,
        agent,
        result,
    };
    serde_json::to_writer(&mut *into, &line)?;
    into.push(b'\n');
    Ok(())
}

/// Makes the file anew, unless it ends as the journal does.
pub(super) fn reconcile(
    disk: &dyn Disk,
    layout: &Layout,
    tickets: &Tickets,
) -> std::io::Result<()> {
    let path = layout.results();
    let last_done = tickets.last_done();
    let found = read_all(disk, &path).unwrap_or_default();
    if is_up_to_date(&found, tickets.done_count(), last_done.as_ref()) {
        return Ok(());
    }
    let mut lines = Vec::new();
    for ticket in tickets.done() {
        if let Some(result) = ticket.result() {
            write(ticket.key(), ticket.assignee(), result, &mut lines)?;
        }
    }
    replace(disk, &path, &lines)?;
    disk.sync_dir(layout.dir())
}

fn is_up_to_date(found: &[u8], done: usize, last_done: Option<&TicketSnapshot>) -> bool {
    #[derive(Deserialize)]
    struct Ticket {
        ticket: TicketKey,
    }
    let is_whole = found.is_empty() || found.ends_with(b"\n");
    let count = found.iter().filter(|byte| **byte == b'\n').count();
    let last = segment::lines(found).last();
    let last = last.and_then(|line| serde_json::from_slice::<Ticket>(line.bytes).ok());
    is_whole && count == done && last.map(|line| line.ticket) == last_done.map(TicketSnapshot::key)
}
