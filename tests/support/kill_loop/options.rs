//! What the program is told: how often to kill, and whom.

use std::path::PathBuf;

use agentwerk::store::Durability;

/// How the loop goes.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) kills: u32,
    pub(super) seed: u64,
    pub(super) durability: Durability,
}

/// How one worker works.
#[derive(Clone, Debug)]
pub(super) struct WorkerOptions {
    pub(super) dir: PathBuf,
    /// Which worker of the session it is.
    pub(super) life: u32,
    pub(super) durability: Durability,
    /// The bytes of a file of the journal; unset, it is opened as a program does.
    pub(super) segment_bytes: Option<u64>,
    /// Finishes what is there, in place of going on for ever.
    pub(super) is_last: bool,
}

impl Options {
    /// Reads the arguments of the program.
    pub(super) fn read(words: &[&str]) -> Result<Self, String> {
        let (mut kills, mut seed, mut durability) = (None, None, Durability::Fsync);
        for pair in words.chunks(2) {
            match pair {
                ["--kills", count] => kills = Some(number(count)?),
                ["--seed", text] => seed = Some(number(text)?),
                ["--durability", name] => durability = durability_of(name)?,
                other => return Err(format!("`{}` is not known", other.join(" "))),
            }
        }
        Ok(Self {
            kills: kills.ok_or("say `--kills N`")?,
            seed: seed.unwrap_or_else(|| fastrand::u64(..)),
            durability,
        })
    }
}

impl WorkerOptions {
    /// The arguments that a worker reads.
    pub(super) fn words(&self) -> Vec<String> {
        vec![
            "worker".to_owned(),
            self.dir.display().to_string(),
            self.life.to_string(),
            name_of(self.durability).to_owned(),
            self.segment_bytes.unwrap_or(0).to_string(),
            self.is_last.to_string(),
        ]
    }

    /// Reads the arguments behind `worker`.
    pub(super) fn read(words: &[&str]) -> Result<Self, String> {
        let [dir, life, durability, segment_bytes, is_last] = words else {
            return Err("a worker is started by the controller alone".to_owned());
        };
        Ok(Self {
            dir: PathBuf::from(dir),
            life: number(life)?,
            durability: durability_of(durability)?,
            segment_bytes: Some(number(segment_bytes)?).filter(|bytes| *bytes > 0),
            is_last: *is_last == "true",
        })
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

fn durability_of(name: &str) -> Result<Durability, String> {
    match name {
        "fsync" => Ok(Durability::Fsync),
        "buffered" => Ok(Durability::Buffered),
        other => Err(format!("`{other}` is neither `fsync` nor `buffered`")),
    }
}

/// The name of a durability on the command line.
pub(super) const fn name_of(durability: Durability) -> &'static str {
    match durability {
        Durability::Fsync => "fsync",
        Durability::Buffered => "buffered",
        Durability::Memory => "memory",
    }
}
