use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::violation::{Violation, Violations};

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
    message = "`{Self}` cannot be the result of a ticket",
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
}

impl TicketResult for String {
    fn has_schema() -> bool {
        false
    }
}

impl TicketResult for Value {
    fn has_schema() -> bool {
        false
    }
}

macro_rules! plain_results {
    ($($plain:ty)*) => { $( impl TicketResult for $plain {} )* };
}

plain_results! { bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

impl<T: TicketResult> TicketResult for Vec<T> {
    fn check(&self) -> Result<(), Violations> {
        check_parts(self.iter().enumerate())
    }
}

impl<T: TicketResult> TicketResult for Option<T> {
    fn check(&self) -> Result<(), Violations> {
        self.as_ref().map_or(Ok(()), T::check)
    }
}

impl<T: TicketResult> TicketResult for Box<T> {
    fn check(&self) -> Result<(), Violations> {
        T::check(self)
    }
}

impl<T: TicketResult> TicketResult for BTreeMap<String, T> {
    fn check(&self) -> Result<(), Violations> {
        check_parts(self.iter())
    }
}

macro_rules! tuple_results {
    ($( ( $($name:ident $place:tt)+ ) )*) => { $(
        impl<$($name: TicketResult),+> TicketResult for ($($name,)+) {
            fn check(&self) -> Result<(), Violations> {
                let mut violations = Vec::new();
                $( violations.extend(violations_of($place, &self.$place)); )+
                none(violations)
            }
        }
    )* };
}

tuple_results! {
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
}

/// Checks the parts of a collection.
fn check_parts<'a, K, T>(parts: impl Iterator<Item = (K, &'a T)>) -> Result<(), Violations>
where
    K: ToString,
    T: TicketResult,
{
    none(
        parts
            .flat_map(|(place, part)| violations_of(place, part))
            .collect(),
    )
}

/// What is wrong with one part, with its place in front.
fn violations_of(place: impl ToString, part: &impl TicketResult) -> Vec<Violation> {
    let Err(found) = part.check() else {
        return Vec::new();
    };
    // Escaped as RFC 6901 wants it.
    let place = place.to_string().replace('~', "~0").replace('/', "~1");
    let found = found.into_iter();
    found
        .map(|each| Violation::new(format!("/{place}{}", each.pointer), each.message))
        .collect()
}

fn none(violations: Vec<Violation>) -> Result<(), Violations> {
    if violations.is_empty() {
        Ok(())
    } else {
        Err(violations.into())
    }
}

/// A type that can be a field of the result `Whole`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` in `{Whole}` has no schema",
    label = "cannot be part of a ticket's result",
    note = "derive one: `#[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]`",
    note = "or describe the field by another type: `#[schemars(with = \"String\")]`"
)]
pub trait ResultPart<Whole: ?Sized> {}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized, Whole: ?Sized> ResultPart<Whole> for T {}

/// What must be derived beside [`TicketResult`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the result of a ticket",
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
    message = "`{Self}` cannot be the result of a ticket",
    label = "cannot be read and written as JSON",
    note = "derive all three: `#[derive(serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]`"
)]
pub trait AssumedCompanions<'a>: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> AssumedCompanions<'_> for T {}

/// The functions of the hidden type that really derives `JsonSchema`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Mirror {
    pub name: fn() -> Cow<'static, str>,
    pub id: fn() -> Cow<'static, str>,
    pub schema: fn(&mut SchemaGenerator) -> schemars::Schema,
    pub inline: fn() -> bool,
}

impl Mirror {
    pub fn of<T: JsonSchema>() -> Self {
        Self {
            name: T::schema_name,
            id: T::schema_id,
            schema: T::json_schema,
            inline: T::inline_schema,
        }
    }
}

#[doc(hidden)]
pub fn check_part<T: ResultPart<Whole> + ?Sized, Whole: ?Sized>() {}
