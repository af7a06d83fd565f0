//! Kills a ticket system again and again, and looks for what it lost; see
//! `agentwerk_tests::kill_loop`.
//!
//! ```text
//! kill_loop --kills N [--seed S] [--durability fsync|buffered]
//! ```

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    agentwerk_tests::kill_loop::main(std::env::args().skip(1))
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("kill_loop: needs unix, where a kill is a signal that no process can catch");
    ExitCode::FAILURE
}
