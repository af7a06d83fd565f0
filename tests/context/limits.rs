//! The limit of one request.

use agentwerk::chat::{Request, Response, Usage};
use agentwerk::event::{EventKind, FailureReason, PolicyKind, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Status, TicketKey, TicketSystem};
use agentwerk_tests::{call, echo, within};
use serde_json::json;

use crate::reader::{BOOK, Book, Overflow, is_summary, reading, tokens};

#[tokio::test]
async fn max_request_tokens_compacts_a_conversation_to_stay_under_it() {
    let model = BOOK.model(1_000_000, Overflow::Error);
    let (tickets, log) = reading(BOOK.agent(model.clone()).context_window(1_000_000));
    tickets.max_request_tokens(3_000);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result(), Some(BOOK.answer()));
    assert!(log.count("CompactionFinished") > 2);
    let largest = model.requests().iter().map(tokens).max().unwrap();
    assert!(largest <= 3_000, "{largest}");
    assert_eq!(log.count("PolicyViolated"), 0);
}

#[tokio::test]
async fn a_request_that_cannot_get_under_max_request_tokens_fails_its_ticket_alone() {
    let model = BOOK.model(1_000_000, Overflow::Error);
    let (tickets, log) = reading(BOOK.agent(model.clone()));
    let large = tickets.task("x".repeat(20_000));
    tickets.max_request_tokens(3_000);
    assert!(
        within(tickets.finish()).await.is_drained(),
        "the run goes on"
    );

    let failed = tickets.get(large).unwrap();
    assert_eq!(
        failed.failure().unwrap().reason,
        FailureReason::RequestTooLarge
    );
    assert!(
        failed
            .failure()
            .unwrap()
            .message
            .contains("`max_request_tokens` is 3000")
    );
    let violated = log
        .events()
        .into_iter()
        .filter_map(|event| match event.kind {
            EventKind::PolicyViolated { kind } => Some((event.ticket_key, kind)),
            _ => None,
        });
    let violated: Vec<_> = violated.collect();
    assert_eq!(violated, [(Some(large), PolicyKind::MaxRequestTokens)]);
    let other = tickets.get(TicketKey::from_number(1)).unwrap();
    assert_eq!(other.status(), Status::Done);
    let sent = |request: &Request| request.messages[0].text().contains("xxxx");
    assert!(!model.requests().iter().any(sent), "it was never sent");
}

#[tokio::test]
async fn an_estimate_goes_on_from_what_the_vendor_counted() {
    // The vendor counts a hundred times what the text says: the library has to believe it.
    let model = ScriptedModel::from_fn(|request: &Request| {
        let usage = Usage {
            input_tokens: tokens(request) * 100,
            ..Default::default()
        };
        SMALL.reply(request).usage(usage)
    });
    const SMALL: Book = Book {
        page_bytes: 100,
        ..BOOK
    };
    let (tickets, log) = reading(SMALL.agent(model).context_window(20_000));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result(), Some(SMALL.answer()));
    assert!(log.count("CompactionFinished") > 0);
}

#[tokio::test]
async fn a_summary_leaves_room_for_what_follows_it() {
    // Longer than a whole request may be.
    let model = ScriptedModel::from_fn(|request: &Request| {
        if is_summary(request) {
            let facts = BOOK.reply(request).into_message().text();
            return Response::text(format!("{facts} {}", "x".repeat(20_000)));
        }
        BOOK.reply(request)
    });
    let (tickets, log) = reading(BOOK.agent(model.clone()).context_window(1_000_000));
    tickets.max_request_tokens(3_000);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result(), Some(BOOK.answer()));
    assert!(log.count("CompactionFinished") > 2);
    let largest = model.requests().iter().map(tokens).max().unwrap();
    assert!(largest <= 3_000, "{largest}");
}

#[tokio::test]
async fn a_long_summary_is_not_summarised_again_before_anything_has_come() {
    const LONG: Book = Book {
        pages: 20,
        page_bytes: 400,
        at_once: 1,
    };
    let model = ScriptedModel::from_fn(|request: &Request| {
        if is_summary(request) {
            let facts = LONG.reply(request).into_message().text();
            return Response::text(facts.clone() + &"x".repeat(8_000 - facts.len()));
        }
        LONG.reply(request)
    });
    // With the context, the summary alone is beyond the threshold.
    let agent = LONG.agent(model).context("x".repeat(21_000));
    let (tickets, log) = reading(agent.context_window(10_000));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result(), Some(LONG.answer()));
    let compactions = log.count("CompactionFinished");
    assert!((1..=4).contains(&compactions), "{compactions}");
}

/// A model that looks around once in each ticket, and counts its tokens like this.
fn counting(usage: Usage) -> ScriptedModel {
    ScriptedModel::from_fn(move |request: &Request| {
        let reply = match request.messages.len() {
            1 => call("1", "echo", &json!({ "text": "x" })),
            _ => Response::text("done"),
        };
        reply.usage(usage)
    })
}

#[tokio::test]
async fn a_vendor_that_counts_as_many_tokens_as_there_can_be_makes_nobody_panic() {
    let usage = Usage {
        input_tokens: u64::MAX,
        output_tokens: u64::MAX,
        ..Usage::default()
    };
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new().provider(counting(usage)).model("scripted");
    tickets.agent(agent.tool(echo()).task("x"));
    assert!(within(tickets.finish()).await.is_drained());
    let ticket = tickets.get(TicketKey::from_number(1)).unwrap();
    let reason = ticket.failure().map(|failure| failure.reason);
    assert_ne!(reason, Some(FailureReason::Panicked));
}

#[tokio::test]
async fn the_tokens_of_a_run_do_not_begin_anew_beyond_what_can_be_counted() {
    let usage = Usage {
        input_tokens: u64::MAX / 2 + 1,
        ..Usage::default()
    };
    let model = ScriptedModel::from_fn(move |_| Response::text("done").usage(usage));
    let tickets = TicketSystem::in_memory();
    tickets.max_input_tokens(u64::MAX - 1);
    tickets.agent(Agent::new().provider(model.clone()).model("scripted"));
    for number in 0..3 {
        tickets.task(number);
    }
    let outcome = within(tickets.finish()).await;
    assert!(matches!(outcome, RunOutcome::PolicyViolated(_)));
    assert_eq!(model.requests().len(), 2);
}
