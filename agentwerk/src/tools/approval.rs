/// Whether one call of a tool needs somebody's leave.
///
/// A function that a tool names with `#[tool(approval = path)]` decides by the call's arguments. Who is
/// asked says [`Agent::approval`](crate::Agent::approval).
///
/// # Examples
/// ```
/// use agentwerk::tool;
/// use agentwerk::tools::{Approval, Tool, ToolContext};
/// use serde_json::json;
///
/// fn for_many(to: &[String], _text: &str, _context: &ToolContext) -> Approval {
///     Approval::needed_if(to.len() > 10)
/// }
///
/// /// Sends a mail.
/// #[tool(approval = for_many)]
/// async fn send_mail(to: &[String], text: &str) -> String {
///     format!("sent {} bytes to {}", text.len(), to.len())
/// }
///
/// let call = json!({ "to": ["a@example.org"], "text": "Hello." });
/// let approval = Tool::typed(SendMail).approval(&call, &ToolContext::new("."));
/// assert_eq!(approval.unwrap(), Approval::NotNeeded);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Approval {
    /// The call may run.
    NotNeeded,
    /// Somebody has to agree first.
    Needed,
}

impl Approval {
    /// Needed if this is true.
    pub fn needed_if(condition: bool) -> Self {
        if condition {
            Self::Needed
        } else {
            Self::NotNeeded
        }
    }
}
