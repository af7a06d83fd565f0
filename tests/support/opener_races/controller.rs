//! Begins races, and looks at how they end.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::way::Way;
use crate::process::{Heard, Process};

/// How long an opener may take for one answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// One race in so many is in a new directory.
const NEW_DIR: u32 = 8;
/// One winner in so many is killed in place of closing.
const KILL: u32 = 6;

/// How many races there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    races: u32,
    seed: u64,
}

/// What came of all races so far.
#[derive(Debug, Default)]
struct Counts {
    races: u32,
    won: u32,
    two_winners: u32,
    no_winner: u32,
    wrong_name: u32,
    killed: u32,
    new_dirs: u32,
}

struct Races {
    openers: [Process; 2],
    root: PathBuf,
    dir: PathBuf,
    random: fastrand::Rng,
    counts: Counts,
    /// Who held the session of `dir` and was killed just now.
    dead: Option<u32>,
}

impl Options {
    pub(super) fn read(words: &[&str]) -> Result<Self, String> {
        let (mut races, mut seed) = (None, None);
        for pair in words.chunks(2) {
            let number = pair.last().and_then(|text| text.parse().ok());
            match (pair.first(), number) {
                (Some(&"--races"), Some(number)) => races = u32::try_from(number).ok(),
                (Some(&"--seed"), Some(number)) => seed = Some(number),
                _ => return Err(format!("`{}` is not known", pair.join(" "))),
            }
        }
        Ok(Self {
            races: races.ok_or("say `--races N`")?,
            seed: seed.unwrap_or_else(|| fastrand::u64(..)),
        })
    }
}

/// Goes through all races, and prints a summary.
pub(super) fn run(options: &Options) -> Result<ExitCode, String> {
    let root = TempDir::with_prefix("agentwerk-opener-races-").map_err(text)?;
    let openers = [start_opener().map_err(text)?, start_opener().map_err(text)?];
    let mut races = Races {
        openers,
        root: root.path().to_owned(),
        dir: PathBuf::new(),
        random: fastrand::Rng::with_seed(options.seed),
        counts: Counts::default(),
        dead: None,
    };
    let mut found = Ok(());
    while found.is_ok() && races.counts.races < options.races {
        found = races.race();
    }
    println!("seed {}: {}", options.seed, races.counts.summary());
    Ok(match found {
        Ok(()) => ExitCode::SUCCESS,
        Err(violation) => {
            eprintln!("{violation}");
            eprintln!("the sessions are kept in `{}`", root.keep().display());
            ExitCode::FAILURE
        }
    })
}

impl Races {
    /// One race; `Err` with what must not be.
    fn race(&mut self) -> Result<(), String> {
        self.counts.races += 1;
        let way = self.next_way();
        let line = format!("{} {}", way.name(), self.dir.display());
        let first = self.random.usize(..2);
        for opener in [first, 1 - first] {
            self.openers[opener].tell(&line).map_err(text)?;
        }
        let said = [self.answer(0)?, self.answer(1)?];
        let winner = self.judge(way, &said)?;
        self.counts.won += 1;
        self.dead = None;
        if self.random.u32(..KILL) == 0 {
            return self.kill(winner);
        }
        self.openers[winner].tell("close").map_err(text)?;
        match self.answer(winner)?.as_str() {
            "closed" => Ok(()),
            other => Err(format!("the winner said `{other}` in place of closing")),
        }
    }

    /// How the next race goes, and where.
    fn next_way(&mut self) -> Way {
        let way = Way::ALL[self.random.usize(..Way::ALL.len())];
        // After a kill in the same directory, where the dead one's name still stands.
        let is_new = self.dead.is_none() && self.random.u32(..NEW_DIR) == 0;
        if is_new || self.counts.new_dirs == 0 {
            self.counts.new_dirs += 1;
            self.dir = self.root.join(self.counts.new_dirs.to_string());
            return way.in_new_dir();
        }
        way
    }

    /// Who won, if it is one, and the other one knows it.
    fn judge(&mut self, way: Way, said: &[String; 2]) -> Result<usize, String> {
        let (race, counts) = (self.counts.races, &mut self.counts);
        let told = |what: &str| format!("race {race}, {way:?}: {what}: {said:?}");
        let winner = match said.each_ref().map(|said| said == "won") {
            [true, false] => 0,
            [false, true] => 1,
            [true, true] => {
                counts.two_winners += 1;
                return Err(told("two winners"));
            }
            [false, false] => {
                counts.no_winner += 1;
                return Err(told("no winner"));
            }
        };
        let holder = self.openers[winner].id();
        // The number of the winner: so it is not that of the dead one either.
        if !said[1 - winner].contains(&format!("(process {holder})")) {
            counts.wrong_name += 1;
            let dead = self.dead;
            let what = format!("process {holder} holds the session (killed before: {dead:?})");
            return Err(told(&what));
        }
        Ok(winner)
    }

    /// Kills the one that holds the session, and starts another in its place.
    fn kill(&mut self, winner: usize) -> Result<(), String> {
        self.counts.killed += 1;
        let opener = start_opener().map_err(text)?;
        let held = std::mem::replace(&mut self.openers[winner], opener);
        self.dead = Some(held.id());
        check_named(&self.dir, held.id())?;
        let _ended = held.kill().map_err(text)?;
        Ok(())
    }

    fn answer(&self, opener: usize) -> Result<String, String> {
        match self.openers[opener].line(Instant::now() + PATIENCE) {
            Heard::Line(line) => Ok(line),
            Heard::End => Err("an opener ended".to_owned()),
            Heard::Nothing => Err(format!("an opener said nothing for {PATIENCE:?}")),
        }
    }
}

/// Checks that the holder's name stands in the lock: else a kill would prove nothing.
fn check_named(dir: &Path, holder: u32) -> Result<(), String> {
    let lock = std::fs::read_to_string(dir.join("lock")).map_err(text)?;
    if lock.contains(&format!("\"pid\":{holder},")) {
        Ok(())
    } else {
        Err(format!(
            "process {holder} holds the session, and the lock says `{lock}`"
        ))
    }
}

impl Counts {
    fn summary(&self) -> String {
        let Self {
            races,
            won,
            two_winners,
            no_winner,
            wrong_name,
            killed,
            new_dirs,
        } = self;
        format!(
            "races {races}, with one winner that the other named {won}, two winners {two_winners}, \
             no winner {no_winner}, wrong or missing names {wrong_name}, holders killed {killed}, \
             new directories {new_dirs}"
        )
    }
}

fn start_opener() -> io::Result<Process> {
    Process::start(Command::new(std::env::current_exe()?).arg("opener"))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
