use std::panic::resume_unwind;

use tokio::runtime::Handle;
use tokio::task::{JoinError, spawn_blocking};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, Span};

use super::error::ToolError;
use super::result::ToolResult;

/// How a call ended.
type Ended = Result<ToolResult, ToolError>;

/// Runs a call on a thread for blocking work. Once it runs, dropping the future leaves the thread to
/// itself; a call that still waits for a thread then never runs.
#[doc(hidden)]
pub async fn run_blocking(
    cancel: CancellationToken,
    call: impl FnOnce() -> Ended + Send + 'static,
) -> Ended {
    let span = Span::current();
    let running = spawn_blocking(move || {
        if cancel.is_cancelled() {
            return Err(ToolError::fail("the call was cancelled"));
        }
        span.in_scope(call)
    });
    AbortOnDropHandle::new(running).await.unwrap_or_else(lost)
}

/// Runs a call whose future stays on one thread, on a thread of its own, until it ends, is cancelled,
/// or nobody waits for it any more.
#[doc(hidden)]
pub async fn run_local<F>(
    cancel: CancellationToken,
    call: impl FnOnce() -> F + Send + 'static,
) -> Ended
where
    F: Future<Output = Ended>,
{
    let runtime = Handle::current();
    let cancel = cancel.child_token();
    let _guard = cancel.clone().drop_guard();
    let span = Span::current();
    let running = spawn_blocking(move || {
        let calling = async move {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(ToolError::fail("the call was cancelled")),
                end = async { call().await } => end,
            }
        };
        runtime.block_on(calling.instrument(span))
    });
    AbortOnDropHandle::new(running).await.unwrap_or_else(lost)
}

/// A panic goes on where the call was made, and is told as one of any other tool.
fn lost(error: JoinError) -> Ended {
    match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(error) => Err(ToolError::fail(error)),
    }
}
