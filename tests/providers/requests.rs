//! What is sent.

use agentwerk::chat::{CallResult, Message, ReasoningEffort, Request, ToolArguments};
use agentwerk_tests::asking::{ask, provider};
use agentwerk_tests::vendor::{Format, Quirk, Reply, VendorServer, sign};
use serde_json::Value;

use super::talk::{answered, question, request, two_calls};

/// Asks, and fails with the vendor's words when it refuses.
async fn reply_to(server: &VendorServer, request: &Request, reply: Reply) -> Request {
    server.enqueue(reply);
    let response = ask(&provider(server), request).await.outcome;
    let response = response.unwrap_or_else(|error| panic!("{:?}: {error:?}", server.format()));
    answered(request, &response)
}

/// A message without the marks that tell a cache where to stop; they are no part of the prompt.
fn unmarked(message: &str) -> String {
    fn strip(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::Object(fields) => {
                fields.shift_remove("cache_control");
                fields.values_mut().for_each(strip);
            }
            _ => {}
        }
    }
    let mut value = serde_json::from_str(message).expect("JSON");
    strip(&mut value);
    value.to_string()
}

#[tokio::test]
async fn each_request_repeats_the_one_before_byte_by_byte() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let mut request = question();
        for turn in 0..40 {
            let arguments = format!("{{\"word\": \"w{turn}\",\"a\":1.0,  \"b\":1e3}}");
            let reply = Reply::new()
                .thinking(format!("Turn {turn}. Ωμέγα"))
                .tool_call("look_up", arguments);
            request = reply_to(&server, &request, reply).await;
        }
        let requests = server.requests();
        let mut sent = requests.iter().map(|request| request.raw_messages());
        let mut before = sent.next().expect("a first request");
        for messages in sent {
            let messages: Vec<String> = messages.iter().map(|raw| unmarked(raw)).collect();
            let before_unmarked: Vec<String> = before.iter().map(|raw| unmarked(raw)).collect();
            assert!(messages.starts_with(&before_unmarked), "{format:?}");
            before = messages;
        }
        let fixed = |field: &str| {
            let mut values = requests
                .iter()
                .map(|request| request.body[field].to_string());
            let first = values.next();
            values.all(|value| Some(&value) == first.as_ref())
        };
        assert!(fixed("tools") && fixed("system"), "{format:?}");
    }
}

#[tokio::test]
async fn anthropic_always_gets_a_cap_of_the_reply() {
    let server = VendorServer::start(Format::Anthropic).await;
    reply_to(&server, &question(), Reply::new().text("fine")).await;
    let capped = question().max_reply_tokens(77);
    reply_to(&server, &capped, Reply::new().text("fine")).await;
    let requests = server.requests();
    let caps: Vec<_> = requests.iter().map(|r| &r.body["max_tokens"]).collect();
    assert!(
        caps[0].as_u64().is_some_and(|cap| cap <= 20_000),
        "{caps:?}"
    );
    assert_eq!(caps[1], 77);
}

#[tokio::test]
async fn a_cap_that_was_set_reaches_every_vendor() {
    for (format, field) in [
        (Format::OpenAi, "max_completion_tokens"),
        (Format::Mistral, "max_tokens"),
        (Format::LiteLlm, "max_tokens"),
    ] {
        let server = VendorServer::start(format).await;
        let capped = question().max_reply_tokens(77);
        reply_to(&server, &capped, Reply::new().text("fine")).await;
        let body = &server.requests()[0].body;
        let other = &body["max_completion_tokens"];
        assert!(
            body[field] == 77 || format == Format::LiteLlm && other == 77,
            "{body}"
        );
    }
}

#[tokio::test]
async fn every_vendor_takes_every_effort() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let pointer = match format {
            Format::Anthropic => "/output_config/effort",
            _ => "/reasoning_effort",
        };
        let sent = |number: usize| {
            let request = &server.requests()[number];
            request.body.pointer(pointer).cloned()
        };
        reply_to(&server, &question(), Reply::new().text("fine")).await;
        assert_eq!(sent(0), None, "{format:?}");
        let efforts = [
            ReasoningEffort::None,
            ReasoningEffort::Minimal,
            ReasoningEffort::Low,
            ReasoningEffort::Medium,
            ReasoningEffort::High,
            ReasoningEffort::XHigh,
            ReasoningEffort::Max,
        ];
        for (number, effort) in efforts.into_iter().enumerate() {
            let request = question().reasoning_effort(effort);
            reply_to(&server, &request, Reply::new().text("fine")).await;
            assert!(sent(number + 1).is_some(), "{format:?}, {effort:?}");
        }
    }
}

#[tokio::test]
async fn thoughts_go_back_as_they_came() {
    let thoughts = "Line one.\n\ttab, “quotes”, \\, é as e\u{301}, \u{1f980}";
    let reply = Reply::new()
        .thinking(thoughts)
        .redacted("b64+/opaque==")
        .thinking("A second block.")
        .tool_call("count", "");
    for (format, pointer) in [
        (Format::Anthropic, "/messages/1/content"),
        (Format::LiteLlm, "/messages/2/thinking_blocks"),
    ] {
        let server = VendorServer::start(format).await;
        let next = reply_to(&server, &question(), reply.clone()).await;
        reply_to(&server, &next, Reply::new().text("fine")).await;
        let body = &server.requests()[1].body;
        let blocks = body.pointer(pointer).and_then(Value::as_array);
        let blocks = blocks.unwrap_or_else(|| panic!("{format:?}: {body}"));
        assert_eq!(blocks[0]["thinking"], thoughts, "{format:?}");
        assert_eq!(blocks[0]["signature"], sign(thoughts), "{format:?}");
        assert_eq!(blocks[1]["type"], "redacted_thinking", "{format:?}");
        assert_eq!(blocks[1]["data"], "b64+/opaque==", "{format:?}");
        assert_eq!(
            blocks[2]["signature"],
            sign("A second block."),
            "{format:?}"
        );
    }
}

#[tokio::test]
async fn mistral_gets_ids_of_its_own_form_for_every_call() {
    let server = VendorServer::start(Format::Mistral).await;
    let reply = two_calls().quirk(Quirk::NullIds);
    let next = reply_to(&server, &question(), reply).await;
    reply_to(&server, &next, Reply::new().text("fine")).await;
    let body = &server.requests()[1].body;
    let calls = &body.pointer("/messages/2/tool_calls").expect("calls");
    assert_ne!(calls[0]["id"], calls[1]["id"], "two calls are told apart");
    assert_eq!(body["messages"][3]["tool_call_id"], calls[0]["id"]);
    assert_eq!(body["messages"][4]["tool_call_id"], calls[1]["id"]);
}

#[tokio::test]
async fn arguments_that_are_no_json_survive_the_turn() {
    let broken = "{\"word\": \"na";
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().tool_call("look_up", broken));
        let response = ask(&provider(&server), &question()).await.reply();
        let message = response.clone().into_message();
        let arguments = message
            .tool_calls()
            .next()
            .map(|call| call.arguments.clone());
        assert_eq!(arguments, Some(ToolArguments::new(broken)), "{format:?}");
        // The conversation goes on: the vendor takes the call and its result.
        let next = answered(&question(), &response);
        reply_to(&server, &next, Reply::new().text("fine")).await;
        let sent = server.requests()[1].text.clone();
        assert!(sent.contains("na"), "{format:?}: {sent}");
    }
}

#[tokio::test]
async fn results_go_before_the_text_of_the_same_message() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(two_calls());
        let response = ask(&provider(&server), &question()).await.reply();
        let mut next = answered(&question(), &response);
        next.messages.push(Message::user("And be quick."));
        reply_to(&server, &next, Reply::new().text("fine")).await;
        assert!(server.requests()[1].text.contains("And be quick."));
    }
}

#[tokio::test]
async fn an_empty_result_and_a_failed_one_are_taken() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(two_calls());
        let response = ask(&provider(&server), &question()).await.reply();
        let message = response.into_message();
        let results = message
            .tool_calls()
            .zip([(String::new(), false), ("no".into(), true)]);
        let results = results.map(|(call, (content, is_error))| CallResult {
            call_id: call.id.clone(),
            content,
            is_error,
        });
        let results = Message::tool_results(results.collect());
        let mut messages = question().messages;
        messages.extend([message, results]);
        reply_to(&server, &request(messages), Reply::new().text("fine")).await;
    }
}
