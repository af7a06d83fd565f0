use schemars::JsonSchema;
use serde::Deserialize;

use super::queue::{Filter, key_of, list, show};
use crate::chat::ToolSpec;
use crate::tools::typed::schema_of_args;
use crate::tools::{ToolContext, ToolError, TypedTool};

/// Reads the ticket queue: lists tickets by status, label, parent or text, or shows one whole.
///
/// It sees every ticket of its system, with tasks and results, whoever works on them.
///
/// # Units and limits
/// One call lists at most 50 tickets, newest first, with the first 200 bytes of each task, and says how
/// to go on. Of the one ticket that is shown, task, result and schema are cut at 20,000 bytes each.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadTicketsTool;

/// What it is called with.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReadTickets {
    /// The one ticket to show, as in `TICKET-3`.
    #[serde(default)]
    key: Option<String>,
    #[serde(flatten)]
    filter: Filter,
}

impl TypedTool for ReadTicketsTool {
    type Args = ReadTickets;
    type Output = Result<String, ToolError>;

    fn spec(&self) -> ToolSpec {
        ToolSpec::new("read_tickets", include_str!("read_tickets.md").trim())
            .schema(schema_of_args::<ReadTickets>())
            .read_only(true)
    }

    async fn call(&self, args: ReadTickets, context: &ToolContext) -> Self::Output {
        let desk = context
            .desk()
            .ok_or_else(|| ToolError::fail("There is no ticket queue here."))?;
        match args.key {
            Some(key) => show(desk, key_of(&key)?),
            None => list(desk, &args.filter),
        }
    }
}
