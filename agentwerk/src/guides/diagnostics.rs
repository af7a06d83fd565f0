//! The mistakes that the macros tell, by their codes.
//!
//! An error of `#[tool]`, `#[tools]` or `#[derive(TicketResult)]` begins with a code, stands at the
//! token that is wrong, and says what to write. All errors of an item are told at once. Here is what
//! each of them means, with an example that is refused and one that is right.
//!
#![doc = include_str!("../docs/guides/diagnostics_tools.md")]
#![doc = include_str!("../docs/guides/diagnostics_results.md")]
