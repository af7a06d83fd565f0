use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

/// What a tool is called, what it does and what it takes: all that a model, a prompt and the
/// runtime need to know of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ToolSpec {
    /// The name that the model calls: `[A-Za-z_][A-Za-z0-9_-]{0,63}`.
    pub name: String,
    /// What the model is told of it.
    pub description: String,
    /// The JSON schema of its arguments, an object.
    pub schema: Arc<Value>,
    /// Whether it changes nothing, so that it may run beside other such calls.
    pub read_only: bool,
    /// Whether only its name is told, until the model searches for it.
    pub deferred: bool,
    /// Whether its result ends the ticket.
    pub finishes: bool,
    /// How long one call may take.
    pub timeout: Option<Duration>,
}

impl ToolSpec {
    /// Describes a tool without arguments; the methods add the rest.
    pub fn new(name: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            schema: Arc::new(json!({
                "type": "object",
                "properties": {},
                "required": [],
                "additionalProperties": false
            })),
            read_only: false,
            deferred: false,
            finishes: false,
            timeout: None,
        }
    }

    /// Sets the schema of the arguments.
    #[must_use]
    pub fn schema(mut self, schema: Value) -> Self {
        self.schema = Arc::new(schema);
        self
    }

    /// Says whether a call changes anything.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Says how long one call may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}
