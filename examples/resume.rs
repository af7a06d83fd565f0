//! A session that is stopped and goes on in the next process.
//!
//! Each start of this program works on two of six sentences, and then its limit of turns stops it.
//! The next start goes on where that one was; so does one after a crash or a loss of power.
//!
//! ```text
//! cargo run --example resume    # three times
//! ```

use agentwerk::store::JournalError;
use agentwerk::{Agent, RunOutcome, Status, TicketSystem};
use agentwerk_examples::{EnvOrScript, scripted};

const SENTENCES: [&str; 6] = [
    "Nothing is ever lost.",
    "A ticket ends once.",
    "The first end of a ticket is its end.",
    "Results are told when they are stored.",
    "Agents wait and do not poll.",
    "A directory has one owner at a time.",
];

/// The session of the process before, or a new one with all the work.
fn session() -> Result<TicketSystem, JournalError> {
    let dir = std::env::temp_dir().join("agentwerk-resume");
    match TicketSystem::load(&dir) {
        Err(JournalError::NoSession { .. }) => {
            println!("A new session in {}", dir.display());
            let tickets = TicketSystem::new();
            tickets.dir(dir);
            for sentence in SENTENCES {
                tickets.task(sentence);
            }
            Ok(tickets)
        }
        loaded => loaded.inspect(|_| println!("Going on in {}", dir.display())),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tickets = session()?;
    tickets.max_turns(2);
    tickets.agent(
        Agent::new()
            .name("counter")
            .context("Say how many words this sentence has, in one short sentence.")
            .env_or_script(scripted::counts_words()),
    );

    let outcome = tickets.finish().await;
    for ticket in tickets.tickets() {
        let answer = ticket.result_string().unwrap_or_default();
        println!(
            "{:<12} {:<40} {answer}",
            ticket.status(),
            ticket.task_string()
        );
    }
    let open = tickets
        .tickets()
        .iter()
        .filter(|t| t.status() == Status::Todo)
        .count();
    match outcome {
        RunOutcome::PolicyViolated(limit) => {
            println!("{open} are left: the limit `{limit}` was reached. Start it again to go on.");
        }
        RunOutcome::Drained => println!("All is done. Delete the directory to begin again."),
        outcome => println!("{outcome}"),
    }
    Ok(())
}
