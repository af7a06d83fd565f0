//! The tools that come with the library. What the model is told of each stands in a `.md` file
//! beside it.

#[cfg(feature = "commands")]
mod bash;
#[cfg(feature = "files")]
mod files;
#[cfg(feature = "files")]
mod knowledge;
mod tickets;
mod tool_search;
#[cfg(feature = "web")]
mod web_fetch;

#[cfg(feature = "commands")]
pub use bash::{BashTool, PatternError};
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
pub use tickets::{ManageTicketsTool, ReadTicketsTool, WriteHandoverTool, WriteResultTool};
pub(crate) use tool_search::ToolSearch;
pub use tool_search::ToolSearchTool;
/// Fetches a page from the web and reads it as Markdown or text.
///
/// `.tool(WebFetchTool)` registers it with its defaults; the methods change them.
///
/// What is asked for and what answers are both taken for hostile. Only `http` and `https` are
/// spoken, on any port that browsers allow. A name is looked up once; each address that it leads to
/// must be one of the internet, and the connection goes to the addresses that were checked. So it is
/// with each redirect, of which five are followed, and none from `https` to `http`. No cookie,
/// referrer, password or proxy of the environment is used. Behind NAT64 alone, names lead to
/// translated addresses and are refused.
///
/// The model reads the text in a frame that the page cannot close, with the advice to follow no
/// instructions in it. That lowers the risk and does not end it: an agent that also reads secrets
/// should be held to hosts that you trust, by [`allow_hosts`](WebFetchTool::allow_hosts).
///
/// # Units and limits
/// One fetch takes at most 30 s, 10 s of them to connect. Of a body 5,000,000 bytes are read after
/// decompression, and of a page in HTML 1,000,000 bytes of text and structure are kept, nested 24
/// levels deep. One call shows 40,000 bytes of text and says where to go on; going on fetches the
/// page again. A URL has at most 4,000 bytes.
///
/// # What the model is told
#[cfg(feature = "web")]
pub use web_fetch::WebFetchTool;
/// Where a fetch leads, which a test may stand in for.
#[cfg(feature = "web")]
#[doc(hidden)]
pub use web_fetch::{Lookup, Network};
