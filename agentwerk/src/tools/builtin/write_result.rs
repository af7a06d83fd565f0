use serde_json::{Map, Value, json};

use crate::chat::{Strict, ToolSpec};
use crate::schemas::{Schema, Violation};
use crate::tools::{Tool, ToolContext, ToolResult, TypedTool};

/// The one parameter.
const RESULT: &str = "result";

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
        spec(json!({ "type": "string", "minLength": 1 }), Map::new())
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
        let (document, definitions) = embed(schema.document());
        Tool::typed(ForSchema(spec(document, definitions).strict(strict)))
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

fn spec(result: Value, definitions: Map<String, Value>) -> ToolSpec {
    let mut schema = json!({
        "type": "object",
        "properties": { RESULT: result },
        "required": [RESULT],
        "additionalProperties": false
    });
    if !definitions.is_empty() {
        schema["$defs"] = Value::Object(definitions);
    }
    let description = include_str!("write_result.md").trim();
    // Nothing outside of the ticket changes.
    let mut spec = ToolSpec::new(WriteResultTool::NAME, description)
        .schema(schema)
        .read_only(true);
    spec.finishes = true;
    spec
}

fn finish(mut args: Value) -> ToolResult {
    ToolResult::finish(args.get_mut(RESULT).map(Value::take).unwrap_or_default())
}

/// The document as a part of another one: its definitions move to the top, where `#/$defs/…` finds
/// them, and every other pointer into the document gets its new place in front. Anchors are found
/// wherever they are.
fn embed(document: &Value) -> (Value, Map<String, Value>) {
    let mut document = document.clone();
    let mut definitions = Map::new();
    if let Some(root) = document.as_object_mut() {
        root.shift_remove("$schema");
        root.shift_remove("$id");
        if let Some(Value::Object(moved)) = root.shift_remove("$defs") {
            definitions = moved;
        }
    }
    relocate(&mut document);
    definitions.values_mut().for_each(relocate);
    (document, definitions)
}

fn relocate(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && let Some(pointer) = reference.strip_prefix('#')
                && (pointer.is_empty() || pointer.starts_with('/'))
                && !pointer.starts_with("/$defs/")
            {
                *reference = format!("#/properties/{RESULT}{pointer}");
            }
            object.values_mut().for_each(relocate);
        }
        Value::Array(items) => items.iter_mut().for_each(relocate),
        _ => {}
    }
}
