//! No key gets out.

use std::error::Error;

use agentwerk::providers::{AnthropicProvider, LiteLlmProvider, MistralProvider, OpenAiProvider};
use agentwerk_tests::asking::{ask, provider, provider_at};
use agentwerk_tests::vendor::{Answer, Format, Incident, VendorServer};

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

/// Answers that repeat a text, where a vendor may repeat the key that it got.
fn repeating(words: &str) -> Vec<Answer> {
    let statuses = [400, 401, 429, 500];
    let statuses = statuses.map(|status| Answer::status(status).message(words));
    let others = [
        Answer::raw(403, "text/plain", words),
        Answer::raw(200, "application/json", words),
        Answer::reply(hello()).after(2, Incident::data(words)),
        Answer::reply(hello()).after(2, Incident::data(format!(r#"{{"error":"{words}"}}"#))),
        Answer::reply(hello()).after(2, Incident::Close),
        Answer::reset(),
    ];
    statuses.into_iter().chain(others).collect()
}

#[tokio::test]
async fn no_error_shows_the_key_even_when_the_vendor_repeats_it() {
    for format in Format::ALL {
        for case in 0..repeating("").len() {
            let server = VendorServer::start(format).await;
            let key = server.key();
            let words = format!("Received={key}, which is not known; bad `Bearer {key}`");
            server.enqueue(repeating(&words).swap_remove(case));
            let error = ask(&provider(&server), &question()).await.error();
            let shown = shown(&error);
            assert!(!shown.contains(key), "{format:?}, case {case}: {shown}");
        }
    }
}

#[test]
fn no_provider_shows_its_key() {
    let key = "sk-loopback-to-be-hidden";
    for format in Format::ALL {
        let provider = provider_at(format, "http://127.0.0.1:9", key, None);
        assert!(!format!("{provider:?}").contains(key));
    }
    let shown = [
        format!("{:?}", AnthropicProvider::new(key)),
        format!("{:?}", OpenAiProvider::new(key)),
        format!("{:?}", MistralProvider::new(key)),
        format!("{:?}", LiteLlmProvider::new(key)),
    ];
    assert!(shown.iter().all(|shown| !shown.contains(key)), "{shown:?}");
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
