//! Systems that keep their tickets in a directory.

mod amplification;
mod directory;
mod hand_over;
mod outputs;
mod promises;
mod resumption;

use std::fs;
use std::path::Path;

use agentwerk::providers::Provider;
use agentwerk::{Agent, TicketSystem};
use serde_json::Value;

/// A new session in a directory, with one unnamed agent on this model.
fn begin(dir: &Path, model: impl Provider) -> TicketSystem {
    let tickets = TicketSystem::new();
    tickets.dir(dir);
    staff(&tickets, model);
    tickets
}

/// The session in a directory, with one unnamed agent on this model.
fn load(dir: &Path, model: impl Provider) -> TicketSystem {
    let tickets = TicketSystem::load(dir).unwrap();
    staff(&tickets, model);
    tickets
}

fn staff(tickets: &TicketSystem, model: impl Provider) {
    tickets.provider(model).model("scripted");
    tickets.agent(Agent::new());
}

/// The records in the files of a session, in their order.
fn records(dir: &Path) -> Vec<Value> {
    let mut files: Vec<_> = fs::read_dir(dir.join("journal"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().contains("index"))
        .collect();
    files.sort();
    let lines: String = files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .flat_map(|line| line["records"].as_array().unwrap().clone())
        .collect()
}
