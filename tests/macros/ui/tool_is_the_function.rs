#![allow(unused)]

use agentwerk::{Agent, tool, tools};

/// Reads the configuration.
#[tool]
async fn read_config() -> String {
    String::new()
}

struct Desk;

#[tools]
impl Desk {
    /// Writes a note.
    #[tool]
    async fn write_note(&self) {}
}

fn main() {
    let _agent = Agent::new().tool(read_config);
    let _agent = Agent::new().tool(Desk);
    let _agent = Agent::new().tools(read_config);
}
