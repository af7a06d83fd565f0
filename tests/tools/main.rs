//! Tools: how their calls are checked and run, and the ones that come with the library.

mod configuration;
mod context;
mod into_tools;
mod list_directory;
mod outputs;
mod paths;
mod queue;
mod read_file;
mod refusals;
mod round;
mod tool_search;
mod write_handover;
mod write_result;

use agentwerk_tests::play;
