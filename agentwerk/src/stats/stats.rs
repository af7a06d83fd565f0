use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::chat::Usage;

/// Numbers about the tickets, tokens and time of a system at one moment.
///
/// Durations are serialised in milliseconds.
///
/// # Examples
/// ```
/// use agentwerk::testing::ScriptedModel;
/// use agentwerk::{Agent, TicketSystem};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let tickets = TicketSystem::in_memory();
/// // This model reports 10 input and 5 output tokens for each reply.
/// let model = ScriptedModel::from_fn(|_| "Noted.");
/// tickets.agent(Agent::new().provider(model).model("scripted").labels(["order", "complaint"]));
/// for dish in ["soup", "bread"] {
///     tickets.task_labeled(format!("Order {dish}."), "order");
/// }
/// tickets.task_labeled("The soup is cold.", "complaint");
/// tickets.finish().await;
///
/// let stats = tickets.stats();
/// let orders = stats.stats_for_label("order");
/// assert_eq!((stats.tickets_done(), orders.tickets_done()), (3, 2));
/// assert_eq!((stats.output_tokens(), orders.output_tokens()), (15, 10));
/// assert_eq!(stats.tickets_success_rate(), Some(1.0));
/// assert!(stats.run_duration().is_some());
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    #[serde(rename = "run_duration_ms")]
    pub(super) run_ms: Option<u64>,
    #[serde(flatten)]
    pub(super) counters: Counters,
    pub(super) labels: BTreeMap<String, Counters>,
}

/// The numbers that a slice has as well.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Counters {
    #[serde(rename = "work_duration_ms")]
    pub(super) work_ms: u64,
    #[serde(rename = "ticket_duration_ms")]
    pub(super) ticket_ms: u64,
    pub(super) tickets_created: u64,
    pub(super) tickets_done: u64,
    pub(super) tickets_failed: u64,
    pub(super) usage: Usage,
    pub(super) claims: u64,
    pub(super) turns: u64,
    pub(super) requests: u64,
    pub(super) retries: u64,
    pub(super) errors: u64,
    pub(super) tool_calls: u64,
}

impl Stats {
    /// The span of the current run, or of the last one: from its first claim to now, or to its
    /// end. `None` until a ticket was claimed.
    pub fn run_duration(&self) -> Option<Duration> {
        self.run_ms.map(Duration::from_millis)
    }

    /// The sum, over the finished tickets, of the span from first claim to end; in a session, also
    /// while no process worked on them.
    pub fn work_duration(&self) -> Duration {
        Duration::from_millis(self.counters.work_ms)
    }

    /// The mean of that span; `None` until a ticket finished.
    pub fn avg_work_duration(&self) -> Option<Duration> {
        mean(self.counters.work_ms, self.finished())
    }

    /// Tickets that were submitted.
    pub fn tickets_created(&self) -> u64 {
        self.counters.tickets_created
    }

    /// Tickets that finished successfully.
    pub fn tickets_done(&self) -> u64 {
        self.counters.tickets_done
    }

    /// Tickets that failed.
    pub fn tickets_failed(&self) -> u64 {
        self.counters.tickets_failed
    }

    /// `done / (done + failed)`, from 0 to 1; `None` until a ticket finished.
    pub fn tickets_success_rate(&self) -> Option<f64> {
        let finished = self.finished();
        (finished > 0).then(|| self.counters.tickets_done as f64 / finished as f64)
    }

    /// The sum, over the finished tickets, of the span from submission to end.
    pub fn ticket_duration(&self) -> Duration {
        Duration::from_millis(self.counters.ticket_ms)
    }

    /// The mean of that span; `None` until a ticket finished.
    pub fn avg_ticket_duration(&self) -> Option<Duration> {
        mean(self.counters.ticket_ms, self.finished())
    }

    /// Input tokens of all replies, those read from and written to a cache included.
    pub fn input_tokens(&self) -> u64 {
        self.counters.usage.total_input_tokens()
    }

    /// Output tokens of all replies.
    pub fn output_tokens(&self) -> u64 {
        self.counters.usage.output_tokens
    }

    /// Input tokens that were read from a vendor's cache.
    pub fn cache_read_tokens(&self) -> u64 {
        self.counters.usage.cache_read_tokens
    }

    /// Input tokens that were written to a vendor's cache.
    pub fn cache_write_tokens(&self) -> u64 {
        self.counters.usage.cache_write_tokens
    }

    /// How often an agent picked up a ticket.
    pub fn claims(&self) -> u64 {
        self.counters.claims
    }

    /// Turns: one request each, with the tool calls that it led to.
    pub fn turns(&self) -> u64 {
        self.counters.turns
    }

    /// Replies received.
    pub fn requests(&self) -> u64 {
        self.counters.requests
    }

    /// Requests that failed and were sent again.
    pub fn retries(&self) -> u64 {
        self.counters.retries
    }

    /// Requests that failed for good.
    pub fn errors(&self) -> u64 {
        self.counters.errors
    }

    /// Tool calls, failed ones included.
    pub fn tool_calls(&self) -> u64 {
        self.counters.tool_calls
    }

    /// The same numbers for the tickets that carry a label; zeroes when none does.
    pub fn stats_for_label(&self, label: &str) -> Self {
        Self {
            run_ms: self.run_ms,
            counters: self.labels.get(label).cloned().unwrap_or_default(),
            labels: BTreeMap::new(),
        }
    }

    fn finished(&self) -> u64 {
        self.counters.tickets_done + self.counters.tickets_failed
    }
}

fn mean(total_ms: u64, count: u64) -> Option<Duration> {
    total_ms.checked_div(count).map(Duration::from_millis)
}
