//! A whole system at random, for many seeds; see [`agentwerk_tests::interleavings`].
//!
//! ```text
//! interleavings --seeds N [--first S] [--threads T]    seeds S to S + N - 1; prints what they went through
//! ```
//!
//! A seed that breaks a law is printed with what is wrong and the command that repeats it.

use std::process::ExitCode;

fn main() -> ExitCode {
    agentwerk_tests::interleavings::main(std::env::args().skip(1))
}
