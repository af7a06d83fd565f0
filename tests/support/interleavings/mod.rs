//! A whole system at random: agents, models and tools that do what models and tools do, and a program
//! that submits, comments, cancels, answers and restarts at any moment. One seed is one history; after
//! it, and in the middle of it, the laws are checked.
//!
//! # Invariants
//! - Most seeds run on a paused clock, in one thread and in memory, so that a seed repeats: what it does
//!   follows from the seed and from the order in which tokio polls its tasks. Seeds of a session on disk
//!   run on the real clock, a thousand times as fast, because the journal writes in a thread of its own.
//! - Nothing is waited for without an end: a hang is a violation, with its seed.

mod agents;
mod check;
mod lives;
mod model;
mod options;
mod recount;
mod tape;
mod toolbox;
mod watch;
mod world;

use std::fmt;
use std::ops::AddAssign;
use std::process::ExitCode;
use std::sync::Once;
use std::thread;

use options::Options;
use world::World;

/// What the panics say that tools, models and handlers make.
const ON_PURPOSE: &str = "on purpose";

/// What the seeds went through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Seeds.
    pub seeds: u64,
    /// Seeds among them with a session on disk.
    pub sessions: u64,
    /// Tickets.
    pub tickets: u64,
    /// Tickets among them that became done.
    pub done: u64,
    /// Requests to the models.
    pub requests: u64,
    /// Calls that tools began.
    pub calls: u64,
    /// Systems that took over from others, or stood beside them.
    pub restarts: u64,
    /// What the program did from outside.
    pub actions: u64,
    /// Tickets that ended in the middle of a turn, with calls that have no results.
    pub cut_short: u64,
    /// Calls that were interrupted, and whose models were told so.
    pub interrupted: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.sessions += other.sessions;
        self.tickets += other.tickets;
        self.done += other.done;
        self.requests += other.requests;
        self.calls += other.calls;
        self.restarts += other.restarts;
        self.actions += other.actions;
        self.cut_short += other.cut_short;
        self.interrupted += other.interrupted;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} seeds ({} on disk): {} tickets, {} done, {} ended in mid-turn; {} requests, {} tool calls, \
             {} interrupted; {} actions from outside, {} restarts",
            self.seeds,
            self.sessions,
            self.tickets,
            self.done,
            self.cut_short,
            self.requests,
            self.calls,
            self.interrupted,
            self.actions,
            self.restarts,
        )
    }
}

/// Runs the program with these arguments.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let words: Vec<String> = arguments.collect();
    let options = match Options::read(&words) {
        Ok(options) => options,
        Err(error) => {
            eprintln!(
                "interleavings: {error}\nusage: interleavings --seeds N [--first S] [--threads T]"
            );
            return ExitCode::FAILURE;
        }
    };
    match run_seeds(options.first, options.seeds, options.threads) {
        Ok(counts) => {
            println!("{counts}");
            ExitCode::SUCCESS
        }
        Err(violations) => {
            for violation in violations {
                eprintln!("{violation}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Goes through `seeds` seeds from `first` on, in so many threads.
///
/// # Errors
/// A law was broken: an account for each seed that did, with the command that repeats it.
///
/// # Panics
/// This library of tests is at fault.
pub fn run_seeds(first: u64, seeds: u64, threads: u64) -> Result<Counts, Vec<String>> {
    let results: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|number| {
                let mine = (first..first.saturating_add(seeds)).skip(number as usize);
                scope.spawn(move || {
                    mine.step_by(threads as usize)
                        .map(run_seed)
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        let ended = running.into_iter().map(|one| one.join());
        ended
            .flat_map(|seeds| seeds.expect("a seed gives an account"))
            .collect()
    });
    let (mut counts, mut violations) = (Counts::default(), Vec::new());
    for result in results {
        match result {
            Ok(went_through) => counts += went_through,
            Err(violation) => violations.push(violation),
        }
    }
    if violations.is_empty() {
        Ok(counts)
    } else {
        Err(violations)
    }
}

/// Goes through what follows from one seed.
///
/// # Errors
/// A law was broken, in a way that the text says, with the command that repeats it.
///
/// # Panics
/// No runtime can be made.
pub fn run_seed(seed: u64) -> Result<Counts, String> {
    hush();
    // The library's own jitter, too.
    fastrand::seed(seed);
    let pace = Pace::of(seed);
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder
        .enable_time()
        .start_paused(pace == Pace::Paused)
        .build();
    let runtime = runtime.expect("a runtime of one thread");
    runtime.block_on(World::new(seed, pace).run()).map_err(|what| {
        format!(
            "seed {seed}: {what}\nrepeat it: cargo run -p agentwerk-tests --bin interleavings -- \
             --seeds 1 --first {seed}"
        )
    })
}

/// How time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// A paused clock, which jumps; the store is in memory.
    Paused,
    /// The real clock, with short spans; the store is on disk.
    Real,
}

impl Pace {
    fn of(seed: u64) -> Self {
        if seed % 16 == 15 {
            Self::Real
        } else {
            Self::Paused
        }
    }

    /// A span that is this many milliseconds on the paused clock.
    fn span(self, millis: u64) -> std::time::Duration {
        match self {
            Self::Paused => std::time::Duration::from_millis(millis),
            // What hangs on the paused clock is not worth to be waited for.
            Self::Real => std::time::Duration::from_micros(millis.min(5_000) * 20),
        }
    }

    /// What must happen within this time.
    fn bound(self) -> std::time::Duration {
        match self {
            // A month: every wait in a seed ends by itself long before.
            Self::Paused => std::time::Duration::from_secs(60 * 60 * 24 * 30),
            Self::Real => std::time::Duration::from_secs(60),
        }
    }
}

/// Keeps the panics quiet that are made on purpose.
fn hush() {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref::<&str>();
            if text.is_none_or(|text| *text != ON_PURPOSE) {
                others(info);
            }
        }));
    });
}
