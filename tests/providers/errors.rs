//! Each way to fail gives its own error, and none gives a short success.

use agentwerk::providers::ProviderError;
use agentwerk_tests::asking::{Asked, ask, provider};
use agentwerk_tests::vendor::{Answer, Format, Incident, Reply, VendorServer};

use super::talk::question;

/// The variants, without what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Unauthorized,
    Rejected,
    ContextOverflow,
    RateLimited,
    Unavailable,
    Connect,
    TimedOut,
    Interrupted,
    Undecodable,
    TooLarge,
    Misconfigured,
    Other,
}

impl From<&ProviderError> for Variant {
    fn from(error: &ProviderError) -> Self {
        match error {
            ProviderError::Unauthorized { .. } => Self::Unauthorized,
            ProviderError::Rejected { .. } => Self::Rejected,
            ProviderError::ContextOverflow { .. } => Self::ContextOverflow,
            ProviderError::RateLimited { .. } => Self::RateLimited,
            ProviderError::Unavailable { .. } => Self::Unavailable,
            ProviderError::Connect { .. } => Self::Connect,
            ProviderError::TimedOut { .. } => Self::TimedOut,
            ProviderError::Interrupted { .. } => Self::Interrupted,
            ProviderError::Undecodable { .. } => Self::Undecodable,
            ProviderError::TooLarge { .. } => Self::TooLarge,
            ProviderError::Misconfigured { .. } => Self::Misconfigured,
            _ => Self::Other,
        }
    }
}

impl Variant {
    /// Only what may pass by itself is tried again.
    fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimited
                | Self::Unavailable
                | Self::Connect
                | Self::TimedOut
                | Self::Interrupted
                | Self::Undecodable
        )
    }
}

pub(crate) fn hello() -> Reply {
    Reply::new().text(["hel", "lo ", "world"])
}

pub(crate) async fn asked(format: Format, answer: Answer) -> Asked {
    let server = VendorServer::start(format).await;
    server.enqueue(answer);
    let asked = ask(&provider(&server), &question()).await;
    assert!(server.refusals().is_empty(), "{:?}", server.refusals());
    assert_eq!(server.requests().len(), 1, "one attempt");
    asked
}

pub(crate) fn assert_error(error: &ProviderError, variant: Variant, case: &str) {
    assert_eq!(Variant::from(error), variant, "{case}: {error:?}");
    assert_eq!(error.is_retryable(), variant.is_retryable(), "{case}");
}

#[tokio::test]
async fn every_status_is_the_error_that_it_means() {
    let statuses = [
        (400, Variant::Rejected),
        (401, Variant::Unauthorized),
        (403, Variant::Unauthorized),
        (404, Variant::Rejected),
        (422, Variant::Rejected),
        (501, Variant::Rejected),
        (505, Variant::Rejected),
        (408, Variant::Unavailable),
        (409, Variant::Unavailable),
        (425, Variant::Unavailable),
        (429, Variant::RateLimited),
        (500, Variant::Unavailable),
        (502, Variant::Unavailable),
        (503, Variant::Unavailable),
        (504, Variant::Unavailable),
        (520, Variant::Unavailable),
        (524, Variant::Unavailable),
        (530, Variant::Unavailable),
        (529, Variant::Unavailable),
    ];
    for format in Format::ALL {
        for (status, variant) in statuses {
            let words = format!("words of status {status}");
            let error = asked(format, Answer::status(status).message(words.as_str()));
            let error = error.await.error();
            assert_error(&error, variant, &format!("{format:?}, status {status}"));
            assert!(error.to_string().contains(&words), "{format:?}: {error}");
            assert!(error.to_string().contains("127.0.0.1"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_conversation_that_is_too_long_is_told_from_other_bad_requests() {
    for format in Format::ALL {
        let error = asked(format, Answer::context_overflow()).await.error();
        assert_error(&error, Variant::ContextOverflow, &format!("{format:?}"));
    }
}

#[tokio::test]
async fn an_error_page_of_a_gateway_counts_by_its_status() {
    let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    for format in Format::ALL {
        let error = asked(format, Answer::raw(502, "text/html", page)).await;
        assert_error(&error.error(), Variant::Unavailable, "an HTML page");
        let error = asked(format, Answer::raw(502, "application/json", "")).await;
        assert_error(&error.error(), Variant::Unavailable, "an empty body");
    }
}

#[tokio::test]
async fn a_success_that_is_no_stream_is_no_reply() {
    for format in Format::ALL {
        let page = Answer::raw(200, "text/html", "<html>Welcome to the proxy</html>");
        let error = asked(format, page).await.error();
        assert_error(&error, Variant::Misconfigured, &format!("{format:?}"));
        let words = error.to_string();
        for part in ["`127.0.0.1:", "`text/html`", "\nhint: ", "base URL"] {
            assert!(words.contains(part), "{words}");
        }
        // One that never ends is not read to its end.
        let page = Answer::raw(200, "text/html", "<p>\n".repeat(1 << 20));
        let error = asked(format, page).await.error();
        assert_error(&error, Variant::Misconfigured, "a long page");
        let empty = Answer::raw(200, "text/event-stream", "");
        let error = asked(format, empty).await.error();
        assert_error(&error, Variant::Interrupted, "an empty stream");
    }
}

#[tokio::test]
async fn an_error_that_comes_as_a_success_keeps_the_vendors_words() {
    for format in Format::ALL {
        for (body, variant) in [
            (
                r#"{"error": {"type": "authentication_error", "message": "the words"}}"#,
                Variant::Unauthorized,
            ),
            (
                r#"{"error": {"code": "429", "message": "the words"}}"#,
                Variant::RateLimited,
            ),
            (
                r#"{"object": "error", "type": "invalid_request_error", "message": "the words"}"#,
                Variant::Rejected,
            ),
            (r#"{"error": "the words"}"#, Variant::Unavailable),
        ] {
            for content_type in ["application/json", "text/event-stream"] {
                let answer = Answer::raw(200, content_type, body);
                let error = asked(format, answer).await.error();
                assert_error(&error, variant, &format!("{format:?}, {body}"));
                assert!(error.to_string().contains("the words"), "{error}");
            }
        }
        let answer = Answer::raw(200, "application/json", r#"{"error": null, "choices": []}"#);
        let error = asked(format, answer).await.error();
        assert_error(&error, Variant::Misconfigured, "a whole reply");
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_an_error_wherever_it_breaks() {
    let cuts = [Incident::End, Incident::Close, Incident::Reset];
    for format in Format::ALL {
        // After the headers, within the text, and right before the end marker.
        let events = events_of(format).await;
        for after in [0, 1, 3, events - 1] {
            for cut in &cuts {
                let answer = Answer::reply(hello()).after(after, cut.clone());
                let asked = asked(format, answer).await;
                let case = format!("{format:?}, {cut:?} after {after}");
                assert!("hello world".starts_with(&asked.text), "{case}");
                let error = asked.error();
                assert_error(&error, Variant::Interrupted, &case);
                if matches!(cut, Incident::End) {
                    assert!(std::error::Error::source(&error).is_none(), "{case}");
                }
            }
        }
    }
}

/// How many events the stream of `hello` has.
async fn events_of(format: Format) -> usize {
    let mut events = 0;
    loop {
        let answer = Answer::reply(hello()).after(events, Incident::End);
        if asked(format, answer).await.outcome.is_ok() {
            return events;
        }
        events += 1;
    }
}

#[tokio::test]
async fn a_reset_before_the_first_byte_is_an_error() {
    for format in Format::ALL {
        let error = asked(format, Answer::reset()).await.error();
        assert_error(&error, Variant::Interrupted, &format!("{format:?}"));
    }
}

#[tokio::test]
async fn a_port_without_a_server_is_a_failed_connection() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let provider = provider(&server);
        server.stopped().await;
        let error = ask(&provider, &question()).await.error();
        assert_error(&error, Variant::Connect, &format!("{format:?}"));
    }
}

#[tokio::test]
async fn an_error_inside_of_a_stream_is_the_error_that_it_means() {
    for format in Format::ALL {
        for (status, variant) in [
            (429, Variant::RateLimited),
            (500, Variant::Unavailable),
            (529, Variant::Unavailable),
        ] {
            let answer = Answer::reply(hello()).after(3, Incident::Error(status));
            let error = asked(format, answer).await.error();
            let case = format!("{format:?}, {status} in the stream");
            // Mistral documents no error of a stream; one without a known word may pass.
            let variant = match (format, status) {
                (Format::Mistral, 429) => Variant::Unavailable,
                _ => variant,
            };
            assert_error(&error, variant, &case);
        }
    }
}

#[tokio::test]
async fn a_line_that_is_no_json_is_undecodable() {
    for format in Format::ALL {
        let answer = Answer::reply(hello()).after(3, Incident::data("{\"choices\": [tru"));
        let error = asked(format, answer).await.error();
        assert_error(&error, Variant::Undecodable, &format!("{format:?}"));
    }
}

#[tokio::test]
async fn a_reply_of_over_a_thousand_calls_is_too_large() {
    let calls = |count: usize| {
        let calls = (0..count).map(|_| "count");
        calls.fold(Reply::new(), |reply, name| reply.tool_call(name, "{}"))
    };
    for format in Format::ALL {
        let most = asked(format, calls(1_000).into()).await.reply();
        assert_eq!(most.into_message().tool_calls().count(), 1_000);
        let error = asked(format, calls(1_001).into()).await.error();
        assert_error(&error, Variant::TooLarge, &format!("{format:?}"));
        assert!(error.to_string().contains(" goes over 1000 "), "{error}");
    }
}

#[tokio::test]
async fn a_line_without_an_end_in_sight_is_too_large() {
    for format in Format::ALL {
        let answer = Answer::reply(hello()).after(3, Incident::data("x".repeat(9 << 20)));
        let error = asked(format, answer).await.error();
        assert_error(&error, Variant::TooLarge, &format!("{format:?}"));
    }
}
