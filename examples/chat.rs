//! A conversation: one ticket that waits for the next line.
//!
//! An interactive agent says something and lets its ticket wait; a comment goes on with it. The
//! lines come from standard input, also from a pipe, when a provider is in the environment; a scripted
//! model is told those below.
//!
//! ```text
//! cargo run --example chat
//! ```

use std::error::Error;
use std::io::{self, IsTerminal, Write};

use agentwerk::event::EventKind;
use agentwerk::providers::SharedProvider;
use agentwerk::{Agent, RunOutcome, Status, TicketSystem};
use agentwerk_examples::{EnvOrScript, scripted};

const LINES: [&str; 3] = [
    "Two tents and 4 lamps.",
    "And 3 sleeping bags, please.",
    "What was the first line that I said?",
];

/// What the person says, line by line.
fn lines() -> Box<dyn Iterator<Item = io::Result<String>>> {
    if SharedProvider::from_env().is_ok() {
        if io::stdin().is_terminal() {
            println!("Say something. An empty line ends the conversation.");
        }
        return Box::new(
            io::stdin()
                .lines()
                .take_while(|line| line.as_ref().map_or(true, |line| !line.trim().is_empty())),
        );
    }
    println!("Standard input is not read: the scripted model is told these lines.");
    Box::new(LINES.into_iter().map(|line| {
        println!("> {line}");
        Ok(line.to_owned())
    }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .name("clerk")
            .role("You take down orders of a shop for campers, and answer in one sentence.")
            .env_or_script(scripted::remembers())
            .interactive(),
    );
    // The words as they arrive; `finish` returns when all of them were told.
    tickets.on_event(|event| match event.kind {
        EventKind::TextChunkReceived { text } => {
            print!("{text}");
            drop(io::stdout().flush());
        }
        EventKind::CommentAwaited { .. } => println!(),
        _ => {}
    });

    let mut lines = lines();
    let Some(first) = lines.next() else {
        return Ok(());
    };
    let key = tickets.task(first?);
    let mut comments = 0;
    loop {
        let outcome = tickets.finish().await;
        if !matches!(outcome, RunOutcome::Waiting(_)) {
            let ticket = tickets.get(key);
            let failure = ticket.and_then(|ticket| ticket.failure().cloned());
            return Err(failure
                .map_or_else(|| outcome.to_string(), |failure| failure.message)
                .into());
        }
        let Some(line) = lines.next() else { break };
        tickets.comment(key, line?)?;
        comments += 1;
    }
    // The agent would wait for ever; the program ends the conversation.
    tickets.cancel_ticket(key).await?;

    let ticket = tickets.get(key).ok_or("the ticket is gone")?;
    assert_eq!(ticket.status(), Status::Cancelled);
    assert_eq!(ticket.comments().len(), comments);
    let said = ticket.transcript()?.len();
    println!("One ticket, {comments} comments, {said} messages.");
    Ok(())
}
