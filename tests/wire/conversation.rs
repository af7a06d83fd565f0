use agentwerk::event::EventKind;
use agentwerk::schemas::Schema;
use agentwerk::{Status, Ticket};
use agentwerk_tests::asking::provider;
use agentwerk_tests::vendor::{Answer, Chunking, Format, Reply, VendorServer};
use serde_json::json;

use super::run::run;

const QUESTION: &str = "What does Cargo.toml describe?";

/// Text and two calls at once; then an answer.
fn script(server: &VendorServer, chunking: Chunking) {
    let calls = Reply::new()
        .text(["I will ", "look."])
        .tool_call("read_file", [r#"{"path":"#, r#""Cargo.toml"}"#])
        .tool_call("list_directory", "{}");
    let answer = Reply::new().text(["It describes ", "the tests."]);
    server.enqueue(Answer::reply(calls).chunking(chunking.clone()));
    server.enqueue(Answer::reply(answer).chunking(chunking));
}

#[tokio::test]
async fn a_ticket_is_answered_over_every_wire() {
    for format in Format::ALL {
        for chunking in [Chunking::Whole, Chunking::ByteByByte] {
            let server = VendorServer::start(format).await;
            script(&server, chunking);
            let went = run(provider(&server), 0, Ticket::new(QUESTION)).await;

            assert!(went.outcome.is_drained(), "{format:?}: {:?}", went.outcome);
            assert_eq!(
                went.ticket.result_string().as_deref(),
                Some("It describes the tests.")
            );
            assert!(
                server.refusals().is_empty(),
                "{format:?}: {:?}",
                server.refusals()
            );
            let requests = server.requests();
            assert_eq!(requests.len(), 2, "{format:?}");
            let second = requests[1].body.to_string();
            assert!(
                second.contains("agentwerk-tests"),
                "{format:?}: the file is not in {second}"
            );
            assert!(
                second.contains("Cargo.toml ("),
                "{format:?}: the listing is not in {second}"
            );
            let text: String = went
                .events
                .iter()
                .filter_map(|kind| match kind {
                    EventKind::TextChunkReceived { text } => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            assert_eq!(text, "I will look.It describes the tests.", "{format:?}");
            assert!(went.ticket.usage().output_tokens > 0, "{format:?}");
        }
    }
}

#[tokio::test]
async fn a_result_is_checked_and_corrected_over_every_wire() {
    let schema = Schema::parse(json!({
        "type": "object",
        "properties": { "packages": { "type": "integer", "minimum": 1 } },
        "required": ["packages"]
    }))
    .unwrap();
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let write = |result: &str| {
            Reply::new().tool_call("write_result", format!(r#"{{"result":{result}}}"#))
        };
        server.enqueue(write(r#"{"packages":"four"}"#));
        server.enqueue(write(r#"{"packages":4}"#));
        let ticket = Ticket::new(QUESTION).schema(schema.clone());
        let went = run(provider(&server), 0, ticket).await;

        assert_eq!(
            went.ticket.status(),
            Status::Done,
            "{format:?}: {:?}",
            went.ticket.failure()
        );
        assert_eq!(went.ticket.result(), Some(&json!({ "packages": 4 })));
        assert_eq!(
            went.count(|kind| matches!(kind, EventKind::SchemaRetried { .. })),
            1
        );
        let requests = server.requests();
        assert_eq!(requests.len(), 2, "{format:?}");
        assert!(
            requests[0].body.to_string().contains("minimum"),
            "{format:?}: no schema sent"
        );
        assert!(
            requests[1].body.to_string().contains("/result/packages"),
            "{format:?}"
        );
        assert!(
            server.refusals().is_empty(),
            "{format:?}: {:?}",
            server.refusals()
        );
    }
}
