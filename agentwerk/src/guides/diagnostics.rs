//! The mistakes that the macros tell, by their codes.
//!
//! An error of `#[tool]`, `#[tools]` or `#[derive(TicketResult)]` begins with a code, stands at the
//! token that is wrong, and says what to write. All errors of an item are told at once. Here is what
//! each of them means, with an example that is refused and one that is right.
//!
//! What only the compiler can see is told in its own words, which know no code: `E0428` at a tool's
//! name is [T14](#t14), `E0119` at a set [T16](#t16), `E0308` at a default [T13](#t13), at an approval
//! [T04](#t04) and at a check [R05](#r05), "future cannot be sent between threads safely"
//! [T22](#t22), and `E0119` at a result [R13](#r13).
//!
#![doc = include_str!("../docs/guides/diagnostics_tools.md")]
#![doc = include_str!("../docs/guides/diagnostics_results.md")]
