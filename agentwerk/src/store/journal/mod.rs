#![doc = include_str!("../../docs/journal.md")]

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
mod reader;
mod results;
mod segment;
mod shared;
mod writer;

#[cfg(feature = "testing")]
pub use disk::{AppendFile, Disk, ReadFile};
pub use durability::Durability;
pub use error::{Holder, JournalError};
pub use journal::JournalStore;
pub(crate) use options::DEFAULT_DIR;
pub use options::JournalOptions;
