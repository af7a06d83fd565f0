use std::sync::Arc;

use super::builtin::{ToolSearch, ToolSearchTool};
use super::catalogue::Catalogue;
use super::tool::Tool;
use super::typed::TypedTool;
use crate::chat::{ContentBlock, Message, ToolCall, ToolSpec};
use crate::excerpt::head;
use crate::schemas::Schema;

/// Bytes of a tool's name.
const NAME_BYTES_MAX: usize = 64;
/// Tools that are named to a model that asked for an unknown one, at most.
const SUGGESTIONS_MAX: usize = 3;
/// Similarity (0 to 1) below which a name is no suggestion.
const SIMILARITY_MIN: f64 = 0.7;

/// The tools of one agent, by name, in the order in which they were registered.
#[derive(Clone, Debug)]
pub(crate) struct Registry {
    tools: Arc<[Registered]>,
    /// What the model is told from the first request on.
    specs: Arc<[ToolSpec]>,
    catalogue: Arc<Catalogue>,
}

/// The deferred tools that a conversation has found, in the order in which it found them, behind those
/// that the model knows anyway: what a vendor keeps of the earlier requests stays the same.
#[derive(Clone, Debug)]
pub(crate) struct Discovered {
    specs: Arc<[ToolSpec]>,
    /// The messages that were looked at.
    read: usize,
}

/// A tool and the parsed schema of its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) tool: Tool,
    pub(crate) schema: Schema,
}

/// Tools that cannot stand side by side, or at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RegistryError {
    #[error("there are two tools named `{tool}`")]
    Duplicate { tool: String },
    #[error("`{tool}` cannot be the name of a tool")]
    Name { tool: String },
    #[error("the schema of `{tool}` is unusable: {what}")]
    Schema { tool: String, what: String },
}

impl Registry {
    /// Puts tools side by side.
    pub(crate) fn new(tools: impl IntoIterator<Item = Tool>) -> Result<Self, RegistryError> {
        let mut registered: Vec<Registered> = Vec::new();
        for tool in tools {
            let name = tool.spec().name.clone();
            if registered
                .iter()
                .any(|other| other.tool.spec().name == name)
            {
                return Err(RegistryError::Duplicate { tool: name });
            }
            registered.push(Registered::new(tool)?);
        }
        let deferred = registered.iter().map(|each| each.tool.spec());
        let deferred: Vec<_> = deferred.filter(|spec| spec.deferred).cloned().collect();
        let catalogue = Arc::new(Catalogue::new(deferred));
        if !catalogue.is_empty() {
            let search = ToolSearchTool::over(Arc::clone(&catalogue));
            let name = ToolSearchTool::NAME;
            let mut tools = registered.iter_mut();
            match tools.find(|each| each.tool.spec().name == name) {
                None => registered.push(Registered::new(search)?),
                Some(own) if own.tool.spec().is_told_as(&ToolSearchTool.spec()) => {
                    *own = Registered::new(search.with_rules_of(own.tool.spec()))?;
                }
                Some(_) => {
                    let tool = name.to_owned();
                    return Err(RegistryError::Duplicate { tool });
                }
            }
        }
        Ok(Self::of(registered, catalogue))
    }

    /// The same tools and one more that finishes, which takes the place of another such tool with its
    /// name.
    pub(crate) fn with(&self, tool: Tool) -> Result<Self, RegistryError> {
        let name = tool.spec().name.clone();
        let own = self.get(&name);
        if own.is_some_and(|own| !own.finishes()) {
            return Err(RegistryError::Duplicate { tool: name });
        }
        let added = Registered::new(match own {
            Some(own) => tool.with_rules_of(own.tool.spec()),
            None => tool,
        })?;
        let mut registered: Vec<_> = self
            .tools
            .iter()
            .filter(|each| each.tool.spec().name != name)
            .cloned()
            .collect();
        registered.push(added);
        Ok(Self::of(registered, Arc::clone(&self.catalogue)))
    }

    fn of(registered: Vec<Registered>, catalogue: Arc<Catalogue>) -> Self {
        let specs = registered.iter().map(|each| each.tool.spec());
        let specs = specs.filter(|spec| !spec.deferred).cloned().collect();
        Self {
            tools: registered.into(),
            specs,
            catalogue,
        }
    }

    /// Every tool, also those that the model has to search for.
    pub(crate) fn all_specs(&self) -> Vec<ToolSpec> {
        let deferred = self.catalogue.tools();
        self.specs.iter().chain(deferred).cloned().collect()
    }

    /// What the model is told of the tools at this point of a conversation.
    pub(crate) fn discovered(&self, messages: &[Message]) -> Discovered {
        let specs = Arc::clone(&self.specs);
        let mut discovered = Discovered { specs, read: 0 };
        discovered.read(self, messages);
        discovered
    }

    /// The tool of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Registered> {
        self.tools.iter().find(|each| each.tool.spec().name == name)
    }

    /// Whether a call of this tool may be made again when nobody knows if it ran.
    pub(crate) fn may_repeat(&self, name: &str) -> bool {
        self.get(name).is_some_and(|each| {
            let spec = each.tool.spec();
            spec.read_only || spec.idempotent
        })
    }

    /// Whether a call of this tool may change something outside of its ticket.
    pub(crate) fn may_change(&self, name: &str) -> bool {
        let tool = self.get(name);
        tool.is_some_and(|each| !each.tool.spec().read_only)
    }

    /// What a model is told that asked for a tool which does not exist.
    pub(crate) fn unknown(&self, name: &str) -> String {
        let name = head(name, NAME_BYTES_MAX);
        let all = self.all_specs();
        if all.is_empty() {
            return format!(
                "There is no tool `{name}`, and there are no tools at all. Reply in text."
            );
        }
        let mut similar: Vec<_> = all
            .iter()
            .map(|spec| (strsim::jaro_winkler(name, &spec.name), spec.name.as_str()))
            .filter(|(similarity, _)| *similarity >= SIMILARITY_MIN)
            .collect();
        similar.sort_by(|left, right| right.0.total_cmp(&left.0));
        let nearest: Vec<_> = similar
            .iter()
            .take(SUGGESTIONS_MAX)
            .map(|(_, name)| format!("`{name}`"))
            .collect();
        if nearest.is_empty() {
            let all: Vec<_> = all.iter().map(|spec| format!("`{}`", spec.name)).collect();
            format!("There is no tool `{name}`. Available: {}.", all.join(", "))
        } else {
            format!(
                "There is no tool `{name}`. Did you mean {}?",
                nearest.join(" or ")
            )
        }
    }
}

impl Discovered {
    /// Takes note of what the searches find that a conversation has gained. A search finds the same
    /// each time, so what was found before a restart is found again.
    pub(crate) fn read(&mut self, registry: &Registry, messages: &[Message]) {
        for pair in messages[self.read..].windows(2) {
            // A search that was refused or interrupted has shown the model nothing.
            let calls = pair[0].tool_calls();
            for call in calls.filter(|call| has_succeeded(call, &pair[1])) {
                self.add(registry, call);
            }
        }
        // The results of the last message are still to come.
        self.read = messages.len().saturating_sub(1);
    }

    /// Takes note of what a call shows: a search what it finds, a call of a deferred tool that the model
    /// guessed its arguments.
    fn add(&mut self, registry: &Registry, call: &ToolCall) {
        let catalogue = &registry.catalogue;
        let query = serde_json::from_str::<ToolSearch>(call.arguments.as_str());
        let query = query.ok().filter(|_| call.name == ToolSearchTool::NAME);
        let found = query.iter().flat_map(|query| catalogue.search(query));
        let called = catalogue
            .tools()
            .iter()
            .filter(|tool| tool.name == call.name);
        let mut new: Vec<_> = found.chain(called).cloned().collect();
        new.retain(|spec| self.specs.iter().all(|known| known.name != spec.name));
        if !new.is_empty() {
            self.specs = self.specs.iter().cloned().chain(new).collect();
        }
    }

    /// What the next request tells the model.
    pub(crate) fn specs(&self) -> &Arc<[ToolSpec]> {
        &self.specs
    }
}

impl Registered {
    fn new(tool: Tool) -> Result<Self, RegistryError> {
        let spec = tool.spec();
        let name = spec.name.clone();
        if !is_name(&name) {
            return Err(RegistryError::Name { tool: name });
        }
        let schema =
            Schema::parse((*spec.schema).clone()).map_err(|error| RegistryError::Schema {
                tool: name,
                what: error.to_string(),
            })?;
        Ok(Self { tool, schema })
    }

    /// Whether its calls end the ticket.
    pub(crate) fn finishes(&self) -> bool {
        self.tool.spec().finishes
    }
}

fn has_succeeded(call: &ToolCall, results: &Message) -> bool {
    results.content().iter().any(|block| match block {
        ContentBlock::ToolResult(result) => result.call_id == call.id && !result.is_error,
        _ => false,
    })
}

/// Whether every vendor accepts the name of a tool: Anthropic and OpenAI allow 64 characters of
/// `[A-Za-z0-9_-]`, and some vendors no digit or `-` at the start.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    name.len() <= NAME_BYTES_MAX
        && characters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|next| next.is_ascii_alphanumeric() || next == '_' || next == '-')
}
