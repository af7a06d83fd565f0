use std::error::Error;
use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::agent::Agent;
use super::caller::Caller;
use super::host::{Counted, Halt};
use super::ready::Defaults;
use super::turns::Turns;
use crate::chat::{Message, StopReason, Usage};
use crate::event::{RunError, TicketFailure};
use crate::id::AgentName;
use crate::policy::Limits;
use crate::ticket::answer_open_calls;
use crate::tools::ToolContext;

impl Agent {
    /// Goes on with a conversation, without tickets: the caller keeps the history.
    ///
    /// A history that ends in tool calls without results, as one does that was cancelled, is answered
    /// for them first; the answer is one of the new messages.
    ///
    /// Role, tools, provider and model are the agent's; its context and tasks play no part. Await
    /// the value, in a tokio runtime, to get the new messages.
    ///
    /// A conversation that outgrows the context window of the model is compacted for the requests of this
    /// call. The history of the caller stays whole, so a later call with it has to compact it again.
    ///
    /// # Units and limits
    /// Ten retries of a request. Turns and tokens have no limit: a model that calls tools without
    /// end is stopped by [`AgentRun::cancel`].
    ///
    /// # Errors
    /// See [`RunAgentError`]; it holds the messages that came about before.
    ///
    /// # Cancel safety
    /// Dropping the future drops the request and the tool calls under way, and the new messages.
    /// To keep them, cancel with [`AgentRun::cancel`].
    ///
    /// # Examples
    /// ```
    /// use agentwerk::Agent;
    /// use agentwerk::chat::Message;
    /// use agentwerk::testing::ScriptedModel;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::RunAgentError> {
    /// let agent = Agent::new().provider(ScriptedModel::replies(["Hello!"])).model("scripted");
    /// let mut history = vec![Message::user("Hi.")];
    ///
    /// let reply = agent.run(history.clone()).await?;
    /// assert_eq!(reply.text(), "Hello!");
    /// history.extend(reply.into_messages());
    /// assert_eq!(history.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, messages: Vec<Message>) -> AgentRun {
        AgentRun {
            agent: self.clone(),
            messages,
            cancel: CancellationToken::new(),
        }
    }
}

/// A conversation that goes on when it is awaited; see [`Agent::run`].
#[derive(Debug)]
#[must_use = "a conversation goes on when it is awaited"]
pub struct AgentRun {
    agent: Agent,
    messages: Vec<Message>,
    cancel: CancellationToken,
}

impl AgentRun {
    /// Stops when the token is cancelled; the error then holds what came about before.
    pub fn cancel(mut self, token: CancellationToken) -> Self {
        self.cancel = token;
        self
    }
}

/// What a conversation gained.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentReply {
    messages: Vec<Message>,
    text: String,
    usage: Usage,
    stop_reason: StopReason,
}

impl AgentReply {
    /// The new messages: replies of the model and results of tools, in order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The new messages, to be added to the history.
    pub fn into_messages(self) -> Vec<Message> {
        self.messages
    }

    /// The text of the last reply.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tokens of all replies.
    pub fn usage(&self) -> Usage {
        self.usage
    }

    /// Why the model stopped in the end.
    pub fn stop_reason(&self) -> &StopReason {
        &self.stop_reason
    }
}

/// Why a conversation did not go on to its end.
#[derive(Debug)]
pub struct RunAgentError {
    kind: RunAgentErrorKind,
    messages: Vec<Message>,
}

/// The causes of a [`RunAgentError`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunAgentErrorKind {
    /// The agent lacks something. Nothing was sent to a model.
    #[error(transparent)]
    Configuration(#[from] RunError),
    /// The conversation failed for good.
    #[error("{}", .0.message)]
    Failed(TicketFailure),
    /// The token was cancelled.
    #[error("the conversation was cancelled")]
    Cancelled,
}

impl fmt::Display for RunAgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.kind, f)
    }
}

impl Error for RunAgentError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The error says what its kind says, so it has the same cause.
        self.kind.source()
    }
}

impl RunAgentError {
    /// The cause.
    pub fn kind(&self) -> &RunAgentErrorKind {
        &self.kind
    }

    /// The messages that came about before. The last one may ask for tools that gave no result.
    pub fn into_messages(self) -> Vec<Message> {
        self.messages
    }
}

impl IntoFuture for AgentRun {
    type Output = Result<AgentReply, RunAgentError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(run(self))
    }
}

async fn run(run: AgentRun) -> Result<AgentReply, RunAgentError> {
    let AgentRun {
        agent,
        messages,
        cancel,
    } = run;
    let name = AgentName::from(agent.name.as_deref().unwrap_or("agent"));
    let ready = tokio::runtime::Handle::try_current()
        .map_err(|_outside| RunError::NoRuntime)
        .and_then(|_runtime| agent.ready(name, &Defaults::default()))
        .map_err(|error| RunAgentError {
            kind: error.into(),
            messages: Vec::new(),
        })?;
    let host = std::sync::Arc::new(Caller::new(&ready, &agent));
    let context = ToolContext::for_agent(
        ready.dir.clone(),
        ready.readable_dirs.clone(),
        None,
        ready.name.clone(),
        None,
        None,
        host.clone(),
    )
    .with_states(ready.states.clone());
    let limits = Limits::default();
    let turns = |system| Turns {
        agent: &ready,
        system,
        registry: &ready.registry,
        schema: None,
        limits: &limits,
        host: &*host,
        context: &context,
        cancel: &cancel,
        counted: Counted::default(),
        awaits_comments: false,
    };
    let mut messages = messages;
    let answer = answer_open_calls(&messages, |name| ready.registry.may_repeat(name));
    if let Some(answer) = answer.filter(|_| !cancel.is_cancelled()) {
        host.gain([answer.clone()]);
        messages.push(answer);
    }
    let end = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(RunAgentErrorKind::Cancelled),
        end = async { turns(ready.system_prompt().await?).run(messages, None).await } => {
            end.map_err(RunAgentErrorKind::from)
        }
    };
    host.flush().await;
    let (mut messages, usage) = host.take();
    match end {
        Ok(ending) => {
            messages.extend(ending.closing.into_iter().map(|(message, _)| message));
            let text = match ending.finish.result {
                Value::String(text) => text,
                other => other.to_string(),
            };
            Ok(AgentReply {
                messages,
                text,
                usage,
                stop_reason: ending.stop_reason,
            })
        }
        Err(kind) => Err(RunAgentError { kind, messages }),
    }
}

impl From<Halt> for RunAgentErrorKind {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Fail(failure) => Self::Failed(failure),
            // A caller sets no limits of a run, has no work wait for anybody, and its memory takes every message.
            Halt::Policy(_) | Halt::Waiting(_) | Halt::Store(_) => Self::Cancelled,
        }
    }
}
