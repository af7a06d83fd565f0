use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::agent::Agent;
use crate::chat::ReasoningEffort;
use crate::event::RunError;
use crate::id::AgentName;
#[cfg(feature = "files")]
use crate::knowledge::Knowledge;
use crate::prompt::{TemplateVariables, UnusableVariable};
use crate::providers::{SharedProvider, context_window};
use crate::ticket::Routing;
#[cfg(feature = "files")]
use crate::tools::{IntoTool, KnowledgeTool};
use crate::tools::{Registry, RegistryError, States, Tool};

/// An agent with everything that it needs to work.
#[derive(Clone, Debug)]
pub(crate) struct ReadyAgent {
    pub(crate) name: AgentName,
    pub(crate) routing: Routing,
    pub(crate) provider: SharedProvider,
    pub(crate) model: Arc<str>,
    /// With the values of its variables.
    pub(crate) role: Option<Arc<str>>,
    /// With the values of its variables.
    pub(crate) context: Option<String>,
    pub(crate) variables: TemplateVariables,
    pub(crate) registry: Registry,
    pub(crate) dir: PathBuf,
    pub(crate) readable_dirs: Arc<[PathBuf]>,
    pub(crate) max_reply_tokens: Option<u32>,
    pub(crate) reasoning_effort: Option<ReasoningEffort>,
    /// Input tokens that the model takes.
    pub(crate) context_window: u64,
    /// How long it may hold a ticket.
    pub(crate) deadline: Option<Duration>,
    pub(crate) is_interactive: bool,
    pub(crate) states: States,
    #[cfg(feature = "files")]
    pub(crate) knowledge: Option<Knowledge>,
}

/// What an agent takes when it was given nothing of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    pub(crate) provider: Option<SharedProvider>,
    pub(crate) model: Option<String>,
    pub(crate) states: States,
}

impl Agent {
    /// Which tickets the agent serves.
    pub(crate) fn routing(&self) -> Routing {
        Routing::new(self.labels.iter().cloned(), self.name.as_deref())
    }

    /// Makes the agent ready, or says what is missing.
    pub(crate) fn ready(
        &self,
        name: AgentName,
        defaults: &Defaults,
    ) -> Result<ReadyAgent, RunError> {
        let provider = self
            .provider
            .clone()
            .or_else(|| defaults.provider.clone())
            .ok_or_else(|| RunError::NoProvider {
                agent: name.clone(),
            })?;
        let model = self
            .model
            .clone()
            .or_else(|| defaults.model.clone())
            .ok_or_else(|| RunError::NoModel {
                agent: name.clone(),
            })?;
        let states = self.states.or(&defaults.states);
        let tools = self.all_tools();
        check_states(&name, &tools, &states)?;
        let registry = registry(&name, tools)?;
        check_tools(&name, &provider, &registry)?;
        check_variables(&name, &self.variables)?;
        Ok(ReadyAgent {
            routing: self.routing(),
            provider,
            context_window: self
                .context_window
                .unwrap_or_else(|| context_window(&model)),
            model: model.into(),
            role: Some(self.variables.fill(&self.role))
                .filter(|role| !role.trim().is_empty())
                .map(Arc::from),
            context: (self.context.as_deref()).map(|context| self.variables.fill(context)),
            variables: self.variables.clone(),
            registry,
            dir: directory(&name, self.dir.as_deref().unwrap_or(Path::new(".")))?,
            readable_dirs: self.readable(&name)?,
            max_reply_tokens: self.max_reply_tokens,
            reasoning_effort: self.reasoning_effort,
            deadline: self.deadline,
            is_interactive: self.is_interactive,
            states,
            #[cfg(feature = "files")]
            knowledge: self.knowledge.clone(),
            name,
        })
    }

    /// The tools that were registered, and those that something else brings. To register one of
    /// these as well is no mistake.
    fn all_tools(&self) -> Vec<Tool> {
        #[cfg_attr(
            not(feature = "files"),
            expect(unused_mut, reason = "nothing brings a tool")
        )]
        let mut tools = self.tools.clone();
        #[cfg(feature = "files")]
        if self.knowledge.is_some() {
            let brought = KnowledgeTool.into_tool();
            if !tools
                .iter()
                .any(|own| own.spec().is_told_as(brought.spec()))
            {
                tools.push(brought);
            }
        }
        tools
    }

    /// The directories that may be read besides, as absolute paths: each without links, and as it
    /// was named, because this is how a model hears of it.
    fn readable(&self, agent: &AgentName) -> Result<Arc<[PathBuf]>, RunError> {
        let mut dirs = Vec::new();
        for named in &self.readable_dirs {
            let dir = directory(agent, named)?;
            let named = std::path::absolute(named).ok().filter(|path| *path != dir);
            dirs.push(dir);
            dirs.extend(named);
        }
        Ok(dirs.into())
    }
}

/// A directory of the agent's tools, as an absolute path without links.
fn directory(agent: &AgentName, path: &Path) -> Result<PathBuf, RunError> {
    let found = std::fs::canonicalize(path).and_then(|dir| {
        if dir.is_dir() {
            Ok(dir)
        } else {
            Err(std::io::ErrorKind::NotADirectory.into())
        }
    });
    found.map_err(|source| RunError::Directory {
        agent: agent.clone(),
        path: path.to_owned(),
        source: Arc::new(source),
    })
}

/// Checks that everything is there that the tools take from the program.
fn check_states(agent: &AgentName, tools: &[Tool], states: &States) -> Result<(), RunError> {
    for tool in tools {
        let mut needed = tool.states().iter();
        if let Some(missing) = needed.find(|state| !states.has(**state)) {
            return Err(RunError::MissingState {
                agent: agent.clone(),
                tool: tool.spec().name.clone(),
                state: missing.name(),
            });
        }
    }
    Ok(())
}

/// Checks that the texts of an agent can be filled.
fn check_variables(agent: &AgentName, variables: &TemplateVariables) -> Result<(), RunError> {
    let agent = agent.clone();
    variables.check().map_err(|unusable| match unusable {
        UnusableVariable::Name(name) => RunError::TemplateName {
            agent,
            name: name.to_owned(),
        },
        UnusableVariable::Value(name, error) => RunError::TemplateValue {
            agent,
            name: name.to_owned(),
            source: error.clone(),
        },
    })
}

/// Asks the provider whether it can send the tools.
fn check_tools(
    agent: &AgentName,
    provider: &SharedProvider,
    registry: &Registry,
) -> Result<(), RunError> {
    provider
        .check_tools(&registry.all_specs())
        .map_err(|error| RunError::ToolNotStrict {
            agent: agent.clone(),
            tool: error.tool,
            reasons: error.reasons,
        })
}

/// Puts the tools of an agent side by side.
pub(crate) fn registry(
    agent: &AgentName,
    tools: impl IntoIterator<Item = Tool>,
) -> Result<Registry, RunError> {
    let agent = agent.clone();
    Registry::new(tools).map_err(|error| match error {
        RegistryError::Duplicate { tool } => RunError::DuplicateTool { agent, tool },
        RegistryError::Name { tool } => RunError::ToolName { agent, tool },
        RegistryError::Schema { tool, what } => RunError::ToolSchema { agent, tool, what },
    })
}
