use agentwerk::{Ticket, TicketResult};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Finding {
    text: String,
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Report {
    findings: Vec<Finding>,
}

fn main() {
    let _ = Ticket::new("Write a report.").returns::<Report>();
}
