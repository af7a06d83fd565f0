//! The tools for files: what they do, and that nothing leads them out of the agent's directory.
#![cfg(unix)]

mod corpus;
mod edit_file;
mod failing;
mod huge;
mod races;
mod readable;
mod similar_paths;
mod tickets;
mod tree;
mod watcher;
mod write_file;

use agentwerk_tests::play;
