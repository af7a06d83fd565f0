#![allow(unused)]

use agentwerk::tool;

/// Reads the configuration.
#[tool(readonly, retries = 3, timeout = 30)]
async fn read_config() -> String {
    String::new()
}

/// Finds a file, in a way that is no tool yet.
#[tool]
async fn find<'a>(name: &str, roots: Option<&[&'a std::path::Path]>, (low, high): (u32, u32)) {}

/// Lists the files.
#[tool]
fn list() {}

#[tool]
struct Search;

fn main() {}
