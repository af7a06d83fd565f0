//! The schema of what a tool gives, for types that have one. Whether a type does is no bound of
//! [`ToolReturn`]: a tool may return anything that serialises.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde_json::Value;

use super::result::ToolReturn;
use crate::schemas::schema_of_output;

/// Asks for the schema of a type in generated code: `(&output_of::<R>()).schema()`.
///
/// Method resolution takes the first trait if the type has a schema, and else, one reference
/// further, the second.
#[doc(hidden)]
#[derive(Debug)]
pub struct OutputOf<T>(PhantomData<fn() -> T>);

/// Of the value that a function gives which returns `R`.
#[doc(hidden)]
pub fn output_of<R: ToolReturn>() -> OutputOf<R::Value> {
    OutputOf(PhantomData)
}

#[doc(hidden)]
pub trait OutputWithSchema {
    fn schema(&self) -> Option<Value>;
}

impl<T: JsonSchema> OutputWithSchema for OutputOf<T> {
    fn schema(&self) -> Option<Value> {
        Some(schema_of_output::<T>())
    }
}

#[doc(hidden)]
pub trait OutputWithoutSchema {
    fn schema(&self) -> Option<Value>;
}

impl<T> OutputWithoutSchema for &OutputOf<T> {
    fn schema(&self) -> Option<Value> {
        None
    }
}
