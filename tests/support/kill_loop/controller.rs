//! Kills one worker after the other, and tells what came of it.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tempfile::TempDir;

use super::acknowledged::Acknowledged;
use super::check::{Moment, check};
use super::life::{Trigger, live};
use super::options::{Options, WorkerOptions, name_of};
use super::violations::{Kind, Violations};

/// How often the files are read while the loop goes on.
const CHECKS: u32 = 10;
/// The bytes of a file of the journal, for the workers that are to begin many of them.
const SMALL_SEGMENT_BYTES: u64 = 64 * 1024;
/// How long an opening is taken to need before one was measured.
const FIRST_OPENING: Duration = Duration::from_millis(5);

/// What came of all lives so far.
struct Loop<'a> {
    options: &'a Options,
    random: fastrand::Rng,
    opening: Duration,
    lives: u32,
    kills: u32,
    acknowledged: Vec<Acknowledged>,
    violations: Violations,
}

/// Goes through all lives, and prints a summary.
pub(super) fn run(options: &Options) -> Result<ExitCode, String> {
    let dir = TempDir::with_prefix("agentwerk-kill-loop-").map_err(|error| error.to_string())?;
    let mut state = Loop {
        options,
        random: fastrand::Rng::with_seed(options.seed),
        opening: FIRST_OPENING,
        lives: 0,
        kills: 0,
        acknowledged: Vec::new(),
        violations: Violations::default(),
    };
    let tickets = state.go(dir.path()).map_err(|error| error.to_string());
    // What was found before the error says more than the error.
    eprint!("{}", state.violations);
    let kept = !state.violations.is_empty() || tickets.is_err();
    if kept {
        eprintln!("the session is kept in `{}`", dir.keep().display());
    }
    println!("{}", state.summary(tickets?));
    Ok(if kept {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

impl Loop<'_> {
    /// Gives the number of tickets.
    fn go(&mut self, dir: &Path) -> io::Result<usize> {
        let check_every = (self.options.kills / CHECKS).max(1);
        while self.kills < self.options.kills && self.violations.is_empty() {
            let trigger = Trigger::random(&mut self.random, self.opening);
            self.live(dir, trigger)?;
            self.kills += 1;
            if self.kills.is_multiple_of(check_every) && dir.join("journal").exists() {
                self.check(dir, Moment::AfterKill)?;
            }
        }
        self.live(dir, Trigger::Never)?;
        self.check(dir, Moment::AtTheEnd)
    }

    /// One life.
    fn live(&mut self, dir: &Path, trigger: Trigger) -> io::Result<()> {
        let is_small = self.random.bool();
        let options = WorkerOptions {
            dir: dir.to_owned(),
            life: self.lives,
            durability: self.options.durability,
            segment_bytes: is_small.then_some(SMALL_SEGMENT_BYTES),
            is_last: matches!(trigger, Trigger::Never),
        };
        self.lives += 1;
        let past = live(&options, trigger)?;
        if let Some(what) = past.failed {
            let kind = if past.opening.is_none() {
                Kind::Unreadable
            } else {
                Kind::Other
            };
            let life = options.life;
            self.violations
                .add(kind, format!("life {life}, {trigger:?}: {what}"));
        }
        self.opening = past.opening.unwrap_or(self.opening);
        self.acknowledged.extend(past.acknowledged);
        Ok(())
    }

    fn check(&mut self, dir: &Path, moment: Moment) -> io::Result<usize> {
        check(dir, moment, &self.acknowledged, &mut self.violations)
    }

    fn summary(&self, tickets: usize) -> String {
        let Self {
            kills,
            lives,
            acknowledged,
            violations,
            options,
            ..
        } = self;
        let count = |kind| violations.count(kind);
        format!(
            "durability {}, seed {}: kills {kills}, lives {lives}, tickets {tickets}, \
             acknowledged records {}, lost {}, finished twice {}, half-applied hand-overs {}, \
             unreadable directories {}, damaged lines {}, other {}",
            name_of(options.durability),
            options.seed,
            acknowledged.len(),
            count(Kind::Lost),
            count(Kind::Twice),
            count(Kind::HalfApplied),
            count(Kind::Unreadable),
            count(Kind::Damaged),
            count(Kind::Other),
        )
    }
}
