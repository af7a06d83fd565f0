//! What a `LiteLLM` proxy, and Anthropic behind it, check beyond the common chat format.

use super::super::format::Vendor;
use super::super::recorded::Recorded;
use super::{Check, Rule, anthropic, items};

pub(super) const RULES: &[Rule] = &[Rule {
    name: "thinking",
    source: "docs.litellm.ai/docs/reasoning_content: blocks go back with their signature",
    check: thinking,
}];

fn thinking(_: &Vendor, request: &Recorded) -> Check {
    let messages = request.messages().iter();
    let blocks = messages.flat_map(|message| items(&message["thinking_blocks"]));
    for block in blocks.filter(|block| block["type"] == "thinking") {
        anthropic::signed(block)?;
    }
    Ok(())
}
