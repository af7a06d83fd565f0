use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};

use crate::schemas::dialect::{Dialect, Wire};

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
    /// Whether a call may be made again when nobody knows if it ran, as after a crash.
    pub idempotent: bool,
    /// Whether it must be the only call of its turn.
    pub exclusive: bool,
    /// Whether only its name is told, until the model searches for it.
    pub deferred: bool,
    /// Whether its result ends the ticket.
    pub finishes: bool,
    /// How long one call may take.
    pub timeout: Option<Duration>,
    /// Which calls need somebody's leave.
    pub approval: ApprovalRule,
    /// Whether a vendor that can is to hold the model to the schema.
    pub strict: Strict,
    /// The JSON schema of what a call gives, where it is known. The model is not told.
    pub output: Option<Arc<Value>>,
    wires: Wires,
}

/// Which calls of a tool need somebody's leave; see [`Agent::approval`](crate::Agent::approval).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ApprovalRule {
    /// None.
    #[default]
    Never,
    /// Every one.
    Always,
    /// Those for which the tool says so.
    PerCall,
}

/// Whether a vendor that can is to hold the model to a schema while it writes.
///
/// Whatever is chosen, what the model wrote is checked against the schema here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strict {
    /// Where the vendor's rules allow the schema.
    #[default]
    Auto,
    /// Always. A schema that the vendor's rules do not allow is an error before anything is sent. A
    /// provider whose vendor holds no model to a schema sends it all the same.
    Required,
    /// Never.
    Off,
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
            idempotent: false,
            exclusive: false,
            deferred: false,
            finishes: false,
            timeout: None,
            approval: ApprovalRule::Never,
            strict: Strict::Auto,
            output: None,
            wires: Wires::default(),
        }
    }

    /// Sets the schema of the arguments.
    #[must_use]
    pub fn schema(mut self, schema: Value) -> Self {
        self.schema = Arc::new(schema);
        self.wires = Wires::default();
        self
    }

    /// Whether a model is told the same of both, whatever rules a program has set for them.
    pub(crate) fn is_told_as(&self, other: &Self) -> bool {
        self.name == other.name
            && self.description == other.description
            && self.schema == other.schema
    }

    /// What a vendor is sent of the schema: made at the first call, kept for the later ones.
    #[cfg_attr(
        not(feature = "http"),
        expect(dead_code, reason = "only wire formats send schemas")
    )]
    pub(crate) fn wire(&self, dialect: Dialect) -> Arc<Wire> {
        self.wires.get(&self.schema, dialect)
    }

    /// Says whether a call changes anything.
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Says whether a call may be made again when nobody knows if it ran.
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Says whether it must be the only call of its turn.
    #[must_use]
    pub fn exclusive(mut self, exclusive: bool) -> Self {
        self.exclusive = exclusive;
        self
    }

    /// Says whether only its name is told, until the model searches for it.
    #[must_use]
    pub fn deferred(mut self, deferred: bool) -> Self {
        self.deferred = deferred;
        self
    }

    /// Says how long one call may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Says which calls need somebody's leave.
    #[must_use]
    pub fn approval(mut self, rule: ApprovalRule) -> Self {
        self.approval = rule;
        self
    }

    /// Says whether a vendor that can is to hold the model to the schema.
    #[must_use]
    pub fn strict(mut self, strict: Strict) -> Self {
        self.strict = strict;
        self
    }

    /// Sets the schema of what a call gives.
    #[must_use]
    pub fn output(mut self, schema: Value) -> Self {
        self.output = Some(Arc::new(schema));
        self
    }
}

/// The forms in which vendors are sent the schema; clones of a specification share them.
///
/// They follow from the schema, so they are no part of what a specification is equal to.
#[derive(Clone, Default)]
struct Wires(Arc<[OnceLock<Made>; 3]>);

struct Made {
    /// What it was made of: the schema is public, and may be another one meanwhile.
    schema: Arc<Value>,
    wire: Arc<Wire>,
}

impl Wires {
    fn get(&self, schema: &Arc<Value>, dialect: Dialect) -> Arc<Wire> {
        let make = || Arc::new(Wire::of_arguments(schema, dialect));
        let kept = self.0[dialect as usize].get_or_init(|| Made {
            schema: Arc::clone(schema),
            wire: make(),
        });
        if Arc::ptr_eq(&kept.schema, schema) {
            Arc::clone(&kept.wire)
        } else {
            make()
        }
    }
}

impl fmt::Debug for Wires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

impl PartialEq for Wires {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}
