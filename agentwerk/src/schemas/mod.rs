//! JSON schemas: what a result or the arguments of a tool must look like.
//!
//! One schema is the truth for a value: it is sent to the model, and whatever comes back is
//! checked against it here. All violations are collected, each with the JSON pointer of the
//! value that is wrong, because a model corrects a list faster than one mistake at a time.
//!
//! # Invariants
//! - Draft 2020-12, with `format` as an assertion.
//! - No network: a `$ref` that leaves the document is refused when the schema is parsed.

mod arguments;
mod check;
pub(crate) mod dialect;
mod explain;
mod mirror;
mod provided;
mod result;
mod schema;
mod strict;
mod violation;

pub(crate) use arguments::{RESULT, arguments_of};
#[doc(hidden)]
pub use check::{CheckOther, CheckResult, Found, Part};
#[doc(hidden)]
pub use mirror::{Mirror, check_part, with_entries};
#[doc(hidden)]
pub use result::{AssumedCompanions, CheckCompanions};
pub use result::{ResultCompanions, ResultPart, TicketResult};
pub use schema::{ParseSchemaError, Schema};
pub(crate) use schema::{schema_of, schema_of_output};
#[doc(hidden)]
pub use strict::refusals;
pub use violation::{Violation, Violations};
