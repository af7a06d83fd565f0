use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::queue::{Filter, key_of, list, show};
use crate::chat::ToolSpec;
use crate::schemas::Schema;
use crate::ticket::{Desk, DeskError, Ticket, TicketEdit};
use crate::tools::typed::schema_of_args;
use crate::tools::{ToolContext, ToolError, TypedTool};

/// Reads the ticket queue, and creates or edits tickets.
///
/// A created ticket has the ticket that the agent works on as its parent, and the agent as its
/// reporter. Only its reporter may edit a ticket, and only while it is `todo`: its task and its labels.
/// The schema, the result and the status of a ticket cannot be changed with it, and nothing of the
/// ticket that the agent works on.
///
/// # Units and limits
/// As [`ReadTicketsTool`](crate::tools::ReadTicketsTool), and the work on one ticket opens at most 100
/// others ([`max_children`](crate::TicketSystem::max_children)).
#[derive(Clone, Copy, Debug, Default)]
pub struct ManageTicketsTool;

/// What it is called with.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ManageTickets {
    /// What to do.
    action: Action,
    /// The ticket to `read` or `edit`, as in `TICKET-3`.
    #[serde(default)]
    key: Option<String>,
    /// What is to be done: for `create` and `edit`.
    #[serde(default)]
    task: Option<String>,
    /// Who may do it: labels that agents serve, or agents' names. For `create` and `edit`.
    #[serde(default)]
    labels: Option<Vec<String>>,
    /// A JSON schema that the result has to fit. For `create`; leave it out for text.
    #[serde(default)]
    schema: Option<Map<String, Value>>,
    #[serde(flatten)]
    filter: Filter,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    List,
    Read,
    Create,
    Edit,
}

impl TypedTool for ManageTicketsTool {
    type Args = ManageTickets;
    type Output = Result<String, ToolError>;

    fn spec(&self) -> ToolSpec {
        ToolSpec::new("manage_tickets", include_str!("manage_tickets.md").trim())
            .schema(schema_of_args::<ManageTickets>())
    }

    async fn call(&self, args: ManageTickets, context: &ToolContext) -> Self::Output {
        let desk = context
            .desk()
            .ok_or_else(|| ToolError::fail("There is no ticket queue here."))?;
        match args.action {
            Action::List => list(desk, &args.filter),
            Action::Read => show(desk, args.key()?),
            Action::Create => args.create(desk).await,
            Action::Edit => args.edit(desk).await,
        }
    }
}

impl ManageTickets {
    fn key(&self) -> Result<crate::id::TicketKey, ToolError> {
        let key = self.key.as_deref();
        key_of(key.ok_or_else(|| missing("key"))?)
    }

    async fn create(self, desk: &dyn Desk) -> Result<String, ToolError> {
        let task = self.task.filter(|task| !task.trim().is_empty());
        let labels = self.labels.unwrap_or_default();
        check_labels(&labels)?;
        let mut ticket = Ticket::new(task.ok_or_else(|| missing("task"))?).labels(labels);
        if let Some(document) = self.schema {
            let schema = Schema::parse(Value::Object(document)).map_err(|error| {
                ToolError::retry(format!(
                    "`schema` is no JSON schema: {error}. Correct it or leave it out, and call \
                     `manage_tickets` again."
                ))
            })?;
            ticket = ticket.schema(schema);
        }
        let key = desk.submit(ticket).await.map_err(refused)?;
        Ok(format!("{key} is created."))
    }

    async fn edit(self, desk: &dyn Desk) -> Result<String, ToolError> {
        let key = self.key()?;
        if self
            .task
            .as_ref()
            .is_some_and(|task| task.trim().is_empty())
        {
            return Err(missing("task"));
        }
        let edit = TicketEdit {
            task: self.task.map(Value::String),
            labels: self.labels,
        };
        if edit == TicketEdit::default() {
            return Err(ToolError::retry(
                "Nothing is to be changed. Give a new `task` or new `labels`, and call \
                 `manage_tickets` again.",
            ));
        }
        check_labels(edit.labels.as_deref().unwrap_or_default())?;
        desk.edit(&key, edit).await.map_err(refused)?;
        Ok(format!("{key} is changed."))
    }
}

fn check_labels(labels: &[String]) -> Result<(), ToolError> {
    if labels.iter().any(|label| label.trim().is_empty()) {
        return Err(ToolError::retry(
            "A label is empty. Give labels that agents serve, and call `manage_tickets` again.",
        ));
    }
    Ok(())
}

fn missing(name: &str) -> ToolError {
    ToolError::retry(format!(
        "`{name}` is missing or empty. Add it, and call `manage_tickets` again."
    ))
}

/// What the model is told of what the desk did not do.
fn refused(error: DeskError) -> ToolError {
    match error {
        DeskError::Store { .. } => ToolError::fail(error),
        other => ToolError::retry(format!("Nothing has changed: {other}.")),
    }
}
