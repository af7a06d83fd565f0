//! Work that stands still until a test lets it go on.

use std::sync::Arc;

use agentwerk::chat::{Deltas, Request, Response};
use agentwerk::providers::{Provider, ProviderError};
use tokio::sync::Semaphore;

/// Where work stands still.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    pub(crate) fn new() -> Self {
        let [arrived, open] = [0, 0].map(|permits| Arc::new(Semaphore::new(permits)));
        Self { arrived, open }
    }

    /// Waits until work stands here.
    pub(crate) async fn arrived(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }

    /// Lets what stands here go on, or the next to come.
    pub(crate) fn open(&self) {
        self.open.add_permits(1);
    }

    /// Stands here until the gate is opened.
    pub(crate) async fn pass(&self) {
        self.arrived.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }
}

/// A model that says `late`, and stands at the gate before.
impl Provider for Gate {
    async fn respond(
        &self,
        _request: &Request,
        _deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        self.pass().await;
        Ok(Response::text("late"))
    }

    fn name(&self) -> &str {
        "gate"
    }
}
