#![allow(unused)]

use agentwerk::tool;

struct Client;

/// Connects.
#[tool]
async fn connect(#[cx] client: Client) {}

fn main() {}
