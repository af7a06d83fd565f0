use std::path::{Path, PathBuf};

/// Where the files of a session are.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    dir: PathBuf,
}

impl Layout {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    /// The records, from a certain one on.
    pub(super) fn segment(&self, number: u32) -> PathBuf {
        self.journal().join(format!("{number:06}.jsonl"))
    }

    /// The records of a segment that is complete, without the messages.
    pub(super) fn index(&self, number: u32) -> PathBuf {
        self.journal().join(format!("{number:06}.index.jsonl"))
    }

    pub(super) fn results(&self) -> PathBuf {
        self.dir.join("results.jsonl")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.dir.join("lock")
    }

    /// Held while somebody takes the lock, gives it back, or asks for its holder.
    pub(super) fn gate(&self) -> PathBuf {
        self.dir.join("lock.gate")
    }

    /// The end of a segment that was never acknowledged, and was cut off.
    pub(super) fn torn(segment: &Path) -> PathBuf {
        segment.with_extension("torn")
    }

    /// A file while it is written, before it takes the place of `path`.
    pub(super) fn unfinished(path: &Path) -> PathBuf {
        path.with_extension("unfinished")
    }

    /// The number of the segment with this file name; `None` for other files.
    pub(super) fn segment_number(name: &str) -> Option<u32> {
        let digits = name.strip_suffix(".jsonl")?;
        let is_number = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse().ok()).flatten()
    }
}
