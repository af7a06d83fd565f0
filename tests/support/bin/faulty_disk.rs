//! The journal on a disk with faults, for many seeds; see [`agentwerk_tests::durability`].
//!
//! ```text
//! faulty_disk --seeds N [--first S]    seeds S to S + N - 1; prints what they went through
//! ```
//!
//! A seed that breaks the law is printed with what is wrong, and can be run by itself: `--seeds 1
//! --first S`. The journal writes in a thread of its own, so a run may differ from the one before.

use std::process::ExitCode;

use agentwerk_tests::durability::{Counts, run_seed};

fn main() -> ExitCode {
    let (seeds, first) = match arguments() {
        Ok(arguments) => arguments,
        Err(error) => {
            eprintln!("faulty_disk: {error}\nusage: faulty_disk --seeds N [--first S]");
            return ExitCode::FAILURE;
        }
    };
    let mut counts = Counts::default();
    for seed in first..first.saturating_add(seeds) {
        match run_seed(seed) {
            Ok(went_through) => counts += went_through,
            Err(violation) => {
                eprintln!("seed {seed}: {violation}\nbefore it: {counts}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{counts}");
    ExitCode::SUCCESS
}

/// The number of seeds, and the first of them.
fn arguments() -> Result<(u64, u64), String> {
    let (mut seeds, mut first) = (None, 0);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words
            .next()
            .ok_or_else(|| format!("`{word}` needs a number"))?;
        let number = value
            .parse()
            .map_err(|_| format!("`{value}` is no number"))?;
        match word.as_str() {
            "--seeds" => seeds = Some(number),
            "--first" => first = number,
            _ => return Err(format!("`{word}` is not known")),
        }
    }
    Ok((seeds.ok_or("how many seeds?")?, first))
}
