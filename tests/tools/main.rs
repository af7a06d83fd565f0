//! Tools: how their calls are checked and run, and the ones that come with the library.

mod configuration;
mod into_tools;
mod list_directory;
mod outputs;
mod paths;
mod play;
mod read_file;
mod refusals;
mod round;
mod write_result;
