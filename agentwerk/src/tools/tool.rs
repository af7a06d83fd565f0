use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::approval::Approval;
use super::context::ToolContext;
use super::error::ToolError;
use super::result::ToolResult;
use super::state::StateType;
use super::typed::{ErasedTool, Handler, Typed, TypedTool};
use crate::chat::{ApprovalRule, Strict, ToolSpec};

/// A tool of any kind; cheap to clone.
///
/// # Examples
/// ```
/// use agentwerk::tools::{Tool, ToolContext, ToolResult};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let double = Tool::new("double", "Doubles a number.")
///     .schema(json!({
///         "type": "object",
///         "properties": { "number": { "type": "integer" } },
///         "required": ["number"]
///     }))
///     .read_only(true)
///     .handler(|input, _context| async move {
///         let number = input["number"].as_i64().ok_or("Give a `number`.")?;
///         Ok(ToolResult::success(number * 2))
///     });
///
/// let result = double.call(json!({ "number": 21 }), &ToolContext::new(".")).await;
/// assert_eq!(result.unwrap().text(), "42");
/// # }
/// ```
#[derive(Clone)]
pub struct Tool {
    spec: Arc<ToolSpec>,
    states: Arc<[StateType]>,
    implementation: Arc<dyn ErasedTool>,
}

impl Tool {
    /// Begins a tool that is made of parts: its name, which the model calls, and what it does.
    #[expect(
        clippy::new_ret_no_self,
        reason = "a tool without a handler is no tool yet"
    )]
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> ToolBuilder {
        ToolBuilder {
            spec: ToolSpec::new(name, description),
        }
    }

    /// Makes a tool of a type.
    pub fn typed(tool: impl TypedTool) -> Self {
        Self {
            spec: Arc::new(tool.spec()),
            states: tool.states().into(),
            implementation: Arc::new(Typed(tool)),
        }
    }

    /// What the model is told of it.
    pub fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    /// The same tool, deferred: the model is told its name and the first line of its description, and
    /// all of it once a [search](crate::tools::ToolSearchTool) has found it.
    #[must_use]
    pub fn defer(mut self, deferred: bool) -> Self {
        self.spec = Arc::new((*self.spec).clone().deferred(deferred));
        self
    }

    /// The same tool, with leave needed for every call; see [`Agent::approval`](crate::Agent::approval).
    ///
    /// # Examples
    /// ```
    /// use agentwerk::tools::{ApprovalRule, IntoTool, ToolSearchTool};
    ///
    /// let tool = ToolSearchTool.into_tool().requires_approval();
    /// assert_eq!(tool.spec().approval, ApprovalRule::Always);
    /// ```
    #[must_use]
    pub fn requires_approval(mut self) -> Self {
        self.spec = Arc::new((*self.spec).clone().approval(ApprovalRule::Always));
        self
    }

    /// The states that must be supplied before a run with it begins.
    pub fn states(&self) -> &[StateType] {
        &self.states
    }

    /// Whether a call with these arguments needs somebody's leave.
    ///
    /// # Errors
    /// The arguments do not have the form that it takes.
    pub fn approval(&self, args: &Value, context: &ToolContext) -> Result<Approval, ToolError> {
        match self.spec.approval {
            ApprovalRule::Never => Ok(Approval::NotNeeded),
            ApprovalRule::Always => Ok(Approval::Needed),
            ApprovalRule::PerCall => self.implementation.approval(args, context),
        }
    }

    /// The same tool under the rules that a program has set for the one that it replaces.
    pub(crate) fn with_rules_of(mut self, replaced: &ToolSpec) -> Self {
        let mut spec = (*self.spec).clone();
        spec.approval = replaced.approval;
        spec.exclusive = replaced.exclusive;
        spec.timeout = replaced.timeout;
        self.spec = Arc::new(spec);
        self
    }

    /// The arguments under the names of the schema.
    pub(crate) fn named(&self, args: Value) -> Value {
        self.implementation.named(args)
    }

    /// Calls it. The arguments are not checked against the schema here; an agent does that before.
    ///
    /// # Errors
    /// The tool's own error, or arguments that do not have the form that it takes.
    ///
    /// # Panics
    /// A `#[tool]` that is `blocking` or `local` is called outside of a tokio runtime, or panics itself.
    ///
    /// # Cancel safety
    /// As the tool's own future.
    pub async fn call(&self, args: Value, context: &ToolContext) -> Result<ToolResult, ToolError> {
        self.implementation.call(args, context).await
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tool").field(&self.spec.name).finish()
    }
}

/// A tool that has no handler yet.
#[derive(Clone, Debug)]
#[must_use = "a tool needs a handler: call `.handler(..)`"]
pub struct ToolBuilder {
    spec: ToolSpec,
}

impl ToolBuilder {
    /// Sets the JSON schema of the arguments. Without one, the tool takes none.
    pub fn schema(mut self, schema: Value) -> Self {
        self.spec = self.spec.schema(schema);
        self
    }

    /// Says that a call changes nothing, so that it may run beside other such calls.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.spec = self.spec.read_only(read_only);
        self
    }

    /// Says that a call may be made again when nobody knows if it ran, as after a crash.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.spec = self.spec.idempotent(idempotent);
        self
    }

    /// Says that the model is told its name and the first line of its description alone, until a
    /// [search](crate::tools::ToolSearchTool) has found it.
    pub fn defer(mut self, deferred: bool) -> Self {
        self.spec = self.spec.deferred(deferred);
        self
    }

    /// Says that it must be the only call of its turn.
    pub fn exclusive(mut self, exclusive: bool) -> Self {
        self.spec = self.spec.exclusive(exclusive);
        self
    }

    /// Says that every call needs somebody's leave: the ticket waits until somebody has given or denied
    /// it. See [`Agent::approval`](crate::Agent::approval).
    pub fn requires_approval(mut self) -> Self {
        self.spec = self.spec.approval(ApprovalRule::Always);
        self
    }

    /// Says whether a vendor that can is to hold the model to the schema;
    /// [`Auto`](Strict::Auto) unless set.
    pub fn strict(mut self, strict: Strict) -> Self {
        self.spec = self.spec.strict(strict);
        self
    }

    /// Says how long one call may take; unset, as long as it wants.
    pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
        self.spec = self.spec.timeout(timeout);
        self
    }

    /// Sets what a call does, and makes the tool.
    ///
    /// Return `Ok(ToolResult::success(..))`, or any error with `?`.
    pub fn handler<F, Fut>(self, handler: F) -> Tool
    where
        F: Fn(Value, ToolContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<ToolResult, ToolError>> + Send + 'static,
    {
        Tool {
            spec: Arc::new(self.spec),
            states: Arc::from([]),
            implementation: Arc::new(Handler(handler)),
        }
    }
}
