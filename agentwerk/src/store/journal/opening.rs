//! Opening a journal: what is left of the last process that wrote it.
//!
//! One thread reads the files, another one parses them, and a third takes what they say.

use std::collections::HashMap;
use std::io;
use std::panic;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use super::archive::JournalArchive;
use super::disk::Disk;
use super::entry::Said;
use super::error::JournalError;
use super::layout::Layout;
use super::reader::{self, End};
use crate::id::TicketKey;
use crate::store::tickets::Tickets;
use crate::ticket::{Archived, Place};

/// Lines that wait between the two threads.
const LINES_MAX: usize = 64;

/// All that a journal says.
pub(super) struct Opened {
    pub(super) tickets: Tickets,
    /// The last message of each ticket that is open.
    pub(super) trails: HashMap<TicketKey, Place>,
    /// The largest number of a ticket.
    pub(super) last_number: u64,
    /// Whether all of it is on the disk; if not, it can be read, and nothing can be written behind
    /// it.
    pub(super) settled: Result<(), JournalError>,
}

/// One line that was read.
pub(super) struct ReadLine {
    pub(super) file: Arc<PathBuf>,
    pub(super) number: u64,
    /// Where a message is that is on this line.
    pub(super) here: Place,
    pub(super) says: Vec<Said>,
}

/// Whether a journal was ever begun here.
pub(super) fn exists(disk: &dyn Disk, layout: &Layout) -> Result<bool, JournalError> {
    let dir = layout.journal();
    match disk.list(&dir) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        // Whoever took that for an empty place would begin a second session beside the first.
        Err(error) => Err(JournalError::file("list", &dir)(error)),
    }
}

/// Reads a journal; cuts off what a crash has left half-written at its end.
pub(super) fn open(disk: &Arc<dyn Disk>, layout: &Layout) -> Result<(Opened, End), JournalError> {
    let (sender, lines) = sync_channel(LINES_MAX);
    let (opened, end) = thread::scope(|scope| {
        let reading = scope.spawn(move || reader::read(&**disk, layout, &sender));
        let opened = Opened::of(lines);
        let end = reading
            .join()
            .unwrap_or_else(|panic| panic::resume_unwind(panic));
        (opened, end)
    });
    // What could not be read comes first: what was read up to there may seem to lack something.
    let (end, mut opened) = (end?, opened?);
    opened.archive_all(disk, layout);
    opened.settled = end.settle(&**disk, layout);
    Ok((opened, end))
}

impl Opened {
    fn of(lines: Receiver<ReadLine>) -> Result<Self, JournalError> {
        let mut opened = Self {
            tickets: Tickets::default(),
            trails: HashMap::new(),
            last_number: 0,
            settled: Ok(()),
        };
        for line in lines {
            opened.take(line)?;
        }
        Ok(opened)
    }

    /// Takes what a line says.
    fn take(&mut self, line: ReadLine) -> Result<(), JournalError> {
        for said in line.says {
            match said {
                Said::Messages { key, last, tally } => {
                    self.trails.insert(key, last.unwrap_or(line.here));
                    self.tickets.count(key, tally);
                }
                Said::Record(record) => {
                    let child = record.change.child().map_or(record.key, |(child, _)| child);
                    let number = record.key.number().max(child.number());
                    self.last_number = self.last_number.max(number);
                    let replayed = self.tickets.replay(&record);
                    replayed.map_err(|error| JournalError::Damaged {
                        file: line.file.to_path_buf(),
                        line: line.number,
                        what: error.to_string(),
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Leaves the conversations where they are, to be read when somebody asks for them.
    fn archive_all(&mut self, disk: &Arc<dyn Disk>, layout: &Layout) {
        let archive = Arc::new(JournalArchive {
            disk: Arc::clone(disk),
            layout: layout.clone(),
        });
        let tickets = &mut self.tickets;
        self.trails.retain(|key, place| {
            let (archive, place) = (Arc::clone(&archive) as _, *place);
            tickets.archive(*key, Archived { archive, place });
            tickets
                .get(*key)
                .is_some_and(|ticket| !ticket.status().is_terminal())
        });
    }
}
