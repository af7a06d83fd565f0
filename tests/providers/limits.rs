//! Limits of time, and clients that leave.

use std::time::Duration;

use agentwerk::providers::{ProviderError, TimeLimit};
use agentwerk_tests::asking::{ask, impatient_provider, provider};
use agentwerk_tests::vendor::{Answer, Format, Gate, Incident, VendorServer};
use tokio::time::Instant;

use super::errors::hello;
use super::talk::question;

/// The limit of a whole request: longer than one takes to arrive on a busy machine.
const LIMIT: Duration = Duration::from_secs(50);

#[tokio::test]
async fn a_vendor_that_falls_silent_meets_the_limit_of_the_whole_request() {
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
            let provider = impatient_provider(&server, LIMIT);
            let request = question();
            let (asked, ()) = tokio::join!(ask(&provider, &request), async {
                server.request(0).await;
                tokio::time::pause();
                tokio::time::advance(LIMIT).await;
            });
            tokio::time::resume();
            let error = asked.error();
            let ProviderError::TimedOut { limit, after, .. } = error else {
                panic!("{case}: {error:?}");
            };
            assert_eq!((limit, after), (TimeLimit::Total, LIMIT), "{case}");
            server.abandoned(1).await;
        }
    }
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

/// How long a vendor may send no data.
const IDLE: Duration = Duration::from_secs(120);

fn assert_idle(error: ProviderError, began: Instant, case: &str) {
    let ProviderError::TimedOut { limit, after, .. } = error else {
        panic!("{case}: {error:?}");
    };
    assert_eq!((limit, after), (TimeLimit::Idle, IDLE), "{case}");
    let waited = began.elapsed();
    // The vendor's silence began a little before it was seen.
    assert!(
        waited > IDLE / 2 && waited < IDLE + IDLE / 4,
        "{case}: {waited:?}"
    );
}

#[tokio::test]
async fn a_vendor_may_be_silent_for_two_minutes_before_it_answers() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Answer::silence());
        let provider = provider(&server);
        let request = question();
        // The clock stands still as soon as nothing but time is missing.
        let (asked, began) = tokio::join!(ask(&provider, &request), async {
            server.request(0).await;
            tokio::time::pause();
            Instant::now()
        });
        assert_idle(asked.error(), began, &format!("{format:?}"));
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_sign_of_life_without_data_gives_a_vendor_no_more_time() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let gate = Gate::new();
        let begun = match format {
            Format::Anthropic => 4,
            _ => 2,
        };
        let answer = Answer::reply(hello())
            .after(begun, Incident::Wait(gate.clone()))
            .after(begun, Incident::Pings(1))
            .after(begun, Incident::Silence);
        server.enqueue(answer);
        let provider = provider(&server);
        let (sender, mut pieces) = tokio::sync::mpsc::channel(1);
        let request = question();
        let deltas = agentwerk::chat::Deltas::new(&sender);
        let (replied, began) = tokio::join!(provider.respond(&request, &deltas), async {
            pieces.recv().await.expect("the reply begins");
            tokio::time::pause();
            let began = Instant::now();
            tokio::time::sleep(IDLE / 2).await;
            gate.open();
            began
        });
        assert_idle(replied.unwrap_err(), began, &format!("{format:?}"));
        tokio::time::resume();
    }
}
