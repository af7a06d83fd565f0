use std::pin::Pin;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::approval::Approval;
use super::context::ToolContext;
use super::error::ToolError;
use super::result::{ToolResult, ToolReturn};
use super::state::StateType;
use crate::chat::ToolSpec;
use crate::schemas::schema_of;

/// A tool with typed arguments; `#[tool]` writes one for a function.
///
/// # Examples
/// ```
/// use agentwerk::tools::{Tool, ToolContext, ToolSpec, TypedTool};
/// use serde_json::{Value, json};
///
/// struct Repeat;
///
/// impl TypedTool for Repeat {
///     type Args = Value;
///     type Output = String;
///
///     fn spec(&self) -> ToolSpec {
///         ToolSpec::new("repeat", "Repeats a word.").schema(json!({
///             "type": "object",
///             "properties": { "word": { "type": "string" } },
///             "required": ["word"]
///         }))
///     }
///
///     async fn call(&self, args: Value, _context: &ToolContext) -> String {
///         format!("{0} {0}", args["word"].as_str().unwrap_or_default())
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let tool = Tool::typed(Repeat);
/// let result = tool.call(json!({ "word": "ho" }), &ToolContext::new(".")).await;
/// assert_eq!(result.unwrap().text(), "ho ho");
/// # }
/// ```
pub trait TypedTool: Send + Sync + 'static {
    /// What it is called with.
    type Args: ToolArgs;
    /// What it gives.
    type Output: ToolReturn;

    /// What the model is told of it. Asked once, when the tool is registered.
    fn spec(&self) -> ToolSpec;

    /// Whether this call needs somebody's leave. Asked where the spec says
    /// [`PerCall`](crate::tools::ApprovalRule::PerCall).
    fn approval(&self, _args: &Self::Args, _context: &ToolContext) -> Approval {
        Approval::Needed
    }

    /// The [states](crate::tools::State) that it takes from its context. A run does not begin
    /// before all of them are supplied.
    fn states(&self) -> Vec<StateType> {
        Vec::new()
    }

    /// Other names under which arguments are taken, each with the name in the schema. The model is
    /// not told.
    fn aliases(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }

    /// Does the work.
    ///
    /// # Cancel safety
    /// The future is dropped when the run is cancelled or the call's time is over.
    fn call(
        &self,
        args: Self::Args,
        context: &ToolContext,
    ) -> impl Future<Output = Self::Output> + Send;
}

/// What a [`TypedTool`] can be called with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the arguments of a tool",
    note = "derive `serde::Deserialize` and `schemars::JsonSchema` for it"
)]
pub trait ToolArgs: DeserializeOwned + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send + 'static> ToolArgs for T {}

/// One parameter of a `#[tool]` function.
#[diagnostic::on_unimplemented(
    message = "[T20] `{Self}` cannot be filled in by the model",
    label = "not a tool argument",
    note = "derive `serde::Serialize`, `serde::Deserialize` and `agentwerk::TicketResult` for it",
    note = "if the program supplies it, take `State<T>`, or put `#[cx]` in front of the parameter"
)]
pub trait ToolArg: DeserializeOwned + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send + 'static> ToolArg for T {}

/// [`ToolArg`] with a lifetime, for the bounds of generated code.
///
/// rustc checks `Instant: ToolArg` where it stands, and reports what the derives miss as well. A
/// bound under `for<'a>` is taken as given, and checked where the tool is used.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "[T20] `{Self}` cannot be filled in by the model",
    label = "has an argument that is not a tool argument"
)]
pub trait AssumedArg<'a>: ToolArg {}

#[diagnostic::do_not_recommend]
impl<T: ToolArg> AssumedArg<'_> for T {}

#[doc(hidden)]
pub const fn check_arg<T: ToolArg>() {}

/// The schema of a tool's arguments, without the noise that vendors stumble over.
#[doc(hidden)]
pub fn schema_of_args<T: JsonSchema>() -> Value {
    let mut schema = schema_of::<T>();
    if let Some(schema) = schema.as_object_mut() {
        schema.shift_remove("$schema");
        schema.shift_remove("title");
        // A tool without arguments has none, and some clients insist on them.
        schema.entry("properties").or_insert_with(|| json!({}));
    }
    schema
}

/// What a call gives, later.
pub(super) type Calling<'a> =
    Pin<Box<dyn Future<Output = Result<ToolResult, ToolError>> + Send + 'a>>;

/// [`TypedTool`] for a trait object: JSON in, a boxed future out.
pub(super) trait ErasedTool: Send + Sync {
    fn call<'a>(&'a self, args: Value, context: &'a ToolContext) -> Calling<'a>;

    fn approval(&self, args: &Value, context: &ToolContext) -> Result<Approval, ToolError>;

    fn named(&self, args: Value) -> Value;
}

pub(super) struct Typed<T>(pub(super) T);

impl<T: TypedTool> ErasedTool for Typed<T> {
    fn call<'a>(&'a self, args: Value, context: &'a ToolContext) -> Calling<'a> {
        Box::pin(async move {
            let args = serde_json::from_value(args).map_err(ToolError::retry)?;
            self.0.call(args, context).await.into_result()
        })
    }

    fn approval(&self, args: &Value, context: &ToolContext) -> Result<Approval, ToolError> {
        let args = T::Args::deserialize(args).map_err(ToolError::retry)?;
        Ok(self.0.approval(&args, context))
    }

    fn named(&self, mut args: Value) -> Value {
        if let Some(given) = args.as_object_mut() {
            for (alias, name) in self.0.aliases() {
                if !given.contains_key(name)
                    && let Some(value) = given.shift_remove(alias)
                {
                    given.insert(name.to_owned(), value);
                }
            }
        }
        args
    }
}

pub(super) struct Handler<F>(pub(super) F);

impl<F, Fut> ErasedTool for Handler<F>
where
    F: Fn(Value, ToolContext) -> Fut + Send + Sync,
    Fut: Future<Output = Result<ToolResult, ToolError>> + Send + 'static,
{
    fn call<'a>(&'a self, args: Value, context: &'a ToolContext) -> Calling<'a> {
        Box::pin((self.0)(args, context.clone()))
    }

    fn approval(&self, _args: &Value, _context: &ToolContext) -> Result<Approval, ToolError> {
        Ok(Approval::Needed)
    }

    fn named(&self, args: Value) -> Value {
        args
    }
}
