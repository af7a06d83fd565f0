#![allow(unused)]

use agentwerk::schemas::Schema;
use agentwerk::{Ticket, TicketResult};
use serde::{Deserialize, Serialize};

#[derive(TicketResult)]
union Bits {
    float: f32,
    integer: u32,
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Excerpt<'a> {
    text: &'a str,
}

#[derive(Serialize, Deserialize, TicketResult)]
#[result(verify = check, strict = "yes")]
#[serde(rename_all(serialize = "camelCase"))]
struct Report {
    #[result(chek = check)]
    text: String,
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Whole {
    bits: Vec<Bits>,
    report: Report,
}

fn main() {
    let _ = Ticket::new("Write a report.").returns::<Vec<Report>>();
    let _ = Ticket::new("Give the bits.").returns::<Bits>();
    let _ = Ticket::new("Give all.").returns::<Whole>();
}
