//! The limit of one request.

use agentwerk::chat::{Request, Response};
use agentwerk::event::{EventKind, FailureReason, PolicyKind};
use agentwerk::{Status, TicketKey};
use agentwerk_tests::within;

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

    let failed = tickets.get(&large).unwrap();
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
    let other = tickets.get(&TicketKey::from_number(1)).unwrap();
    assert_eq!(other.status(), Status::Done);
    let sent = |request: &Request| request.messages[0].text().contains("xxxx");
    assert!(!model.requests().iter().any(sent), "it was never sent");
}

#[tokio::test]
async fn an_estimate_goes_on_from_what_the_vendor_counted() {
    // The vendor counts a hundred times what the text says: the library has to believe it.
    let model = agentwerk::testing::ScriptedModel::from_fn(|request: &Request| {
        let usage = agentwerk::chat::Usage {
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
    let model = agentwerk::testing::ScriptedModel::from_fn(|request: &Request| {
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
    let model = agentwerk::testing::ScriptedModel::from_fn(|request: &Request| {
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
