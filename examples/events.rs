//! What a program hears while agents work, and what is counted at the end.
//!
//! A handler of an agent hears of that agent, one of the system of everything. Handlers run on a
//! task of their own and delay nobody; when `finish` returns they have heard of all that happened.
//!
//! ```text
//! cargo run --example events
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use agentwerk::event::{Event, EventKind};
use agentwerk::{Agent, TicketSystem};
use agentwerk_examples::{EnvOrScript, scripted};

const PROVERBS: [&str; 3] = [
    "Still waters run deep.",
    "Many hands make light work.",
    "Two heads are better than one.",
];
const HEADLINES: [&str; 2] = [
    "Old bridge closed for repairs",
    "Ferry takes over until autumn",
];

#[tokio::main]
async fn main() {
    let tickets = TicketSystem::in_memory();
    for label in ["proverb", "headline"] {
        tickets.agent(
            Agent::new()
                .name(format!("{label}_counter"))
                .label(label)
                .context("Say how many words this line has, in one short sentence.")
                .env_or_script(scripted::counts_words())
                .event_handler(Arc::new(|event: Event| {
                    if let EventKind::TicketDone { key } = &event.kind {
                        println!("[{}] done {key}", event.agent_name);
                    }
                })),
        );
    }

    // A handler with a handle of the system in it would keep the system for ever, so it gets a map.
    let done = Arc::new(Mutex::new(BTreeMap::<String, u64>::new()));
    let counted = Arc::clone(&done);
    tickets.on_event(move |event| match event.kind {
        EventKind::TicketDone { .. } => {
            let mut done = counted.lock().unwrap_or_else(PoisonError::into_inner);
            for label in event.labels.iter() {
                *done.entry(label.clone()).or_default() += 1;
            }
        }
        EventKind::RunFinished { outcome } => println!("{outcome}"),
        _ => {}
    });

    for proverb in PROVERBS {
        tickets.task_labeled(proverb, "proverb");
    }
    for headline in HEADLINES {
        tickets.task_labeled(headline, "headline");
    }
    tickets.finish().await;

    let stats = tickets.stats();
    println!(
        "{} tickets, {} turns, {} input and {} output tokens in {:?}",
        stats.tickets_created(),
        stats.turns(),
        stats.input_tokens(),
        stats.output_tokens(),
        stats.run_duration().unwrap_or_default(),
    );
    // What was heard is what was counted, label by label.
    for (label, heard) in done.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let slice = stats.stats_for_label(label);
        println!(
            "{label}: {} done, {} turns",
            slice.tickets_done(),
            slice.turns()
        );
        assert_eq!(slice.tickets_done(), *heard);
    }
    assert_eq!(stats.tickets_created(), 5);
    assert_eq!(stats.tickets_done(), 5);
}
