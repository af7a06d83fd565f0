use std::sync::Arc;

use tokio::sync::watch;

/// A point in an answer that the test lets the server pass.
#[derive(Clone, Debug)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Opens the gate, for good.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub(super) async fn opened(&self) {
        // The sender lives in `self`, so the channel cannot close while this waits.
        let _closed = self.0.subscribe().wait_for(|open| *open).await.is_err();
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self::new()
    }
}
