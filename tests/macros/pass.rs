//! A library that forbids what it can.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unused_qualifications
)]
#![forbid(unsafe_code)]

use agentwerk::tools::{Tool, ToolContext};
use agentwerk::{Ticket, TicketResult, tool};
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

/// A list and what follows.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
pub struct Page<T> {
    /// The list.
    pub entries: Vec<T>,
}

/// Reads a page.
#[tool(read_only)]
#[deprecated]
#[must_use]
pub async fn read_page(
    /// Which one.
    number: u32,
    context: &ToolContext,
) -> String {
    format!("{number} of {}", context.dir().display())
}

fn main() {
    #[allow(deprecated)]
    let tool = Tool::typed(ReadPage);
    assert_eq!(tool.spec().name, "read_page");
    let _ticket = Ticket::new("Judge the page.").returns::<Verdict>();
    let _ticket = Ticket::new("List the scores.").returns::<Page<Score>>();
}
