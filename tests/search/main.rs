//! `GlobTool` and `GrepTool`: what they find, what they leave out, and where they cannot lead.

mod cancelling;
mod confinement;
mod glob;
mod grep;
mod limits;
mod memory;
mod pages;
mod paths;
mod rules;
mod tree;
mod whole_ticket;

/// Whether the whole of the long checks is to run; see CONTRIBUTING.md.
fn is_long() -> bool {
    std::env::var_os("SEARCH_LONG").is_some()
}
