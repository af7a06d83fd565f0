use super::kind::EventKind;

/// Takes what happens during one piece of work. It must not block: it is called by the code that
/// does the work.
pub trait EventSink: Send + Sync {
    /// Tells that something has happened.
    fn emit(&self, kind: EventKind);
}

/// A sink that nobody reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoSink;

impl EventSink for NoSink {
    fn emit(&self, _kind: EventKind) {}
}
