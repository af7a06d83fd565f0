use std::fmt;

use tokio::sync::mpsc;

/// A piece of a reply that is still being written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delta {
    /// A piece of text.
    Text(String),
    /// A piece of the model's thoughts.
    Thinking(String),
}

/// Where a provider puts the pieces of a reply while it arrives.
///
/// The queue behind it is bounded: a reader that falls behind slows the provider down, and with it
/// the socket. A reader that went away is no error; the pieces are dropped.
#[derive(Clone, Copy)]
pub struct Deltas<'a> {
    sender: Option<&'a mpsc::Sender<Delta>>,
}

impl<'a> Deltas<'a> {
    /// Sends the pieces to a channel.
    pub fn new(sender: &'a mpsc::Sender<Delta>) -> Self {
        Self {
            sender: Some(sender),
        }
    }

    /// Drops the pieces.
    pub const fn discard() -> Self {
        Self { sender: None }
    }

    /// Hands on a piece of text.
    ///
    /// # Cancel safety
    /// Dropping the future before it resolves may lose the piece.
    pub async fn text(&self, piece: impl Into<String> + Send) {
        self.send(Delta::Text(piece.into())).await;
    }

    /// Hands on a piece of the model's thoughts.
    ///
    /// # Cancel safety
    /// Dropping the future before it resolves may lose the piece.
    pub async fn thinking(&self, piece: impl Into<String> + Send) {
        self.send(Delta::Thinking(piece.into())).await;
    }

    async fn send(&self, delta: Delta) {
        if let Some(sender) = self.sender {
            // A closed channel means that nobody reads: the reply itself still counts.
            let _closed = sender.send(delta).await.is_err();
        }
    }
}

impl fmt::Debug for Deltas<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deltas").finish_non_exhaustive()
    }
}
