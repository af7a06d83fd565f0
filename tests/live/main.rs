//! The real vendors, for whoever has a key: `cargo test -p agentwerk-tests --test live -- --ignored`.

use std::env::var;

use agentwerk::chat::{Message, Request, StopReason, ToolSpec};
use agentwerk::providers::{
    AnthropicProvider, LiteLlmProvider, MistralProvider, OpenAiProvider, SharedProvider,
};
use agentwerk::{Agent, Ticket, TicketResult, TicketSystem};
use agentwerk_tests::asking::ask;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One vendor as the environment describes it.
struct Live {
    provider: SharedProvider,
    model: String,
}

/// A variable that is set and not empty.
fn set(name: &str) -> Option<String> {
    var(name).ok().filter(|value| !value.is_empty())
}

macro_rules! live {
    ($provider:ident, $prefix:literal, $model:literal) => {{
        let Some(key) = set(concat!($prefix, "_API_KEY")) else {
            println!(concat!("skipped: ", $prefix, "_API_KEY is not set"));
            return;
        };
        let provider = $provider::new(key);
        let provider = match set(concat!($prefix, "_BASE_URL")) {
            Some(url) => provider.base_url(url),
            None => provider,
        };
        Live {
            provider: SharedProvider::new(provider),
            model: set(concat!($prefix, "_MODEL")).unwrap_or_else(|| $model.to_owned()),
        }
    }};
}

async fn answers_with_text(live: Live) {
    let messages = vec![Message::user("Answer with the one word: pear")];
    let request = Request::new(live.model, messages).max_reply_tokens(2_000);
    let asked = ask(&live.provider, &request).await;
    assert!(asked.text.to_lowercase().contains("pear"), "{asked:?}");
    let reply = asked.reply();
    assert_eq!(reply.stop_reason, StopReason::EndTurn);
    assert!(reply.usage.total_input_tokens() > 0 && reply.usage.output_tokens > 0);
}

async fn calls_a_tool(live: Live) {
    let add = ToolSpec::new("add", "Adds two integers.").schema(json!({
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": false,
    }));
    let messages = vec![Message::user("Use the tool to add 20 and 22.")];
    let request = Request::new(live.model, messages)
        .tools(vec![add])
        .max_reply_tokens(2_000);
    let reply = ask(&live.provider, &request).await.reply();
    assert_eq!(reply.stop_reason, StopReason::ToolCalls);
    let message = reply.into_message();
    let call = message.tool_calls().next().expect("a call");
    assert_eq!(call.name, "add");
    let arguments = call.arguments.parse().expect("JSON");
    assert_eq!(arguments, json!({"a": 20, "b": 22}));
}

/// What a number is like.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
struct Number {
    /// The number itself.
    value: u32,
    /// Whether it can be divided by two.
    even: bool,
}

async fn gives_a_typed_result(live: Live) {
    let tickets = TicketSystem::in_memory();
    tickets.max_turns(6);
    tickets.agent(Agent::new().provider(live.provider).model(live.model));
    let ticket = Ticket::new("Describe the number 42.").returns::<Number>();
    let number = tickets.submit(ticket).await.expect("a result");
    assert_eq!((number.value, number.even), (42, true));
}

macro_rules! vendor {
    ($name:ident, $provider:ident, $prefix:literal, $model:literal, $reason:literal) => {
        mod $name {
            use super::*;

            #[tokio::test]
            #[ignore = $reason]
            async fn answers_with_text() {
                super::answers_with_text(live!($provider, $prefix, $model)).await;
            }

            #[tokio::test]
            #[ignore = $reason]
            async fn calls_a_tool() {
                super::calls_a_tool(live!($provider, $prefix, $model)).await;
            }

            #[tokio::test]
            #[ignore = $reason]
            async fn gives_a_typed_result() {
                super::gives_a_typed_result(live!($provider, $prefix, $model)).await;
            }
        }
    };
}

vendor!(
    anthropic,
    AnthropicProvider,
    "ANTHROPIC",
    "claude-sonnet-5-5",
    "needs ANTHROPIC_API_KEY"
);
vendor!(
    openai,
    OpenAiProvider,
    "OPENAI",
    "gpt-6.1-terra",
    "needs OPENAI_API_KEY"
);
vendor!(
    mistral,
    MistralProvider,
    "MISTRAL",
    "mistral-medium-latest",
    "needs MISTRAL_API_KEY"
);
vendor!(
    litellm,
    LiteLlmProvider,
    "LITELLM",
    "claude-sonnet-5-5",
    "needs LITELLM_API_KEY"
);
