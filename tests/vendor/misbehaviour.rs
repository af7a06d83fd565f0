use std::time::{Duration, SystemTime};

use agentwerk_tests::vendor::{Answer, Format, Gate, Incident, Reply, RetryAfter, VendorServer};

use super::client::Call;

fn hello() -> Reply {
    Reply::new().text(["hel", "lo"])
}

async fn body(answer: Answer, format: Format) -> reqwest::Result<String> {
    let server = VendorServer::start(format).await;
    server.enqueue(answer);
    Call::new(&server).try_send(&server).await?.text().await
}

#[tokio::test]
async fn a_reset_reaches_the_client_before_and_after_the_headers() {
    for format in Format::ALL {
        assert!(body(Answer::reset(), format).await.is_err());
        let late = Answer::reply(hello()).after(0, Incident::Reset);
        assert!(body(late, format).await.is_err());
    }
}

#[tokio::test]
async fn a_cut_stream_lacks_its_end_marker() {
    for format in Format::ALL {
        let closed = Answer::reply(hello()).after(3, Incident::Close);
        assert!(body(closed, format).await.is_err());
        let ended = Answer::reply(hello()).after(3, Incident::End);
        let text = body(ended, format).await.expect("a body that HTTP accepts");
        assert!(!text.contains("[DONE]") && !text.contains("message_stop"));
    }
}

#[tokio::test]
async fn an_error_can_arrive_inside_of_a_stream() {
    for format in Format::ALL {
        let answer = Answer::reply(hello()).after(3, Incident::Error(529));
        let text = body(answer, format).await.expect("a whole body");
        assert!(text.contains("overloaded"), "{text}");
        assert!(!text.contains("[DONE]") && !text.contains("message_stop"));
    }
}

#[tokio::test]
async fn keep_alives_and_foreign_lines_stand_between_events() {
    for format in Format::ALL {
        let answer = Answer::reply(hello())
            .after(1, Incident::Comments(2))
            .after(1, Incident::Pings(2))
            .after(1, Incident::data("{not json"));
        let text = body(answer, format).await.expect("a whole body");
        assert!(text.contains(": keep-alive\n\n: keep-alive\n\n"), "{text}");
        assert!(text.contains("data: {not json\n\n"), "{text}");
        let pings = text.matches("event: ping").count();
        assert_eq!(pings, if format == Format::Anthropic { 3 } else { 0 });
    }
}

#[tokio::test]
async fn a_gate_holds_the_stream_until_the_test_opens_it() {
    let server = VendorServer::start(Format::OpenAi).await;
    let gate = Gate::new();
    server.enqueue(Answer::reply(hello()).after(2, Incident::Wait(gate.clone())));
    let mut answer = Call::new(&server).send(&server).await;
    for _ in 0..2 {
        let event = answer.chunk().await.expect("a stream").expect("an event");
        assert!(!event.is_empty());
    }
    gate.open();
    let rest = answer.text().await.expect("the rest");
    assert!(rest.contains("[DONE]"));
}

#[tokio::test]
async fn the_server_notices_that_a_client_left() {
    for answer in [
        Answer::silence(),
        Answer::reply(hello()).after(2, Incident::Silence),
        Answer::reply(hello()).after(0, Incident::CommentsForever),
        Answer::reply(hello()).when_open(&Gate::new()),
    ] {
        let server = VendorServer::start(Format::OpenAi).await;
        server.enqueue(answer);
        {
            let sending = std::pin::pin!(Call::new(&server).try_send(&server));
            tokio::select! {
                // Silence gives no headers, so the request's arrival is the signal to leave.
                answer = sending => drop(answer.expect("headers")),
                _ = server.request(0) => {}
            }
        }
        server.abandoned(1).await;
    }
}

#[tokio::test]
async fn each_way_to_ask_for_patience_is_a_header() {
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
    for (retry_after, name, value) in [
        (RetryAfter::Seconds(7), "retry-after", "7"),
        (
            RetryAfter::Date(date),
            "retry-after",
            "Mon, 21 Sep 2026 14:13:20 GMT",
        ),
        (RetryAfter::Millis(1500), "retry-after-ms", "1500"),
        (
            RetryAfter::LlmProviderSeconds(60),
            "llm_provider-retry-after",
            "60",
        ),
    ] {
        let server = VendorServer::start(Format::LiteLlm).await;
        server.enqueue(Answer::status(429).retry_after(retry_after));
        let answer = Call::new(&server).send(&server).await;
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.headers()[name], value);
    }
}

#[tokio::test]
async fn a_dropped_server_ends_its_connections() {
    let server = VendorServer::start(Format::OpenAi).await;
    server.enqueue(Answer::reply(hello()).after(2, Incident::Silence));
    let answer = Call::new(&server).send(&server).await;
    drop(server);
    assert!(answer.text().await.is_err(), "the stream was cut");
}
