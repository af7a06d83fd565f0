#![allow(unused)]

use std::cell::Cell;

use agentwerk::{tool, tools};

struct Counter(Cell<u8>);

#[tools]
impl Counter {
    /// Counts.
    #[tool]
    async fn count(&self) -> u8 {
        self.0.get()
    }
}

fn main() {}
