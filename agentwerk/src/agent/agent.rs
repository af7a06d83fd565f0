use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::approval::ApprovalHandler;
use crate::chat::ReasoningEffort;
use crate::event::{ApprovalDecision, ApprovalRequest, Event, Handler};
#[cfg(feature = "files")]
use crate::knowledge::Knowledge;
use crate::prompt::TemplateVariables;
use crate::providers::{IntoProvider, SharedProvider};
use crate::ticket::Ticket;
use crate::tools::{IntoTool, IntoTools, States, Tool};

/// Works on tickets: talks to a model, calls tools, and writes results.
///
/// An agent is a description until it is started, by itself or as part of a
/// [`TicketSystem`](crate::TicketSystem). Cheap to clone and to change. An agent by itself has no
/// limits of turns, tokens or time; a system can set them.
///
/// # Examples
/// ```
/// use agentwerk::Agent;
/// use agentwerk::testing::ScriptedModel;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let work = Agent::new()
///     .provider(ScriptedModel::replies(["Four."]))
///     .model("scripted")
///     .role("You compute.")
///     .task("What is 2 + 2?")
///     .finish()
///     .await;
/// assert_eq!(work.last_result().as_deref(), Some("Four."));
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "an agent does nothing until it is started or added to a system"]
pub struct Agent {
    pub(crate) name: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) role: String,
    pub(crate) context: Option<String>,
    pub(crate) variables: TemplateVariables,
    pub(crate) tools: Vec<Tool>,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) readable_dirs: Vec<PathBuf>,
    pub(crate) provider: Option<SharedProvider>,
    pub(crate) model: Option<String>,
    pub(crate) max_reply_tokens: Option<u32>,
    pub(crate) reasoning_effort: Option<ReasoningEffort>,
    pub(crate) context_window: Option<u64>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) is_interactive: bool,
    pub(crate) states: States,
    #[cfg(feature = "files")]
    pub(crate) knowledge: Option<Knowledge>,
    pub(crate) handlers: Vec<Handler>,
    pub(crate) approval: Option<ApprovalHandler>,
    pub(crate) tasks: Vec<Ticket>,
}

impl Agent {
    /// An agent without name, labels, role, tools or model.
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the agent. The name appears in events, and a ticket with it as a label is served.
    /// Without one, its system calls it `agent-<n>`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a label: the agent then serves tickets that carry one of its labels, and no others.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::tools::ReadFileTool;
    /// use agentwerk::{Agent, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let agent = Agent::new()
    ///     .name("archivist")
    ///     .label("letters")
    ///     .tool(ReadFileTool);
    ///
    /// let tickets = TicketSystem::in_memory();
    /// let model = ScriptedModel::replies(["It is filed."]);
    /// tickets.agent(agent.provider(model).model("scripted"));
    /// let letter = tickets.task_labeled("File the letter of 3 May.", "letters");
    /// tickets.task("Water the plants.");
    ///
    /// assert_eq!(tickets.finish().await.to_string(), "no agent serves TICKET-2");
    /// let letter = tickets.get(letter).unwrap();
    /// assert_eq!(letter.assignee().unwrap().as_str(), "archivist");
    /// # }
    /// ```
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.labels.push(label.into());
        self
    }

    /// Adds labels.
    pub fn labels<I: IntoIterator<Item: Into<String>>>(mut self, labels: I) -> Self {
        self.labels.extend(labels.into_iter().map(Into::into));
        self
    }

    /// Says who the agent is; it stands above every conversation.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = role.into();
        self
    }

    /// Says which situation the agent is in, in place of the block that is written by default
    /// (directory, platform, date and what is left of the limits).
    ///
    /// # Examples
    /// ```
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let model = ScriptedModel::replies(["At noon.", "I cannot know."]);
    /// let agent = Agent::new()
    ///     .provider(model.clone())
    ///     .model("scripted")
    ///     .role("You answer travellers at a station, in one sentence.");
    ///
    /// let told = agent.clone()
    ///     .context("- The train to Lyon leaves at noon.\n- It is late by 5 minutes.")
    ///     .task("When does the train to Lyon leave?");
    /// told.finish().await;
    ///
    /// let tickets = TicketSystem::in_memory();
    /// tickets.max_turns(8);
    /// tickets.agent(agent.task("When does the train to Lyon leave?"));
    /// tickets.finish().await;
    ///
    /// // The role stands above both conversations. The context is the beginning of the first message,
    /// // and the task the rest.
    /// let requests = model.requests();
    /// for request in &requests {
    ///     let role = request.system.as_deref();
    ///     assert_eq!(role, Some("You answer travellers at a station, in one sentence."));
    ///     assert!(request.last_text().ends_with("When does the train to Lyon leave?"));
    /// }
    /// assert!(requests[0].last_text().starts_with("- The train to Lyon leaves at noon."));
    /// let default = requests[1].last_text();
    /// assert!(default.starts_with("- Working directory: "));
    /// assert!(default.contains(&format!("\n- Platform: {}", std::env::consts::OS)));
    /// // Of the limits, only those are shown that are set.
    /// assert!(default.contains("\n- Turns remaining: 8"));
    /// assert!(!default.contains("Time remaining"));
    /// # }
    /// ```
    pub fn context(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// Sets what `{name}` stands for in the role, in the given context, and in the tasks of the program:
    /// text as it is, anything else as JSON. The last value of a name counts.
    ///
    /// All names are replaced in one pass when the work on a ticket begins: what is put in is not looked
    /// at again, and names without a value and all other braces stay as they are. In a task that is no
    /// text, the texts in it are filled. The ticket keeps its task as it was submitted; what the model
    /// reads is in its [transcript](crate::TicketSnapshot::transcript). A task that an agent wrote is no
    /// template, nor is the context that stands there by default.
    ///
    /// A value that cannot be written as JSON is a
    /// [`RunError::TemplateValue`](crate::event::RunError::TemplateValue) when a run begins; a name that
    /// is empty or has a brace in it, a [`RunError::TemplateName`](crate::event::RunError::TemplateName).
    ///
    /// # Examples
    /// ```
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let tickets = TicketSystem::in_memory();
    /// let model = ScriptedModel::from_fn(|request| request.last_text());
    /// tickets.agent(
    ///     Agent::new()
    ///         .provider(model)
    ///         .model("scripted")
    ///         .context(" ")
    ///         .template_variable("divisor", 8)
    ///         .task("Compute (47 * 92) / {divisor}, and round {it}."),
    /// );
    /// tickets.finish().await;
    /// assert_eq!(tickets.last_result().as_deref(), Some("Compute (47 * 92) / 8, and round {it}."));
    /// # }
    /// ```
    pub fn template_variable(mut self, name: impl Into<String>, value: impl Serialize) -> Self {
        self.variables.set(name.into(), value);
        self
    }

    /// Sets what several names stand for; see [`template_variable`](Self::template_variable).
    ///
    /// # Examples
    /// ```
    /// use agentwerk::Agent;
    /// use agentwerk::chat::Message;
    /// use agentwerk::testing::ScriptedModel;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::RunAgentError> {
    /// let model = ScriptedModel::replies(["Bonjour."]);
    /// let agent = Agent::new()
    ///     .provider(model.clone())
    ///     .model("scripted")
    ///     .role("You translate from {from} to {to}.")
    ///     .template_variables([("from", "German"), ("to", "French")]);
    /// agent.run(vec![Message::user("Guten Tag.")]).await?;
    /// let role = model.requests()[0].system.clone();
    /// assert_eq!(role.as_deref(), Some("You translate from German to French."));
    /// # Ok(())
    /// # }
    /// ```
    pub fn template_variables<I, N, V>(mut self, variables: I) -> Self
    where
        I: IntoIterator<Item = (N, V)>,
        N: Into<String>,
        V: Serialize,
    {
        for (name, value) in variables {
            self.variables.set(name.into(), value);
        }
        self
    }

    /// Registers a tool.
    pub fn tool(mut self, tool: impl IntoTool) -> Self {
        self.tools.push(tool.into_tool());
        self
    }

    /// Registers tools: a type with `#[tools]`, an array or a vector of one type, or a tuple of
    /// different ones, as in `.tools((ReadFileTool, ListDirectoryTool))`.
    pub fn tools(mut self, tools: impl IntoTools) -> Self {
        tools.collect_into(&mut self.tools);
        self
    }

    /// Supplies a value of the program to the agent's tools, which take it as
    /// [`State<T>`](crate::tools::State). There is one value for each type; the last one counts.
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.set(value);
        self
    }

    /// Gives the agent a store of knowledge, and [`KnowledgeTool`](crate::tools::KnowledgeTool) to
    /// work with it. Several agents may share one.
    ///
    /// The index of the store stands in the system prompt, behind the role. It is read when the agent
    /// begins to work on a ticket, and does not change until the agent lets go of it: a page that is
    /// written meanwhile is in the index of later tickets. When a ticket goes on after a crash, the
    /// index is as it is then. If the store cannot be read, the ticket fails as
    /// [`KnowledgeUnreadable`](crate::event::FailureReason::KnowledgeUnreadable).
    ///
    /// Tools of the program's own may take the store as [`State<Knowledge>`](crate::tools::State).
    #[cfg(feature = "files")]
    pub fn knowledge(mut self, store: &Knowledge) -> Self {
        self.states.set(store.clone());
        self.knowledge = Some(store.clone());
        self
    }

    /// Sets the directory that the agent's tools are confined to, which has to exist when a run begins;
    /// unset, the current one. See the [guide to security](crate::guides::security).
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// Lets the agent's tools read a further directory, and not write to it, also where it lies in
    /// the agent's own one. A tool is given it by its absolute path, which the model is not told: name
    /// it in the [`role`](Self::role) or in the task. May be called several times.
    ///
    /// A directory that is not there when the run begins is a
    /// [`RunError::Directory`](crate::event::RunError::Directory).
    pub fn readable_dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.readable_dirs.push(dir.into());
        self
    }

    /// Sets the provider; unset, that of its system.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::Agent;
    /// use agentwerk::providers::AnthropicProvider;
    ///
    /// # let key = "sk-ant-…";
    /// let agent = Agent::new()
    ///     .provider(AnthropicProvider::new(key))
    ///     .model("claude-sonnet-5-5");
    /// assert!(!format!("{agent:?}").contains("sk-ant"));
    /// ```
    ///
    /// [`from_env`](Self::from_env) takes both from the environment.
    pub fn provider(mut self, provider: impl IntoProvider) -> Self {
        self.provider = Some(provider.into_provider());
        self
    }

    /// Sets the model; unset, that of its system.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Caps the output tokens of one reply. Unset, the provider decides.
    pub fn max_reply_tokens(mut self, tokens: u32) -> Self {
        self.max_reply_tokens = Some(tokens);
        self
    }

    /// Says how much the model thinks before it answers. Unset, the vendor decides.
    pub fn reasoning_effort(mut self, effort: ReasoningEffort) -> Self {
        self.reasoning_effort = Some(effort);
        self
    }

    /// Says how many input tokens the model takes, which decides when a conversation is compacted.
    /// Unset, what is known of the model; 128,000 for one that is not known.
    pub fn context_window(mut self, tokens: u64) -> Self {
        self.context_window = Some(tokens);
        self
    }

    /// Has a ticket fail as [`DeadlineExceeded`](crate::event::FailureReason::DeadlineExceeded) that
    /// this agent holds for longer. The time begins anew with each claim, and does not go on while the
    /// ticket waits for somebody. [`Ticket::deadline`] counts from the submission.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Makes a conversation of each ticket: when the model says something and calls no tool, its
    /// ticket waits for the next [comment](crate::TicketSystem::comment), which goes on with it, and
    /// the agent is free for others. `finish` returns as
    /// [`Waiting`](crate::event::RunOutcome::Waiting) when no more than such tickets are left.
    ///
    /// A conversation ends with [`WriteResultTool`](crate::tools::WriteResultTool), where the agent
    /// has it or the ticket has a schema; with a text that fits the schema; or by the program, with
    /// [`cancel_ticket`](crate::TicketSystem::cancel_ticket) and the like.
    pub fn interactive(mut self) -> Self {
        self.is_interactive = true;
        self
    }

    /// Registers a handler of this agent's events.
    ///
    /// Handlers are called in order on a task of their own and never delay an agent. One that
    /// panics misses that event.
    ///
    /// # Examples
    /// ```
    /// use std::sync::{Arc, Mutex};
    ///
    /// use agentwerk::Agent;
    /// use agentwerk::event::{Event, EventKind};
    /// use agentwerk::testing::ScriptedModel;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let log = Arc::new(Mutex::new(Vec::new()));
    /// let lines = Arc::clone(&log);
    /// let agent = Agent::new()
    ///     .name("greeter")
    ///     .event_handler(Arc::new(move |event: Event| {
    ///         if let EventKind::TicketDone { key } = &event.kind {
    ///             lines.lock().unwrap().push(format!("{}: {key}", event.agent_name));
    ///         }
    ///     }));
    ///
    /// let model = ScriptedModel::replies(["Good morning."]);
    /// agent.provider(model).model("scripted").task("Greet the guests.").finish().await;
    /// assert_eq!(*log.lock().unwrap(), ["greeter: TICKET-1"]);
    /// # }
    /// ```
    pub fn event_handler(mut self, handler: Arc<dyn Fn(Event) + Send + Sync>) -> Self {
        self.handlers.push(handler);
        self
    }

    /// Registers a closure as a handler; see [`event_handler`](Self::event_handler).
    pub fn on_event(self, handler: impl Fn(Event) + Send + Sync + 'static) -> Self {
        self.event_handler(Arc::new(handler))
    }

    /// Sets who is asked for leave for the calls of tools that need it; see
    /// [`ToolBuilder::requires_approval`](crate::tools::ToolBuilder::requires_approval) and
    /// `#[tool(approval)]`.
    ///
    /// The request is part of the ticket, which waits with it: no agent is kept from other tickets
    /// meanwhile, and after a restart the handler of the agent of that name is asked again: give an agent
    /// with a handler a [name](Self::name). The ticket is then open for any agent that serves it, which
    /// goes on with its tool of that name. Whoever answers first decides: the
    /// handler, or [`TicketSystem::resolve_approval`](crate::TicketSystem::resolve_approval). Without
    /// a handler, a ticket waits for the latter; a conversation by [`run`](Self::run) gets a denial.
    /// A cancel ends the asking, and leaves the request open.
    ///
    /// Before any call of a turn runs, leave is asked for all that need it.
    ///
    /// # Panics
    /// A handler that panics has denied.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::event::ApprovalDecision;
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::chat::{Response, ToolCall};
    /// use agentwerk::{Agent, tool};
    /// use serde_json::json;
    ///
    /// /// Deletes a branch.
    /// #[tool(approval)]
    /// async fn delete_branch(name: String) -> String {
    ///     format!("deleted {name}")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let model = ScriptedModel::from_fn(|request| match request.messages.len() {
    /// #     1 => Response::tool_calls([ToolCall::new("1", "delete_branch", &json!({ "name": "main" }))]),
    /// #     _ => Response::text(format!("{:?}", request.messages.last())),
    /// # });
    /// let agent = Agent::new()
    ///     .tool(DeleteBranch)
    ///     .approval(|request| async move {
    ///         let arguments = request.arguments.parse().unwrap_or_default();
    ///         if arguments["name"] == "main" {
    ///             ApprovalDecision::Deny("`main` is protected".to_owned())
    ///         } else {
    ///             ApprovalDecision::Approve
    ///         }
    ///     });
    /// # let work = agent.provider(model).model("scripted").task("Tidy up.");
    /// # let tickets = agentwerk::TicketSystem::in_memory();
    /// # tickets.agent(work);
    /// # tickets.finish().await;
    /// # assert!(tickets.last_result().unwrap().contains("`main` is protected"));
    /// # }
    /// ```
    pub fn approval<F, Fut>(mut self, handler: F) -> Self
    where
        F: Fn(ApprovalRequest) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ApprovalDecision> + Send + 'static,
    {
        self.approval = Some(ApprovalHandler::new(handler));
        self
    }

    /// Gives the agent a task: a ticket that carries the agent's labels, submitted when the agent
    /// is started or added to a system.
    pub fn task(mut self, task: impl Serialize) -> Self {
        self.tasks.push(Ticket::new(task));
        self
    }
}

impl fmt::Debug for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agent")
            .field("name", &self.name)
            .field("labels", &self.labels)
            .field("tools", &self.tools)
            .field("provider", &self.provider)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}
