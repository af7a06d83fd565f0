use std::borrow::Cow;

use super::dialect::{CallIds, Dialect, ReplyLimit, ThinkingForm, UsageReport, UserAfterTool};
use super::wire::{
    Body, StreamOptions, TextChunk, Tool, ToolFunction, WireCall, WireChunk, WireContent,
    WireFunction, WireMessage, WireThinking,
};
use crate::chat::{
    CallResult, ContentBlock, Message, Request, Role, Thinking, ThinkingBody, ToolCall,
};
use crate::providers::fragment::{Fragments, unencodable};
use crate::providers::tool_forms::{ToolForm, ToolForms};
use crate::providers::{ProviderError, call_id, effort};

/// What the model is taken to have said between a tool and the user, where the vendor insists.
const BETWEEN_TOOL_AND_USER: &str = "Understood.";

/// Writes a request.
pub(super) fn body(
    dialect: &Dialect,
    forms: &ToolForms<'_>,
    request: &Request,
) -> Result<String, ProviderError> {
    let encoding = forms.encoding(dialect.name);
    let mut messages = Fragments::default();
    if let Some(system) = request.system.as_deref().filter(|text| !text.is_empty()) {
        messages.encode(&plain(dialect.system_role, system.to_owned()));
    }
    let mut after_tool = false;
    for message in &request.messages {
        let encoded = message.encoded(encoding, |message| encode(dialect, forms, message));
        if encoded.is_empty() {
            continue;
        }
        let has_results = results(message).next().is_some();
        if after_tool && message.role() == Role::User && !has_results {
            bridge(dialect, &mut messages);
        }
        messages.push(&encoded);
        after_tool = has_results && joined_text(message).is_empty();
    }
    let limit = |field| {
        request
            .max_reply_tokens
            .filter(|_| dialect.reply_limit == field)
    };
    let body = Body {
        model: &request.model,
        stream: true,
        stream_options: (dialect.usage == UsageReport::OnRequest).then_some(StreamOptions {
            include_usage: true,
        }),
        max_completion_tokens: limit(ReplyLimit::MaxCompletionTokens),
        max_tokens: limit(ReplyLimit::MaxTokens),
        reasoning_effort: request.reasoning_effort.map(effort::chat_completions),
        tools: forms.iter().map(tool).collect(),
        messages: messages.into_array()?,
    };
    serde_json::to_string(&body).map_err(unencodable)
}

fn tool<'a>(form: &'a ToolForm<'_>) -> Tool<'a> {
    Tool {
        kind: "function",
        function: ToolFunction {
            name: &form.spec.name,
            description: &form.spec.description,
            strict: form.wire.strict,
            parameters: &form.wire.schema,
        },
    }
}

/// One message becomes none, one, or several: each result of a tool is a message of its own.
fn encode(dialect: &Dialect, forms: &ToolForms<'_>, message: &Message) -> String {
    let mut fragments = Fragments::default();
    match message.role() {
        Role::User => encode_user(dialect, message, &mut fragments),
        Role::Assistant => encode_assistant(dialect, forms, message, &mut fragments),
    }
    fragments.into_elements()
}

fn encode_user(dialect: &Dialect, message: &Message, fragments: &mut Fragments) {
    let mut has_results = false;
    for result in results(message) {
        has_results = true;
        fragments.encode(&WireMessage {
            tool_call_id: Some(wire_id(dialect, result.call_id.as_str())),
            ..plain("tool", result_text(result).into_owned())
        });
    }
    let text = joined_text(message);
    if text.is_empty() {
        return;
    }
    if has_results {
        bridge(dialect, fragments);
    }
    fragments.encode(&plain("user", text));
}

fn encode_assistant(
    dialect: &Dialect,
    forms: &ToolForms<'_>,
    message: &Message,
    fragments: &mut Fragments,
) {
    let thoughts = own_thinking(dialect, message);
    let content = match dialect.thinking {
        ThinkingForm::Chunks if !thoughts.is_empty() => {
            Some(WireContent::Chunks(chunks(dialect, message)))
        }
        _ => Some(joined_text(message))
            .filter(|text| !text.is_empty())
            .map(WireContent::Text),
    };
    let thinking_blocks = match dialect.thinking {
        ThinkingForm::Blocks => thoughts.iter().map(|body| thinking_block(body)).collect(),
        ThinkingForm::NotKept | ThinkingForm::Chunks => Vec::new(),
    };
    let tool_calls: Vec<_> = message
        .tool_calls()
        .map(|call| wire_call(dialect, forms, call))
        .collect();
    // A message without anything in it is refused by Mistral and tells nobody anything.
    if content.is_some() || !tool_calls.is_empty() {
        fragments.encode(&WireMessage {
            role: "assistant",
            content,
            thinking_blocks,
            tool_calls,
            tool_call_id: None,
        });
    }
}

/// Mistral refuses a user right behind a tool: the model must have answered first.
///
/// Source: error 3230 of api.mistral.ai, `datapizza-labs/datapizza-ai#98` and
/// `BerriAI/litellm#17761`, read 2026-11.
fn bridge(dialect: &Dialect, fragments: &mut Fragments) {
    if dialect.user_after_tool == UserAfterTool::NeedsReply {
        fragments.encode(&plain("assistant", BETWEEN_TOOL_AND_USER.to_owned()));
    }
}

fn plain(role: &str, text: String) -> WireMessage<'_> {
    WireMessage {
        role,
        content: Some(WireContent::Text(text)),
        thinking_blocks: Vec::new(),
        tool_calls: Vec::new(),
        tool_call_id: None,
    }
}

fn results(message: &Message) -> impl Iterator<Item = &CallResult> {
    message.content().iter().filter_map(|block| match block {
        ContentBlock::ToolResult(result) => Some(result),
        _ => None,
    })
}

/// The text blocks with a blank line between them: one text is what every server takes.
fn joined_text(message: &Message) -> String {
    let texts = message.content().iter().filter_map(|block| match block {
        ContentBlock::Text { text } if !text.is_empty() => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

/// The format has no flag for a failed call, so its text must say so.
fn result_text(result: &CallResult) -> Cow<'_, str> {
    let begins = result.content.trim_start().get(..5).unwrap_or_default();
    if result.is_error && !begins.eq_ignore_ascii_case("error") {
        Cow::Owned(format!("Error: {}", result.content))
    } else {
        Cow::Borrowed(&result.content)
    }
}

fn own_thinking<'a>(dialect: &Dialect, message: &'a Message) -> Vec<&'a ThinkingBody> {
    let thoughts = message.content().iter().filter_map(|block| match block {
        ContentBlock::Thinking(Thinking { origin, body }) if origin == dialect.name => Some(body),
        _ => None,
    });
    thoughts.collect()
}

fn thinking_block(body: &ThinkingBody) -> WireThinking<'_> {
    match body {
        ThinkingBody::Open { text, signature } => WireThinking::Thinking {
            thinking: text,
            signature: signature.as_deref(),
        },
        ThinkingBody::Redacted { data } => WireThinking::RedactedThinking { data },
    }
}

/// Text and thoughts in their order, as Mistral sent them.
fn chunks<'a>(dialect: &Dialect, message: &'a Message) -> Vec<WireChunk<'a>> {
    let chunks = message.content().iter().filter_map(|block| match block {
        ContentBlock::Text { text } if !text.is_empty() => Some(WireChunk::Text { text }),
        ContentBlock::Thinking(Thinking {
            origin,
            body: ThinkingBody::Open { text, signature },
        }) if origin == dialect.name => Some(WireChunk::Thinking {
            thinking: [TextChunk { kind: "text", text }],
            signature: signature.as_deref(),
        }),
        _ => None,
    });
    chunks.collect()
}

fn wire_call<'a>(dialect: &Dialect, forms: &ToolForms<'_>, call: &'a ToolCall) -> WireCall<'a> {
    WireCall {
        id: wire_id(dialect, call.id.as_str()),
        kind: "function",
        function: WireFunction {
            name: &call.name,
            arguments: forms.arguments(call),
        },
    }
}

/// A call and its result go through here alike, so they keep one id.
fn wire_id<'a>(dialect: &Dialect, id: &'a str) -> Cow<'a, str> {
    match dialect.call_ids {
        CallIds::Free => Cow::Borrowed(id),
        CallIds::NineAlphanumeric => call_id::nine_alphanumeric(id),
    }
}
