use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::transcript::Transcript;
use crate::chat::Message;
use crate::id::TicketKey;

/// The conversation about a ticket as its state keeps it: the messages in memory, behind those that
/// the store keeps elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct TranscriptState {
    archived: Option<Archived>,
    messages: Vec<Message>,
}

/// Messages that are not in memory; for stores.
#[derive(Clone)]
pub struct Archived {
    /// Reads them.
    pub archive: Arc<dyn Archive>,
    /// Where the last of them is, in the archive's own terms.
    pub place: Place,
}

/// Reads messages back that have left the memory; for stores.
pub trait Archive: Send + Sync {
    /// The messages of a ticket up to the one at `place`, the oldest first.
    ///
    /// # Errors
    /// They cannot be read. The error says where, and what to do.
    fn read(
        &self,
        key: TicketKey,
        place: Place,
    ) -> Result<Vec<Message>, Box<dyn Error + Send + Sync>>;
}

/// Where an [`Archive`] keeps something; only the archive reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which file.
    pub file: u32,
    /// Bytes from the start of that file.
    pub offset: u64,
}

/// A transcript that cannot be read back.
#[derive(Clone, Debug, thiserror::Error)]
#[error("read the transcript of {key}")]
pub struct TranscriptError {
    /// The ticket.
    pub key: TicketKey,
    /// Why not.
    pub source: Arc<dyn Error + Send + Sync>,
}

impl TranscriptState {
    pub(super) fn archived(archived: Archived) -> Self {
        Self {
            archived: Some(archived),
            messages: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, message: Message) {
        self.messages.push(message);
    }

    pub(super) fn is_archived(&self) -> bool {
        self.archived.is_some()
    }

    pub(super) fn read(&self, key: TicketKey) -> Result<Transcript, TranscriptError> {
        let Some(archived) = &self.archived else {
            return Ok(Transcript::new(self.messages.clone()));
        };
        let mut messages = archived
            .archive
            .read(key, archived.place)
            .map_err(|source| TranscriptError {
                key,
                source: source.into(),
            })?;
        messages.extend(self.messages.iter().cloned());
        Ok(Transcript::new(messages))
    }
}

impl fmt::Debug for Archived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archived")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}
