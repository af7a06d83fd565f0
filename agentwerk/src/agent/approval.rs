use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;

use crate::event::{ApprovalDecision, ApprovalRequest};
use crate::tools::panic_text;

/// What an answer comes in.
type Deciding = Pin<Box<dyn Future<Output = ApprovalDecision> + Send>>;

/// Answers the requests for leave of an agent's tool calls.
#[derive(Clone)]
pub(crate) struct ApprovalHandler(Arc<dyn Fn(ApprovalRequest) -> Deciding + Send + Sync>);

impl ApprovalHandler {
    pub(super) fn new<F, Fut>(handler: F) -> Self
    where
        F: Fn(ApprovalRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ApprovalDecision> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(handler(request))))
    }

    /// Asks. A handler that panics gives no leave.
    pub(crate) async fn decide(&self, request: ApprovalRequest) -> ApprovalDecision {
        let deciding = AssertUnwindSafe(async { (self.0)(request).await }).catch_unwind();
        deciding.await.unwrap_or_else(|panic| {
            let what = panic_text(&*panic);
            ApprovalDecision::Deny(format!(
                "nobody could be asked: the handler panicked: {what}"
            ))
        })
    }
}

impl fmt::Debug for ApprovalHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApprovalHandler").finish_non_exhaustive()
    }
}
