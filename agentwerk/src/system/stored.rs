use std::sync::Arc;

use tokio::sync::watch;

use super::core::Core;
use crate::store::{Commit, StoreError};

/// What a commit came to, once it is known.
#[derive(Clone, Debug)]
pub(super) struct Stored(watch::Receiver<Option<Result<(), StoreError>>>);

/// A commit that is still open, and whoever is told what it comes to.
#[derive(Debug)]
pub(super) struct OpenCommit {
    commit: Commit,
    told: watch::Sender<Option<Result<(), StoreError>>>,
}

impl Stored {
    /// What is known already, as of every commit in memory.
    pub(super) fn known(stored: Result<(), StoreError>) -> Self {
        Self(watch::channel(Some(stored)).1)
    }

    /// What will be known when somebody [follows](OpenCommit::follow) the commit.
    pub(super) fn open(commit: Commit) -> (OpenCommit, Self) {
        let (told, stored) = watch::channel(None);
        (OpenCommit { commit, told }, Self(stored))
    }

    /// Waits until it is known.
    pub(super) async fn wait(mut self) -> Result<(), StoreError> {
        let known = self.0.wait_for(Option::is_some).await;
        // Whoever follows a commit tells before it goes, unless its runtime was shut down; then
        // nobody will ever know, and what was submitted is there for all that is known.
        known.ok().and_then(|known| known.clone()).unwrap_or(Ok(()))
    }
}

impl OpenCommit {
    /// Waits for the commit and tells what it came to. An error of the store ends the run.
    pub(super) async fn follow(self, core: Arc<Core>) {
        let stored = self.commit.await;
        match &stored {
            // A stale lease means that somebody else decides about the ticket now.
            Ok(()) | Err(StoreError::StaleLease { .. }) => {}
            Err(error) => core.fail(error.clone().into()),
        }
        self.told.send_replace(Some(stored));
        // A ticket whose end is stored now may have been the last.
        core.notify_run();
    }
}
