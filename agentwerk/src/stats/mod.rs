//! Stats: numbers about a system, folded from its events. Nothing counts on the side, so whoever
//! listens to the events can come to the same numbers.

mod fold;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod stats;

pub(crate) use fold::StatsFold;
pub use stats::Stats;
