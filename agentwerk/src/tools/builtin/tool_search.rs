use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::chat::ToolSpec;
use crate::excerpt;
use crate::tools::catalogue::Catalogue;
use crate::tools::typed::schema_of_args;
use crate::tools::{Tool, ToolContext, TypedTool};

/// Finds the agent's deferred tools by words.
///
/// A tool that is [deferred](crate::tools::Tool::defer) is told to the model by its name and the first
/// line of its description; its definition is sent from the request on that follows a search which
/// found it. So an agent may have hundreds of tools that cost next to nothing until they are needed.
/// A deferred tool brings this one by itself.
///
/// # Units and limits
/// A search finds at most 10 tools, 5 unless asked for more: those that share most of its words, rare
/// words first. Of each tool that can be found the model is told 200 bytes of its first line, and of all of
/// them at most 20,000 bytes; more than these can be found all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct ToolSearchTool;

/// What it is called with.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ToolSearch {
    /// What the tool should do, or its name.
    #[schemars(length(min = 1))]
    pub(crate) query: String,
    /// How many tools to find.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = LIMIT_MAX))]
    pub(crate) limit: usize,
}

/// Tools that one search finds.
const LIMIT_MAX: usize = 10;
/// Bytes of the list of all tools that can be found.
const LIST_BYTES_MAX: usize = 20_000;
/// Bytes of one tool's line in it.
const LINE_BYTES_MAX: usize = 200;

fn default_limit() -> usize {
    5
}

impl ToolSearchTool {
    /// The tool's name.
    pub(crate) const NAME: &'static str = "tool_search";

    /// The tool that searches these.
    pub(crate) fn over(catalogue: Arc<Catalogue>) -> Tool {
        Tool::typed(Search(catalogue))
    }
}

impl TypedTool for ToolSearchTool {
    type Args = ToolSearch;
    type Output = String;

    fn spec(&self) -> ToolSpec {
        spec(&Catalogue::default())
    }

    async fn call(&self, args: ToolSearch, _context: &ToolContext) -> String {
        search(&Catalogue::default(), &args)
    }
}

struct Search(Arc<Catalogue>);

impl TypedTool for Search {
    type Args = ToolSearch;
    type Output = String;

    fn spec(&self) -> ToolSpec {
        spec(&self.0)
    }

    async fn call(&self, args: ToolSearch, _context: &ToolContext) -> String {
        search(&self.0, &args)
    }
}

fn spec(catalogue: &Catalogue) -> ToolSpec {
    let mut description = include_str!("tool_search.md").trim().to_owned();
    if !catalogue.is_empty() {
        description.push_str(" These can be found:");
        for (position, tool) in catalogue.tools().iter().enumerate() {
            let line = format!("\n- {}", entry(tool));
            if description.len() + line.len() > LIST_BYTES_MAX {
                let rest = catalogue.tools().len() - position;
                description.push_str(&format!("\n- and {rest} more"));
                break;
            }
            description.push_str(&line);
        }
    }
    ToolSpec::new(ToolSearchTool::NAME, description)
        .schema(schema_of_args::<ToolSearch>())
        .read_only(true)
}

fn search(catalogue: &Catalogue, args: &ToolSearch) -> String {
    if catalogue.is_empty() {
        return "There are no further tools.".to_owned();
    }
    let found = catalogue.search(args);
    if found.is_empty() {
        return "No tool fits. Say it in other words, or take a name from the list of this tool."
            .to_owned();
    }
    let list: String = found
        .iter()
        .map(|tool| format!("\n- {}", entry(tool)))
        .collect();
    format!("These can be called from your next turn on:{list}")
}

/// A tool in one line.
fn entry(tool: &ToolSpec) -> String {
    let line = tool.description.lines().next().unwrap_or_default();
    let line = excerpt::shorten(line.to_owned(), LINE_BYTES_MAX);
    format!("`{}`: {line}", tool.name)
}
