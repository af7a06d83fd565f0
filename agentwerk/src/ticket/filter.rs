use super::snapshot::TicketSnapshot;
use super::status::Status;
use crate::id::{AgentName, TicketKey};

/// Which tickets are looked for, in which order, and how many: for
/// [`TicketSystem::find`](crate::TicketSystem::find).
///
/// A ticket has to meet every condition that is set. Of several labels it has to carry one, and of
/// several statuses it has one. A filter without conditions finds every ticket, the oldest first.
///
/// # Examples
/// ```
/// use agentwerk::{Status, Ticket, TicketFilter, TicketSystem};
///
/// let tickets = TicketSystem::in_memory();
/// let moon = tickets.task_labeled("Look at the moon.", "night");
/// let crater = tickets.ticket(Ticket::new("Name its craters.").label("night").parent(moon));
/// tickets.task_labeled("Look at the sun.", "day");
///
/// let open = TicketFilter::new().label("night").status(Status::Todo);
/// let found = tickets.find(open.clone().newest_first());
/// assert_eq!(found.iter().map(|ticket| ticket.key()).collect::<Vec<_>>(), [crater, moon]);
/// assert_eq!(tickets.find(open.text("MOON")).len(), 1);
/// assert_eq!(tickets.find(TicketFilter::new().parent(moon))[0].key(), crater);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a filter finds nothing until it is given to `TicketSystem::find`"]
pub struct TicketFilter {
    labels: Vec<String>,
    statuses: Vec<Status>,
    parent: Option<TicketKey>,
    assignee: Option<AgentName>,
    reporter: Option<AgentName>,
    /// In lower case.
    text: Option<String>,
    is_newest_first: bool,
    limit: Option<usize>,
}

impl TicketFilter {
    /// A filter that finds every ticket.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only tickets with this label, or with another one that is set.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.labels.push(label.into());
        self
    }

    /// Only tickets with one of these labels. No labels are no condition.
    pub fn labels<I: IntoIterator<Item: Into<String>>>(mut self, labels: I) -> Self {
        self.labels.extend(labels.into_iter().map(Into::into));
        self
    }

    /// Only tickets in this status, or in another one that is set.
    pub fn status(mut self, status: Status) -> Self {
        self.statuses.push(status);
        self
    }

    /// Only tickets in one of these statuses. No statuses are no condition.
    pub fn statuses(mut self, statuses: impl IntoIterator<Item = Status>) -> Self {
        self.statuses.extend(statuses);
        self
    }

    /// Only tickets that this one led to.
    pub fn parent(mut self, key: impl Into<TicketKey>) -> Self {
        self.parent = Some(key.into());
        self
    }

    /// Only tickets that this agent works on, or worked on last.
    pub fn assignee(mut self, agent: impl Into<AgentName>) -> Self {
        self.assignee = Some(agent.into());
        self
    }

    /// Only tickets that this agent submitted; with an empty name, those of the program.
    pub fn reporter(mut self, agent: impl Into<AgentName>) -> Self {
        self.reporter = Some(agent.into());
        self
    }

    /// Only tickets with this text in their task or their result, as a model reads them; upper and
    /// lower case are the same.
    pub fn text(mut self, text: impl AsRef<str>) -> Self {
        self.text = Some(text.as_ref().to_lowercase());
        self
    }

    /// Puts the tickets that were submitted last first.
    pub fn newest_first(mut self) -> Self {
        self.is_newest_first = true;
        self
    }

    /// At most so many tickets, the first ones in the order that is asked for.
    pub fn limit(mut self, tickets: usize) -> Self {
        self.limit = Some(tickets);
        self
    }

    /// Whether a ticket meets the conditions. Order and limit are none.
    pub fn matches(&self, ticket: &TicketSnapshot) -> bool {
        (self.labels.is_empty() || self.labels.iter().any(|label| ticket.has_label(label)))
            && (self.statuses.is_empty() || self.statuses.contains(&ticket.status()))
            && self
                .parent
                .is_none_or(|key| ticket.parent_key() == Some(key))
            && (self.assignee.as_ref()).is_none_or(|agent| ticket.assignee() == Some(agent))
            && (self.reporter.as_ref()).is_none_or(|agent| ticket.reporter() == agent)
            // Last, because it reads the most.
            && (self.text.as_ref()).is_none_or(|text| says(ticket, text))
    }

    /// Those of these tickets, given in the order of submission, that are looked for.
    pub(crate) fn find_in(&self, mut tickets: Vec<TicketSnapshot>) -> Vec<TicketSnapshot> {
        tickets.retain(|ticket| self.matches(ticket));
        if self.is_newest_first {
            tickets.reverse();
        }
        tickets.truncate(self.limit.unwrap_or(usize::MAX));
        tickets
    }
}

/// Whether task or result have a text in them that is given in lower case.
fn says(ticket: &TicketSnapshot, text: &str) -> bool {
    let has = |whole: String| whole.to_lowercase().contains(text);
    has(ticket.task_string()) || ticket.result_string().is_some_and(has)
}
