//! A library that forbids what it can.
#![deny(warnings, clippy::pedantic, clippy::nursery)]
#![forbid(
    missing_debug_implementations,
    missing_docs,
    non_snake_case,
    trivial_bounds,
    unsafe_code
)]

use std::collections::BTreeMap;
use std::sync::Mutex;

use agentwerk::schemas::Violations;
use agentwerk::tools::{IntoTools, State, Tool, ToolContext};
use agentwerk::{Ticket, TicketResult, tool, tools};
use serde::{Deserialize, Serialize};

/// What to do with a page.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[non_exhaustive]
pub struct Verdict {
    /// Why.
    pub reason: Option<String>,
    /// The score of each page.
    #[deprecated]
    #[serde(default)]
    pub scores: Vec<Score>,
}

/// From 0 to 10.
#[derive(Clone, Debug, Serialize, Deserialize, TicketResult)]
pub struct Score(pub u8);

/// What is true of a page.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[expect(clippy::struct_excessive_bools, reason = "it is a list of facts")]
pub struct Facts {
    /// It has a title.
    pub has_title: bool,
    /// It has a text.
    pub has_text: bool,
    /// It has images.
    pub has_images: bool,
    /// It has links.
    pub has_links: bool,
}

/// A list and what follows.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
pub struct Page<T> {
    /// The list.
    pub entries: Vec<T>,
}

/// A file.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[result(name = "file", check = File::check_size, strict = true, maps = entries, docs = required)]
pub struct File {
    /// Without its directory.
    #[result(check = check_name)]
    pub name: String,
    /// In bytes, by its version.
    #[serde(default)]
    pub sizes: BTreeMap<String, u64>,
}

/// What to do with a file.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[serde(tag = "kind")]
pub enum Change {
    /// It stays.
    Keep,
    /// It is written.
    Write(File),
    /// It gets another name.
    Rename {
        /// The other name.
        #[result(check = check_name)]
        name: String,
    },
}

impl File {
    fn check_size(&self) -> Result<(), Violations> {
        if self.sizes.is_empty() {
            return Err(Violations::one("/sizes", "empty"));
        }
        Ok(())
    }
}

fn check_name(name: &str) -> Result<(), Violations> {
    if name.contains('/') {
        return Err(Violations::one("", "has a directory"));
    }
    Ok(())
}

/// Reads a page.
#[tool(read_only)]
#[deprecated]
#[must_use]
#[expect(clippy::unused_async, reason = "a tool is async")]
pub async fn read_page(
    /// Which one.
    number: u32,
    context: &ToolContext,
) -> String {
    format!("{number} of {}", context.dir().display())
}

/// A place to write.
#[derive(Debug)]
pub struct Desk {
    /// What was written.
    pub notes: Mutex<Vec<String>>,
}

#[tools]
impl Desk {
    /// Writes a note.
    ///
    /// # Errors
    /// There is no room.
    #[tool(idempotent)]
    pub async fn write_note(&self, text: &str, context: &ToolContext) -> Result<(), Full> {
        tokio::task::yield_now().await;
        let mut notes = self.notes.lock().map_err(|_poisoned| Full)?;
        notes.push(format!("{text} {}", context.dir().display()));
        drop(notes);
        Ok(())
    }

    /// Counts the notes.
    #[tool(read_only, blocking)]
    #[must_use]
    pub fn count_notes(&self, #[arg(default = 3)] at_most: usize, prefix: &State<u8>) -> usize {
        self.notes
            .lock()
            .map_or(0, |notes| notes.len().min(at_most))
            + usize::from(**prefix)
    }
}

/// There is no room.
#[derive(Debug)]
pub struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no room")
    }
}

impl std::error::Error for Full {}

fn main() {
    #[expect(deprecated, reason = "it is what is tested")]
    let tool = Tool::typed(ReadPage);
    assert_eq!(tool.spec().name, "read_page");
    let mut tools = Vec::new();
    let notes = Mutex::default();
    Desk { notes }.collect_into(&mut tools);
    assert_eq!(tools.len(), 2);
    let _ticket = Ticket::new("Judge the page.").returns::<Verdict>();
    let _ticket = Ticket::new("Change a file.").returns::<Change>();
    let _ticket = Ticket::new("List the scores.").returns::<Page<Score>>();
}
