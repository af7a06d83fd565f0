use std::time::Duration;

use serde::{Serialize, Serializer};

use super::counters::millis;
use crate::event::EventKind;

/// Numbers about the calls of one tool; see [`Stats::stats_for_tool`](crate::Stats::stats_for_tool).
///
/// Serialised, each number has the name of its method, and the duration is `duration_ms`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ToolStats {
    calls: u64,
    finished_calls: u64,
    failed_calls: u64,
    /// Most calls are shorter than a millisecond, so the sum is rounded and not each of them.
    #[serde(rename = "duration_ms", serialize_with = "in_millis")]
    duration: Duration,
}

impl ToolStats {
    /// Calls that began, whether or not they have ended: those that the model made, also with
    /// arguments that the tool does not take, or without leave.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Calls that succeeded. What is neither finished nor failed is under way, or was dropped with its
    /// run or its ticket.
    pub fn finished_calls(&self) -> u64 {
        self.finished_calls
    }

    /// Calls that failed: the model was told of an error.
    pub fn failed_calls(&self) -> u64 {
        self.failed_calls
    }

    /// The sum of the time that the finished and the failed calls took, as
    /// [`ToolCallFinished`](EventKind::ToolCallFinished) and
    /// [`ToolCallFailed`](EventKind::ToolCallFailed) tell it. Waiting for leave is no part of it.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// The mean of that time; `None` until a call finished or failed.
    pub fn avg_duration(&self) -> Option<Duration> {
        let ended = u128::from(self.finished_calls + self.failed_calls);
        let mean = self.duration.as_nanos().checked_div(ended)?;
        Some(Duration::from_nanos(
            u64::try_from(mean).unwrap_or(u64::MAX),
        ))
    }

    /// Counts an event of a call of this tool.
    pub(super) fn count(&mut self, kind: &EventKind) {
        match kind {
            EventKind::ToolCallStarted { .. } => self.calls += 1,
            EventKind::ToolCallFinished { duration, .. } => {
                self.finished_calls += 1;
                self.duration += *duration;
            }
            EventKind::ToolCallFailed { duration, .. } => {
                self.failed_calls += 1;
                self.duration += *duration;
            }
            _ => {}
        }
    }
}

fn in_millis<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(millis(*duration))
}
