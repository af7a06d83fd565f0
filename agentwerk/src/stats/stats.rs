use std::time::Duration;

use serde::Serialize;

use super::counters::Counters;
use super::slices::Slices;
use super::tool::ToolStats;

/// Numbers about the tickets, tokens and time of a system at one moment:
/// [`TicketSystem::stats`](crate::TicketSystem::stats).
///
/// They are counted from [events](crate::event::EventKind), and each method says from which. All but
/// the [span of the run](Self::run_duration) are about the whole life of the system, over all of its
/// runs.
///
/// # Slices
/// The same numbers can be had for a part of the system. An event counts
/// - for [a label](Self::stats_for_label), when the ticket that it is about carries the label;
/// - for [an agent](Self::stats_for_agent), when it names the agent;
/// - for [a model](Self::stats_for_model), when it names the model;
/// - for [a tool](Self::stats_for_tool), when it is about a call of the tool.
///
/// A ticket with two labels counts for both, so slices need not add up to the whole. A slice has no
/// slices of its own.
///
/// # Sessions
/// After [`TicketSystem::load`](crate::TicketSystem::load), the numbers of the session and of its labels
/// come back from its records, also for tickets that were cancelled. Some things are in no record:
/// - retries, failed compactions, and turns that led to no reply;
/// - replies that are not kept, because nothing is in them: their tokens are, when the model was asked
///   again;
/// - the slices by agent, model and tool: they tell of this process alone, and so does the span of the
///   run.
///
/// # Units and limits
/// Serialised, each number has the name of its method, and durations are in milliseconds: their names
/// end in `_ms`. Means and rates are left out, because they follow from the rest. The slices stand
/// under `labels`, `agents`, `models` and `tools`, by their names.
///
/// The first 1,000 tools have a slice, by names of at most 64 bytes: a model may call what does not
/// exist. Calls of others count in [`tool_calls`](Self::tool_calls) alone.
///
/// # Examples
/// ```
/// use agentwerk::chat::{Response, ToolCall, Usage};
/// use agentwerk::testing::ScriptedModel;
/// use agentwerk::tools::{Tool, ToolResult};
/// use agentwerk::{Agent, TicketSystem};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let usage = Usage { input_tokens: 100, output_tokens: 8, ..Usage::default() };
/// let model = ScriptedModel::from_fn(move |request| match request.messages.len() {
///     1 => Response::tool_calls([ToolCall::new("1", "look", &json!({}))]).usage(usage),
///     _ => Response::text("clean").usage(usage),
/// });
/// let look = Tool::new("look", "Looks at a file.")
///     .handler(|_input, _context| async { Ok(ToolResult::success("nothing")) });
/// let scanner = Agent::new().name("scanner").label("scan").tool(look);
///
/// let tickets = TicketSystem::in_memory();
/// tickets.agent(scanner.provider(model).model("small"));
/// tickets.task_labeled("Scan a.rs.", "scan");
/// tickets.task_labeled("Scan b.rs.", "scan");
/// tickets.task_labeled("Write it up.", "report");
/// tickets.finish().await;
///
/// let stats = tickets.stats();
/// assert_eq!((stats.tickets_created(), stats.tickets_done()), (3, 2));
/// assert_eq!(stats.stats_for_label("scan").tickets_success_rate(), Some(1.0));
/// assert_eq!(stats.stats_for_label("report").tickets_done(), 0);
/// assert_eq!(stats.stats_for_agent("scanner").turns(), 4);
/// assert_eq!(stats.stats_for_model("small").input_tokens(), 400);
/// assert_eq!(stats.stats_for_tool("look").finished_calls(), 2);
///
/// // The labels that cost most come first.
/// let mut costs: Vec<_> = stats
///     .labels()
///     .map(|label| (stats.stats_for_label(label).output_tokens(), label))
///     .collect();
/// costs.sort_unstable_by(|a, b| b.cmp(a));
/// assert_eq!(costs, [(32, "scan"), (0, "report")]);
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    #[serde(rename = "run_duration_ms")]
    pub(super) run_ms: Option<u64>,
    #[serde(flatten)]
    pub(super) counters: Counters,
    #[serde(flatten)]
    pub(super) slices: Slices,
}

impl Stats {
    /// The span of the current run, or of the last one: from its first
    /// [`TicketStarted`](crate::event::EventKind::TicketStarted) to now, or to its
    /// [`RunFinished`](crate::event::EventKind::RunFinished). `None` until a ticket was claimed in it. A
    /// slice has that of the system.
    pub fn run_duration(&self) -> Option<Duration> {
        self.run_ms.map(Duration::from_millis)
    }

    /// The sum, over the tickets that were done or failed, of the span from first claim to end; in a
    /// session, also while no process worked on them. One that nobody claimed adds nothing, nor does
    /// one that was cancelled.
    pub fn work_duration(&self) -> Duration {
        Duration::from_millis(self.counters.work_ms)
    }

    /// The mean of that span; `None` until a ticket was done, or failed.
    pub fn avg_work_duration(&self) -> Option<Duration> {
        mean(self.counters.work_ms, self.counters.finished())
    }

    /// Tickets that were submitted ([`TicketSubmitted`](crate::event::EventKind::TicketSubmitted)).
    /// For an agent: those that it reported, through a tool or by a hand-over. For a model: none.
    pub fn tickets_created(&self) -> u64 {
        self.counters.tickets_created
    }

    /// Tickets that finished successfully ([`TicketDone`](crate::event::EventKind::TicketDone)). For an
    /// agent and its model: those that it finished itself, and not those that the program
    /// [answered](crate::TicketSystem::answer).
    pub fn tickets_done(&self) -> u64 {
        self.counters.tickets_done
    }

    /// Tickets that failed ([`TicketFailed`](crate::event::EventKind::TicketFailed)). For an agent and
    /// its model: those that failed while it worked on them, and not those that the program
    /// [failed](crate::TicketSystem::fail).
    pub fn tickets_failed(&self) -> u64 {
        self.counters.tickets_failed
    }

    /// Tickets that were called off ([`TicketCancelled`](crate::event::EventKind::TicketCancelled)). They
    /// have neither succeeded nor failed: they count in no rate and in no duration. For an agent or a
    /// model: none, because the program calls tickets off.
    pub fn tickets_cancelled(&self) -> u64 {
        self.counters.tickets_cancelled
    }

    /// `done / (done + failed)`, from 0 to 1; `None` until a ticket was done, or failed.
    pub fn tickets_success_rate(&self) -> Option<f64> {
        let finished = self.counters.finished();
        (finished > 0).then(|| self.counters.tickets_done as f64 / finished as f64)
    }

    /// The sum, over the tickets that were done or failed, of the span from submission to end.
    pub fn ticket_duration(&self) -> Duration {
        Duration::from_millis(self.counters.ticket_ms)
    }

    /// The mean of that span; `None` until a ticket was done, or failed.
    pub fn avg_ticket_duration(&self) -> Option<Duration> {
        mean(self.counters.ticket_ms, self.counters.finished())
    }

    /// Input tokens of all replies, those read from and written to a cache included
    /// ([`RequestFinished`](crate::event::EventKind::RequestFinished)). A request that asks for a summary
    /// counts as any other.
    pub fn input_tokens(&self) -> u64 {
        self.counters.input_tokens
    }

    /// Output tokens of all replies.
    pub fn output_tokens(&self) -> u64 {
        self.counters.output_tokens
    }

    /// Input tokens that were read from a vendor's cache.
    pub fn cache_read_tokens(&self) -> u64 {
        self.counters.cache_read_tokens
    }

    /// Input tokens that were written to a vendor's cache.
    pub fn cache_write_tokens(&self) -> u64 {
        self.counters.cache_write_tokens
    }

    /// How often an agent picked up a ticket
    /// ([`TicketStarted`](crate::event::EventKind::TicketStarted)); more often than there are tickets,
    /// when some were given back or have waited.
    pub fn claims(&self) -> u64 {
        self.counters.claims
    }

    /// Turns: one request each, with the tool calls that it led to
    /// ([`TurnStarted`](crate::event::EventKind::TurnStarted)).
    pub fn turns(&self) -> u64 {
        self.counters.turns
    }

    /// Replies received ([`RequestFinished`](crate::event::EventKind::RequestFinished)), those with
    /// summaries included.
    pub fn requests(&self) -> u64 {
        self.counters.requests
    }

    /// Requests that failed and were sent again
    /// ([`RequestRetried`](crate::event::EventKind::RequestRetried)).
    pub fn retries(&self) -> u64 {
        self.counters.retries
    }

    /// Requests that failed for good ([`RequestFailed`](crate::event::EventKind::RequestFailed)).
    pub fn errors(&self) -> u64 {
        self.counters.errors
    }

    /// Tool calls, failed ones included ([`ToolCallStarted`](crate::event::EventKind::ToolCallStarted)).
    pub fn tool_calls(&self) -> u64 {
        self.counters.tool_calls
    }

    /// Summaries that took the place of the older part of a conversation
    /// ([`CompactionFinished`](crate::event::EventKind::CompactionFinished)).
    pub fn compactions(&self) -> u64 {
        self.counters.compactions
    }

    /// Summaries that did not come about
    /// ([`CompactionFailed`](crate::event::EventKind::CompactionFailed)).
    pub fn compactions_failed(&self) -> u64 {
        self.counters.compactions_failed
    }

    /// The numbers of the tickets that carry a label, whoever works on them; zeroes when none does. A
    /// ticket that its reporter gives other labels belongs to these from its submission on.
    pub fn stats_for_label(&self, label: &str) -> Self {
        self.slice(self.slices.labels.get(label))
    }

    /// What agents of this name did; zeroes when none did anything. Spans of tickets are whole, also
    /// where another agent had the ticket before.
    pub fn stats_for_agent(&self, name: &str) -> Self {
        self.slice(self.slices.agents.get(name))
    }

    /// What agents did with this model, by the name that they have for it; zeroes when none did
    /// anything.
    pub fn stats_for_model(&self, model: &str) -> Self {
        self.slice(self.slices.models.get(model))
    }

    /// The calls of a tool, by the name that models know; zeroes when none called it.
    pub fn stats_for_tool(&self, name: &str) -> ToolStats {
        self.slices.tools.get(name).copied().unwrap_or_default()
    }

    /// The labels of all tickets, in alphabetical order.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = &str> {
        self.slices.labels.keys().map(String::as_str)
    }

    /// The names of the agents that did something, in alphabetical order.
    pub fn agents(&self) -> impl ExactSizeIterator<Item = &str> {
        self.slices.agents.keys().map(String::as_str)
    }

    /// The models with which something was done, in alphabetical order.
    pub fn models(&self) -> impl ExactSizeIterator<Item = &str> {
        self.slices.models.keys().map(String::as_str)
    }

    /// The names of the tools that were called, also of some that do not exist, in alphabetical order.
    pub fn tools(&self) -> impl ExactSizeIterator<Item = &str> {
        self.slices.tools.keys().map(String::as_str)
    }

    fn slice(&self, counters: Option<&Counters>) -> Self {
        Self {
            run_ms: self.run_ms,
            counters: counters.cloned().unwrap_or_default(),
            slices: Slices::default(),
        }
    }
}

fn mean(total_ms: u64, count: u64) -> Option<Duration> {
    total_ms.checked_div(count).map(Duration::from_millis)
}
