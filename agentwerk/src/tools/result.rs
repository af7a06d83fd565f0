use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::Value;

use super::error::ToolError;
use crate::ticket::TicketBody;

/// What a tool call gives the model to read.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolResult {
    content: Value,
    is_error: bool,
    finish: Option<Finish>,
}

/// How a call proposes to end the ticket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Finish {
    /// The ticket's result.
    pub(crate) result: Value,
    /// The ticket that goes on from there.
    pub(crate) next: Option<Box<TicketBody>>,
}

impl ToolResult {
    /// The call succeeded. Text is read as it is, anything else as JSON.
    pub fn success(content: impl Serialize) -> Self {
        match serde_json::to_value(content) {
            Ok(content) => Self {
                content,
                is_error: false,
                finish: None,
            },
            Err(error) => Self::error(format!(
                "The tool's result cannot be written as JSON: {error}"
            )),
        }
    }

    /// The call failed. Say in a full sentence what to do next.
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            content: Value::String(text.into()),
            is_error: true,
            finish: None,
        }
    }

    /// The call proposes the ticket's result.
    pub(crate) fn finish(result: Value) -> Self {
        Self {
            content: Value::Null,
            is_error: false,
            finish: Some(Finish { result, next: None }),
        }
    }

    /// The call proposes the ticket's result, and the ticket that goes on from there.
    pub(crate) fn hand_over(result: Value, next: TicketBody) -> Self {
        let next = Some(Box::new(next));
        Self {
            finish: Some(Finish { result, next }),
            ..Self::finish(Value::Null)
        }
    }

    /// The content.
    pub fn content(&self) -> &Value {
        &self.content
    }

    /// The content as the model reads it.
    pub fn text(&self) -> String {
        self.content
            .as_str()
            .map_or_else(|| self.content.to_string(), str::to_owned)
    }

    /// Whether the call failed.
    pub fn is_error(&self) -> bool {
        self.is_error
    }

    /// What a finishing call proposes: its proposal, or else its content.
    pub(crate) fn into_finish(self) -> Finish {
        self.finish.unwrap_or(Finish {
            result: self.content,
            next: None,
        })
    }
}

/// What a tool function may return.
#[diagnostic::on_unimplemented(
    message = "[T21] a tool cannot return `{Self}`",
    label = "not a tool result",
    note = "return `Result<T, E>` with any `T: Serialize` and any error, or `String`, `ToolResult`, `Json<T>`"
)]
pub trait ToolReturn: Send {
    /// What the model reads when the call succeeds, which may have a schema.
    type Value;

    /// Turns the value into what the model reads.
    ///
    /// # Errors
    /// The function's own error.
    fn into_result(self) -> Result<ToolResult, ToolError>;
}

/// What may stand in the `Ok` of a tool function.
#[diagnostic::on_unimplemented(
    message = "[T21] a tool cannot return `{Self}`",
    label = "not a tool result",
    note = "derive `serde::Serialize` for it, or return text"
)]
pub trait ToolOutput: Send {
    /// What the model reads, which may have a schema.
    type Value;

    /// Turns the value into what the model reads.
    fn into_output(self) -> ToolResult;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Send> ToolOutput for T {
    type Value = T;

    fn into_output(self) -> ToolResult {
        ToolResult::success(self)
    }
}

impl ToolOutput for ToolResult {
    type Value = Self;

    fn into_output(self) -> ToolResult {
        self
    }
}

/// What may stand in the `Err` of a tool function: any error, [`ToolError`], `String`, `&str`.
#[diagnostic::on_unimplemented(
    message = "[T21] a tool cannot fail with `{Self}`",
    label = "not an error that a tool can return",
    note = "implement `std::error::Error` for it, or return a `String`, a `ToolError` or `anyhow::Error`"
)]
pub trait IntoToolError: Send {
    /// Makes the error that the model is told.
    fn into_tool_error(self) -> ToolError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<ToolError> + Send> IntoToolError for E {
    fn into_tool_error(self) -> ToolError {
        self.into()
    }
}

impl<T: ToolOutput, E: IntoToolError> ToolReturn for Result<T, E> {
    type Value = T::Value;

    fn into_result(self) -> Result<ToolResult, ToolError> {
        self.map(ToolOutput::into_output)
            .map_err(IntoToolError::into_tool_error)
    }
}

impl ToolReturn for ToolResult {
    type Value = Self;

    fn into_result(self) -> Result<ToolResult, ToolError> {
        Ok(self)
    }
}

/// A value that the model reads as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: JsonSchema> JsonSchema for Json<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: Serialize + Send> ToolReturn for Json<T> {
    type Value = T;

    fn into_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::success(self.0))
    }
}

impl<T: Serialize + Send> ToolReturn for Vec<T> {
    type Value = Self;

    fn into_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::success(self))
    }
}

impl<T: Serialize + Send> ToolReturn for Option<T> {
    type Value = Self;

    fn into_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::success(self))
    }
}

impl ToolReturn for &str {
    type Value = String;

    fn into_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::success(self))
    }
}

impl ToolReturn for Cow<'_, str> {
    type Value = String;

    fn into_result(self) -> Result<ToolResult, ToolError> {
        Ok(ToolResult::success(self))
    }
}

macro_rules! plain_returns {
    ($($plain:ty)*) => { $(
        impl ToolReturn for $plain {
            type Value = Self;

            fn into_result(self) -> Result<ToolResult, ToolError> {
                Ok(ToolResult::success(self))
            }
        }
    )* };
}

plain_returns! {
    () bool char String i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 Value
}
