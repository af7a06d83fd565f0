//! Has two processes open a session at the same moment, again and again; see
//! `agentwerk_tests::opener_races`.
//!
//! ```text
//! opener_races --races N [--seed S]
//! ```

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    agentwerk_tests::opener_races::main(std::env::args().skip(1))
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("opener_races: needs unix, where a kill is a signal that no process can catch");
    ExitCode::FAILURE
}
