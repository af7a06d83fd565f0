//! What generated code names, and what the tests of this repository look into. Outside of the
//! version promise: the macro crate is pinned to this one's exact version.

pub use std;

pub use schemars;
pub use serde;

pub use crate::schemas::dialect::{
    Adapter, Contender, Dialect, Exceeded, Reason, Size, Wire, demoted,
};
pub use crate::schemas::{
    AssumedCompanions, CheckCompanions, CheckOther, CheckResult, Found, Mirror, Part, TicketResult,
    Violations, check_part, refusals, with_entries,
};
pub use crate::tools::{
    Approval, ApprovalRule, AssumedArg, AssumedShared, FromContext, IntoTools, OutputWithSchema,
    OutputWithoutSchema, StateType, Strict, Tool, ToolArg, ToolContext, ToolError, ToolResult,
    ToolReturn, ToolSet, ToolSpec, TypedTool, accepted, check_arg, check_set, description,
    output_of, run_blocking, run_local, schema_of_args,
};

/// What editors complete in the attributes of the macros.
#[cfg(feature = "macros")]
pub mod hints {
    agentwerk_macros::__hints!();
}

/// Asserts that vendors can hold a model to the schema of a result while it writes.
///
/// A result that is not strict works as well: the model is told the schema, and what it wrote is
/// checked. This macro is for a test of one's own, so that a change of the type does not give up
/// strictness unseen.
///
/// # Panics
/// The schema is not strict at OpenAI or at Anthropic. The text names every reason, with its place in
/// the schema.
///
/// # Examples
/// ```
/// use agentwerk::TicketResult;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, TicketResult)]
/// struct Shelf {
///     /// How many books stand on it.
///     books: u32,
///     /// Who cares for it.
///     keeper: Option<String>,
/// }
///
/// agentwerk::assert_strict!(Shelf);
/// ```
///
/// A map has no strict form, and neither has `serde_json::Value`:
///
/// ```should_panic
/// use std::collections::BTreeMap;
///
/// use agentwerk::TicketResult;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, TicketResult)]
/// struct Library {
///     shelves: BTreeMap<String, u32>,
/// }
///
/// // `Library` is not strict:
/// // - OpenAI: /properties/shelves: a map has no strict form; …
/// agentwerk::assert_strict!(Library);
/// ```
#[macro_export]
macro_rules! assert_strict {
    ($result:ty $(,)?) => {{
        let refusals = $crate::__private::refusals::<$result>();
        $crate::__private::std::assert!(
            refusals.is_empty(),
            "`{}` is not strict:\n- {}",
            <$result as $crate::__private::TicketResult>::name(),
            refusals.join("\n- "),
        );
    }};
}
