use super::NAME;
use super::wire::{
    BlockDelta, BlockPiece, BlockStart, MessageDelta, MessageStart, StartedBlock, Tag, WireUsage,
};
use crate::chat::{
    ContentBlock, Delta, Response, StopReason, Thinking, ThinkingBody, ToolArguments, ToolCall,
    Usage,
};
use crate::id::CallId;
use crate::providers::SizeLimit;
use crate::providers::http::{
    Assemble, BLOCKS_MAX, Progress, SseEvent, StreamFault, VendorError, parse_json,
};

/// A reply that is being put together.
#[derive(Default)]
pub(super) struct MessageStream {
    /// The blocks by their index, in the order in which they began.
    blocks: Vec<(u64, Building)>,
    stop_reason: Option<StopReason>,
    usage: Usage,
}

enum Building {
    Text(String),
    Thinking {
        text: String,
        signature: Option<String>,
    },
    Redacted(String),
    ToolUse {
        id: String,
        name: String,
        /// The whole input, from a server that does not stream it.
        input: Option<String>,
        json: String,
    },
}

impl MessageStream {
    fn start(&mut self, start: BlockStart, deltas: &mut Vec<Delta>) -> Result<(), StreamFault> {
        let StartedBlock {
            kind,
            text,
            thinking,
            signature,
            data,
            id,
            name,
            input,
        } = start.content_block;
        let building = match kind.as_str() {
            "text" => {
                let text = text.unwrap_or_default();
                show(Delta::Text, &text, deltas);
                Building::Text(text)
            }
            "thinking" => {
                let text = thinking.unwrap_or_default();
                show(Delta::Thinking, &text, deltas);
                // The start announces a signature as an empty text; it follows in pieces, or never.
                let signature = signature.filter(|signature| !signature.is_empty());
                Building::Thinking { text, signature }
            }
            "redacted_thinking" => Building::Redacted(data.ok_or(StreamFault::Missing("data"))?),
            "tool_use" => Building::ToolUse {
                id: id.ok_or(StreamFault::Missing("id"))?,
                name: name.ok_or(StreamFault::Missing("name"))?,
                input: input.map(|input| input.get().to_owned()),
                json: String::new(),
            },
            // Blocks of the vendor's own tools, none of which is asked for.
            _ => return Ok(()),
        };
        // Tool calls are blocks in this format, so their own limit is no other.
        if self.blocks.len() == BLOCKS_MAX {
            return Err(StreamFault::TooLarge(SizeLimit::ContentBlocks(BLOCKS_MAX)));
        }
        self.blocks.push((start.index, building));
        Ok(())
    }

    fn piece(&mut self, index: u64, piece: BlockPiece, deltas: &mut Vec<Delta>) {
        // A block that was skipped has pieces too.
        let Some((_, building)) = self.blocks.iter_mut().rfind(|(known, _)| *known == index) else {
            return;
        };
        match building {
            Building::Text(text) => {
                let more = piece.text.unwrap_or_default();
                show(Delta::Text, &more, deltas);
                text.push_str(&more);
            }
            Building::Thinking { text, signature } => {
                let more = piece.thinking.unwrap_or_default();
                show(Delta::Thinking, &more, deltas);
                text.push_str(&more);
                // A signature comes whole; a proxy repeats it with every piece. The vendor's own
                // client keeps the last one (`lib/streaming/_messages.py`, anthropic 2.11.0).
                if piece.signature.as_ref().is_some_and(|all| !all.is_empty()) {
                    *signature = piece.signature;
                }
            }
            Building::ToolUse { json, .. } => {
                json.push_str(&piece.partial_json.unwrap_or_default());
            }
            Building::Redacted(_) => {}
        }
    }

    fn count(&mut self, usage: &WireUsage) {
        let set = |field: &mut u64, value: Option<u64>| *field = value.unwrap_or(*field);
        set(&mut self.usage.input_tokens, usage.input_tokens);
        set(&mut self.usage.output_tokens, usage.output_tokens);
        set(
            &mut self.usage.cache_read_tokens,
            usage.cache_read_input_tokens,
        );
        set(
            &mut self.usage.cache_write_tokens,
            usage.cache_creation_input_tokens,
        );
    }
}

impl Assemble for MessageStream {
    fn take(&mut self, event: &SseEvent, deltas: &mut Vec<Delta>) -> Result<Progress, StreamFault> {
        let data = event.data.as_str();
        // The `event` field says the same; some proxies leave it out.
        let Tag { kind } = parse_json(data)?;
        match kind.as_deref().ok_or(StreamFault::Missing("type"))? {
            "message_start" => {
                let start: MessageStart = parse_json(data)?;
                self.count(&start.message.usage);
            }
            "content_block_start" => self.start(parse_json(data)?, deltas)?,
            "content_block_delta" => {
                let BlockDelta { index, delta } = parse_json(data)?;
                self.piece(index, delta, deltas);
            }
            "message_delta" => {
                let MessageDelta { delta, usage } = parse_json(data)?;
                if let Some(reason) = delta.and_then(|delta| delta.stop_reason) {
                    self.stop_reason = Some(stop_reason(reason));
                }
                self.count(&usage.unwrap_or_default());
            }
            "message_stop" => return Ok(Progress::Complete),
            "error" => {
                let value = parse_json(data)?;
                return Err(StreamFault::Vendor(VendorError::from_value(&value)));
            }
            // `ping`, `content_block_stop`, and whatever later versions add.
            _ => {}
        }
        Ok(Progress::Open)
    }

    fn finish(self) -> Option<Response> {
        let stop_reason = self.stop_reason?;
        let content = self
            .blocks
            .into_iter()
            .filter_map(|(_, block)| block.finish());
        Some(Response::new(content.collect(), stop_reason).usage(self.usage))
    }
}

impl Building {
    fn finish(self) -> Option<ContentBlock> {
        let body = match self {
            Self::Text(text) => {
                return Some(text)
                    .filter(|text| !text.is_empty())
                    .map(ContentBlock::text);
            }
            Self::ToolUse {
                id,
                name,
                input,
                json,
            } => {
                let arguments = if json.is_empty() {
                    input.unwrap_or_default()
                } else {
                    json
                };
                return Some(ContentBlock::ToolCall(ToolCall {
                    id: CallId::from(id),
                    name,
                    arguments: ToolArguments::new(arguments),
                }));
            }
            Self::Thinking { text, signature } => ThinkingBody::Open { text, signature },
            Self::Redacted(data) => ThinkingBody::Redacted { data },
        };
        Some(ContentBlock::Thinking(Thinking {
            origin: NAME.to_owned(),
            body,
        }))
    }
}

fn show(delta: impl Fn(String) -> Delta, piece: &str, deltas: &mut Vec<Delta>) {
    if !piece.is_empty() {
        deltas.push(delta(piece.to_owned()));
    }
}

/// Source: `types/stop_reason.py` in the wheel anthropic 2.11.0, read 2026-11.
fn stop_reason(reason: String) -> StopReason {
    match reason.as_str() {
        "end_turn" => StopReason::EndTurn,
        "tool_use" => StopReason::ToolCalls,
        "max_tokens" => StopReason::MaxTokens,
        "stop_sequence" => StopReason::StopSequence,
        "pause_turn" => StopReason::Pause,
        "refusal" => StopReason::Refusal,
        "model_context_window_exceeded" => StopReason::ContextOverflow,
        _ => StopReason::Other(reason),
    }
}
