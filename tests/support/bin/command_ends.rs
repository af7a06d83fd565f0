//! Cancels commands, and lets commands end, whose children will not go; see
//! `agentwerk_tests::command_ends`.
//!
//! ```text
//! command_ends --cancels N --ends N [--at-once N]
//! ```

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    agentwerk_tests::command_ends::main(std::env::args().skip(1))
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("command_ends: needs Linux, where `/proc` shows all processes");
    ExitCode::FAILURE
}
