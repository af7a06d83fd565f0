use serde_json::value::RawValue;

use super::wire::CallDelta;
use crate::chat::{ToolArguments, ToolCall};
use crate::id::CallId;
use crate::providers::http::{CALLS_MAX, StreamFault};
use crate::providers::{SizeLimit, call_id};

/// The id that Mistral writes where there is none.
///
/// Source: the default of `ToolCall.id` in the wheel mistralai 3.7.0, read 2026-11.
const NO_ID: &str = "null";

/// Puts tool calls together out of their pieces.
///
/// A piece belongs to the call with its `index`. Servers that leave the index out, or write 0 for
/// every call, are understood by their ids, and without ids by where a name stands.
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
    nesting: Nesting,
}

/// What is known of the call that a piece belongs to.
struct Piece {
    index: Option<u64>,
    id: Option<String>,
    name: String,
    arguments: String,
}

impl ToolCallAssembly {
    /// Takes the pieces of one chunk.
    pub(super) fn take(&mut self, deltas: Vec<CallDelta>) -> Result<(), StreamFault> {
        let mut touched = Vec::new();
        for delta in deltas {
            let piece = Piece::read(delta)?;
            let position = self.position(&piece, &touched);
            if self.calls.len() > CALLS_MAX {
                return Err(StreamFault::TooLarge(SizeLimit::ToolCalls(CALLS_MAX)));
            }
            if !touched.contains(&position) {
                touched.push(position);
            }
            self.calls[position].add(piece);
        }
        Ok(())
    }

    /// Finds the call that a piece goes on with, or begins one.
    ///
    /// A piece with a name begins a call wherever the chunk has a piece of the same place before
    /// it: `touched` are the calls that cannot be meant.
    fn position(&mut self, piece: &Piece, touched: &[usize]) -> usize {
        let found = self
            .calls
            .iter()
            .rposition(|slot| match (&piece.id, &slot.id) {
                (Some(id), Some(known)) => known == id,
                _ => piece.index.is_none() || slot.index == piece.index,
            });
        let goes_on = |position: &usize| {
            let is_touched = !piece.name.is_empty() && touched.contains(position);
            !is_touched && !self.calls[*position].is_followed_by(piece)
        };
        found.filter(goes_on).unwrap_or_else(|| {
            self.calls.push(Slot {
                index: piece.index,
                ..Slot::default()
            });
            self.calls.len() - 1
        })
    }

    /// The calls in the order in which they began.
    ///
    /// One without an id gets one that follows from `turn`, the reply's id and its place, so that
    /// two calls of one conversation do not share an id, even where the server gives every reply
    /// the same id or none.
    pub(super) fn finish(self, turn: usize, reply_id: &str) -> impl Iterator<Item = ToolCall> {
        let calls = self.calls.into_iter().enumerate();
        calls.map(move |(place, slot)| {
            let id = slot
                .id
                .unwrap_or_else(|| call_id::made_of(&format!("{turn}/{reply_id}/{place}")));
            ToolCall {
                id: CallId::from(id),
                name: slot.name,
                arguments: ToolArguments::new(slot.arguments),
            }
        })
    }
}

impl Slot {
    fn add(&mut self, piece: Piece) {
        self.id = self.id.take().or(piece.id);
        if self.name.is_empty() {
            self.name = piece.name;
        }
        self.nesting.read(&piece.arguments);
        self.arguments.push_str(&piece.arguments);
    }

    /// Whether a piece of this place is the beginning of the next call.
    ///
    /// Some servers give neither ids nor an index of its own to each call, and some repeat the name
    /// with every piece. So a name begins a call when it is another one, or when the arguments are
    /// whole; one that was called by its id may still be named once more, without arguments.
    fn is_followed_by(&self, piece: &Piece) -> bool {
        if piece.name.is_empty()
            || self.name.is_empty()
            || (piece.id.is_some() && self.id.is_some())
        {
            return false;
        }
        let repeats = self.id.is_some() && piece.arguments.is_empty();
        piece.name != self.name || (self.nesting.is_closed() && !repeats)
    }
}

impl Piece {
    fn read(delta: CallDelta) -> Result<Self, StreamFault> {
        let (name, arguments) = match delta.function {
            Some(function) => (function.name, function.arguments),
            None => (None, None),
        };
        let arguments = arguments.map(|piece| arguments_text(&piece)).transpose()?;
        Ok(Self {
            index: delta.index,
            id: delta.id.filter(|id| !id.is_empty() && id != NO_ID),
            name: name.unwrap_or_default(),
            arguments: arguments.unwrap_or_default(),
        })
    }
}

/// Follows the brackets of JSON that comes in pieces, so that no piece is read twice.
#[derive(Default)]
struct Nesting {
    depth: u64,
    has_begun: bool,
    in_text: bool,
    after_backslash: bool,
}

impl Nesting {
    fn read(&mut self, piece: &str) {
        for byte in piece.bytes() {
            match byte {
                _ if self.after_backslash => self.after_backslash = false,
                b'\\' => self.after_backslash = self.in_text,
                b'"' => self.in_text = !self.in_text,
                b'{' | b'[' if !self.in_text => {
                    self.has_begun = true;
                    self.depth += 1;
                }
                b'}' | b']' if !self.in_text => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// Whether an object has begun and ended.
    fn is_closed(&self) -> bool {
        self.has_begun && self.depth == 0
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
