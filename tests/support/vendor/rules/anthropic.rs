//! What Anthropic checks.

use serde_json::Value;

use super::super::format::Vendor;
use super::super::recorded::Recorded;
use super::super::reply::sign;
use super::{Check, Rule, ensure, items, unknown_field};

const MESSAGES: &str = "platform.claude.com/docs/en/api/messages, read 2026-11";
const TOOL_USE: &str =
    "platform.claude.com/docs/en/agents-and-tools/tool-use: results at once, before any text";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "anthropic-version",
        source: "platform.claude.com/docs/en/api/versioning, version history, read 2026-11",
        check: version,
    },
    Rule {
        name: "unknown field",
        source: "Python package anthropic 2.11.0, types of `messages.create`",
        check: fields,
    },
    Rule {
        name: "max_tokens",
        source: MESSAGES,
        check: max_tokens,
    },
    Rule {
        name: "sampling",
        source: "migration notes of the current model lines: sampling and budgets are refused",
        check: sampling,
    },
    Rule {
        name: "output_config",
        source: "Python package anthropic 2.11.0, `OutputConfigParam`",
        check: output_config,
    },
    Rule {
        name: "roles",
        source: MESSAGES,
        check: roles,
    },
    Rule {
        name: "prefill",
        source: "migration notes of the current model lines: the last message is the user's",
        check: prefill,
    },
    Rule {
        name: "cache breakpoints",
        source: "platform.claude.com/docs/en/build-with-claude/prompt-caching: at most 4, none on \
                 thoughts or an empty text; Python package anthropic 2.11.0, \
                 `CacheControlEphemeralParam`; error text: NousResearch/hermes-agent#1216",
        check: cache,
    },
    Rule {
        name: "empty text",
        source: "error texts of the API: `text content blocks must be non-empty`",
        check: empty_text,
    },
    Rule {
        name: "tool results",
        source: TOOL_USE,
        check: tool_results,
    },
    Rule {
        name: "tool inputs",
        source: "error texts of the API: `tool_use.input: Input should be a valid dictionary`",
        check: tool_inputs,
    },
    Rule {
        name: "thinking",
        source: "platform.claude.com/docs/en/build-with-claude/extended-thinking: unmodified",
        check: thinking,
    },
];

/// Both are served; for what is sent here they differ only in what the rule "sampling" refuses,
/// which current models refuse under either.
fn version(_: &Vendor, request: &Recorded) -> Check {
    let version = request.header("anthropic-version").unwrap_or_default();
    ensure(["2023-06-01", "2026-10-21"].contains(&version), || {
        "anthropic-version: header is required and must name a version".to_owned()
    })
}

fn fields(_: &Vendor, request: &Recorded) -> Check {
    let known = [
        "model",
        "messages",
        "max_tokens",
        "system",
        "tools",
        "tool_choice",
        "stream",
        "metadata",
        "stop_sequences",
        "thinking",
        "output_config",
        "cache_control",
        "context_management",
        "service_tier",
        "container",
        "temperature",
        "top_p",
        "top_k",
        "diagnostics",
    ];
    let unknown = unknown_field(&request.body, &known);
    let unknown = unknown.or_else(|| {
        let mut messages = request.messages().iter();
        messages.find_map(|message| unknown_field(message, &["role", "content"]))
    });
    ensure(unknown.is_none(), || {
        format!(
            "{}: Extra inputs are not permitted",
            unknown.unwrap_or_default()
        )
    })
}

fn max_tokens(_: &Vendor, request: &Recorded) -> Check {
    ensure(request.body["max_tokens"].as_u64() > Some(0), || {
        "max_tokens: Field required".to_owned()
    })
}

fn sampling(_: &Vendor, request: &Recorded) -> Check {
    let body = &request.body;
    for field in ["temperature", "top_p", "top_k"] {
        ensure(body[field].is_null(), || {
            format!("`{field}` is not supported by this model")
        })?;
    }
    ensure(body["thinking"]["budget_tokens"].is_null(), || {
        "`thinking.budget_tokens` is not supported by this model".to_owned()
    })
}

fn output_config(_: &Vendor, request: &Recorded) -> Check {
    let Some(config) = request.body.get("output_config") else {
        return Ok(());
    };
    let unknown = unknown_field(config, &["effort", "format"]);
    ensure(config.is_object() && unknown.is_none(), || {
        let unknown = unknown.unwrap_or_default();
        format!("output_config.{unknown}: Extra inputs are not permitted")
    })?;
    let effort = &config["effort"];
    let known = ["low", "medium", "high", "xhigh", "max"];
    ensure(
        effort.is_null() || known.iter().any(|word| effort == word),
        || "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'".into(),
    )
}

fn roles(_: &Vendor, request: &Recorded) -> Check {
    for message in request.messages() {
        ensure(
            message["role"] == "user" || message["role"] == "assistant",
            || format!("messages: Unexpected role {}", message["role"]),
        )?;
    }
    ensure(request.messages()[0]["role"] == "user", || {
        "messages: first message must use the \"user\" role".to_owned()
    })
}

fn prefill(_: &Vendor, request: &Recorded) -> Check {
    let last = request.messages().last();
    ensure(last.is_some_and(|last| last["role"] == "user"), || {
        "This model does not support assistant message prefill.".to_owned()
    })
}

fn empty_text(_: &Vendor, request: &Recorded) -> Check {
    let is_blank = |text: &Value| text.as_str().is_some_and(|text| text.trim().is_empty());
    let has_blank = |content: &Value| {
        let mut blocks = items(content).iter();
        is_blank(content)
            || blocks.any(|block| {
                let mut inner = items(&block["content"]).iter();
                is_blank(&block["text"]) || inner.any(|block| is_blank(&block["text"]))
            })
    };
    let mut contents = request.messages().iter().map(|message| &message["content"]);
    ensure(!has_blank(&request.body["system"]), || {
        "system: text content blocks must be non-empty".to_owned()
    })?;
    ensure(!contents.any(has_blank), || {
        "messages: text content blocks must be non-empty".to_owned()
    })?;
    let mut contents = request.messages().iter().map(|message| &message["content"]);
    ensure(
        contents.all(|content| content.is_string() || !items(content).is_empty()),
        || "messages: all messages must have non-empty content".to_owned(),
    )
}

/// One side's turn: neighbouring messages of one role are merged.
struct Turn<'a> {
    role: &'a Value,
    blocks: Vec<&'a Value>,
}

impl<'a> Turn<'a> {
    fn all(messages: &'a [Value]) -> Vec<Self> {
        let mut turns: Vec<Self> = Vec::new();
        for message in messages {
            let role = &message["role"];
            if turns.last().is_none_or(|turn| turn.role != role) {
                turns.push(Self {
                    role,
                    blocks: Vec::new(),
                });
            }
            if let Some(turn) = turns.last_mut() {
                turn.blocks.extend(items(&message["content"]));
                if message["content"].is_string() {
                    turn.blocks.push(&message["content"]);
                }
            }
        }
        turns
    }

    fn ids(&self, kind: &str, field: &str) -> Vec<&'a str> {
        let blocks = self.blocks.iter().filter(|block| block["type"] == kind);
        blocks.filter_map(|block| block[field].as_str()).collect()
    }
}

fn tool_results(_: &Vendor, request: &Recorded) -> Check {
    let turns = Turn::all(request.messages());
    let mut seen: Vec<&str> = Vec::new();
    let mut asked: Vec<&str> = Vec::new();
    for turn in &turns {
        let answered = turn.ids("tool_result", "tool_use_id");
        for id in &answered {
            ensure(asked.contains(id), || {
                format!("unexpected `tool_use_id` found in `tool_result` blocks: {id}")
            })?;
        }
        for id in &asked {
            ensure(answered.contains(id), || {
                format!("`tool_use` ids were found without `tool_result` blocks: {id}")
            })?;
        }
        let mut after_results = turn.blocks.iter().skip(answered.len());
        ensure(
            after_results.all(|block| block["type"] != "tool_result"),
            || "`tool_result` blocks must come first in the content".to_owned(),
        )?;
        asked = turn.ids("tool_use", "id");
        for id in &asked {
            ensure(!seen.contains(id), || {
                "`tool_use` ids must be unique".to_owned()
            })?;
            seen.push(id);
        }
    }
    Ok(())
}

fn blocks(request: &Recorded) -> impl Iterator<Item = &Value> {
    let messages = request.messages().iter();
    messages.flat_map(|message| items(&message["content"]))
}

fn tool_inputs(_: &Vendor, request: &Recorded) -> Check {
    let mut uses = blocks(request).filter(|block| block["type"] == "tool_use");
    ensure(uses.all(|block| block["input"].is_object()), || {
        "tool_use.input: Input should be a valid dictionary".to_owned()
    })
}

fn thinking(_: &Vendor, request: &Recorded) -> Check {
    for block in blocks(request).filter(|block| block["type"] == "thinking") {
        signed(block)?;
    }
    Ok(())
}

/// A block of thoughts carries the signature of exactly its text.
pub(super) fn signed(block: &Value) -> Check {
    let thoughts = block["thinking"].as_str().unwrap_or_default();
    ensure(block["signature"] == sign(thoughts), || {
        "Invalid `signature` in `thinking` block".to_owned()
    })
}

fn cache(_: &Vendor, request: &Recorded) -> Check {
    let marks = breakpoints(&request.body);
    let count = marks.len();
    ensure(count <= 4, || {
        format!("A maximum of 4 blocks with cache_control may be provided. Found {count}.")
    })?;
    for block in marks {
        let mark = &block["cache_control"];
        let lifetime = mark.get("ttl");
        let is_known = mark["type"] == "ephemeral"
            && lifetime.is_none_or(|ttl| ttl == "5m" || ttl == "1h")
            && unknown_field(mark, &["type", "ttl"]).is_none();
        ensure(is_known, || {
            "cache_control: Input should be of type 'ephemeral'".to_owned()
        })?;
        let is_empty = block["text"]
            .as_str()
            .is_some_and(|text| text.trim().is_empty());
        ensure(!is_empty, || {
            "text: cache_control cannot be set for empty text blocks".to_owned()
        })?;
    }
    let mut thoughts = blocks(request).filter(|block| {
        let kind = block["type"].as_str().unwrap_or_default();
        kind.ends_with("thinking")
    });
    ensure(
        thoughts.all(|block| block["cache_control"].is_null()),
        || "thinking.cache_control: Extra inputs are not permitted".to_owned(),
    )
}

/// Everything that carries a mark.
fn breakpoints(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(breakpoints).collect(),
        Value::Object(fields) => {
            let is_marked = fields
                .get("cache_control")
                .is_some_and(|mark| !mark.is_null());
            let own = is_marked.then_some(value);
            let inner = fields.values().flat_map(breakpoints);
            own.into_iter().chain(inner).collect()
        }
        _ => Vec::new(),
    }
}
