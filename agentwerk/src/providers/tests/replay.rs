//! Plays a stream to a decoder. The streams are written by hand after the types of the SDKs; those
//! with a version in their name were recorded (see `tests/peers`).

use crate::chat::{Delta, Response};
use crate::providers::http::{Assemble, Progress, SseDecoder, StreamFault};

/// What came of it.
#[derive(Debug)]
pub(crate) struct Replayed {
    /// The reply; nothing when the end marker was missing, or the reason to stop.
    pub(crate) response: Option<Response>,
    pub(crate) deltas: Vec<Delta>,
}

pub(crate) fn replay(mut assembler: impl Assemble, stream: &str) -> Result<Replayed, StreamFault> {
    let mut decoder = SseDecoder::default();
    decoder.push(stream.as_bytes()).unwrap();
    let mut deltas = Vec::new();
    while let Some(event) = decoder.next_event() {
        if assembler.take(&event, &mut deltas)? == Progress::Complete {
            let response = assembler.finish();
            return Ok(Replayed { response, deltas });
        }
    }
    Ok(Replayed {
        response: None,
        deltas,
    })
}
