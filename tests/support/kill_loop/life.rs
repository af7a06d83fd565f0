//! One worker, from its start to its end.

use std::io;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use super::acknowledged::{Acknowledged, Said};
use super::options::WorkerOptions;
use crate::process::{Heard, Process};

/// How long a worker may take to open a session, to say what it has to, and to finish.
const PATIENCE: Duration = Duration::from_secs(120);
/// How much longer than usual an opening is given before the kill.
const OPENING_FACTOR: f64 = 1.2;
/// The longest time from the opening to the kill.
const WORK_MAX: Duration = Duration::from_millis(40);
/// The most acknowledgements before the kill.
const LINES_MAX: u32 = 120;

/// When a worker is killed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trigger {
    /// At this time after its start.
    Started(Duration),
    /// At this time after it said that it is ready.
    Ready(Duration),
    /// After this many acknowledgements.
    Lines(u32),
    /// Not at all.
    Never,
}

/// What is known of a worker that is gone.
#[derive(Debug, Default)]
pub(super) struct Past {
    pub(super) acknowledged: Vec<Acknowledged>,
    /// How long it took to open the session.
    pub(super) opening: Option<Duration>,
    pub(super) is_finished: bool,
    /// What went wrong.
    pub(super) failed: Option<String>,
}

impl Trigger {
    /// A random one. `opening` is how long it takes to open the session.
    pub(super) fn random(random: &mut fastrand::Rng, opening: Duration) -> Self {
        match random.u32(..10) {
            0 | 1 => Self::Started(opening.mul_f64(random.f64() * OPENING_FACTOR)),
            2..7 => Self::Ready(WORK_MAX.mul_f64(random.f64())),
            _ => Self::Lines(random.u32(..LINES_MAX)),
        }
    }
}

impl Trigger {
    /// When the kill is, for one that depends on the opening, which was just now.
    fn after_opening(self) -> Option<Instant> {
        match self {
            Self::Ready(after) => Some(Instant::now() + after),
            Self::Started(_) | Self::Lines(_) | Self::Never => None,
        }
    }
}

/// Starts a worker, hears what is acknowledged to it, and kills it.
pub(super) fn live(options: &WorkerOptions, trigger: Trigger) -> io::Result<Past> {
    let started = Instant::now();
    let mut command = Command::new(std::env::current_exe()?);
    let process = Process::start(command.args(options.words()))?;
    let mut past = Past::default();
    let mut deadline = match trigger {
        Trigger::Started(after) => started + after,
        Trigger::Ready(_) | Trigger::Lines(_) | Trigger::Never => started + PATIENCE,
    };
    while !past.has_reached(trigger) {
        match process.line(deadline) {
            Heard::Line(line) => {
                if past.hear(&line) {
                    past.opening = Some(started.elapsed());
                    deadline = trigger.after_opening().unwrap_or(deadline);
                }
            }
            Heard::Nothing => break,
            Heard::End => {
                past.ended(process.wait()?);
                return Ok(past);
            }
        }
    }
    past.note_patience(trigger);
    let (_status, rest) = process.kill()?;
    for line in rest {
        past.hear(&line);
    }
    Ok(past)
}

impl Past {
    /// Whether enough was acknowledged for the kill.
    fn has_reached(&self, trigger: Trigger) -> bool {
        matches!(trigger, Trigger::Lines(count) if self.acknowledged.len() >= count as usize)
    }

    /// Takes a line; tells whether it says that the session is open.
    fn hear(&mut self, line: &str) -> bool {
        match Said::read(line) {
            Some(Said::Ready) => return true,
            Some(Said::Finished) => self.is_finished = true,
            Some(Said::Acknowledged(each)) => self.acknowledged.push(each),
            Some(Said::Failed(line)) => self.fail(line),
            None => self.fail(format!("the worker said something unknown: {line}")),
        }
        false
    }

    /// Takes note of a worker that ended by itself, which only one that has finished may do.
    fn ended(&mut self, status: ExitStatus) {
        if !(self.is_finished && status.success()) {
            self.fail(format!("the worker ended by itself: {status}"));
        }
    }

    /// Takes note of a worker that had all the time there is.
    fn note_patience(&mut self, trigger: Trigger) {
        let waited_for = match trigger {
            Trigger::Started(_) => return,
            Trigger::Ready(_) if self.opening.is_some() => return,
            Trigger::Lines(_) if self.has_reached(trigger) => return,
            Trigger::Ready(_) => "open the session",
            Trigger::Lines(_) => "get that far",
            Trigger::Never => "finish",
        };
        self.fail(format!(
            "the worker did not {waited_for} within {PATIENCE:?}"
        ));
    }

    fn fail(&mut self, what: String) {
        self.failed.get_or_insert(what);
    }
}
