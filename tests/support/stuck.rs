use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agentwerk::chat::{Deltas, Request, Response};
use agentwerk::providers::{Provider, ProviderError};
use tokio::sync::Semaphore;

/// A model that takes every request and never answers one.
#[derive(Clone, Debug)]
pub struct StuckModel {
    asked: Arc<Semaphore>,
    dropped: DropCount,
}

impl Default for StuckModel {
    fn default() -> Self {
        Self {
            asked: Arc::new(Semaphore::new(0)),
            dropped: DropCount::default(),
        }
    }
}

impl StuckModel {
    /// Waits until it was asked once more.
    ///
    /// # Panics
    /// Never: its semaphore stays open.
    pub async fn asked(&self) {
        self.asked.acquire().await.unwrap().forget();
    }

    /// How many requests were dropped.
    pub fn dropped(&self) -> usize {
        self.dropped.get()
    }
}

impl Provider for StuckModel {
    async fn respond(
        &self,
        _request: &Request,
        _deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        let _guard = self.dropped.guard();
        self.asked.add_permits(1);
        std::future::pending().await
    }

    fn name(&self) -> &str {
        "stuck"
    }
}

/// Counts the guards that were dropped: with them, the futures that held them.
#[derive(Clone, Debug, Default)]
pub struct DropCount(Arc<AtomicUsize>);

impl DropCount {
    /// A guard that counts when it goes.
    #[must_use = "a guard that is not held counts at once"]
    pub fn guard(&self) -> impl Drop + Send + use<> {
        Guard(Arc::clone(&self.0))
    }

    /// How many guards are gone.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

struct Guard(Arc<AtomicUsize>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
