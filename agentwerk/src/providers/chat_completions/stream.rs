use std::mem;

use super::content::Content;
use super::dialect::{Dialect, ThinkingForm};
use super::tool_calls::ToolCallAssembly;
use super::wire::{Choice, ChoiceDelta, Chunk, ThinkingBlock, WireUsage};
use crate::chat::{ContentBlock, Delta, Response, StopReason, Thinking, ThinkingBody, Usage};
use crate::providers::SizeLimit;
use crate::providers::http::{
    Assemble, BLOCKS_MAX, Progress, SseEvent, StreamFault, VendorError, parse_json,
};

/// The end marker.
const DONE: &str = "[DONE]";

/// A reply that is being put together.
pub(super) struct ChatStream {
    dialect: &'static Dialect,
    /// The number of messages before this reply.
    turn: usize,
    reply_id: String,
    blocks: Vec<ContentBlock>,
    /// The index of the last block of thoughts, where the server numbers them.
    thinking_index: Option<u64>,
    /// Thoughts that were shown and are in no block yet.
    shown: String,
    calls: ToolCallAssembly,
    stop_reason: Option<StopReason>,
    is_refused: bool,
    usage: Usage,
}

impl ChatStream {
    pub(super) fn new(dialect: &'static Dialect, turn: usize) -> Self {
        Self {
            dialect,
            turn,
            reply_id: String::new(),
            blocks: Vec::new(),
            thinking_index: None,
            shown: String::new(),
            calls: ToolCallAssembly::default(),
            stop_reason: None,
            is_refused: false,
            usage: Usage::default(),
        }
    }

    fn choice(&mut self, choice: Choice, deltas: &mut Vec<Delta>) -> Result<(), StreamFault> {
        if let Some(delta) = choice.delta {
            self.delta(delta, deltas)?;
        }
        if let Some(reason) = choice.finish_reason {
            self.stop_reason = Some(stop_reason(reason)?);
        }
        Ok(())
    }

    fn delta(&mut self, delta: ChoiceDelta, deltas: &mut Vec<Delta>) -> Result<(), StreamFault> {
        let reasoning = delta.reasoning_content.or(delta.reasoning);
        match delta.thinking_blocks {
            // LiteLLM repeats the same words as `reasoning_content`.
            Some(blocks) if !blocks.is_empty() => {
                for block in blocks {
                    self.thinking_block(block, deltas);
                }
            }
            _ => {
                let piece = reasoning.unwrap_or_default();
                self.shown.push_str(&piece);
                show_thinking(piece, deltas);
            }
        }
        match delta.content {
            Some(Content::Text(text)) => self.text(text, deltas),
            Some(Content::Chunks(chunks)) => {
                for chunk in chunks {
                    if let Some(thinking) = chunk.thinking {
                        let index = self.thinking_index;
                        self.thinking(index, thinking.text(), chunk.signature, deltas);
                    }
                    self.text(chunk.text.unwrap_or_default(), deltas);
                }
            }
            None => {}
        }
        if let Some(refusal) = delta.refusal.filter(|refusal| !refusal.is_empty()) {
            self.is_refused = true;
            self.text(refusal, deltas);
        }
        self.calls.take(delta.tool_calls.unwrap_or_default())
    }

    fn text(&mut self, piece: String, deltas: &mut Vec<Delta>) {
        if piece.is_empty() {
            return;
        }
        if let Some(ContentBlock::Text { text }) = self.blocks.last_mut() {
            text.push_str(&piece);
        } else {
            self.blocks.push(ContentBlock::text(piece.clone()));
        }
        deltas.push(Delta::Text(piece));
    }

    fn thinking_block(&mut self, block: ThinkingBlock, deltas: &mut Vec<Delta>) {
        match block.data {
            Some(data) => {
                let body = ThinkingBody::Redacted { data };
                self.keep_thinking(body);
            }
            None => {
                let text = block.thinking.unwrap_or_default();
                self.thinking(block.index, text, block.signature, deltas);
            }
        }
    }

    /// Adds to the last block of thoughts, unless that one is signed or has another index.
    ///
    /// LiteLLM puts one made-up signature on every piece of what Mistral thinks, so a piece with the
    /// same signature goes on with the block.
    fn thinking(
        &mut self,
        index: Option<u64>,
        piece: String,
        signature: Option<String>,
        deltas: &mut Vec<Delta>,
    ) {
        let signature = signature.filter(|signature| !signature.is_empty());
        // LiteLLM of mid-2026 sends a signed block whole, behind the pieces of its text
        // (`BerriAI/litellm#31022`).
        let shown = mem::take(&mut self.shown);
        let unseen = piece
            .strip_prefix(shown.as_str())
            .unwrap_or(&piece)
            .to_owned();
        let is_same = mem::replace(&mut self.thinking_index, index) == index;
        match self.blocks.last_mut() {
            Some(ContentBlock::Thinking(Thinking {
                body:
                    ThinkingBody::Open {
                        text,
                        signature: known,
                    },
                ..
            })) if is_same && (known.is_none() || *known == signature) => {
                text.push_str(&piece);
                *known = signature;
            }
            _ => self.keep_thinking(ThinkingBody::Open {
                text: piece.clone(),
                signature,
            }),
        }
        show_thinking(unseen, deltas);
    }

    fn keep_thinking(&mut self, body: ThinkingBody) {
        if self.dialect.thinking != ThinkingForm::NotKept {
            self.blocks.push(ContentBlock::Thinking(Thinking {
                origin: self.dialect.name.to_owned(),
                body,
            }));
        }
    }
}

impl Assemble for ChatStream {
    fn take(&mut self, event: &SseEvent, deltas: &mut Vec<Delta>) -> Result<Progress, StreamFault> {
        if event.data.trim() == DONE {
            return Ok(Progress::Complete);
        }
        let value: serde_json::Value = parse_json(&event.data)?;
        let error = match event.name.as_deref() {
            Some("error") => Some(VendorError::from_value(&value)),
            _ => VendorError::instead_of_reply(&value),
        };
        if let Some(error) = error {
            return Err(StreamFault::Vendor(error));
        }
        // Read again from the text, because only that keeps the arguments as the model wrote them.
        let chunk: Chunk = parse_json(&event.data)?;
        if let Some(id) = chunk.id.filter(|_| self.reply_id.is_empty()) {
            self.reply_id = id;
        }
        for choice in chunk.choices.unwrap_or_default() {
            // One reply was asked for.
            if choice.index.unwrap_or_default() == 0 {
                self.choice(choice, deltas)?;
            }
        }
        if self.blocks.len() > BLOCKS_MAX {
            return Err(StreamFault::TooLarge(SizeLimit::ContentBlocks(BLOCKS_MAX)));
        }
        if let Some(usage) = chunk.usage {
            self.usage = tokens(&usage);
        }
        Ok(Progress::Open)
    }

    fn finish(self) -> Option<Response> {
        let stop_reason = match self.stop_reason? {
            _ if self.is_refused => StopReason::Refusal,
            reason => reason,
        };
        let mut content = self.blocks;
        let texts = content.len();
        content.extend(
            self.calls
                .finish(self.turn, &self.reply_id)
                .map(ContentBlock::ToolCall),
        );
        // LiteLLM and local servers end a reply with calls by `stop`, too.
        let stop_reason = match stop_reason {
            StopReason::EndTurn if content.len() > texts => StopReason::ToolCalls,
            reason => reason,
        };
        Some(Response::new(content, stop_reason).usage(self.usage))
    }
}

fn show_thinking(piece: String, deltas: &mut Vec<Delta>) {
    if !piece.is_empty() {
        deltas.push(Delta::Thinking(piece));
    }
}

/// Source: `chat_completion_chunk.py` in the wheel openai 3.52.0; `model_length` and `error` are
/// Mistral's, `models/chatcompletionchoice.py` in mistralai 3.7.0; read 2026-11.
fn stop_reason(reason: String) -> Result<StopReason, StreamFault> {
    Ok(match reason.as_str() {
        "stop" => StopReason::EndTurn,
        "tool_calls" | "function_call" => StopReason::ToolCalls,
        "length" => StopReason::MaxTokens,
        "content_filter" | "refusal" => StopReason::Refusal,
        "model_length" => StopReason::ContextOverflow,
        "error" => {
            return Err(StreamFault::Vendor(VendorError {
                message: "the model stopped with an error".to_owned(),
                ..VendorError::default()
            }));
        }
        _ => StopReason::Other(reason),
    })
}

/// Makes the three kinds of input disjoint.
fn tokens(usage: &WireUsage) -> Usage {
    let details = usage.prompt_tokens_details.clone().unwrap_or_default();
    let prompt = usage.prompt_tokens.unwrap_or_default();
    let read = details.cached_tokens.or(usage.cache_read_input_tokens);
    let read = read.unwrap_or_default().min(prompt);
    let written = details
        .cache_write_tokens
        .or(details.cache_creation_tokens)
        .or(usage.cache_creation_input_tokens);
    let written = written.unwrap_or_default().min(prompt - read);
    Usage {
        input_tokens: prompt - read - written,
        output_tokens: usage.completion_tokens.unwrap_or_default(),
        cache_read_tokens: read,
        cache_write_tokens: written,
    }
}
