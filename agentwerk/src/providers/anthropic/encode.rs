use super::NAME;
use super::cache;
use super::wire::{Block, Body, CacheControl, OutputConfig, SystemText, Tool, WireMessage};
use crate::chat::{ContentBlock, Message, Request, Role, Thinking, ThinkingBody};
use crate::providers::fragment::{Fragments, unencodable};
use crate::providers::models::max_output;
use crate::providers::tool_forms::ToolForms;
use crate::providers::{ProviderError, call_id, effort};

/// Output tokens of a reply that nobody capped.
///
/// The API has no default of its own. A model's full output beside its window would leave no room
/// for the conversation.
const REPLY_TOKENS_DEFAULT: u64 = 20_000;

/// What stands for the words of a call that failed without any.
///
/// The API refuses a failure without content, and with it every later turn.
///
/// Source: the refusal quoted in `bytedance/trae-agent#230`, read 2026-11.
const FAILURE_WITHOUT_WORDS: &str = "The call failed and said no more.";

/// Writes a request.
pub(super) fn body(forms: &ToolForms<'_>, request: &Request) -> Result<String, ProviderError> {
    let encoding = forms.encoding(NAME);
    let breakpoints = cache::breakpoints(forms, &request.messages);
    let mut messages = Fragments::default();
    for (place, message) in request.messages.iter().enumerate() {
        let encoded = message.encoded(encoding, |message| encode(forms, message));
        match breakpoints.iter().find(|each| each.message == place) {
            Some(breakpoint) => messages.push(&breakpoint.mark(&encoded)),
            None => messages.push(&encoded),
        }
    }
    let system = request.system.as_deref().filter(|text| !is_blank(text));
    let effort = request.reasoning_effort.map(effort::anthropic);
    let body = Body {
        model: &request.model,
        max_tokens: max_tokens(request),
        stream: true,
        output_config: effort.map(|effort| OutputConfig { effort }),
        system: system.map(|text| {
            [SystemText {
                kind: "text",
                text,
                cache_control: CacheControl::Ephemeral,
            }]
        }),
        tools: tools(forms),
        messages: messages.into_array()?,
    };
    serde_json::to_string(&body).map_err(unencodable)
}

fn tools<'a>(forms: &'a ToolForms<'_>) -> Vec<Tool<'a>> {
    let tools = forms.iter().map(|form| Tool {
        name: &form.spec.name,
        description: &form.spec.description,
        strict: form.wire.strict,
        input_schema: &form.wire.schema,
        cache_control: None,
    });
    let mut tools: Vec<_> = tools.collect();
    if let Some(last) = tools.last_mut() {
        last.cache_control = Some(CacheControl::Ephemeral);
    }
    tools
}

fn max_tokens(request: &Request) -> u64 {
    request.max_reply_tokens.map_or_else(
        || {
            max_output(&request.model)
                .map_or(REPLY_TOKENS_DEFAULT, |max| max.min(REPLY_TOKENS_DEFAULT))
        },
        u64::from,
    )
}

/// One message; nothing when no block of it may be sent. Turns of one role in a row are allowed.
fn encode(forms: &ToolForms<'_>, message: &Message) -> String {
    let role = match message.role() {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let content = content(forms, message);
    let mut fragments = Fragments::default();
    if !content.is_empty() {
        fragments.encode(&WireMessage { role, content });
    }
    fragments.into_elements()
}

/// The blocks of a message that are sent, in the order in which they are.
pub(super) fn content<'a>(forms: &ToolForms<'_>, message: &'a Message) -> Vec<Block<'a>> {
    let mut content: Vec<_> = message
        .content()
        .iter()
        .filter_map(|each| block(forms, each))
        .collect();
    // Results come before all else in their message, or the API does not find them.
    content.sort_by_key(|block| !matches!(block, Block::ToolResult { .. }));
    content
}

fn block<'a>(forms: &ToolForms<'_>, block: &'a ContentBlock) -> Option<Block<'a>> {
    match block {
        // The API refuses a text without a visible character.
        ContentBlock::Text { text } if is_blank(text) => None,
        ContentBlock::Text { text } => Some(Block::Text { text }),
        ContentBlock::Thinking(Thinking { origin, body }) if origin == NAME => thinking(body),
        ContentBlock::Thinking(_) => None,
        ContentBlock::ToolCall(call) => {
            let input = forms.arguments(call).into_owned();
            Some(Block::ToolUse {
                id: call_id::word(call.id.as_str()),
                name: &call.name,
                input: serde_json::value::RawValue::from_string(input).ok()?,
            })
        }
        ContentBlock::ToolResult(result) => Some(Block::ToolResult {
            tool_use_id: call_id::word(result.call_id.as_str()),
            content: if result.is_error && is_blank(&result.content) {
                FAILURE_WITHOUT_WORDS
            } else {
                &result.content
            },
            is_error: result.is_error,
        }),
    }
}

/// Thoughts without a signature would be refused; only imitations of the API send such.
fn thinking(body: &ThinkingBody) -> Option<Block<'_>> {
    match body {
        ThinkingBody::Open {
            text,
            signature: Some(signature),
        } => Some(Block::Thinking {
            thinking: text,
            signature,
        }),
        ThinkingBody::Open {
            signature: None, ..
        } => None,
        ThinkingBody::Redacted { data } => Some(Block::RedactedThinking { data }),
    }
}

pub(super) fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
