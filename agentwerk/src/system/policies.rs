use std::time::Duration;

use super::system::TicketSystem;
use crate::policy::Limits;

/// Policies. Each counts from the next run on.
///
/// Limits of a run are checked before every turn. A run that reaches one stops with
/// [`RunOutcome::PolicyViolated`](crate::event::RunOutcome::PolicyViolated), and its unfinished
/// tickets stay open. Limits of a ticket fail that ticket, and the run goes on. Either is told by
/// [`EventKind::PolicyViolated`](crate::event::EventKind::PolicyViolated).
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use agentwerk::event::{PolicyKind, RunOutcome};
/// use agentwerk::testing::ScriptedModel;
/// use agentwerk::{Agent, TicketSystem};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let tickets = TicketSystem::in_memory();
/// tickets
///     .max_turns(2)
///     .max_time(Duration::from_secs(60))
///     .max_input_tokens(1_000_000)
///     .max_output_tokens(100_000)
///     .max_request_tokens(50_000)
///     .max_schema_retries(2)
///     .max_request_retries(5)
///     .request_retry_delay(Duration::from_millis(200));
/// tickets.max_children(20).max_hops(4);
///
/// let model = ScriptedModel::from_fn(|_| "Done.");
/// tickets.agent(Agent::new().provider(model).model("scripted"));
/// for task in ["one", "two", "three"] {
///     tickets.task(task);
/// }
/// let outcome = tickets.finish().await;
/// assert!(matches!(outcome, RunOutcome::PolicyViolated(PolicyKind::MaxTurns)));
/// assert_eq!(tickets.all_results().len(), 2);
/// // The next run counts anew, and goes on with the third.
/// assert!(tickets.finish().await.is_drained());
/// # }
/// ```
impl TicketSystem {
    /// Caps the turns of a run. A turn is one request with its tool calls. Unset by default.
    pub fn max_turns(&self, turns: u32) -> &Self {
        self.limit(|limits| limits.max_turns = Some(turns))
    }

    /// Caps the time of a run; what is under way then is dropped. Unset by default.
    pub fn max_time(&self, time: Duration) -> &Self {
        self.limit(|limits| limits.max_time = Some(time))
    }

    /// Caps the input tokens of a run, cached ones included. Each agent may go beyond by one
    /// request. Unset by default.
    pub fn max_input_tokens(&self, tokens: u64) -> &Self {
        self.limit(|limits| limits.max_input_tokens = Some(tokens))
    }

    /// Caps the output tokens of a run. Each agent may go beyond by one reply. Unset by default.
    pub fn max_output_tokens(&self, tokens: u64) -> &Self {
        self.limit(|limits| limits.max_output_tokens = Some(tokens))
    }

    /// Caps the input tokens of one request, as they are estimated before it is sent. A conversation
    /// that would go beyond is compacted; if that does not help, its ticket fails as
    /// [`RequestTooLarge`](crate::event::FailureReason::RequestTooLarge). Unset by default.
    pub fn max_request_tokens(&self, tokens: u64) -> &Self {
        self.limit(|limits| limits.max_request_tokens = Some(tokens))
    }

    /// Caps the tickets that the work on one ticket may open, the one that it is handed over to
    /// included; beyond that a tool that opens one gets an error. Default: 100.
    pub fn max_children(&self, tickets: u32) -> &Self {
        self.limit(|limits| limits.max_children = tickets)
    }

    /// Caps how often in a row work may be handed over, so that two agents do not pass it to each
    /// other for ever; beyond that a hand-over gets an error. Default: 16.
    pub fn max_hops(&self, hops: u32) -> &Self {
        self.limit(|limits| limits.max_hops = hops)
    }

    /// Caps how often a model may correct the result of one ticket; 0 allows none. Default: 10.
    pub fn max_schema_retries(&self, retries: u32) -> &Self {
        self.limit(|limits| limits.max_schema_retries = retries)
    }

    /// Caps how often one request is sent again after an error that may pass; 0 sends none again.
    /// Default: 10.
    pub fn max_request_retries(&self, retries: u32) -> &Self {
        self.limit(|limits| limits.max_request_retries = retries)
    }

    /// Sets the base delay between retries, which doubles with each, up to 60 s, and of which a
    /// random part is waited. Default: 500 ms.
    pub fn request_retry_delay(&self, delay: Duration) -> &Self {
        self.limit(|limits| limits.request_retry_delay = delay)
    }

    fn limit(&self, set: impl FnOnce(&mut Limits)) -> &Self {
        set(&mut self.core().setup().limits);
        self
    }
}
