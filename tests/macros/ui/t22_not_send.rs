#![allow(unused)]

use std::rc::Rc;

use agentwerk::tool;

async fn wait() {}

/// Shares a word.
#[tool]
async fn share(word: &str) -> usize {
    let shared = Rc::new(word.to_owned());
    wait().await;
    shared.len()
}

fn main() {}
