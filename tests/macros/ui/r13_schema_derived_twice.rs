use agentwerk::TicketResult;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, JsonSchema, TicketResult)]
struct Report {
    text: String,
}

#[derive(Serialize, Deserialize, JsonSchema, TicketResult)]
#[result(schema = existing)]
struct Finding {
    text: String,
}

fn main() {}
