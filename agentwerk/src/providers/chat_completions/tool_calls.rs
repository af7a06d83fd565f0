use serde_json::value::RawValue;

use super::wire::CallDelta;
use crate::chat::{ToolArguments, ToolCall};
use crate::id::CallId;
use crate::providers::call_id;
use crate::providers::http::StreamFault;

/// The id that Mistral writes where there is none.
///
/// Source: the default of `ToolCall.id` in the wheel mistralai 3.7.0, read 2026-11.
const NO_ID: &str = "null";

/// Puts tool calls together out of their pieces.
///
/// A piece belongs to the call with its `index`. Servers that leave the index out, or write 0 for
/// every call, are understood by their ids.
#[derive(Default)]
pub(super) struct ToolCallAssembly {
    calls: Vec<Slot>,
}

#[derive(Default)]
struct Slot {
    index: Option<u64>,
    id: Option<String>,
    name: String,
    arguments: String,
}

impl ToolCallAssembly {
    /// Takes the pieces of one chunk.
    pub(super) fn take(&mut self, deltas: Vec<CallDelta>) -> Result<(), StreamFault> {
        let mut touched = Vec::with_capacity(deltas.len());
        for delta in deltas {
            let id = delta.id.filter(|id| !id.is_empty() && id != NO_ID);
            let position = self.position(delta.index, id.as_deref(), &touched);
            touched.push(position);
            let slot = &mut self.calls[position];
            if slot.id.is_none() {
                slot.id = id;
            }
            let Some(function) = delta.function else {
                continue;
            };
            if slot.name.is_empty() {
                slot.name = function.name.unwrap_or_default();
            }
            if let Some(piece) = function.arguments {
                slot.arguments.push_str(&arguments_text(&piece)?);
            }
        }
        Ok(())
    }

    /// Finds the call that a piece goes on with, or begins one.
    ///
    /// Two pieces of one chunk are never of one call.
    fn position(&mut self, index: Option<u64>, id: Option<&str>, touched: &[usize]) -> usize {
        let found = self.calls.iter().rposition(|slot| match (id, &slot.id) {
            (Some(id), Some(known)) => known == id,
            _ => index.is_none() || slot.index == index,
        });
        match found {
            Some(position) if !touched.contains(&position) => position,
            _ => {
                self.calls.push(Slot {
                    index,
                    ..Slot::default()
                });
                self.calls.len() - 1
            }
        }
    }

    /// The calls in the order in which they began.
    ///
    /// One without an id gets one that follows from the reply's id and its place, so that two
    /// calls of one conversation never share an id.
    pub(super) fn finish(self, reply_id: &str) -> impl Iterator<Item = ToolCall> {
        let calls = self.calls.into_iter().enumerate();
        calls.map(move |(place, slot)| {
            let id = slot
                .id
                .unwrap_or_else(|| call_id::made_of(&format!("{reply_id}/{place}")));
            ToolCall {
                id: CallId::from(id),
                name: slot.name,
                arguments: ToolArguments::new(slot.arguments),
            }
        })
    }
}

/// A piece of text is unquoted, a whole object is kept as the model wrote it.
fn arguments_text(piece: &RawValue) -> Result<String, StreamFault> {
    match piece.get() {
        "null" => Ok(String::new()),
        text if text.starts_with('"') => crate::providers::http::parse_json(text),
        text => Ok(text.to_owned()),
    }
}
