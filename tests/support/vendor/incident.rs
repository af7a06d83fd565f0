use super::gate::Gate;

/// What happens in the middle of a stream; see [`Answer::after`](super::Answer::after).
#[derive(Clone, Debug)]
pub enum Incident {
    /// Nothing is sent until the test opens the gate.
    Wait(Gate),
    /// So many SSE comments, which carry no data.
    Comments(usize),
    /// Comments without an end and nothing else, until the client leaves.
    CommentsForever,
    /// So many keep-alives in the vendor's own way: `ping` events, or comments where there are none.
    Pings(usize),
    /// One event of the test's own, whatever the format.
    Event {
        /// The name on the `event:` line, if any.
        name: Option<&'static str>,
        /// What follows `data: `.
        data: String,
    },
    /// The vendor's error event for a status, inside of the stream; the stream ends after it.
    Error(u16),
    /// Nothing more is sent, and the connection stays open until the client leaves.
    Silence,
    /// The body ends as HTTP wants it, without the vendor's end marker.
    End,
    /// The connection is closed in the middle of the body.
    Close,
    /// The connection is reset. What was sent before may get lost on the way, as in real life.
    Reset,
}

impl Incident {
    /// One event of the test's own, without a name.
    pub fn data(data: impl Into<String>) -> Self {
        Self::Event {
            name: None,
            data: data.into(),
        }
    }
}
