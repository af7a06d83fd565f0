//! Everything that is logged, for tests that look for what must not be.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Prints every span and event of every library, with all fields, down to the finest level.
#[derive(Debug, Default)]
pub struct PrintSpans(AtomicU64);

struct Print;

impl Visit for Print {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        println!("trace: {field}={value:?}");
    }
}

impl Subscriber for PrintSpans {
    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        println!("trace: span {}", span.metadata().name());
        span.record(&mut Print);
        // The number of a span must not be 0.
        Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        values.record(&mut Print);
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        println!("trace: event {}", event.metadata().name());
        event.record(&mut Print);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}
