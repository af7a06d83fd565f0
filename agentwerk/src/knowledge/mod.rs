//! Knowledge: what agents keep beyond one ticket, as pages of Markdown in a directory.
//!
//! A [`Knowledge`] store holds pages. Its index, one line for each page, stands in the system prompt
//! of the agents that were given the store; they read and write pages with
//! [`KnowledgeTool`](crate::tools::KnowledgeTool). The pages are files that a person may read, write
//! and remove as well.
//!
//! # Invariants
//! - The files are all there is: the index is made of them whenever it is asked for, so it is never
//!   stale, and nothing has to be repaired.
//! - A page is replaced as a whole. A reader sees the old one or the new one, also after a crash.
//! - The name of a page is made of letters, digits and `-`, so it never leads out of the directory;
//!   links in the directory are no pages.
//! - The store knows no agent and no prompt.

mod entry;
mod error;
mod files;
mod front_matter;
mod index;
mod library;
mod page;
mod pages;
mod scan;
mod slug;

pub use entry::PageEntry;
pub use error::KnowledgeError;
pub use library::Knowledge;
pub use page::KnowledgePage;
pub use pages::KnowledgePages;

/// Bytes of a page's file, its front matter included.
const PAGE_BYTES_MAX: usize = 40_000;
/// Bytes of a page's front matter.
const FRONT_MATTER_BYTES_MAX: usize = 4_000;
