#![allow(unused)]

use agentwerk::tool;

/// Lists entries.
#[tool]
async fn list(#[arg(default = "ten")] limit: u32, #[arg(default = 10)] order: &str) {}

fn main() {}
