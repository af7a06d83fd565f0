//! The tools that act on tickets.

mod manage_tickets;
mod queue;
mod read_tickets;
mod write_handover;
mod write_result;

pub use manage_tickets::ManageTicketsTool;
pub use read_tickets::ReadTicketsTool;
pub use write_handover::WriteHandoverTool;
pub use write_result::WriteResultTool;
