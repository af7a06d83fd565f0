//! Policies: limits of a run and of a ticket, and when a request is sent again. Numbers only:
//! nothing here knows a ticket, a provider or an agent.

mod backoff;
mod budget;
mod limits;
mod window;

pub(crate) use backoff::Backoff;
pub(crate) use budget::Budget;
pub(crate) use limits::Limits;
pub(crate) use window::{bytes_of, compaction_threshold, summary_tokens_max, tokens_of};
