use serde::{Deserialize, Serialize};

use crate::chat::Usage;

/// A summary that stands for the older part of a transcript.
///
/// Nothing is taken out of the transcript. From here on, a model is sent its first message (context
/// and task), the summary, and what follows the part that the summary stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Compaction {
    /// What happened, in a model's words.
    pub summary: String,
    /// The messages at the start of the transcript that it stands for, the first one included.
    pub messages: u64,
    /// The tokens that the summary took.
    pub usage: Usage,
}

impl Compaction {
    /// A summary that stands for this many messages at the start of a transcript.
    pub fn new(summary: impl Into<String>, messages: u64, usage: Usage) -> Self {
        Self {
            summary: summary.into(),
            messages,
            usage,
        }
    }
}
