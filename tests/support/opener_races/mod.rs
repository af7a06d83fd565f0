//! Has two processes open a session at the same moment, again and again: one of them must get it,
//! and the other one must be told who did.
//!
//! # Invariants
//! - Both openers live before the race, and wait for a line that begins it.
//! - Sometimes the winner is killed in place of closing; then its name stays in the lock, and must
//!   never be told.

mod controller;
mod opener;
mod way;

use std::process::ExitCode;

/// Runs the program with these arguments.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let words: Vec<String> = arguments.collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ended = match words.as_slice() {
        ["opener"] => opener::main(),
        words => controller::Options::read(words).and_then(|options| controller::run(&options)),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("opener_races: {error}");
        ExitCode::FAILURE
    })
}
