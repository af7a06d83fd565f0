use serde::Deserialize;

use super::sse::SseEvent;
use super::vendor_error::VendorError;
use crate::chat::{Delta, Response};
use crate::providers::SizeLimit;

/// Content blocks of one reply at most. Every piece of a reply is looked up among them.
pub(crate) const BLOCKS_MAX: usize = 1_000;

/// Tool calls of one reply at most, for the same reason.
pub(crate) const CALLS_MAX: usize = 1_000;

/// Builds a reply out of the events of its stream; without input or output of its own.
pub(crate) trait Assemble: Send {
    /// Takes the next event, and puts what a reader may see into `deltas`.
    fn take(&mut self, event: &SseEvent, deltas: &mut Vec<Delta>) -> Result<Progress, StreamFault>;

    /// The reply, after [`Progress::Complete`]; nothing when the model never said why it stopped.
    fn finish(self) -> Option<Response>;
}

/// Whether the end marker was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// More events must follow.
    Open,
    /// The reply is whole.
    Complete,
}

/// What is wrong with one event.
#[derive(Debug)]
pub(crate) enum StreamFault {
    /// It is not the JSON that was expected.
    Json(serde_json::Error),
    /// It lacks a field.
    Missing(&'static str),
    /// With it, the reply has too many parts.
    TooLarge(SizeLimit),
    /// The vendor reports an error in the middle of the reply.
    Vendor(VendorError),
}

/// Reads the data of an event.
pub(crate) fn parse_json<'a, T: Deserialize<'a>>(data: &'a str) -> Result<T, StreamFault> {
    serde_json::from_str(data).map_err(StreamFault::Json)
}
