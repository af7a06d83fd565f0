use agentwerk::TicketResult;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, TicketResult)]
#[result(check = Report::check)]
struct Report {
    title: String,
}

fn main() {}
