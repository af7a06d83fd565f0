#![allow(unused)]

use std::time::Instant;

use agentwerk::tool;

struct Client;

/// Waits.
#[tool]
async fn wait(until: Instant) {}

/// Connects.
#[tool]
async fn connect(clients: &[Client], client: Option<&Client>, name: &str) {}

fn main() {}
