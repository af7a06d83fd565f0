use std::sync::Arc;

use super::tool::Tool;
use crate::chat::ToolSpec;
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
    specs: Arc<[ToolSpec]>,
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
        Ok(Self::of(registered))
    }

    /// The same tools and one more that finishes, which takes the place of another such tool with its
    /// name.
    pub(crate) fn with(&self, tool: Tool) -> Result<Self, RegistryError> {
        let added = Registered::new(tool)?;
        let name = added.tool.spec().name.clone();
        if self.get(&name).is_some_and(|own| !own.tool.spec().finishes) {
            return Err(RegistryError::Duplicate { tool: name });
        }
        let mut registered: Vec<_> = self
            .tools
            .iter()
            .filter(|each| each.tool.spec().name != name)
            .cloned()
            .collect();
        registered.push(added);
        Ok(Self::of(registered))
    }

    fn of(registered: Vec<Registered>) -> Self {
        let specs = registered
            .iter()
            .map(|each| each.tool.spec().clone())
            .collect();
        Self {
            tools: registered.into(),
            specs,
        }
    }

    /// What the model is told of the tools.
    pub(crate) fn specs(&self) -> &Arc<[ToolSpec]> {
        &self.specs
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
        if self.specs.is_empty() {
            return format!(
                "There is no tool `{name}`, and there are no tools at all. Reply in text."
            );
        }
        let mut similar: Vec<_> = self
            .specs
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
            let all: Vec<_> = self
                .specs
                .iter()
                .map(|spec| format!("`{}`", spec.name))
                .collect();
            format!("There is no tool `{name}`. Available: {}.", all.join(", "))
        } else {
            format!(
                "There is no tool `{name}`. Did you mean {}?",
                nearest.join(" or ")
            )
        }
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
