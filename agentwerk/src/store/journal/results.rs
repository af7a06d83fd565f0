//! `results.jsonl`: a line for each ticket that is done, for people and pipes. It is made of the
//! journal, so it can be made again.

use serde::Serialize;
use serde_json::Value;

use super::disk::{Disk, read_all};
use super::index::replace;
use super::layout::Layout;
use crate::id::{AgentName, TicketKey};
use crate::store::tickets::Tickets;

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

/// Makes the file anew, unless it says what the journal does.
pub(super) fn reconcile(
    disk: &dyn Disk,
    layout: &Layout,
    tickets: &Tickets,
) -> std::io::Result<()> {
    let path = layout.results();
    let found = read_all(disk, &path).unwrap_or_default();
    let mut lines = Vec::new();
    for ticket in tickets.done() {
        if let Some(result) = ticket.result() {
            write(ticket.key(), ticket.assignee(), result, &mut lines)?;
        }
    }
    // All of it is compared: nothing ever syncs this file, so any part of it may be lost.
    if found == lines {
        return Ok(());
    }
    replace(disk, &path, &lines)?;
    disk.sync_dir(layout.dir())
}
