//! The marks in a conversation up to which the vendor's cache keeps it.
//!
//! A request has four at most, and they are all used: one behind the tools, one behind the
//! instructions, and two in the messages. The last mark makes the cache keep this request. A
//! request is looked up at each of its marks, and from there only 20 blocks back; one turn may have
//! more, with its calls and their results. So the other mark stands where the last one of the
//! request before stood.
//!
//! Source: <https://platform.claude.com/docs/en/build-with-claude/prompt-caching>, read 2026-11.
//!
//! # Invariants
//! - The marks move from request to request, so the kept bytes of a message have none: a mark is
//!   put into a copy.

use super::encode::{content, is_blank};
use super::wire::Block;
use crate::chat::{Message, Role};
use crate::providers::tool_forms::ToolForms;

/// The last field of a block that carries a mark.
const MARK: &str = r#","cache_control":{"type":"ephemeral"}"#;

/// What follows the fields of the last block in an encoded message.
const MESSAGE_END: &str = "}]}";

/// The end of the last block in a message that may carry a mark.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Breakpoint {
    /// The place of the message.
    pub(super) message: usize,
    /// The bytes of the blocks behind it.
    behind: usize,
}

/// The marks in the messages of a request: at their end, and at the end of those of the request
/// before, which had all that stands before the model's last reply.
pub(super) fn breakpoints(forms: &ToolForms<'_>, messages: &[Message]) -> Vec<Breakpoint> {
    let reply = messages
        .iter()
        .rposition(|message| message.role() == Role::Assistant);
    let ends = [messages.len(), reply.unwrap_or_default()];
    let mut found = Vec::new();
    for end in ends {
        let mut backwards = messages.iter().enumerate().take(end).rev();
        let last = backwards.find_map(|(place, message)| in_message(forms, place, message));
        found.extend(last.filter(|breakpoint| !found.contains(breakpoint)));
    }
    found
}

fn in_message(forms: &ToolForms<'_>, message: usize, of: &Message) -> Option<Breakpoint> {
    let content = content(forms, of);
    let last = content.iter().rposition(may_be_marked)?;
    let mut behind = 0;
    for block in content.iter().skip(last + 1) {
        behind += ",".len() + serde_json::to_string(block).ok()?.len();
    }
    Some(Breakpoint { message, behind })
}

/// The API refuses a mark on thoughts and on an empty text. Whether the empty result of a tool
/// counts as one is said nowhere, so it gets none either.
///
/// Source: `types/*_block_param.py` in the wheel anthropic 2.11.0; the refusal quoted in
/// `NousResearch/hermes-agent#1216`; read 2026-11.
fn may_be_marked(block: &Block<'_>) -> bool {
    match block {
        Block::Text { text } => !is_blank(text),
        Block::ToolResult { content, .. } => !is_blank(content),
        Block::ToolUse { .. } => true,
        Block::Thinking { .. } | Block::RedactedThinking { .. } => false,
    }
}

impl Breakpoint {
    /// A copy of the encoded message, with the mark.
    pub(super) fn mark(&self, encoded: &str) -> String {
        let place = encoded
            .len()
            .saturating_sub(self.behind + MESSAGE_END.len());
        match encoded.split_at_checked(place) {
            Some((before, after)) => format!("{before}{MARK}{after}"),
            None => encoded.to_owned(),
        }
    }
}
