//! Why a schema has no strict form.

use std::borrow::Cow;
use std::fmt;

pub(super) const UNTYPED: &str = "any value is allowed here, and a strict schema needs a type; use one instead of `serde_json::Value`";
pub(super) const MAP: &str = "a map has no strict form; use a `Vec` of a struct with the key and the value, or put `#[result(maps = entries)]` on the type that has the map";
pub(super) const FLATTENED_MAP: &str =
    "properties of any name beside known ones have no strict form; do not flatten a map";
pub(super) const TUPLE: &str = "a tuple has no strict form; use a struct with named fields";
pub(super) const RECURSION: &str = "a type that contains itself has no strict form at this vendor; refer to parts by a key instead";
pub(super) const UNDESCRIBED: &str =
    "is required, and nothing says what it is; describe it in `properties`";
pub(super) const REFERENCE: &str =
    "the reference leads to no object, list or value within the schema";
pub(super) const JOINED: &str =
    "schemas that must all hold cannot be joined into one; write one schema instead of `allOf`";
pub(super) const NO_VALUE: &str = "no value of the `enum` has the type; change one of the two";
pub(super) const NULL_AND_DEFAULT: &str = "null is a value here, and could not be told from one that is left out, which means another; require it, or let its default be null";
pub(super) const STRUCTURED_ENUM: &str = "an `enum` of objects or arrays has no strict form";
pub(super) const TWO_STRUCTURES: &str =
    "an object or an array at the same place has no strict form; use `anyOf` with one schema each";
pub(super) const ALIKE: &str =
    "the entries of a map look like another alternative; tell them apart by a tag";
pub(super) const NAME: &str = "vendors allow 1 to 64 characters of `A-Z a-z 0-9 _ . -` in a name; use `#[serde(rename = \"…\")]`";
pub(super) const WRITTEN_OUT: &str =
    "written out, the definitions that are extended here are too large; extend fewer of them";

/// Why a schema has no strict form, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The place in the schema, as a JSON pointer; empty for the whole.
    pub path: String,
    /// What stands in the way there, and what can be done.
    pub what: Cow<'static, str>,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "the whole"
        } else {
            &self.path
        };
        write!(f, "{path}: {}", self.what)
    }
}
