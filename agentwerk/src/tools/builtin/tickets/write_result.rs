use serde_json::{Value, json};

use crate::chat::{Strict, ToolSpec};
use crate::schemas::{RESULT, Schema, Violation, arguments_of};
use crate::tools::{Tool, ToolContext, ToolResult, TypedTool};

/// Writes the result of the current ticket and finishes it.
///
/// A ticket with a schema brings the tool by itself, with the schema as its parameter. Register it
/// for tickets without one, when the result should be written rather than be the last reply.
#[derive(Clone, Copy, Debug, Default)]
pub struct WriteResultTool;

impl TypedTool for WriteResultTool {
    type Args = Value;
    type Output = ToolResult;

    fn spec(&self) -> ToolSpec {
        spec(&json!({ "type": "string", "minLength": 1 }))
    }

    async fn call(&self, args: Value, _context: &ToolContext) -> ToolResult {
        finish(args)
    }
}

impl WriteResultTool {
    /// The tool's name.
    pub(crate) const NAME: &'static str = "write_result";

    /// The tool for a ticket whose result must look like this.
    pub(crate) fn for_schema(schema: &Schema) -> Tool {
        let strict = strict(schema.document());
        Tool::typed(ForSchema(spec(schema.document()).strict(strict)))
    }
}

/// What the type of the result asks for by `x-strict`.
fn strict(document: &Value) -> Strict {
    match document.get("x-strict").and_then(Value::as_bool) {
        None => Strict::Auto,
        Some(true) => Strict::Required,
        Some(false) => Strict::Off,
    }
}

impl WriteResultTool {
    /// The violations of a result as those of the arguments that it came in.
    pub(crate) fn of_arguments(mut violations: Vec<Violation>) -> Vec<Violation> {
        for violation in &mut violations {
            violation.pointer.insert_str(0, &format!("/{RESULT}"));
        }
        violations
    }
}

struct ForSchema(ToolSpec);

impl TypedTool for ForSchema {
    type Args = Value;
    type Output = ToolResult;

    fn spec(&self) -> ToolSpec {
        self.0.clone()
    }

    async fn call(&self, args: Value, _context: &ToolContext) -> ToolResult {
        finish(args)
    }
}

fn spec(result: &Value) -> ToolSpec {
    let description = include_str!("write_result.md").trim();
    // Nothing outside of the ticket changes.
    let mut spec = ToolSpec::new(WriteResultTool::NAME, description)
        .schema(arguments_of(result))
        .read_only(true);
    spec.finishes = true;
    spec
}

fn finish(mut args: Value) -> ToolResult {
    ToolResult::finish(args.get_mut(RESULT).map(Value::take).unwrap_or_default())
}
