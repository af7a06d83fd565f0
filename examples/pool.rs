//! A pool of agents works on tickets of one label, and another agent goes on from their results.
//!
//! Three inspectors share four notes: each takes the next ticket with the label `inspection`. The
//! engineer serves the label `ranking`, and the schema of its ticket decides what a ranking is: four
//! bridges, each of them once.
//!
//! ```text
//! cargo run --example pool
//! ```

use std::error::Error;

use agentwerk::schemas::Schema;
use agentwerk::tools::ReadFileTool;
use agentwerk::{Agent, Ticket, TicketSystem};
use agentwerk_examples::{EnvOrScript, scripted};
use serde_json::{Value, json};

const NOTES_DIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bridges");
const NOTES: [&str; 4] = ["harbour.md", "mill.md", "orchard.md", "station.md"];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let ranking_schema = Schema::parse(json!({
        "type": "object",
        "properties": {
            "ranking": {
                "type": "array",
                "items": { "type": "string" },
                "minItems": NOTES.len(),
                "maxItems": NOTES.len(),
                "uniqueItems": true
            }
        },
        "required": ["ranking"],
        "additionalProperties": false
    }))?;

    let tickets = TicketSystem::in_memory();
    tickets.pool(3, |i| {
        Agent::new()
            .name(format!("inspector_{i}"))
            .label("inspection")
            .env_or_script(scripted::inspects())
            .dir(NOTES_DIR)
            .tool(ReadFileTool)
    });
    tickets.agent(
        Agent::new()
            .name("engineer")
            .label("ranking")
            .env_or_script(scripted::ranks()),
    );

    for note in NOTES {
        tickets.task_labeled(
            format!("Read {note} and answer in the form `<bridge>: <widest crack> mm`."),
            "inspection",
        );
    }
    // The engineer needs the reports, so its ticket is opened when they are there.
    tickets.finish().await;
    let reports = tickets.all_results().join("\n");
    tickets.ticket(
        Ticket::new(format!(
            "Rank these bridges, the widest crack first:\n{reports}"
        ))
        .label("ranking")
        .schema(ranking_schema),
    );
    let outcome = tickets.finish().await;

    for ticket in tickets.tickets() {
        let by = ticket.assignee().map(ToString::to_string);
        println!(
            "{} {} by {}",
            ticket.key(),
            ticket.status(),
            by.unwrap_or_default()
        );
    }
    assert!(outcome.is_drained(), "{outcome}");
    let result = tickets
        .last_result()
        .ok_or("the engineer gave no ranking")?;
    println!("{result}");
    let result: Value = serde_json::from_str(&result)?;
    assert_eq!(result["ranking"][0], "Mill Bridge");
    Ok(())
}
