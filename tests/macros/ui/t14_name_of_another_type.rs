#![allow(unused)]

use agentwerk::tool;

/// What was found.
struct Report;

/// Writes the report.
#[tool]
async fn report() -> String {
    String::new()
}

fn main() {}
