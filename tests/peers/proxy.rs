//! Our providers through a LiteLLM proxy, with a loopback vendor behind it.

use std::time::Duration;

use agentwerk::chat::Message;
use agentwerk::providers::{ProviderError, SharedProvider};
use agentwerk_tests::asking::{ask, provider_at};
use agentwerk_tests::conversation::{converse, request};
use agentwerk_tests::scripted::{ANSWERING_USAGE, ASKING_USAGE, RETRY_AFTER_S};
use agentwerk_tests::vendor::Format;

use super::variable;

/// The models that the proxy serves, by the format of the vendor behind each.
const MODELS: [&str; 4] = ["anthropic", "openai", "hosted_vllm", "mistral"];

const CHUNKINGS: [&str; 2] = ["", "+byte-by-byte"];

/// Behind `/v1/messages`, the proxy joins calls that come in one chunk, so Mistral's must come in
/// several; see `README.md`.
fn model_name(format: Format, model: &str, chunking: &str) -> String {
    match (format, model) {
        (Format::Anthropic, "mistral") => format!("mistral+fragments{chunking}"),
        _ => format!("{model}{chunking}"),
    }
}

/// Holds all conversations, and fails at the end, so that one failure hides no other.
async fn converse_with_all(format: Format) {
    let (url, key) = (variable("PEERS_PROXY_URL"), variable("PEERS_PROXY_KEY"));
    let provider = provider_at(format, &url, &key, None);
    let mut failed = Vec::new();
    for model in MODELS {
        for chunking in CHUNKINGS {
            let model = model_name(format, model, chunking);
            let conversation = check(provider.clone(), model.clone());
            if tokio::spawn(conversation).await.is_err() {
                failed.push(model);
            }
        }
    }
    assert!(failed.is_empty(), "{format:?} through {failed:?}");
}

async fn check(provider: SharedProvider, model: String) {
    let usages = converse(&provider, &model).await;
    for (usage, wanted) in usages.into_iter().zip([ASKING_USAGE, ANSWERING_USAGE]) {
        assert_eq!(usage.output_tokens, wanted.output_tokens, "{model}");
        assert_eq!(
            usage.total_input_tokens(),
            wanted.total_input_tokens(),
            "{model}: {usage:?}"
        );
    }
}

#[tokio::test]
#[ignore = "needs a LiteLLM proxy: run tests/peers/run"]
async fn litellm_provider_talks_through_the_proxy() {
    converse_with_all(Format::LiteLlm).await;
}

#[tokio::test]
#[ignore = "needs a LiteLLM proxy: run tests/peers/run"]
async fn openai_provider_talks_through_the_proxy() {
    converse_with_all(Format::OpenAi).await;
}

#[tokio::test]
#[ignore = "needs a LiteLLM proxy: run tests/peers/run"]
async fn anthropic_provider_talks_through_the_proxy() {
    converse_with_all(Format::Anthropic).await;
}

/// Failures of the vendor. Mistral's error event is not among them: the proxy swallows it and ends
/// the stream as a whole one; see `README.md`.
const FAILURES: [&str; 4] = ["rate-limited", "overflow", "overloaded", "cut"];

/// What a caller can do about a failure is the same behind the proxy as without it.
fn is_kept(format: Format, failure: &str, error: &ProviderError) -> bool {
    match (failure, error) {
        // The proxy has the vendor's header in a header of its own, and at `/v1/messages` not at all.
        ("rate-limited", ProviderError::RateLimited { retry_after, .. }) => {
            let wanted = (format != Format::Anthropic).then(|| Duration::from_secs(RETRY_AFTER_S));
            *retry_after == wanted
        }
        ("overflow", ProviderError::ContextOverflow { .. })
        | ("overloaded" | "cut", ProviderError::Unavailable { .. }) => true,
        _ => false,
    }
}

#[tokio::test]
#[ignore = "needs a LiteLLM proxy: run tests/peers/run"]
async fn failures_keep_their_kind_through_the_proxy() {
    let (url, key) = (variable("PEERS_PROXY_URL"), variable("PEERS_PROXY_KEY"));
    let mut wrong = Vec::new();
    for format in [Format::LiteLlm, Format::Anthropic, Format::OpenAi] {
        let provider = provider_at(format, &url, &key, None);
        let all = MODELS
            .iter()
            .flat_map(|model| FAILURES.map(|f| (*model, f)));
        for (model, failure) in all.filter(|all| *all != ("mistral", "overloaded")) {
            let name = format!("{model}+{failure}");
            let asked = ask(&provider, &request(&name, vec![Message::user("Hm?")])).await;
            match asked.outcome {
                Err(error) if is_kept(format, failure, &error) => {}
                outcome => wrong.push(format!("{format:?}, {name}: {outcome:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
