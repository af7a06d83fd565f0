#![deny(warnings)]

use agentwerk::TicketResult;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(untagged)]
pub enum Either {
    Text(String),
    Number(f64),
}

#[derive(Serialize, Deserialize, TicketResult)]
pub struct Node {
    pub children: Vec<Node>,
}

#[allow(deprecated)]
#[derive(Serialize, Deserialize, TicketResult)]
#[serde(untagged)]
pub enum Term {
    Leaf(String),
    Not(Box<Term>),
}

fn main() {}
