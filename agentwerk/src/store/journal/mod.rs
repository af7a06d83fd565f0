//! The journal: a store that keeps every record in files.
//!
//! One thread writes. What comes together is written together, and synced once for all of it.
//!
//! # Invariants
//! - A line of a file is a batch: it is there whole, or it is not there.
//! - What a commit acknowledged is in the files, and stays there. After an error of the disk nothing
//!   more is written, so nothing ever stands behind a gap.
//! - Only the end of the last file can be half-written. Anything else that is not as it was written
//!   is damage, and is refused with its file and line.
//! - A file that is full never changes again. Its index is made of it, and can be made again.

mod archive;
mod disk;
mod durability;
mod entry;
mod error;
mod index;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod journal;
mod layout;
mod line;
mod lock;
mod log;
mod opening;
mod options;
mod results;
mod segment;
mod writer;

#[cfg(feature = "testing")]
pub use disk::{AppendFile, Disk, ReadFile};
pub use durability::Durability;
pub use error::{Holder, JournalError};
pub use journal::JournalStore;
pub use options::JournalOptions;
