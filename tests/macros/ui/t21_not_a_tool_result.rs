#![allow(unused)]

use std::time::Instant;

use agentwerk::{tool, tools};

/// What the program talks to.
struct Client;

/// Opens a connection.
#[tool]
async fn connect() -> Client {
    Client
}

/// Opens a connection, or not.
#[tool]
fn reconnect() -> Result<Client, std::fmt::Error> {
    Ok(Client)
}

/// Fails in its own way.
#[tool]
fn disconnect() -> Result<String, Client> {
    Err(Client)
}

struct Watch;

#[tools]
impl Watch {
    /// Says when.
    #[tool]
    async fn now(&self) -> Instant {
        Instant::now()
    }
}

fn main() {}
