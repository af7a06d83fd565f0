//! No key gets out.

use std::error::Error;

use agentwerk_tests::asking::{ask, provider, provider_at};
use agentwerk_tests::vendor::{Answer, Format, Incident, KEY, VendorServer};

use super::errors::hello;
use super::talk::question;

/// Everything that an error shows: its words, its fields, and those of its causes.
fn shown(error: &dyn Error) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(&format!(" {cause} {cause:?}"));
        source = cause.source();
    }
    shown
}

#[tokio::test]
async fn no_error_shows_the_key_even_when_the_vendor_repeats_it() {
    let words = format!("Received={KEY}, which is not known; bad `Bearer {KEY}`");
    for format in Format::ALL {
        for answer in [
            Answer::status(400).message(words.as_str()),
            Answer::status(401).message(words.as_str()),
            Answer::status(429).message(words.as_str()),
            Answer::status(500).message(words.as_str()),
            Answer::raw(403, "text/plain", words.as_str()),
            Answer::reply(hello()).after(2, Incident::data(words.as_str())),
            Answer::reply(hello()).after(2, Incident::Close),
            Answer::reset(),
        ] {
            let server = VendorServer::start(format).await;
            server.enqueue(answer);
            let error = ask(&provider(&server), &question()).await.error();
            assert!(
                !shown(&error).contains(KEY),
                "{format:?}: {}",
                shown(&error)
            );
        }
    }
}

#[test]
fn no_provider_shows_its_key() {
    for format in Format::ALL {
        let provider = provider_at(format, "http://127.0.0.1:9", None);
        assert!(!format!("{provider:?}").contains(KEY));
    }
    let shown = [
        format!("{:?}", agentwerk::providers::AnthropicProvider::new(KEY)),
        format!("{:?}", agentwerk::providers::OpenAiProvider::new(KEY)),
        format!("{:?}", agentwerk::providers::MistralProvider::new(KEY)),
        format!("{:?}", agentwerk::providers::LiteLlmProvider::new(KEY)),
    ];
    assert!(shown.iter().all(|shown| !shown.contains(KEY)), "{shown:?}");
}

#[tokio::test]
async fn a_redirect_takes_the_key_to_no_other_host() {
    for format in Format::ALL {
        let (server, other) = (
            VendorServer::start(format).await,
            VendorServer::start(format).await,
        );
        let elsewhere = format!("{}{}", other.base_url(), format.paths()[0]);
        let redirect = Answer::raw(307, "text/plain", "").header("location", elsewhere);
        server.enqueue(redirect);
        other.enqueue(hello());
        let asked = ask(&provider(&server), &question()).await;
        assert!(asked.outcome.is_err(), "{format:?}");
        let keys: Vec<_> = other.requests().iter().map(|r| r.key().is_some()).collect();
        assert!(!keys.contains(&true), "{format:?}");
    }
}
