#![allow(unused)]

use agentwerk::TicketResult;

#[derive(TicketResult)]
union Bits {
    float: f32,
    integer: u32,
}

#[derive(TicketResult)]
struct Excerpt<'a> {
    text: &'a str,
}

#[derive(serde::Serialize, serde::Deserialize, TicketResult)]
#[result(verify = check)]
struct Report {
    text: String,
}

fn main() {}
