use serde_json::{Map, Value, json};

use crate::chat::ToolSpec;
use crate::placeholders::replace;
use crate::schemas::{RESULT, Schema, arguments_of};
use crate::ticket::Ticket;
use crate::tools::{Tool, ToolContext, ToolError, ToolResult, TypedTool};

/// Writes the result of the current ticket, finishes it, and hands follow-up work to another agent.
///
/// The ticket is finished and the next one opened in one record: both or neither. The next ticket
/// carries the label `to`, has the finished one as its parent and the agent as its reporter. In its
/// task, `{parent_key}` and `{parent_result}` are replaced in one pass: what is put in is not looked
/// at again, and other names in braces stay. The model may give a `schema` that the next result has
/// to fit.
///
/// On a ticket with a schema the parameter `result` is what that schema asks for, as with
/// [`WriteResultTool`](crate::tools::WriteResultTool); on others it is text.
///
/// # Units and limits
/// Work is handed over at most 16 times in a row
/// ([`max_hops`](crate::TicketSystem::max_hops)), and the work on one ticket opens at most 100 others
/// ([`max_children`](crate::TicketSystem::max_children)).
///
/// # Errors
/// The model is told of a blank `to`, an empty `task` or `result`, a result that does not fit, a
/// `schema` that is none, and of a limit that is reached. Nothing has changed then.
#[derive(Clone, Copy, Debug, Default)]
pub struct WriteHandoverTool;

impl WriteHandoverTool {
    /// The tool's name.
    pub(crate) const NAME: &'static str = "write_handover";

    /// The tool for a ticket whose result must look like this.
    pub(crate) fn for_schema(schema: &Schema) -> Tool {
        Tool::typed(ForSchema(spec(schema.document())))
    }
}

impl TypedTool for WriteHandoverTool {
    type Args = Value;
    type Output = Result<ToolResult, ToolError>;

    fn spec(&self) -> ToolSpec {
        spec(&json!({ "type": "string", "minLength": 1 }))
    }

    async fn call(&self, args: Value, context: &ToolContext) -> Self::Output {
        hand_over(&args, context)
    }
}

struct ForSchema(ToolSpec);

impl TypedTool for ForSchema {
    type Args = Value;
    type Output = Result<ToolResult, ToolError>;

    fn spec(&self) -> ToolSpec {
        self.0.clone()
    }

    async fn call(&self, args: Value, context: &ToolContext) -> Self::Output {
        hand_over(&args, context)
    }
}

fn spec(result: &Value) -> ToolSpec {
    let mut schema = arguments_of(result);
    let result = schema["properties"][RESULT].take();
    let text =
        |description| json!({ "type": "string", "minLength": 1, "description": description });
    schema["properties"] = json!({
        "to": text("Who goes on: a label that an agent serves, or an agent's name."),
        "task": text("What the next agent has to do."),
        RESULT: result,
        "schema": {
            "type": "object",
            "description": "A JSON schema that the next agent's result has to fit. Leave it out for text."
        }
    });
    schema["required"] = json!(["to", "task", RESULT]);
    let description = include_str!("write_handover.md").trim();
    // Nothing outside of the tickets changes, and their change is one record.
    let mut spec = ToolSpec::new(WriteHandoverTool::NAME, description)
        .schema(schema)
        .read_only(true);
    spec.finishes = true;
    spec
}

fn hand_over(args: &Value, context: &ToolContext) -> Result<ToolResult, ToolError> {
    let (Some(ticket), Some(desk)) = (context.ticket(), context.desk()) else {
        return Err(ToolError::fail(
            "There is no ticket here that could be handed over.",
        ));
    };
    let arguments = args.as_object();
    let to = text(arguments, "to")?.trim();
    let task = text(arguments, "task")?;
    let result = result(arguments)?;
    let schema = schema(arguments)?;
    desk.check_hand_over().map_err(|limit| {
        ToolError::retry(format!(
            "The work cannot be handed over: {limit}. Finish it yourself and write the result."
        ))
    })?;

    let (key, result_text) = (ticket.key.to_string(), as_text(&result));
    let task = replace(task, |name| match name {
        "parent_key" => Some(&*key),
        "parent_result" => Some(&*result_text),
        _ => None,
    });
    let next = Ticket::new(task).label(to);
    let mut body = next.into_draft().body;
    body.schema = schema;
    Ok(ToolResult::hand_over(result, body))
}

/// A text that is not blank.
fn text<'a>(arguments: Option<&'a Map<String, Value>>, name: &str) -> Result<&'a str, ToolError> {
    let value = arguments.and_then(|arguments| arguments.get(name));
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        Some(Value::String(_)) => Err(again(format!("`{name}` is empty. Fill it in"))),
        Some(Value::Null) | None => Err(again(format!("`{name}` is missing. Add it"))),
        Some(_) => Err(again(format!("`{name}` is no text. Give a string"))),
    }
}

fn again(what: String) -> ToolError {
    ToolError::retry(format!("{what}, and call `write_handover` again."))
}

/// The result, which the ticket's schema is asked about later.
fn result(arguments: Option<&Map<String, Value>>) -> Result<Value, ToolError> {
    match arguments.and_then(|arguments| arguments.get(RESULT)) {
        Some(Value::String(text)) if text.trim().is_empty() => {
            Err(again(format!("`{RESULT}` is empty. Fill it in")))
        }
        None => Err(again(format!("`{RESULT}` is missing. Add it"))),
        Some(result) => Ok(result.clone()),
    }
}

fn schema(arguments: Option<&Map<String, Value>>) -> Result<Option<Schema>, ToolError> {
    match arguments.and_then(|arguments| arguments.get("schema")) {
        None | Some(Value::Null) => Ok(None),
        Some(document) => Schema::parse(document.clone()).map(Some).map_err(|error| {
            again(format!(
                "`schema` is no JSON schema: {error}. Correct it or leave it out"
            ))
        }),
    }
}

fn as_text(result: &Value) -> String {
    result
        .as_str()
        .map_or_else(|| result.to_string(), str::to_owned)
}
