//! A model with a small window that reads a long book.
//!
//! It knows what it was sent in its request and nothing else, also when it summarises: a fact that a
//! compaction loses is lost to the answer.

use std::collections::BTreeMap;

use agentwerk::chat::{ContentBlock, Message, Request, Response, StopReason, ToolCall, Usage};
use agentwerk::providers::ProviderError;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, TicketSystem};
use agentwerk_tests::EventLog;
use serde_json::json;

/// How a vendor says that a request is too large.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Overflow {
    Error,
    StopReason,
}

/// A book with one fact on each page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Book {
    pub(crate) pages: usize,
    pub(crate) page_bytes: usize,
    /// Pages that the model reads in one turn.
    pub(crate) at_once: usize,
}

pub(crate) const BOOK: Book = Book {
    pages: 12,
    page_bytes: 4_000,
    at_once: 1,
};

/// The tokens of a request, as the vendor counts them.
pub(crate) fn tokens(request: &Request) -> u64 {
    let system = request.system.as_deref().map_or(0, str::len);
    let messages = request.messages.iter().map(text_of).map(|text| text.len());
    ((system + messages.sum::<usize>()) / 4) as u64
}

/// All that stands in a message.
fn text_of(message: &Message) -> String {
    let blocks = message.content().iter().map(|block| match block {
        ContentBlock::Text { text } => text.clone(),
        ContentBlock::ToolCall(call) => call.arguments.as_str().to_owned(),
        ContentBlock::ToolResult(result) => result.content.clone(),
        other => panic!("{other:?}"),
    });
    blocks.collect::<Vec<_>>().join("\n")
}

/// Whether a model is asked for a summary.
pub(crate) fn is_summary(request: &Request) -> bool {
    let system = request.system.as_deref().unwrap_or_default();
    assert!(!system.starts_with("You summarise") || request.tools.is_empty());
    system.starts_with("You summarise")
}

/// The facts that stand in a request: `<page>=<word>` in braces.
pub(crate) fn facts(request: &Request) -> BTreeMap<usize, String> {
    let texts: Vec<String> = request.messages.iter().map(text_of).collect();
    let all = texts.join("\n");
    let facts = all.split("<<").skip(1).filter_map(|rest| {
        let (fact, _) = rest.split_once(">>")?;
        let (page, word) = fact.split_once('=')?;
        Some((page.parse().ok()?, word.to_owned()))
    });
    facts.collect()
}

impl Book {
    fn page(self, number: usize) -> String {
        let fact = format!("<<{number}=word{}>>", number * 7919 % 1000);
        let filler = "and so it goes on ".repeat(self.page_bytes / 18);
        let (before, after) = filler.split_at(filler.len() / 2);
        format!("{before}{fact}{after}")
    }

    /// The answer that is right.
    pub(crate) fn answer(self) -> String {
        let words = (1..=self.pages).map(|number| format!("word{}", number * 7919 % 1000));
        words.collect::<Vec<_>>().join(" ")
    }

    fn tool(self) -> Tool {
        let schema = json!({
            "type": "object",
            "properties": { "number": { "type": "integer" } },
            "required": ["number"]
        });
        Tool::new("read_page", "Reads a page.")
            .schema(schema)
            .read_only(true)
            .handler(move |input, _context| async move {
                let number = usize::try_from(input["number"].as_u64().unwrap()).unwrap();
                Ok(ToolResult::success(self.page(number)))
            })
    }

    /// What the model says to a request that fits its window.
    pub(crate) fn reply(self, request: &Request) -> Response {
        let known = facts(request);
        if is_summary(request) {
            let facts = known
                .iter()
                .map(|(page, word)| format!("<<{page}={word}>>"));
            return Response::text(facts.collect::<Vec<_>>().join(" "));
        }
        let missing = (1..=self.pages).filter(|page| !known.contains_key(page));
        let calls: Vec<_> = missing
            .take(self.at_once)
            .map(|page| ToolCall::new(format!("p{page}"), "read_page", &json!({ "number": page })))
            .collect();
        if calls.is_empty() {
            Response::text(known.into_values().collect::<Vec<_>>().join(" "))
        } else {
            Response::tool_calls(calls)
        }
    }

    /// The model, behind a vendor that takes requests of this many tokens.
    pub(crate) fn model(self, window: u64, overflow: Overflow) -> ScriptedModel {
        ScriptedModel::from_fn(move |request: &Request| {
            let usage = Usage {
                input_tokens: tokens(request),
                output_tokens: 10,
                ..Usage::default()
            };
            match overflow {
                _ if usage.input_tokens <= window => Ok(self.reply(request).usage(usage)),
                Overflow::Error => Err(too_large()),
                Overflow::StopReason => {
                    let cut = Response::text("and so").stop_reason(StopReason::ContextOverflow);
                    Ok(cut.usage(usage))
                }
            }
        })
    }

    pub(crate) fn agent(self, model: ScriptedModel) -> Agent {
        Agent::new()
            .provider(model)
            .model("small")
            .role("You read.")
            .context("- A library.")
            .tool(self.tool())
    }
}

pub(crate) fn too_large() -> ProviderError {
    ProviderError::ContextOverflow {
        endpoint: "loopback".to_owned(),
        message: "too many tokens".to_owned(),
    }
}

/// A system with this agent, its one ticket, and what happens.
pub(crate) fn reading(agent: Agent) -> (TicketSystem, EventLog) {
    let tickets = TicketSystem::in_memory();
    let log = EventLog::of(&tickets);
    tickets.agent(agent.task("Collect the words of all pages."));
    (tickets, log)
}
