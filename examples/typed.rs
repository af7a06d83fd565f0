//! A function becomes a tool, and a type becomes a checked result.
//!
//! Models are poor at counting letters, so they get a tool for it. `#[tool]` turns `count_letter`
//! into the tool `CountLetter`: the model sees its name, its docs and its parameters.
//! `#[derive(TicketResult)]` makes `Spelling` what the ticket has to give back: the model is told
//! its schema, and what it writes is checked before the program sees it.
//!
//! ```text
//! cargo run --example typed
//! ```

use agentwerk::tools::ToolError;
use agentwerk::{Agent, Ticket, TicketError, TicketResult, TicketSystem, tool};
use agentwerk_examples::{EnvOrScript, scripted};
use serde::{Deserialize, Serialize};

/// Counts how often a letter stands in a word. Upper and lower case are the same.
#[tool(read_only)]
async fn count_letter(
    /// The word to look at
    word: &str,
    /// The letter to count: a single one
    letter: &str,
) -> Result<usize, ToolError> {
    if letter.chars().count() != 1 {
        return Err(ToolError::retry("Give a single letter as `letter`."));
    }
    Ok(word.to_lowercase().matches(&letter.to_lowercase()).count())
}

/// How a word is spelled.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
struct Spelling {
    /// The word.
    word: String,
    /// The letters that were asked for, in that order.
    letters: Vec<LetterCount>,
}

/// How often one letter stands in the word.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
struct LetterCount {
    /// The letter.
    letter: String,
    /// How often it stands there.
    count: usize,
}

#[tokio::main]
async fn main() -> Result<(), TicketError> {
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .name("speller")
            .env_or_script(scripted::spells("strawberry", &["r", "s", "z"]))
            .role("You answer questions about spelling. Never guess a count: call a tool.")
            .tool(CountLetter),
    );

    let question = "How often do r, s and z stand in the word strawberry?";
    let spelling = tickets
        .submit(Ticket::new(question).returns::<Spelling>())
        .await?;

    println!("{}", spelling.word);
    for LetterCount { letter, count } in &spelling.letters {
        println!("  {letter}: {count}");
    }
    Ok(())
}
