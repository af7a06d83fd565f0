use std::sync::Arc;

use super::error::{ProviderError, StrictToolError};
use crate::chat::{Deltas, Request, Response, ToolSpec};

/// Something that answers a [`Request`]: a vendor, a server of one's own, a script.
///
/// # Examples
/// ```
/// use agentwerk::chat::{Deltas, Request, Response};
/// use agentwerk::providers::{Provider, ProviderError};
///
/// struct Echo;
///
/// impl Provider for Echo {
///     async fn respond(
///         &self,
///         request: &Request,
///         _deltas: &Deltas<'_>,
///     ) -> Result<Response, ProviderError> {
///         Ok(Response::text(request.last_text()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), ProviderError> {
/// use agentwerk::chat::Message;
/// let request = Request::new("any", vec![Message::user("hello")]);
/// let response = Echo.respond(&request, &Deltas::discard()).await?;
/// assert_eq!(response, Response::text("hello"));
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider",
    label = "not a provider",
    note = "implement `agentwerk::providers::Provider`; it has one method, `async fn respond(..)`"
)]
pub trait Provider: Send + Sync + 'static {
    /// Asks the model once, and hands on the pieces of its reply while they arrive.
    ///
    /// # Errors
    /// The request did not give a whole reply; see [`ProviderError`].
    ///
    /// # Cancel safety
    /// Dropping the future drops the request; what was sent before may still be billed.
    fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> impl Future<Output = Result<Response, ProviderError>> + Send;

    /// Says before anything is sent whether the tools can be sent as they ask to be.
    ///
    /// A tool may insist on being [strict](crate::chat::Strict::Required). A provider that holds no
    /// model to a schema has nothing to refuse.
    ///
    /// # Errors
    /// The first tool that must be strict and cannot be.
    fn check_tools(&self, _tools: &[ToolSpec]) -> Result<(), StrictToolError> {
        Ok(())
    }

    /// A short name for events and logs.
    fn name(&self) -> &str {
        std::any::type_name::<Self>()
    }
}

impl<P: Provider> Provider for Arc<P> {
    fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> impl Future<Output = Result<Response, ProviderError>> + Send {
        P::respond(self, request, deltas)
    }

    fn check_tools(&self, tools: &[ToolSpec]) -> Result<(), StrictToolError> {
        P::check_tools(self, tools)
    }

    fn name(&self) -> &str {
        P::name(self)
    }
}
