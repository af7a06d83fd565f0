//! Limits of time, and clients that leave.

use std::time::Duration;

use agentwerk::providers::{ProviderError, SharedProvider, TimeLimit};
use agentwerk_tests::asking::{ask, impatient_provider, provider};
use agentwerk_tests::vendor::{Answer, Format, Gate, Incident, VendorServer};

use super::errors::hello;
use super::talk::question;

/// Long enough for a request to arrive on a busy machine.
const SHORT: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_vendor_that_falls_silent_meets_the_limit_of_the_whole_request() {
    let mut cases = tokio::task::JoinSet::new();
    for format in Format::ALL {
        for answer in [
            Answer::silence(),
            Answer::reply(hello()).after(0, Incident::Silence),
            Answer::reply(hello()).after(3, Incident::Silence),
            Answer::reply(hello()).after(3, Incident::CommentsForever),
        ] {
            let case = format!("{format:?}, {answer:?}");
            let server = VendorServer::start(format).await;
            server.enqueue(answer);
            // Made before the clock runs: a client reads certificates, which takes its time.
            let provider = impatient_provider(&server, SHORT);
            cases.spawn(falls_silent(case, server, provider));
        }
    }
    cases.join_all().await;
}

async fn falls_silent(case: String, server: VendorServer, provider: SharedProvider) {
    let error = ask(&provider, &question()).await.error();
    let ProviderError::TimedOut { limit, after, .. } = error else {
        panic!("{case}: {error:?}");
    };
    assert_eq!((limit, after), (TimeLimit::Total, SHORT), "{case}");
    server.abandoned(1).await;
}

#[tokio::test]
async fn pieces_are_handed_on_before_the_reply_is_whole() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let gate = Gate::new();
        let end = match format {
            Format::Anthropic => 4,
            _ => 2,
        };
        server.enqueue(Answer::reply(hello()).after(end, Incident::Wait(gate.clone())));
        let provider = provider(&server);
        let (sender, mut pieces) = tokio::sync::mpsc::channel(1);
        let request = question();
        let deltas = agentwerk::chat::Deltas::new(&sender);
        let respond = provider.respond(&request, &deltas);
        let first = async {
            let first = pieces.recv().await;
            gate.open();
            while pieces
                .recv()
                .await
                .is_some_and(|piece| piece != agentwerk::chat::Delta::Text("world".to_owned()))
            {
            }
            first
        };
        let (reply, first) = tokio::join!(respond, first);
        assert_eq!(reply.expect("a reply").into_message().text(), "hello world");
        let expected = agentwerk::chat::Delta::Text("hel".to_owned());
        assert_eq!(first, Some(expected), "{format:?}");
    }
}

#[tokio::test]
async fn a_dropped_request_leaves_the_vendor() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Answer::reply(hello()).after(3, Incident::Silence));
        let provider = provider(&server);
        let request = question();
        tokio::select! {
            asked = ask(&provider, &request) => panic!("{asked:?}"),
            _ = server.request(0) => {}
        }
        server.abandoned(1).await;
    }
}

#[tokio::test]
async fn a_slow_reply_within_the_limit_is_a_reply() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let gate = Gate::new();
        server.enqueue(Answer::reply(hello()).when_open(&gate));
        let provider = provider(&server);
        let request = question();
        let (asked, _) = tokio::join!(ask(&provider, &request), async {
            server.request(0).await;
            gate.open();
        });
        assert_eq!(asked.reply().into_message().text(), "hello world");
    }
}
