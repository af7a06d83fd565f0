#![allow(unused)]

use agentwerk::tool;
use agentwerk::tools::{Approval, ToolContext};

fn for_many(to: &[String], _context: &ToolContext) -> Approval {
    Approval::needed_if(to.len() > 10)
}

fn never(_to: &[String], _text: &str, _context: &ToolContext) -> bool {
    false
}

/// Sends a mail.
#[tool(approval = for_many)]
async fn send_mail(to: &[String], text: &str) {}

/// Sends a letter.
#[tool(approval = never)]
async fn send_letter(to: &[String], text: &str) {}

/// Sends a card.
#[tool(approval = nevver)]
async fn send_card(to: &[String], text: &str) {}

fn main() {}
