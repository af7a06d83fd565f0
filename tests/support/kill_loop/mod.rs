//! Kills a ticket system again and again, and looks for what it lost.
//!
//! A controller starts a worker on a session, hears what is acknowledged to it, kills it at a random
//! moment, and starts another one on the same session. In the end it reads the files, with a reader
//! of its own, and holds them against everything that was ever acknowledged.
//!
//! # Invariants
//! - A worker says of a record only what the library has told it: nothing is said ahead.
//! - The check shares no code with the library, so both would have to be wrong in the same way.

mod acknowledged;
mod agents;
mod check;
mod controller;
mod history;
mod journal_files;
mod life;
mod options;
mod stuck;
#[cfg(test)]
mod tests;
mod violations;
mod worker;

pub use journal_files::{JournalFiles, Torn};

use std::process::ExitCode;

/// Runs the program with these arguments.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let words: Vec<String> = arguments.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = match words.as_slice() {
        ["worker", words @ ..] => worker::main(words),
        ["stuck", dir] => stuck::main(dir),
        words => options::Options::read(words).and_then(|options| controller::run(&options)),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("kill_loop: {error}");
        ExitCode::FAILURE
    })
}
