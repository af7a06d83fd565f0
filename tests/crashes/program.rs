//! Programs of this package that test something by themselves.

use std::process::Command;
use std::time::{Duration, Instant};

use agentwerk_tests::process::{Heard, Process};

/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs a program to its end, and gives its last line. The test fails with the program.
pub(crate) fn run(path: &str, arguments: &[&str]) -> String {
    let deadline = Instant::now() + PATIENCE;
    let program = Process::start(Command::new(path).args(arguments)).unwrap();
    let mut last = String::new();
    loop {
        match program.line(deadline) {
            Heard::Line(line) => last = line,
            Heard::End => break,
            Heard::Nothing => panic!("{path} did not end within {PATIENCE:?}; it said: {last}"),
        }
    }
    let status = program.wait().unwrap();
    assert!(status.success(), "{status}: {last}");
    last
}
