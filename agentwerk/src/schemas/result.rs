use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::violation::Violations;

/// A type that a ticket can give back.
///
/// Derive it; the derive brings the schema along, so a user's manifest needs `serde` alone.
/// Plain text is `String`, untyped JSON is [`serde_json::Value`].
///
/// # Examples
/// ```
/// use agentwerk::TicketResult;
/// use agentwerk::schemas::{Schema, Violations};
/// use serde::{Deserialize, Serialize};
///
/// /// A shelf in a library.
/// #[derive(Debug, Serialize, Deserialize, TicketResult)]
/// struct Shelf {
///     /// How many books stand on it.
///     books: u32,
/// }
///
/// let schema = Schema::of::<Shelf>()?.expect("a struct has a schema");
/// assert!(schema.validate(&serde_json::json!({ "books": 12 })).is_ok());
/// assert!(schema.validate(&serde_json::json!({ "books": "many" })).is_err());
/// # Ok::<(), agentwerk::schemas::ParseSchemaError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "[R01] `{Self}` cannot be the result of a ticket",
    label = "not a ticket result",
    note = "derive it: `#[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]`",
    note = "for plain text use `String`, for untyped JSON `serde_json::Value`"
)]
pub trait TicketResult: Serialize + DeserializeOwned + JsonSchema + Send + 'static {
    /// The name of the type in its schema.
    fn name() -> Cow<'static, str> {
        Self::schema_name()
    }

    /// Checks what a schema cannot say; the violations are told to the model.
    ///
    /// # Errors
    /// Everything that is wrong with this value.
    fn check(&self) -> Result<(), Violations> {
        Ok(())
    }

    /// Whether a schema is sent to the model at all.
    #[doc(hidden)]
    fn has_schema() -> bool {
        true
    }

    /// Whether a vendor shall hold the model to the schema; `None`: where the schema allows.
    #[doc(hidden)]
    fn strict() -> Option<bool> {
        None
    }
}

/// A type that can be a field of the result `Whole`.
#[diagnostic::on_unimplemented(
    message = "[R12] `{Self}` in `{Whole}` has no schema",
    label = "cannot be part of a ticket's result",
    note = "derive one: `#[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]`",
    note = "or describe the field by another type: `#[schemars(with = \"String\")]`"
)]
pub trait ResultPart<Whole: ?Sized> {}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized, Whole: ?Sized> ResultPart<Whole> for T {}

/// What must be derived beside [`TicketResult`].
#[diagnostic::on_unimplemented(
    message = "[R01] `{Self}` cannot be the result of a ticket",
    label = "cannot be read and written as JSON",
    note = "derive all three: `#[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]`"
)]
pub trait ResultCompanions {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> ResultCompanions for T {}

/// Is implemented by the derive, first of all, so that a missing companion is told in our words
/// before serde tells it in its own.
#[doc(hidden)]
pub trait CheckCompanions: ResultCompanions {}

/// [`ResultCompanions`] with a lifetime, for the bounds of generated code.
///
/// rustc checks `Outline: Serialize` where it stands, and reports it in serde's words. A bound
/// under `for<'a>` is taken as given, and checked where the implementation is used.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "[R01] `{Self}` cannot be the result of a ticket",
    label = "cannot be read and written as JSON",
    note = "derive all three: `#[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]`"
)]
pub trait AssumedCompanions<'a>: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> AssumedCompanions<'_> for T {}
