//! What is told of a compaction.

use agentwerk::event::{CompactionTrigger, Event, EventKind};
use agentwerk::{AgentName, TicketKey};
use agentwerk_tests::within;

use crate::reader::{BOOK, Overflow, is_summary, reading, tokens};

#[tokio::test]
async fn compaction_started_and_finished_say_what_the_next_request_would_take_and_takes() {
    let model = BOOK.model(8_000, Overflow::Error);
    let agent = BOOK.agent(model.clone()).name("reader");
    let (tickets, log) = reading(agent.context_window(8_000));
    within(tickets.finish()).await;

    let events = log.events();
    let about = |event: &&Event| {
        matches!(
            event.kind,
            EventKind::CompactionStarted { .. } | EventKind::CompactionFinished { .. }
        )
    };
    let told: Vec<&Event> = events.iter().filter(about).collect();
    assert!(told.len() >= 4);
    let requests = model.requests();
    let mut behind = requests.split(|request| !is_summary(request)).skip(1);
    for pair in told.chunks(2) {
        let [started, finished] = pair else {
            panic!("{pair:?}")
        };
        let EventKind::CompactionStarted {
            trigger: CompactionTrigger::Proactive,
            input_tokens: before,
        } = started.kind
        else {
            panic!("{started:?}")
        };
        let EventKind::CompactionFinished {
            usage,
            input_tokens: after,
        } = finished.kind
        else {
            panic!("{finished:?}")
        };
        assert!(before > 5_600 && after < before / 2, "{before} {after}");
        let parts = behind.find(|parts| !parts.is_empty()).unwrap();
        assert_eq!(usage.input_tokens, parts.iter().map(tokens).sum::<u64>());
        for event in pair {
            assert_eq!(event.agent_name, AgentName::from("reader"));
            assert_eq!(event.ticket_key, Some(TicketKey::from_number(1)));
        }
        let between: Vec<_> = events
            .iter()
            .filter(|event| started.sequence < event.sequence && event.sequence < finished.sequence)
            .map(|event| agentwerk_tests::name_of(&event.kind))
            .collect();
        let calls = ["RequestStarted", "RequestFinished"].repeat(parts.len());
        assert_eq!(between, calls);
    }
}
