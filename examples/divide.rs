//! Divide and conquer: a ticket opens tickets for its halves, waits, and adds up what they report.
//!
//! The agents are interactive: one that has opened two tickets says so and lets its own ticket
//! wait, and is free for others. The halves report by comments, which wake the ticket that waits.
//! So four agents work on a tree of tickets of any depth.
//!
//! ```text
//! cargo run --example divide
//! ```

use agentwerk::tools::{ToolContext, ToolError};
use agentwerk::{Agent, Ticket, TicketError, TicketSystem, tool};
use agentwerk_examples::{EnvOrScript, scripted};

const LAST: u64 = 32;

const ROLE: &str = "You add up squares. For more than four numbers, call `divide` alone, then say \
    that you wait; the sums of the two halves come as comments. Say again that you wait while \
    one of them is missing. As soon as you know the sum, call `report` and `write_result` together.";

/// The work on a part of the range.
fn part(first: u64, last: u64) -> Ticket<u64> {
    Ticket::new(format!("Add up the squares from {first} to {last}.")).returns()
}

/// Opens two tickets, one for each half of a range.
#[tool]
async fn divide(
    /// The first number
    first: u64,
    /// The last number
    last: u64,
    context: &ToolContext,
) -> Result<String, ToolError> {
    let desk = context.desk().ok_or("There is no ticket system.")?;
    let middle = u64::midpoint(first, last);
    // The ticket that the agent works on becomes the parent of both.
    let lower = desk.submit(part(first, middle).untyped()).await?;
    let upper = desk.submit(part(middle + 1, last).untyped()).await?;
    Ok(format!("{lower} and {upper} will report their sums."))
}

/// Reports the sum of the current ticket to the ticket that waits for it.
#[tool]
async fn report(sum: u64, context: &ToolContext) -> Result<String, ToolError> {
    let desk = context.desk().ok_or("There is no ticket system.")?;
    let own = context.ticket().and_then(|own| desk.read(&own.key));
    let own = own.ok_or("There is no ticket.")?;
    let Some(parent) = own.parent_key() else {
        return Ok("Nobody waits for it.".to_owned());
    };
    desk.comment(&parent, format!("{} gave {sum}", own.key()))
        .await?;
    Ok(format!("Reported to {parent}."))
}

#[tokio::main]
async fn main() -> Result<(), TicketError> {
    let tickets = TicketSystem::in_memory();
    tickets.max_turns(400);
    tickets.pool(4, |i| {
        Agent::new()
            .name(format!("adder_{i}"))
            .role(ROLE)
            .env_or_script(scripted::adds_squares())
            .tools((Divide, Report))
            .interactive()
    });

    let sum = tickets.submit(part(1, LAST)).await?;

    for ticket in tickets.tickets() {
        let by = ticket
            .assignee()
            .map(ToString::to_string)
            .unwrap_or_default();
        let gave = ticket.result_string().unwrap_or_default();
        println!("{by}: {} {gave}", ticket.task_string());
    }
    println!("{sum}");
    assert_eq!(sum, LAST * (LAST + 1) * (2 * LAST + 1) / 6);
    Ok(())
}
