//! Time: the one place that asks what time it is and that waits for a moment.
//!
//! Time of day comes from a [`Clock`] that is handed in; spans and timers come from tokio's clock,
//! which a test can pause. A clock with a fixed start follows tokio's clock, so that under a
//! paused runtime both agree and nothing depends on the wall.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// A moment, in whole milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Makes the moment that is this many milliseconds after the start of 1970.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the start of 1970.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The span from `earlier` to this moment; zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The same moment as the standard library writes it.
    pub fn to_system_time(self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0)
    }

    /// The calendar date in UTC, as `2026-05-06`.
    pub fn to_date(self) -> String {
        let seconds = i64::try_from(self.0 / 1_000).unwrap_or(i64::MAX);
        time::OffsetDateTime::from_unix_timestamp(seconds)
            .map_or_else(|_| self.to_string(), |moment| moment.date().to_string())
    }

    /// The second in UTC in the form of RFC 3339, as `2026-05-06T07:08:09Z`.
    pub fn to_rfc3339(self) -> String {
        let second = self.0 / 1_000 % 86_400;
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{}T{hour:02}:{minute:02}:{second:02}Z", self.to_date())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0)
    }
}

/// Tells the time of day; cheap to clone.
///
/// # Examples
/// ```
/// use agentwerk::{Clock, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let start = Timestamp::from_millis(1_700_000_000_000);
/// let clock = Clock::starting_at(start);
/// assert!(clock.now() >= start);
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    start: Option<(Timestamp, Instant)>,
}

impl Clock {
    /// The clock of the machine.
    pub const fn system() -> Self {
        Self { start: None }
    }

    /// A clock that shows `start` now and then runs as tokio's clock does, so that it stands
    /// still where a test has paused that one.
    pub fn starting_at(start: Timestamp) -> Self {
        Self {
            start: Some((start, Instant::now())),
        }
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        let since_1970 = match self.start {
            Some((start, instant)) => Duration::from_millis(start.0) + instant.elapsed(),
            // A machine whose clock stands before 1970 is taken to stand at its start.
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
        };
        Timestamp(u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX))
    }
}
