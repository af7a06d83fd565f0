//! Two agents share a store of pages: what one writes down, the other one knows.
//!
//! The second agent is told nothing but its question. Its system prompt shows the index of the
//! store, so it finds the page that the first one wrote, and reads it.
//!
//! ```text
//! cargo run --example knowledge
//! ```

use std::error::Error;

use agentwerk::{Agent, Knowledge, TicketSystem};
use agentwerk_examples::{EnvOrScript, scripted};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dir = std::env::temp_dir().join(format!("agentwerk-knowledge-{}", std::process::id()));
    let store = Knowledge::load(&dir)?;

    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .name("keeper")
            .label("notes")
            .role("You keep the notes of a lighthouse: one page for each subject.")
            .env_or_script(scripted::writes_page())
            .knowledge(&store),
    );
    tickets.agent(
        Agent::new()
            .name("guide")
            .label("questions")
            .role("You answer visitors, with what the pages say and nothing else.")
            .env_or_script(scripted::answers_from_page())
            .knowledge(&store),
    );

    tickets.task_labeled(
        "Write down: the stairs of the tower have 217 steps.",
        "notes",
    );
    // The index is read when the work on a ticket begins: after this, it has the page.
    tickets.finish().await;
    println!("{}\n", store.index());

    tickets.task_labeled("How many steps do the stairs have?", "questions");
    tickets.finish().await;
    let answer = tickets.last_result().unwrap_or_default();
    println!("{answer}");
    assert!(answer.contains("217"), "the guide did not find the page");

    for page in store.pages().list()? {
        println!("written: {}", page.slug());
    }
    std::fs::remove_dir_all(dir)?;
    Ok(())
}
