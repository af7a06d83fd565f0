//! The ticket queue as a model reads it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::excerpt::head;
use crate::id::TicketKey;
use crate::ticket::{Desk, Status, TicketFilter, TicketSnapshot};
use crate::tools::ToolError;

/// Tickets that one call lists unless asked for fewer.
pub(super) const TICKETS_MAX: usize = 50;
/// Bytes of a task in a list.
const TASK_BYTES_MAX: usize = 200;
/// Bytes of a task or a result of the one ticket that is shown.
const TEXT_BYTES_MAX: usize = 20_000;

/// Which tickets are listed.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Filter {
    /// Only tickets in this status.
    #[serde(default)]
    pub(super) status: Option<Status>,
    /// Only tickets with this label.
    #[serde(default)]
    pub(super) label: Option<String>,
    /// Only tickets that this one led to, as in `TICKET-3`.
    #[serde(default)]
    pub(super) parent: Option<String>,
    /// Only tickets whose task or result has this text in it; upper and lower case are the same.
    #[serde(default)]
    pub(super) text: Option<String>,
    /// How many newer tickets to leave out, to go on with a list that was cut.
    #[serde(default)]
    pub(super) offset: usize,
    /// How many tickets to list.
    #[serde(default = "tickets_max")]
    #[schemars(range(min = 1, max = TICKETS_MAX))]
    pub(super) limit: usize,
}

fn tickets_max() -> usize {
    TICKETS_MAX
}

impl Filter {
    /// The tickets that fit, newest first, without the limits of a list.
    fn wanted(&self) -> Result<TicketFilter, ToolError> {
        let mut wanted = TicketFilter::new()
            .statuses(self.status)
            .labels(self.label.as_deref())
            .newest_first();
        if let Some(key) = &self.parent {
            wanted = wanted.parent(key_of(key)?);
        }
        if let Some(text) = &self.text {
            wanted = wanted.text(text);
        }
        Ok(wanted)
    }
}

/// Reads the name of a ticket.
pub(super) fn key_of(text: &str) -> Result<TicketKey, ToolError> {
    text.trim().parse().map_err(|_no_key| {
        let text = head(text, TASK_BYTES_MAX);
        ToolError::retry(format!(
            "`{text}` is not the key of a ticket. Give one as in `TICKET-3`, or list the tickets."
        ))
    })
}

/// The tickets that fit, newest first.
pub(super) fn list(desk: &dyn Desk, filter: &Filter) -> Result<String, ToolError> {
    let tickets = filter.wanted()?.find_in(desk.tickets());
    let total = tickets.len();
    if total == 0 {
        return Ok("(there is no such ticket)\n".to_owned());
    }
    let limit = filter.limit.clamp(1, TICKETS_MAX);
    let shown = tickets.iter().skip(filter.offset).take(limit);
    let mut lines: String = shown.map(line).collect();
    let next = filter.offset.saturating_add(limit);
    if lines.is_empty() {
        lines = format!("(there are only {total} such tickets)\n");
    } else if next < total {
        lines.push_str(&format!(
            "(tickets {} to {next} of {total}; go on with `offset`: {next})\n",
            filter.offset + 1
        ));
    }
    Ok(lines)
}

fn line(ticket: &TicketSnapshot) -> String {
    let task = ticket.task_string();
    let task = task.lines().next().unwrap_or_default();
    let shown = head(task, TASK_BYTES_MAX);
    let mark = if shown.len() < ticket.task_string().len() {
        "…"
    } else {
        ""
    };
    let (key, status) = (ticket.key(), ticket.status());
    let labels = of_list(" labels: ", ticket.labels());
    let assignee = ticket.assignee();
    let assignee = assignee.map_or_else(String::new, |agent| format!(" agent: {agent}"));
    let parent = ticket.parent_key();
    let parent = parent.map_or_else(String::new, |key| format!(" parent: {key}"));
    format!("{key} [{status}]{labels}{assignee}{parent}: {shown}{mark}\n")
}

fn of_list(name: &str, items: &[String]) -> String {
    if items.is_empty() {
        String::new()
    } else {
        format!("{name}{}", items.join(", "))
    }
}

/// One ticket, whole but for texts that are too long.
pub(super) fn show(desk: &dyn Desk, key: TicketKey) -> Result<String, ToolError> {
    let ticket = desk.read(&key).ok_or_else(|| unknown(key))?;
    let mut text = format!("{key} [{}]\n", ticket.status());
    let mut say = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text.push_str(&format!("{name}: {value}\n"));
        }
    };
    say("labels", Some(ticket.labels().join(", ")));
    say("reporter", Some(ticket.reporter().to_string()));
    say("agent", ticket.assignee().map(ToString::to_string));
    say("parent", ticket.parent_key().map(|key| key.to_string()));
    say(
        "handed over to",
        ticket.successor_key().map(|key| key.to_string()),
    );
    say(
        "failed",
        ticket.failure().map(|failure| failure.message.clone()),
    );
    say(
        "schema of the result",
        ticket
            .schema()
            .map(|schema| cut(&schema.document().to_string())),
    );
    text.push_str(&format!("\n# Task\n{}\n", cut(&ticket.task_string())));
    if let Some(result) = ticket.result_string() {
        text.push_str(&format!("\n# Result\n{}\n", cut(&result)));
    }
    Ok(text)
}

pub(super) fn unknown(key: TicketKey) -> ToolError {
    ToolError::retry(format!(
        "There is no ticket {key}. List the tickets to see which there are."
    ))
}

fn cut(text: &str) -> String {
    let shown = head(text, TEXT_BYTES_MAX);
    if shown.len() == text.len() {
        text.to_owned()
    } else {
        format!(
            "{shown}… (the first {} of {} bytes)",
            shown.len(),
            text.len()
        )
    }
}
