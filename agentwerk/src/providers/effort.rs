//! How much a model thinks, in the words of the vendors.

use crate::chat::ReasoningEffort;

/// The word of Chat Completions, in `reasoning_effort`; the same for all who speak it.
///
/// Source: `types/shared/reasoning_effort.py` in the wheel openai 3.52.0,
/// `models/reasoningeffort.py` in mistralai 3.7.0, `REASONING_EFFORT` in `types/llms/openai.py` of
/// litellm 1.109.1; read 2026-11.
pub(crate) const fn chat_completions(effort: ReasoningEffort) -> &'static str {
    match effort {
        ReasoningEffort::None => "none",
        ReasoningEffort::Minimal => "minimal",
        ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        ReasoningEffort::High => "high",
        ReasoningEffort::XHigh => "xhigh",
        ReasoningEffort::Max => "max",
    }
}

/// Anthropic's word, in `output_config.effort`.
///
/// There is none below `low`, so that stands for less as well. Thinking could be turned off with
/// `thinking.type: disabled`, but some current models refuse a request that has it, and a budget of
/// tokens is refused by all of them; an effort is what they have in common.
///
/// Source: `types/output_config_param.py` in the wheel anthropic 2.11.0, and
/// <https://platform.claude.com/docs/en/build-with-claude/effort>; read 2026-11.
pub(crate) const fn anthropic(effort: ReasoningEffort) -> &'static str {
    match effort {
        ReasoningEffort::None | ReasoningEffort::Minimal | ReasoningEffort::Low => "low",
        ReasoningEffort::Medium => "medium",
        ReasoningEffort::High => "high",
        ReasoningEffort::XHigh => "xhigh",
        ReasoningEffort::Max => "max",
    }
}
