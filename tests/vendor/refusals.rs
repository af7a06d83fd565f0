use std::collections::BTreeSet;

use agentwerk_tests::vendor::{Format, Reply, VendorServer};
use serde_json::{Value, json};

use super::client::Call;

/// A change that breaks one rule.
type Break = (&'static str, fn(&mut Call));

const COMMON: &[Break] = &[
    ("path", |call| call.path = "/v2/nothing".to_owned()),
    ("key", |call| {
        call.without("x-api-key");
        call.without("authorization");
    }),
    ("key", |call| {
        call.without("x-api-key");
        call.without("authorization");
        call.headers
            .push(("authorization", "Bearer another".to_owned()));
    }),
    ("key", |call| {
        let is_key = |(name, _): &&(&str, String)| ["x-api-key", "authorization"].contains(name);
        let sent = call.headers.iter().find(is_key).expect("a key");
        let key = sent.1.trim_start_matches("Bearer ").to_owned();
        call.without("x-api-key");
        call.without("authorization");
        let bearer = format!("Bearer {key}");
        call.headers
            .extend([("x-api-key", key), ("authorization", bearer)]);
    }),
    ("json", |call| call.body = Value::String("text".to_owned())),
    ("json", |call| call.without("content-type")),
    ("model", |call| call.set("/model", Value::Null)),
    ("model", |call| call.set("/messages", json!([]))),
    ("stream", |call| call.set("/stream", Value::Bool(false))),
    ("unknown field", |call| call.set("/surprise", json!(1))),
    ("unknown field", |call| {
        call.set("/messages/1/surprise", json!(1))
    }),
];

const ANTHROPIC: &[Break] = &[
    ("anthropic-version", |call| {
        call.without("anthropic-version")
    }),
    ("anthropic-version", |call| {
        call.without("anthropic-version");
        call.headers
            .push(("anthropic-version", "2019-01-01".to_owned()));
    }),
    ("max_tokens", |call| call.set("/max_tokens", Value::Null)),
    ("sampling", |call| call.set("/temperature", json!(0.5))),
    ("sampling", |call| call.set("/top_p", json!(0.5))),
    ("sampling", |call| {
        call.set(
            "/thinking",
            json!({"type": "enabled", "budget_tokens": 1024}),
        );
    }),
    ("output_config", |call| {
        call.set("/output_config", json!({"effort": "minimal"}));
    }),
    ("output_config", |call| {
        call.set("/output_config", json!({"reasoning": "low"}));
    }),
    ("roles", |call| {
        call.set("/messages/0/role", json!("system"))
    }),
    ("roles", |call| {
        call.set("/messages/0/role", json!("assistant"))
    }),
    ("prefill", |call| {
        call.set("/messages/2/role", json!("assistant"))
    }),
    ("empty text", |call| {
        call.set("/messages/0/content", json!(""))
    }),
    ("empty text", |call| {
        call.set("/messages/0/content", json!([]))
    }),
    ("empty text", |call| call.set("/system", json!(""))),
    ("empty text", |call| {
        call.set(
            "/messages/0/content",
            json!([{"type": "text", "text": " "}]),
        );
    }),
    ("tool results", |call| {
        call.set("/messages/2/content/0/tool_use_id", json!("toolu_2"));
    }),
    ("tool results", |call| {
        call.set("/messages/2/content", json!("never mind"))
    }),
    ("tool results", |call| {
        let result = call.body["messages"][2]["content"][0].clone();
        let text = json!({"type": "text", "text": "first"});
        call.set("/messages/2/content", json!([text, result]));
    }),
    ("tool inputs", |call| {
        call.set("/messages/1/content/0/input", json!("{\"a\""));
    }),
    ("tools", |call| call.set("/tools/0/name", json!("look.up"))),
    ("tools", |call| {
        call.set("/tools/0/input_schema", Value::Null)
    }),
    ("tools", |call| {
        let schema = json!({"type": "object", "anyOf": [{"required": ["a"]}]});
        call.set("/tools/0/input_schema", schema);
    }),
    ("tools", |call| {
        let schema = json!({"type": "object", "properties": {"filter[id]": {}}});
        call.set("/tools/0/input_schema", schema);
    }),
    ("tool fields", |call| {
        call.set("/tools/0/parameters", json!({}))
    }),
    ("tool fields", |call| {
        call.set("/tools/0/strict", json!("true"))
    }),
    ("strict tools", |call| {
        call.set("/tools/0/strict", json!(true))
    }),
    ("thinking", |call| {
        let thoughts = json!({"type": "thinking", "thinking": "hm", "signature": "forged"});
        let tool_use = call.body["messages"][1]["content"][0].clone();
        call.set("/messages/1/content", json!([thoughts, tool_use]));
    }),
    ("cache breakpoints", |call| {
        let block = call.body["system"][0].clone();
        call.set("/system", json!([block, block, block, block, block]));
    }),
    ("cache breakpoints", |call| {
        call.set("/system/0/text", json!(""));
    }),
    ("cache breakpoints", |call| {
        call.set("/system/0/cache_control", json!({"type": "forever"}));
    }),
    ("cache breakpoints", |call| {
        let mark = json!({"type": "ephemeral", "ttl": "1d"});
        call.set("/tools/0/cache_control", mark);
    }),
    ("cache breakpoints", |call| {
        let thoughts = json!({
            "type": "redacted_thinking", "data": "x", "cache_control": {"type": "ephemeral"},
        });
        let tool_use = call.body["messages"][1]["content"][0].clone();
        call.set("/messages/1/content", json!([thoughts, tool_use]));
    }),
];

const CHAT: &[Break] = &[
    ("roles", |call| call.set("/messages/1/role", json!("model"))),
    ("content", |call| {
        call.set("/messages/1/content", Value::Null)
    }),
    ("tool messages", |call| {
        call.set("/messages/3/tool_call_id", json!("Zz1Zz2Zz3"));
    }),
    ("tool messages", |call| {
        call.set(
            "/messages/3",
            json!({"role": "user", "content": "never mind"}),
        );
    }),
    ("tool calls", |call| {
        call.set("/messages/2/tool_calls/0/function/arguments", json!({}));
    }),
    ("tools", |call| {
        call.set("/tools/0/function/name", json!("look.up"))
    }),
    ("tools", |call| call.set("/tools", json!([]))),
    ("reasoning_effort", |call| {
        call.set("/reasoning_effort", json!("x_high"));
    }),
];

const OPENAI: &[Break] = &[
    ("max_completion_tokens", |call| {
        call.set("/max_tokens", json!(10))
    }),
    ("tool fields", |call| {
        call.set("/tools/0/strict", json!(true))
    }),
    ("tool fields", |call| {
        call.set("/tools/0/function/input_schema", json!({}));
    }),
    ("tool fields", |call| {
        call.set("/tools/0/function/strict", json!("true"));
    }),
    ("tool schemas", |call| {
        call.set("/tools/0/function/strict", json!(false));
        call.set("/tools/0/function/parameters/anyOf", json!([{}]));
    }),
    ("strict tools", |call| {
        call.set(
            "/tools/0/function/parameters/additionalProperties",
            json!(true),
        );
    }),
    ("strict tools", |call| {
        call.set(
            "/tools/0/function/parameters/properties/word",
            json!({"type": "string"}),
        );
    }),
];

const MISTRAL: &[Break] = &[
    ("call ids", |call| {
        call.set("/messages/2/tool_calls/0/id", json!("call_12345"));
    }),
    ("tool messages", |call| {
        call.set("/messages/3/tool_call_id", json!("Zz1Zz2Zz3"));
    }),
    ("role order", |call| {
        call.set("/messages/4", json!({"role": "user", "content": "and?"}));
    }),
    ("last role", |call| {
        call.set("/messages/4", json!({"role": "assistant", "content": "It"}));
    }),
    ("assistant content", |call| {
        call.set("/messages/2", json!({"role": "assistant", "content": ""}));
        call.set("/messages/3", json!({"role": "user", "content": "go on"}));
    }),
    ("tools", |call| {
        let tool = call.body["tools"][0].clone();
        call.set("/tools", Value::Array(vec![tool; 129]));
    }),
    ("reasoning_effort", |call| {
        call.set("/reasoning_effort", json!(3));
    }),
];

const LITELLM: &[Break] = &[("thinking", |call| {
    let thoughts = json!({"type": "thinking", "thinking": "hm", "signature": "forged"});
    call.set("/messages/2/thinking_blocks", json!([thoughts]));
})];

/// The proxy lets every field pass; the vendors behind it do not see unknown ones.
fn breaks(format: Format) -> Vec<Break> {
    let tables: &[&[Break]] = match format {
        Format::Anthropic => &[COMMON, ANTHROPIC],
        Format::OpenAi => &[COMMON, CHAT, OPENAI],
        Format::Mistral => &[COMMON, MISTRAL],
        Format::LiteLlm => &[COMMON, CHAT, LITELLM],
    };
    let all = tables.iter().copied().flatten().copied();
    all.filter(|(rule, _)| format != Format::LiteLlm || *rule != "unknown field")
        .collect()
}

#[tokio::test]
async fn every_rule_refuses_a_request_that_breaks_it() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().text("never sent"));
        for (number, (rule, change)) in breaks(format).into_iter().enumerate() {
            let mut call = Call::new(&server);
            change(&mut call);
            let status = call.send(&server).await.status();
            let request = server.request(number).await;
            let refusal = request.refusal.as_ref();
            let name = refusal.map(|refusal| refusal.rule);
            assert_eq!(name, Some(rule), "{format:?}, break {number}");
            assert_eq!(
                refusal.map(|refusal| refusal.status()),
                Some(status.as_u16())
            );
        }
        assert_eq!(server.answers_left(), 1, "a refusal takes no answer");
    }
}

#[tokio::test]
async fn a_request_that_breaks_no_rule_is_answered() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().text("fine"));
        let answer = Call::new(&server).send(&server).await;
        assert_eq!(answer.status(), 200, "{format:?}");
        assert!(server.refusals().is_empty());
    }
}

#[test]
fn every_rule_has_a_request_that_breaks_it() {
    for format in Format::ALL {
        let broken: BTreeSet<_> = breaks(format).iter().map(|(rule, _)| *rule).collect();
        let rules: BTreeSet<_> = format.rules().map(|rule| rule.name).collect();
        assert_eq!(broken, rules, "{format:?}");
        assert!(format.rules().all(|rule| !rule.source.is_empty()));
    }
}

#[tokio::test]
async fn errors_have_the_shape_of_the_vendor() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let mut call = Call::new(&server);
        call.path = "/v2/nothing".to_owned();
        let text = call.send(&server).await.text().await.expect("a body");
        let body: Value = serde_json::from_str(&text).expect("JSON");
        let message = match format {
            Format::Anthropic | Format::OpenAi | Format::LiteLlm => &body["error"]["message"],
            Format::Mistral => &body["message"],
        };
        assert_eq!(message, "Invalid URL (POST /v2/nothing)", "{format:?}");
    }
}
