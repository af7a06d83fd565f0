use std::fmt;
use std::path::Path;
use std::time::Duration;

use crate::clock::Timestamp;

/// The situation that an agent is told of, when it was given no context of its own.
///
/// It is written once for each ticket. A budget is shown only when its limit is set.
#[derive(Debug)]
pub(crate) struct ContextBlock<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) now: Timestamp,
    pub(crate) remaining: Remaining,
}

/// What is left of the limits of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remaining {
    pub(crate) turns: Option<u32>,
    pub(crate) input_tokens: Option<u64>,
    pub(crate) output_tokens: Option<u64>,
    pub(crate) time: Option<Duration>,
}

impl fmt::Display for ContextBlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "- Working directory: {}", self.dir.display())?;
        write!(f, "\n- Platform: {}", std::env::consts::OS)?;
        if let Some(version) = os_version() {
            write!(f, "\n- OS version: {version}")?;
        }
        write!(f, "\n- Date: {}", self.now.to_date())?;
        if let Some(turns) = self.remaining.turns {
            write!(f, "\n- Turns remaining: {turns}")?;
        }
        if let Some(tokens) = self.remaining.input_tokens {
            write!(f, "\n- Input tokens remaining: {tokens}")?;
        }
        if let Some(tokens) = self.remaining.output_tokens {
            write!(f, "\n- Output tokens remaining: {tokens}")?;
        }
        if let Some(time) = self.remaining.time {
            write!(f, "\n- Time remaining: {}s", time.as_secs())?;
        }
        Ok(())
    }
}

/// The version of the kernel, as `uname -r` prints it.
#[cfg(unix)]
fn os_version() -> Option<String> {
    rustix::system::uname()
        .release()
        .to_str()
        .ok()
        .map(str::to_owned)
}

#[cfg(not(unix))]
fn os_version() -> Option<String> {
    None
}
