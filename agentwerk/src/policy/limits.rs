use std::time::Duration;

/// The limits of a system; the setters of [`TicketSystem`](crate::TicketSystem) say what each means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Turns of a run.
    pub(crate) max_turns: Option<u32>,
    /// Time of a run.
    pub(crate) max_time: Option<Duration>,
    /// Input tokens of a run.
    pub(crate) max_input_tokens: Option<u64>,
    /// Output tokens of a run.
    pub(crate) max_output_tokens: Option<u64>,
    /// Input tokens of one request.
    pub(crate) max_request_tokens: Option<u64>,
    /// Tickets that the work on one ticket may open.
    pub(crate) max_children: u32,
    /// Hand-overs in a row.
    pub(crate) max_hops: u32,
    /// Corrections of one ticket's result.
    pub(crate) max_schema_retries: u32,
    /// Retries of one request.
    pub(crate) max_request_retries: u32,
    /// Base delay between retries.
    pub(crate) request_retry_delay: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_turns: None,
            max_time: None,
            max_input_tokens: None,
            max_output_tokens: None,
            max_request_tokens: None,
            max_children: 100,
            max_hops: 16,
            max_schema_retries: 10,
            max_request_retries: 10,
            request_retry_delay: Duration::from_millis(500),
        }
    }
}
