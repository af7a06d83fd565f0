use super::error::ToolError;
use crate::schemas::{Found, Violation};

/// Violations as a list below a sentence.
pub(super) fn listed(violations: &[Violation]) -> String {
    let lines = violations.iter();
    lines.map(|violation| format!("\n- {violation}")).collect()
}

/// Refuses a call whose arguments say themselves that they are wrong.
#[doc(hidden)]
pub fn accepted(found: Found) -> Result<(), ToolError> {
    found.into_result().map_err(|violations| {
        let violations: Vec<_> = violations.into_iter().collect();
        let list = listed(&violations);
        ToolError::retry(format!(
            "The arguments do not fit. Correct these and call again:{list}"
        ))
    })
}
