//! Conversations that outgrow the window of their model.

use std::time::Duration;

use agentwerk::chat::{Message, Request, Response, StopReason, Usage};
use agentwerk::event::{CompactionTrigger, EventKind, RunOutcome};
use agentwerk::providers::ProviderError;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, all_calls_are_answered, within};

use crate::reader::{BOOK, Book, Overflow, is_summary, reading, tokens};

/// What called for the compactions, in order.
fn triggers(log: &EventLog) -> Vec<CompactionTrigger> {
    let kinds = log.kinds().into_iter();
    kinds
        .filter_map(|kind| match kind {
            EventKind::CompactionStarted { trigger, .. } => Some(trigger),
            _ => None,
        })
        .collect()
}

fn first_ticket(tickets: &TicketSystem) -> agentwerk::TicketSnapshot {
    tickets.get(TicketKey::from_number(1)).unwrap()
}

#[tokio::test]
async fn a_conversation_is_compacted_before_it_reaches_the_window() {
    let model = BOOK.model(8_000, Overflow::Error);
    let (tickets, log) = reading(BOOK.agent(model.clone()).context_window(8_000));
    assert!(within(tickets.finish()).await.is_drained());

    assert_eq!(tickets.last_result(), Some(BOOK.answer()));
    let triggers = triggers(&log);
    assert!(triggers.len() >= 2, "{triggers:?}");
    assert!(
        triggers
            .iter()
            .all(|one| *one == CompactionTrigger::Proactive)
    );
    assert_eq!(log.count("CompactionFinished"), triggers.len());
    assert_eq!(log.count("RequestFailed"), 0);
    let requests = model.requests();
    // 0.7 of the window, and one more page.
    assert!(
        requests
            .iter()
            .all(|request| tokens(request) < 5_600 + 1_050)
    );
    // Context and task stay in front, word for word.
    let first = requests[0].messages[0].clone();
    let turns = requests.iter().filter(|request| !is_summary(request));
    assert!(turns.clone().all(|request| request.messages[0] == first));
    assert!(first.text().contains("Collect the words of all pages."));
}

#[tokio::test]
async fn the_tokens_of_a_summary_are_counted_and_it_is_no_turn() {
    let model = BOOK.model(8_000, Overflow::Error);
    let (tickets, log) = reading(BOOK.agent(model.clone()).context_window(8_000));
    within(tickets.finish()).await;

    let requests = model.requests();
    let input: u64 = requests.iter().map(tokens).sum();
    let stats = tickets.stats();
    assert_eq!(stats.input_tokens(), input);
    assert_eq!(stats.requests(), requests.len() as u64);
    let turns = requests.iter().filter(|request| !is_summary(request));
    assert_eq!(stats.turns(), turns.count() as u64);
    assert_eq!(first_ticket(&tickets).usage().input_tokens, input);
    assert_eq!(stats.compactions(), log.count("CompactionFinished") as u64);
    assert_eq!(stats.compactions_failed(), 0);
    let summaries = log.kinds().into_iter().filter_map(|kind| match kind {
        EventKind::CompactionFinished { usage, .. } => Some(usage),
        _ => None,
    });
    let summaries = summaries.fold(Usage::default(), |mut sum, usage| {
        sum += usage;
        sum
    });
    let asked = requests.iter().filter(|request| is_summary(request));
    assert_eq!(summaries.input_tokens, asked.map(tokens).sum::<u64>());
}

#[tokio::test]
async fn the_transcript_keeps_everything() {
    let model = BOOK.model(8_000, Overflow::Error);
    let (tickets, _log) = reading(BOOK.agent(model.clone()).context_window(8_000));
    within(tickets.finish()).await;

    let ticket = first_ticket(&tickets);
    let transcript = ticket.transcript().unwrap();
    // The task, a call and its result for each page, and the answer.
    assert_eq!(transcript.len(), 2 * BOOK.pages + 2);
    assert!(all_calls_are_answered(&transcript));
    let compaction = ticket.compaction().unwrap();
    assert!((compaction.messages as usize) < transcript.len());
    assert!(compaction.summary.contains("<<1=word919>>"));
}

#[tokio::test]
async fn a_refused_request_is_compacted_and_sent_again() {
    for overflow in [Overflow::Error, Overflow::StopReason] {
        let model = BOOK.model(8_000, overflow);
        // The library takes the window to be far larger than it is.
        let (tickets, log) = reading(BOOK.agent(model.clone()).context_window(1_000_000));
        assert!(within(tickets.finish()).await.is_drained());

        assert_eq!(tickets.last_result(), Some(BOOK.answer()), "{overflow:?}");
        let triggers = triggers(&log);
        assert!(
            triggers
                .iter()
                .all(|one| *one == CompactionTrigger::Reactive)
        );
        assert!(!triggers.is_empty());
        assert_eq!(log.count("RequestFailed"), 0);
        assert_eq!(log.count("RequestRetried"), 0);
        // A request that is sent again is no turn of its own.
        assert_eq!(tickets.stats().turns(), BOOK.pages as u64 + 1);
        let transcript = first_ticket(&tickets).transcript().unwrap();
        assert_eq!(transcript.len(), 2 * BOOK.pages + 2, "{overflow:?}");
    }
}

#[tokio::test]
async fn what_a_cut_off_reply_took_is_counted() {
    let model = BOOK.model(8_000, Overflow::StopReason);
    let (tickets, _log) = reading(BOOK.agent(model.clone()).context_window(1_000_000));
    within(tickets.finish()).await;
    let input: u64 = model.requests().iter().map(tokens).sum();
    assert_eq!(tickets.stats().input_tokens(), input);
    // Summaries that did not fit are the vendor's loss and the run's, not the ticket's.
    assert!(first_ticket(&tickets).usage().input_tokens <= input);
}

#[tokio::test]
async fn a_transcript_that_is_too_large_is_summarised_part_by_part() {
    // All pages come in one turn: four times what the window holds.
    let book = Book {
        at_once: 10,
        ..BOOK
    };
    for window in [8_000, 1_000_000] {
        let model = book.model(8_000, Overflow::Error);
        let (tickets, log) = reading(book.agent(model.clone()).context_window(window));
        assert!(within(tickets.finish()).await.is_drained());

        assert_eq!(tickets.last_result(), Some(book.answer()), "{window}");
        let summaries: Vec<_> = model.requests().into_iter().filter(is_summary).collect();
        let fitting = summaries.iter().filter(|request| tokens(request) <= 8_000);
        assert!(fitting.count() >= 2, "{window}");
        if window == 8_000 {
            assert!(summaries.iter().all(|request| tokens(request) <= 8_000));
        }
        // A part is summed up together with the summary of those before it.
        let later = summaries.last().unwrap().messages[0].text();
        assert!(later.contains("<<1=word919>>"), "{later}");
        assert_eq!(
            log.count("CompactionFinished"),
            log.count("CompactionStarted")
        );
    }
}

#[tokio::test]
async fn the_pieces_of_a_summary_are_not_told_as_the_agents_words() {
    let model = BOOK.model(8_000, Overflow::Error);
    let (tickets, log) = reading(BOOK.agent(model).context_window(8_000));
    within(tickets.finish()).await;
    let told = log.kinds().into_iter().filter_map(|kind| match kind {
        EventKind::TextChunkReceived { text } => Some(text),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [BOOK.answer()]);
}

#[tokio::test]
async fn a_session_goes_on_with_the_summary() {
    let dir = tempfile::tempdir().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let model = BOOK.model(8_000, Overflow::Error);
    tickets.agent(
        BOOK.agent(model)
            .context_window(8_000)
            .task("Collect the words of all pages."),
    );
    // Far enough for a compaction, and not to the end.
    tickets.max_turns(8);
    within(tickets.finish()).await;
    let before = first_ticket(&tickets).compaction().unwrap().clone();
    within(tickets.close()).await;
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    assert_eq!(first_ticket(&tickets).compaction(), Some(&before));
    let model = BOOK.model(8_000, Overflow::Error);
    let log = EventLog::of(&tickets);
    tickets.agent(BOOK.agent(model.clone()).context_window(8_000));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result(), Some(BOOK.answer()));
    let begun = &model.requests()[0];
    assert!(
        begun.messages[1].text().contains(&before.summary),
        "{begun:?}"
    );
    assert!(tokens(begun) < 8_000);
    assert!(log.count("CompactionFinished") > 0);
}

#[tokio::test]
async fn a_reply_that_was_cut_off_stays_as_it_is() {
    // The reply is cut off at its cap; before it goes on, the conversation is compacted.
    let model = ScriptedModel::from_fn(|request: &Request| {
        let usage = |input_tokens| Usage {
            input_tokens,
            ..Usage::default()
        };
        if is_summary(request) {
            return Response::text("The page was read.").usage(usage(100));
        }
        match request.messages.len() {
            1 => BOOK.reply(request).usage(usage(100)),
            3 => Response::text("The first half, ")
                .stop_reason(StopReason::MaxTokens)
                .usage(usage(6_000)),
            _ => Response::text("and the second.").usage(usage(500)),
        }
    });
    let (tickets, log) = reading(BOOK.agent(model.clone()).context_window(8_000));
    assert!(within(tickets.finish()).await.is_drained());
    let result = tickets.last_result();
    assert_eq!(result.as_deref(), Some("The first half, and the second."));
    assert!(log.count("CompactionFinished") > 0);
    let last = model.requests().pop().unwrap();
    let [.., cut, go_on] = last.messages.as_slice() else {
        panic!("{last:?}")
    };
    assert_eq!(cut.text(), "The first half, ");
    assert!(go_on.text().contains("cut off"));
}

#[tokio::test]
async fn a_conversation_without_tickets_is_compacted_too() {
    let model = BOOK.model(8_000, Overflow::Error);
    let agent: Agent = BOOK.agent(model).context_window(8_000);
    let history = vec![Message::user("Collect the words of all pages.")];
    let reply = within(agent.run(history)).await.unwrap();
    assert_eq!(reply.text(), BOOK.answer());
    assert_eq!(reply.messages().len(), 2 * BOOK.pages + 1);
}

#[tokio::test]
async fn a_comment_that_comes_before_a_compaction_is_read_as_it_is() {
    let tickets = TicketSystem::in_memory();
    let person = tickets.clone();
    let model = ScriptedModel::from_fn(move |request: &Request| {
        let usage = |input_tokens| Usage {
            input_tokens,
            ..Usage::default()
        };
        if is_summary(request) {
            return Response::text("A page was read.").usage(usage(100));
        }
        if request.messages.len() == 1 {
            person
                .comment(TicketKey::from_number(1), "In French, please.")
                .unwrap();
            return BOOK.reply(request).usage(usage(6_000));
        }
        Response::text("Voilà.").usage(usage(500))
    });
    tickets.agent(BOOK.agent(model.clone()).context_window(8_000));
    let key = tickets.task("Collect the words of all pages.");
    assert!(within(tickets.finish()).await.is_drained());

    let requests = model.requests();
    let [_, summary, last] = requests.as_slice() else {
        panic!("{requests:?}")
    };
    assert!(is_summary(summary));
    assert!(!format!("{summary:?}").contains("In French"));
    let [_, summary, comment] = last.messages.as_slice() else {
        panic!("{last:?}")
    };
    assert!(summary.text().ends_with("A page was read."));
    assert!(comment.text().contains("In French, please."));
    let ticket = tickets.get(key).unwrap();
    let covered = ticket.compaction().unwrap().messages;
    assert_eq!((covered, ticket.transcript().unwrap().len()), (3, 5));
}

#[tokio::test]
async fn the_last_question_of_a_long_conversation_is_asked_as_it_is() {
    let model = ScriptedModel::from_fn(|request: &Request| {
        if is_summary(request) {
            return Response::text("They spoke of pages.");
        }
        Response::text(request.last_text())
    });
    let agent = BOOK.agent(model).context_window(8_000);
    let mut conversation = vec![Message::user("Hello.")];
    for _ in 0..4 {
        conversation.push(Message::assistant("Well. ".repeat(2_000)));
        conversation.push(Message::user("And then?"));
    }
    let reply = within(agent.run(conversation).into_future()).await.unwrap();
    assert_eq!(reply.text(), "And then?");
}

#[tokio::test(start_paused = true)]
async fn a_cut_off_reply_is_joined_with_its_rest_after_a_comment_and_another_run() {
    let model = ScriptedModel::from_fn(|request: &Request| {
        let has_comment = request.last_text().contains("Hurry up.");
        match request.messages.len() {
            1 => Ok(Response::text("The first half, ").stop_reason(StopReason::MaxTokens)),
            _ if has_comment => Err(busy()),
            _ => Ok(Response::text("and the second.")),
        }
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(Agent::new().provider(model).model("m"));
    let key = tickets.task("x");
    tickets.max_turns(1);
    let outcome = tickets.finish().await;
    assert!(
        matches!(outcome, RunOutcome::PolicyViolated(_)),
        "{outcome:?}"
    );
    tickets.comment(key, "Hurry up.").unwrap();
    // The comment is read, and the run is over before there is a reply.
    tickets.max_turns(9).max_time(Duration::from_millis(1));
    let outcome = tickets.finish().await;
    assert!(
        matches!(outcome, RunOutcome::PolicyViolated(_)),
        "{outcome:?}"
    );
    tickets.comment(key, "Thanks.").unwrap();
    tickets.max_time(Duration::from_secs(60));
    assert!(tickets.finish().await.is_drained());
    let result = tickets.last_result();
    assert_eq!(result.as_deref(), Some("The first half, and the second."));
}

fn busy() -> ProviderError {
    ProviderError::RateLimited {
        endpoint: "loopback".to_owned(),
        message: "busy".to_owned(),
        retry_after: Some(Duration::from_secs(1)),
    }
}
