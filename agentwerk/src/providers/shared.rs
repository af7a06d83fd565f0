use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::error::{ProviderError, StrictToolError};
use super::provider::Provider;
use crate::chat::{Deltas, Request, Response, ToolSpec};

type Responding<'a> = Pin<Box<dyn Future<Output = Result<Response, ProviderError>> + Send + 'a>>;

/// [`Provider`] for a trait object: the same method with a boxed future.
trait ErasedProvider: Send + Sync {
    fn respond<'a>(&'a self, request: &'a Request, deltas: &'a Deltas<'a>) -> Responding<'a>;
    fn check_tools(&self, tools: &[ToolSpec]) -> Result<(), StrictToolError>;
    fn name(&self) -> &str;
}

impl<P: Provider> ErasedProvider for P {
    fn respond<'a>(&'a self, request: &'a Request, deltas: &'a Deltas<'a>) -> Responding<'a> {
        Box::pin(Provider::respond(self, request, deltas))
    }

    fn check_tools(&self, tools: &[ToolSpec]) -> Result<(), StrictToolError> {
        Provider::check_tools(self, tools)
    }

    fn name(&self) -> &str {
        Provider::name(self)
    }
}

/// Any provider, cheap to clone: the type to name in a struct or a signature.
#[derive(Clone)]
pub struct SharedProvider(Arc<dyn ErasedProvider>);

impl SharedProvider {
    /// Shares a provider.
    pub fn new(provider: impl Provider) -> Self {
        Self(Arc::new(provider))
    }

    /// Asks the model once; see [`Provider::respond`].
    ///
    /// # Errors
    /// As [`Provider::respond`].
    ///
    /// # Cancel safety
    /// As [`Provider::respond`].
    pub async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        self.0.respond(request, deltas).await
    }

    /// Says whether the tools can be sent; see [`Provider::check_tools`].
    ///
    /// # Errors
    /// As [`Provider::check_tools`].
    pub fn check_tools(&self, tools: &[ToolSpec]) -> Result<(), StrictToolError> {
        self.0.check_tools(tools)
    }

    /// The provider's name; see [`Provider::name`].
    pub fn name(&self) -> &str {
        self.0.name()
    }
}

impl fmt::Debug for SharedProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedProvider").field(&self.name()).finish()
    }
}

/// What `Agent::provider` takes: a provider, an `Arc` of one, or a [`SharedProvider`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider",
    label = "not a provider",
    note = "implement `agentwerk::providers::Provider`; it has one method, `async fn respond(..)`"
)]
pub trait IntoProvider {
    /// Shares the provider.
    fn into_provider(self) -> SharedProvider;
}

#[diagnostic::do_not_recommend]
impl<P: Provider> IntoProvider for P {
    fn into_provider(self) -> SharedProvider {
        SharedProvider::new(self)
    }
}

impl IntoProvider for SharedProvider {
    fn into_provider(self) -> SharedProvider {
        self
    }
}

impl IntoProvider for &SharedProvider {
    fn into_provider(self) -> SharedProvider {
        self.clone()
    }
}
