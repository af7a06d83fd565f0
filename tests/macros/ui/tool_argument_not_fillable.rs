#![allow(unused)]

use std::time::Instant;

use agentwerk::tool;

struct Client;

/// Waits.
#[tool]
async fn wait(until: Instant) {}

/// Connects.
#[tool]
async fn connect(host: String) -> Result<Client, std::io::Error> {
    Ok(Client)
}

/// Counts.
#[tool]
async fn count() -> Client {
    Client
}

fn main() {}
