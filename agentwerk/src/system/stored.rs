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
    /// Counts it, until what it came to is told.
    counted: Counted,
    told: watch::Sender<Option<Result<(), StoreError>>>,
}

impl Stored {
    /// What is known already, as of every commit in memory.
    pub(super) fn known(stored: Result<(), StoreError>) -> Self {
        Self(watch::channel(Some(stored)).1)
    }

    /// What will be known when somebody [follows](OpenCommit::follow) the commit.
    pub(super) fn open(commit: Commit, counted: Counted) -> (OpenCommit, Self) {
        let (told, stored) = watch::channel(None);
        let open = OpenCommit {
            commit,
            counted,
            told,
        };
        (open, Self(stored))
    }

    /// Waits until it is known.
    pub(super) async fn wait(mut self) -> Result<(), StoreError> {
        let known = self.0.wait_for(Option::is_some).await;
        // Whoever follows a commit tells before it goes, unless its runtime was shut down.
        let known = known.ok().and_then(|known| known.clone());
        known.unwrap_or(Err(StoreError::Unknown))
    }
}

impl OpenCommit {
    /// Waits for the commit and tells what it came to. An error of the store ends the run.
    pub(super) async fn follow(self, core: Arc<Core>) {
        let stored = self.commit.await;
        match &stored {
            Ok(()) => {}
            // Somebody else was faster, or decides about the ticket now.
            Err(error) if error.is_refusal() => {}
            Err(error) => core.fail(error.clone().into()),
        }
        self.told.send_replace(Some(stored));
        drop(self.counted);
        // A ticket whose end is stored now may have been the last.
        core.notify_run();
    }
}

/// How many commits are open that somebody follows. A run does not end before they are told.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenCommits(watch::Sender<usize>);

/// One that is counted, for as long as this lives.
#[derive(Debug)]
pub(super) struct Counted(OpenCommits);

impl OpenCommits {
    /// Counts one more. Before the records are appended: what they change may be seen before
    /// anybody follows their commit.
    pub(super) fn count(&self) -> Counted {
        self.0.send_modify(|count| *count += 1);
        Counted(self.clone())
    }

    pub(super) fn is_none(&self) -> bool {
        *self.0.borrow() == 0
    }

    /// Waits until all are told.
    pub(super) async fn none(&self) {
        let mut open = self.0.subscribe();
        // The sender lives as long as this call, so there is no error.
        drop(open.wait_for(|count| *count == 0).await);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}
