use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::chat::{ContentBlock, Deltas, Request, Response, Usage};
use crate::providers::{Provider, ProviderError};

/// What a [`ScriptedModel`] answers one request with.
pub type ScriptedReply = Result<Response, ProviderError>;

type Script = dyn Fn(&Request) -> ScriptedReply + Send + Sync;

/// A model that says what it was told to say, and remembers what it was asked.
///
/// A reply that is given as text is taken to have 10 input and 5 output tokens; a
/// [`Response`] has the [usage](Response::usage) that it was given, or none. A request for a
/// [summary](crate::guides::running#compaction) is the one whose `system` begins with `You summarise`.
///
/// Clones share the script and the memory, so a test keeps one and gives the other to an agent.
///
/// # Examples
/// ```
/// use agentwerk::Agent;
/// use agentwerk::testing::ScriptedModel;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// // A queue of replies…
/// let queue = ScriptedModel::replies(["first", "second"]);
/// // …or a function of the request.
/// let echo = ScriptedModel::from_fn(|request| request.last_text());
///
/// let work = Agent::new().provider(echo.clone()).model("echo").task("hello").finish().await;
/// assert!(work.last_result().is_some_and(|text| text.ends_with("hello")));
/// assert_eq!(echo.requests().len(), 1);
/// # drop(queue);
/// # }
/// ```
#[derive(Clone)]
pub struct ScriptedModel {
    script: Arc<Script>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl ScriptedModel {
    /// A queue of replies, one for each request.
    ///
    /// # Panics
    /// The model panics when it is asked more often than it has replies.
    #[expect(
        clippy::panic,
        reason = "a request off the script is a mistake of the test"
    )]
    pub fn replies<I: IntoIterator<Item: IntoScriptedReply>>(replies: I) -> Self {
        let queue: VecDeque<_> = replies
            .into_iter()
            .map(IntoScriptedReply::into_scripted_reply)
            .collect();
        let queue = Mutex::new(queue);
        Self::from_fn(move |request: &Request| {
            let next = lock(&queue).pop_front();
            next.unwrap_or_else(|| {
                panic!(
                    "the script has no reply left for the request that ends in {:?}",
                    request.messages.last()
                )
            })
        })
    }

    /// A reply that is computed from the request.
    pub fn from_fn<R: IntoScriptedReply>(
        script: impl Fn(&Request) -> R + Send + Sync + 'static,
    ) -> Self {
        Self {
            script: Arc::new(move |request| script(request).into_scripted_reply()),
            requests: Arc::default(),
        }
    }

    /// What the model was asked so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Provider for ScriptedModel {
    async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        lock(&self.requests).push(request.clone());
        let response = (self.script)(request)?;
        for block in &response.content {
            if let ContentBlock::Text { text } = block {
                deltas.text(text.as_str()).await;
            }
        }
        Ok(response)
    }

    fn name(&self) -> &str {
        "scripted"
    }
}

impl fmt::Debug for ScriptedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedModel").finish_non_exhaustive()
    }
}

/// What a script may answer with: text, a [`Response`], or a [`ProviderError`].
pub trait IntoScriptedReply {
    /// Makes the reply.
    ///
    /// # Errors
    /// The reply is an error.
    fn into_scripted_reply(self) -> ScriptedReply;
}

impl IntoScriptedReply for ScriptedReply {
    fn into_scripted_reply(self) -> ScriptedReply {
        self
    }
}

impl IntoScriptedReply for Response {
    fn into_scripted_reply(self) -> ScriptedReply {
        Ok(self)
    }
}

impl IntoScriptedReply for ProviderError {
    fn into_scripted_reply(self) -> ScriptedReply {
        Err(self)
    }
}

impl IntoScriptedReply for &str {
    fn into_scripted_reply(self) -> ScriptedReply {
        self.to_owned().into_scripted_reply()
    }
}

impl IntoScriptedReply for String {
    fn into_scripted_reply(self) -> ScriptedReply {
        let usage = Usage {
            input_tokens: 10,
            output_tokens: 5,
            ..Usage::default()
        };
        Ok(Response::text(self).usage(usage))
    }
}
