//! Stats: numbers about a system, folded from its events. Nothing counts on the side, so whoever
//! listens to the events can come to the same numbers.

mod counters;
mod fold;
#[cfg(feature = "files")]
mod past;
mod slices;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod stats;
mod tool;

pub(crate) use fold::StatsFold;
#[cfg(feature = "files")]
pub(crate) use past::Past;
pub use stats::Stats;
pub use tool::ToolStats;
