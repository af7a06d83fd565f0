use std::panic::resume_unwind;

use tokio::runtime::Handle;
use tokio::task::{JoinError, spawn_blocking};
use tokio_util::sync::CancellationToken;

use super::error::ToolError;
use super::result::ToolResult;

/// How a call ended.
type Ended = Result<ToolResult, ToolError>;

/// Runs a call on a thread for blocking work. Dropping the future leaves the thread to itself.
#[doc(hidden)]
pub async fn run_blocking(call: impl FnOnce() -> Ended + Send + 'static) -> Ended {
    spawn_blocking(call).await.unwrap_or_else(lost)
}

/// Runs a call whose future stays on one thread, on a thread of its own, until it ends or is
/// cancelled.
#[doc(hidden)]
pub async fn run_local<F>(
    cancel: CancellationToken,
    call: impl FnOnce() -> F + Send + 'static,
) -> Ended
where
    F: Future<Output = Ended>,
{
    let runtime = Handle::current();
    let running = spawn_blocking(move || {
        runtime.block_on(async move {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(ToolError::fail("the call was cancelled")),
                end = call() => end,
            }
        })
    });
    running.await.unwrap_or_else(lost)
}

/// A panic goes on where the call was made, and is told as one of any other tool.
fn lost(error: JoinError) -> Ended {
    match error.try_into_panic() {
        Ok(panic) => resume_unwind(panic),
        Err(error) => Err(ToolError::fail(error)),
    }
}
