use std::fmt;
use std::mem;
use std::sync::Arc;

use jsonschema::{Draft, Validator};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_path_to_error::Segment;

use super::explain::explain;
use super::result::TicketResult;
use super::violation::Violation;
use crate::excerpt::shorten;

/// Violations reported for one value at most; the rest says nothing new to whoever corrects it.
const VIOLATIONS_MAX: usize = 50;
/// Bytes of one violation's text at most, because a validator quotes the value.
const VIOLATION_BYTES_MAX: usize = 500;
/// The annotation at the root that says if a vendor shall hold the model to the schema.
const STRICT: &str = "x-strict";
/// The annotation of a map that says how it travels where schemas have no maps.
pub(super) const MAPS: &str = "x-maps";

/// A JSON schema (Draft 2020-12), parsed once and cheap to clone.
///
/// `format` is asserted, and a `$ref` may only point into the document itself. A schema made by
/// [`Schema::of`] checks a value in three steps: against the document, by deserialising it, and
/// by the type's own [`TicketResult::check`](crate::schemas::TicketResult::check). The last two
/// belong to the program, so they do not survive [serialisation](Serialize): a schema that was
/// read back checks the document alone.
///
/// # Examples
/// ```
/// use agentwerk::schemas::Schema;
/// use serde_json::json;
///
/// let schema = Schema::parse(json!({
///     "type": "object",
///     "properties": { "year": { "type": "integer" } },
///     "required": ["year"]
/// }))?;
///
/// assert!(schema.validate(&json!({ "year": 1887 })).is_ok());
/// let violations = schema.validate(&json!({ "year": "1887" })).unwrap_err();
/// assert_eq!(violations[0].pointer, "/year");
/// # Ok::<(), agentwerk::schemas::ParseSchemaError>(())
/// ```
#[derive(Clone)]
pub struct Schema {
    document: Arc<Value>,
    validator: Arc<Validator>,
    typed: Option<TypedCheck>,
}

/// Deserialises a value and asks its type whether it makes sense.
type TypedCheck = fn(&Value) -> Result<(), Vec<Violation>>;

/// A document that is not a usable JSON schema.
#[derive(Debug, thiserror::Error)]
#[error("parse schema at `{pointer}`: {message}")]
pub struct ParseSchemaError {
    pointer: String,
    message: String,
}

impl Schema {
    /// Parses a schema document.
    ///
    /// # Errors
    /// The document breaks the meta-schema, holds a broken pattern, or refers to something outside
    /// of itself. The error names the place in the document.
    pub fn parse(document: Value) -> Result<Self, ParseSchemaError> {
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&document)
            .map_err(|error| ParseSchemaError {
                pointer: error.instance_path().to_string(),
                message: shorten(error.to_string(), VIOLATION_BYTES_MAX),
            })?;
        Ok(Self {
            document: Arc::new(document),
            validator: Arc::new(validator),
            typed: None,
        })
    }

    /// The schema of a type; `None` for `String` and `serde_json::Value`, which take any text and
    /// any JSON.
    ///
    /// # Errors
    /// The type describes itself by a document that is not a usable schema.
    pub fn of<R: TicketResult>() -> Result<Option<Self>, ParseSchemaError> {
        if !R::has_schema() {
            return Ok(None);
        }
        let mut document = schema_of::<R>();
        if let (Some(strict), Some(root)) = (R::strict(), document.as_object_mut()) {
            root.insert(STRICT.to_owned(), strict.into());
        }
        let mut schema = Self::parse(document)?;
        schema.typed = Some(check_typed::<R>);
        Ok(Some(schema))
    }

    /// The document, as it was parsed.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Checks a value.
    ///
    /// # Errors
    /// Every violation, at most 50 of at most 500 bytes, each with a JSON pointer into `value`.
    pub fn validate(&self, value: &Value) -> Result<(), Vec<Violation>> {
        let violations: Vec<_> = self
            .validator
            .iter_errors(value)
            .flat_map(|error| explain(&error))
            .take(VIOLATIONS_MAX)
            .collect();
        if !violations.is_empty() {
            return Err(limited(violations));
        }
        self.typed
            .map_or(Ok(()), |check| check(value))
            .map_err(limited)
    }
}

/// Neither the validator and serde, which quote the value, nor the user's own check has a limit.
fn limited(mut violations: Vec<Violation>) -> Vec<Violation> {
    violations.truncate(VIOLATIONS_MAX);
    for violation in &mut violations {
        violation.message = shorten(mem::take(&mut violation.message), VIOLATION_BYTES_MAX);
    }
    violations
}

/// The document that schemars derives for a type: inline where it can, `$defs` for the rest.
pub(crate) fn schema_of<T: JsonSchema + ?Sized>() -> Value {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>()
        .into()
}

/// The same for values that are written: the contract of `Serialize`.
pub(crate) fn schema_of_output<T: JsonSchema + ?Sized>() -> Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<T>()
        .into()
}

fn check_typed<R: TicketResult>(value: &Value) -> Result<(), Vec<Violation>> {
    let result: R = serde_path_to_error::deserialize(value).map_err(|error| {
        let place = pointer(error.path());
        vec![Violation::new(place, error.into_inner().to_string())]
    })?;
    result
        .check()
        .map_err(|violations| violations.into_iter().collect())
}

/// The place at which serde stopped, as a JSON pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let steps = path.iter().map_while(|step| match step {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            Some(key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => None,
    });
    steps.map(|step| format!("/{step}")).collect()
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Schema").field(&self.document).finish()
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}
