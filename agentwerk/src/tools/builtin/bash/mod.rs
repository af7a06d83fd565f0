mod characters;
mod environment;
#[cfg(unix)]
mod group;
#[cfg(not(unix))]
#[path = "no_group.rs"]
mod group;
mod line;
mod output;
mod pattern;
mod run;
mod tool;
mod words;

pub use pattern::PatternError;
pub use tool::BashTool;
