//! An agent reads a file and says what it describes: the first program of the README.
//!
//! With a provider in the environment it asks the real model. Without one it says so and runs a
//! scripted model, whose answer is made of what the tool really read.
//!
//! ```text
//! cargo run --example quickstart
//! ```

use agentwerk::Agent;
use agentwerk::tools::ReadFileTool;
use agentwerk_examples::{EnvOrScript, scripted};

#[tokio::main]
async fn main() {
    let work = Agent::new()
        .env_or_script(scripted::reads_manifest("Cargo.toml"))
        .role("You explain Rust projects, from their files alone.")
        .tool(ReadFileTool)
        .task("Read Cargo.toml, and say what it makes of this project.")
        .finish()
        .await;
    let answer = work.last_result().unwrap();
    println!("{answer}");
}
