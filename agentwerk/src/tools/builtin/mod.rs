//! The tools that come with the library. What the model is told of each stands in a `.md` file
//! beside it.

#[cfg(feature = "commands")]
mod bash;
#[cfg(feature = "search")]
mod defaults;
#[cfg(feature = "files")]
mod files;
#[cfg(feature = "files")]
mod knowledge;
#[cfg(feature = "search")]
mod search;
mod tickets;
mod tool_search;
#[cfg(feature = "web")]
mod web_fetch;

#[cfg(feature = "commands")]
pub use bash::{BashTool, PatternError};
#[cfg(feature = "search")]
pub use defaults::defaults;
#[cfg(feature = "files")]
pub use files::{EditFileTool, ListDirectoryTool, ReadFileTool, WriteFileTool};
/// Writes, reads, removes and lists the pages of the agent's knowledge store.
///
/// [`Agent::knowledge`](crate::Agent::knowledge) binds the store and brings the tool. To register the
/// tool as well changes nothing; without a store, the run does not begin
/// ([`RunError::MissingState`](crate::event::RunError::MissingState)).
///
/// # Units and limits
/// A page has at most 40,000 bytes, its front matter included, and is written and read as a whole; a
/// summary that the model writes has at most 200 characters, and a page 20 tags. One call lists at
/// most 200 pages or 20,000 bytes, whichever comes first, and says where it stopped.
///
/// # What the model is told
#[cfg(feature = "files")]
pub use knowledge::KnowledgeTool;
#[cfg(feature = "search")]
pub use search::{GlobTool, GrepTool};
pub use tickets::{ManageTicketsTool, ReadTicketsTool, WriteHandoverTool, WriteResultTool};
pub(crate) use tool_search::ToolSearch;
pub use tool_search::ToolSearchTool;
#[cfg(feature = "web")]
pub use web_fetch::{HostError, WebFetchTool};
/// Where a fetch leads, which a test may stand in for.
#[cfg(feature = "web")]
#[doc(hidden)]
pub use web_fetch::{Lookup, Network};
