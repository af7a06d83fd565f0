//! The one writer: takes what has come together, writes it, and has it synced once for all.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use super::disk::{AppendFile, Disk, write_all};
use super::error::JournalError;
use super::index;
use super::layout::Layout;
use super::log::{Chunk, Group};

/// Writes groups of lines.
pub(super) struct Writer {
    disk: Arc<dyn Disk>,
    layout: Layout,
    segment: Option<OpenSegment>,
    results: Option<Box<dyn AppendFile>>,
    /// Whether the view of results is not as it should be.
    has_no_results: bool,
    /// Makes the index of the segment before.
    indexing: Option<JoinHandle<()>>,
}

struct OpenSegment {
    number: u32,
    file: Box<dyn AppendFile>,
}

impl Writer {
    pub(super) fn new(disk: Arc<dyn Disk>, layout: Layout, has_no_results: bool) -> Self {
        Self {
            disk,
            layout,
            segment: None,
            results: None,
            has_no_results,
            indexing: None,
        }
    }

    /// Writes a group; when it returns, the group is as durable as it asks for.
    pub(super) fn write(&mut self, group: &Group) -> Result<(), JournalError> {
        for chunk in &group.chunks {
            self.write_chunk(chunk)?;
        }
        if group.sync {
            self.sync()?;
        }
        self.write_results(&group.results);
        Ok(())
    }

    fn write_chunk(&mut self, chunk: &Chunk) -> Result<(), JournalError> {
        let path = self.layout.segment(chunk.file);
        let segment = self.segment(chunk)?;
        write_all(&mut *segment.file, &chunk.bytes).map_err(JournalError::file("write", &path))
    }

    /// Waits until everything written would survive a loss of power.
    pub(super) fn sync(&mut self) -> Result<(), JournalError> {
        let Some(segment) = &mut self.segment else {
            return Ok(());
        };
        let path = self.layout.segment(segment.number);
        segment
            .file
            .sync()
            .map_err(JournalError::file("sync", &path))
    }

    /// The file that a chunk goes into.
    fn segment(&mut self, chunk: &Chunk) -> Result<&mut OpenSegment, JournalError> {
        if self
            .segment
            .as_ref()
            .is_some_and(|open| open.number != chunk.file)
        {
            // Only the last segment may ever be found half-written.
            self.sync()?;
            self.seal();
        }
        let segment = match self.segment.take() {
            Some(segment) => segment,
            None => self.open_segment(chunk)?,
        };
        Ok(self.segment.insert(segment))
    }

    fn open_segment(&self, chunk: &Chunk) -> Result<OpenSegment, JournalError> {
        let path = self.layout.segment(chunk.file);
        let file = self.open(&path, &self.layout.journal())?;
        Ok(OpenSegment {
            number: chunk.file,
            file,
        })
    }

    /// Opens a file whose name is to survive a loss of power.
    fn open(&self, path: &Path, dir: &Path) -> Result<Box<dyn AppendFile>, JournalError> {
        let opened = self.disk.append(path).and_then(|file| {
            self.disk.sync_dir(dir)?;
            Ok(file)
        });
        opened.map_err(JournalError::file("open", path))
    }

    /// Leaves a segment that is complete, and has its index made.
    fn seal(&mut self) {
        let Some(OpenSegment { number, .. }) = self.segment.take() else {
            return;
        };
        self.join_indexing();
        let (disk, layout) = (Arc::clone(&self.disk), self.layout.clone());
        let making = move || {
            if let Err(error) = index::make(&*disk, &layout, number) {
                // The next opening makes it.
                tracing::warn!(%error, "the index of a part of the journal was not written");
            }
        };
        let thread = std::thread::Builder::new().name("agentwerk-index".to_owned());
        self.indexing = thread.spawn(making).ok();
    }

    /// Writes lines of the view of results. It is made of the records, so it fails nothing: where
    /// it cannot be written, it ends there, and the next opening makes it again.
    fn write_results(&mut self, lines: &[u8]) {
        if lines.is_empty() || self.has_no_results {
            return;
        }
        let path = self.layout.results();
        let written = match self.results.take() {
            Some(file) => Ok(file),
            None => self.open(&path, self.layout.dir()),
        };
        let written = written.and_then(|mut file| {
            write_all(&mut *file, lines).map_err(JournalError::file("write", &path))?;
            Ok(file)
        });
        match written {
            Ok(file) => self.results = Some(file),
            Err(error) => {
                tracing::warn!(%error, "`results.jsonl` ends here until the session is loaded again");
                self.has_no_results = true;
            }
        }
    }

    /// Waits for the index that is being made.
    pub(super) fn join_indexing(&mut self) {
        if let Some(Err(_panicked)) = self.indexing.take().map(JoinHandle::join) {
            tracing::error!("the index of a part of the journal was not made: a panic");
        }
    }
}
