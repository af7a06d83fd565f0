//! The schema of what a tool gives, for types that have one. Whether a type does is no bound of
//! [`ToolReturn`]: a tool may return anything that serialises.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde_json::Value;

use super::result::ToolReturn;
use crate::schemas::schema_of_output;

/// Asks in generated code for the schema of what a function gives that returns `R`:
/// `(&output_of::<R>()).schema()`.
///
/// Method resolution takes the first trait if there is a schema, and else, one reference further, the
/// second.
#[doc(hidden)]
#[derive(Debug)]
pub struct OutputOf<R>(PhantomData<fn() -> R>);

#[doc(hidden)]
pub fn output_of<R>() -> OutputOf<R> {
    OutputOf(PhantomData)
}

#[doc(hidden)]
pub trait OutputWithSchema {
    fn schema(&self) -> Option<Value>;
}

impl<R: ToolReturn<Value: JsonSchema>> OutputWithSchema for OutputOf<R> {
    fn schema(&self) -> Option<Value> {
        Some(schema_of_output::<R::Value>())
    }
}

#[doc(hidden)]
pub trait OutputWithoutSchema {
    fn schema(&self) -> Option<Value>;
}

impl<R> OutputWithoutSchema for &OutputOf<R> {
    fn schema(&self) -> Option<Value> {
        None
    }
}
