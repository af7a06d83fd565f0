//! Strict tools on the wire: what is asked for, what is sent, and what comes back.

use std::collections::BTreeMap;
use std::sync::Arc;

use agentwerk::chat::{CallResult, Message, Request, Response, Strict, ToolSpec};
use agentwerk::event::FailureReason;
use agentwerk::providers::{
    AnthropicProvider, MistralProvider, OpenAiProvider, Provider, ProviderError, SharedProvider,
};
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, RunError, RunOutcome, Status, Ticket, TicketResult, TicketSystem};
use agentwerk_tests::asking::ask;
use agentwerk_tests::vendor::{Format, Reply, VendorServer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const STRICT: [Format; 2] = [Format::OpenAi, Format::Anthropic];

/// The vendor's provider at a server of one's own, which is asked to be strict.
fn strict_provider(server: &VendorServer) -> SharedProvider {
    let (url, key) = (server.base_url(), server.key());
    match server.format() {
        Format::Anthropic => {
            SharedProvider::new(AnthropicProvider::new(key).base_url(url).strict_tools(true))
        }
        _ => SharedProvider::new(OpenAiProvider::new(key).base_url(url).strict_tools(true)),
    }
}

/// A tool whose values are written in another form by both vendors.
fn tag() -> ToolSpec {
    ToolSpec::new("tag", "Tags.").schema(json!({
        "type": "object",
        "properties": {
            "tags": {
                "type": "object", "additionalProperties": {"type": "integer"}, "x-maps": "entries"
            },
            "limit": {"type": "integer", "format": "uint8", "minimum": 0, "maximum": 9, "default": 3}
        },
        "required": ["tags"]
    }))
}

fn untyped() -> ToolSpec {
    ToolSpec::new("note", "Notes.").schema(json!({
        "type": "object", "properties": {"note": true}
    }))
}

/// The tools as a request has them: whether each is strict, and its schema.
fn sent_tools(body: &Value) -> Vec<(bool, Value)> {
    let tools = body["tools"].as_array().unwrap().iter();
    tools
        .map(|tool| {
            let function = tool.get("function").unwrap_or(tool);
            let schema = function
                .get("parameters")
                .unwrap_or(&function["input_schema"]);
            (function["strict"] == true, schema.clone())
        })
        .collect()
}

/// The request after a reply, whose calls are all answered.
fn answered(request: &Request, response: &Response) -> Request {
    let reply = response.clone().into_message();
    let results = reply.tool_calls().map(|call| CallResult {
        call_id: call.id.clone(),
        content: "done".to_owned(),
        is_error: false,
    });
    let results = Message::tool_results(results.collect());
    let mut next = request.clone();
    next.messages.extend([reply, results]);
    next
}

fn arguments(response: &Response) -> Vec<String> {
    let message = response.clone().into_message();
    message
        .tool_calls()
        .map(|call| call.arguments.as_str().to_owned())
        .collect()
}

/// What Anthropic's cache is told behind a block.
const CACHE_MARK: &str = r#","cache_control":{"type":"ephemeral"}"#;

#[tokio::test]
async fn a_strict_tool_is_called_in_the_vendors_form_and_runs_with_its_own() {
    for format in STRICT {
        let server = VendorServer::start(format).await;
        let provider = strict_provider(&server);
        let request =
            Request::new("m", vec![Message::user("Tag it.")]).tools(vec![tag(), untyped()]);
        let written = r#"{"tags":[{"key":"b","value":1},{"key":"a","value":2}],"limit":null}"#;
        let written = if format == Format::OpenAi {
            written
        } else {
            &written.replace(r#","limit":null"#, "")
        };
        let reply = Reply::new()
            .tool_call("tag", written)
            .tool_call("tag", "{\"tags\": [1.50]}")
            .tool_call("note", "{ \"note\": 1.50}")
            .tool_call("unknown", "{ }");
        server.enqueue(reply);
        let response = ask(&provider, &request).await.reply();
        let expected = [
            r#"{"tags":{"b":1,"a":2}}"#,
            "{\"tags\": [1.50]}",
            "{ \"note\": 1.50}",
            "{ }",
        ];
        assert_eq!(arguments(&response), expected, "{format:?}");
        server.enqueue(Reply::new().text("Done."));
        ask(&provider, &answered(&request, &response)).await.reply();
        let requests = server.requests();
        let [(first, schema), (second, _)] = sent_tools(&requests[0].body).try_into().unwrap();
        assert_eq!((first, second), (true, false), "{}", requests[0].body);
        assert_eq!(schema["properties"]["tags"]["type"], "array");
        let repeated = requests[1].body.to_string().replace("\\\"", "\"");
        assert!(repeated.contains(written), "{repeated}");
        assert!(requests[1].raw_messages()[0] == requests[0].raw_messages()[0]);
    }
}

#[tokio::test]
async fn arguments_that_are_no_json_stay_as_they_are() {
    let server = VendorServer::start(Format::OpenAi).await;
    let request = Request::new("m", vec![Message::user("Tag it.")]).tools(vec![tag()]);
    server.enqueue(Reply::new().tool_call("tag", "{\"tags\": ["));
    let response = ask(&strict_provider(&server), &request).await.reply();
    assert_eq!(arguments(&response), ["{\"tags\": ["]);
}

#[tokio::test]
async fn each_strict_request_repeats_the_one_before_byte_by_byte() {
    for format in STRICT {
        let server = VendorServer::start(format).await;
        let provider = strict_provider(&server);
        let mut request = Request::new("m", vec![Message::user("Tag it.")]).tools(vec![tag()]);
        for turn in 0..5 {
            let written = json!({"tags": [{"key": "a", "value": turn}], "limit": turn});
            server.enqueue(Reply::new().tool_call("tag", written.to_string()));
            let response = ask(&provider, &request).await.reply();
            request = answered(&request, &response);
        }
        let requests = server.requests();
        for pair in requests.windows(2) {
            // The marks of the cache move on; they are no part of the prompt.
            let [before, after] = [&pair[0], &pair[1]].map(|request| {
                let messages = request.raw_messages().into_iter();
                let plain = messages.map(|message| message.replace(CACHE_MARK, ""));
                plain.collect::<Vec<_>>()
            });
            assert_eq!(before[..], after[..before.len()], "{format:?}");
            assert_eq!(pair[0].body["tools"], pair[1].body["tools"]);
        }
    }
}

#[tokio::test]
async fn a_conversation_that_goes_on_elsewhere_is_written_in_the_form_of_that_place() {
    let server = VendorServer::start(Format::OpenAi).await;
    let strict = strict_provider(&server);
    let plain = OpenAiProvider::new(server.key()).base_url(server.base_url());
    let request = Request::new("m", vec![Message::user("Tag it.")]).tools(vec![tag()]);
    let written = r#"{"tags":[{"key":"b","value":1}],"limit":null}"#;
    server.enqueue(Reply::new().tool_call("tag", written));
    let response = ask(&strict, &request).await.reply();
    let request = answered(&request, &response);
    for (provider, expected) in [
        (&strict, written),
        (&SharedProvider::new(plain), r#"{"tags":{"b":1}}"#),
        (&strict, written),
    ] {
        server.enqueue(Reply::new().text("Done."));
        ask(provider, &request).await.reply();
        let messages = server.requests().last().unwrap().messages().to_vec();
        let call = &messages[1]["tool_calls"][0]["function"];
        assert_eq!(call["arguments"], expected);
    }
}

#[tokio::test]
async fn only_who_asks_for_it_is_strict() {
    for format in STRICT {
        let server = VendorServer::start(format).await;
        let (url, key) = (server.base_url(), server.key());
        let plain = match format {
            Format::Anthropic => SharedProvider::new(AnthropicProvider::new(key).base_url(url)),
            _ => SharedProvider::new(OpenAiProvider::new(key).base_url(url)),
        };
        for (provider, spec, expected) in [
            (&plain, tag(), false),
            (&plain, tag().strict(Strict::Required), false),
            (&strict_provider(&server), tag(), true),
            (
                &strict_provider(&server),
                tag().strict(Strict::Required),
                true,
            ),
            (&strict_provider(&server), tag().strict(Strict::Off), false),
        ] {
            server.enqueue(Reply::new().text("Fine."));
            let request = Request::new("m", vec![Message::user("Hi.")]).tools(vec![spec]);
            ask(provider, &request).await.reply();
            let body = server.requests().last().unwrap().body.clone();
            let [(is_strict, schema)] = sent_tools(&body).try_into().unwrap();
            assert_eq!(is_strict, expected, "{format:?}: {body}");
            // Extensions are told nobody.
            assert!(!schema.to_string().contains("x-maps"), "{schema}");
        }
    }
}

#[test]
fn the_vendors_own_hosts_are_strict() {
    let refused = [untyped().strict(Strict::Required)];
    let checks = [
        (OpenAiProvider::new("k").check_tools(&refused), true),
        (
            OpenAiProvider::new("k")
                .base_url("https://API.openai.com/v1")
                .check_tools(&refused),
            true,
        ),
        (
            OpenAiProvider::new("k")
                .base_url("http://localhost:8000/v1")
                .check_tools(&refused),
            false,
        ),
        (
            OpenAiProvider::new("k")
                .strict_tools(false)
                .check_tools(&refused),
            false,
        ),
        (AnthropicProvider::new("k").check_tools(&refused), true),
        (
            AnthropicProvider::new("k")
                .base_url("https://api.anthropic.com/")
                .check_tools(&refused),
            true,
        ),
        (
            AnthropicProvider::new("k")
                .base_url("https://proxy.example")
                .check_tools(&refused),
            false,
        ),
        (
            AnthropicProvider::new("k")
                .strict_tools(false)
                .check_tools(&refused),
            false,
        ),
        (MistralProvider::new("k").check_tools(&refused), false),
    ];
    for (number, (checked, is_refused)) in checks.into_iter().enumerate() {
        assert_eq!(checked.is_err(), is_refused, "{number}: {checked:?}");
    }
}

#[tokio::test]
async fn the_strict_tools_of_a_request_to_anthropic_are_at_most_twenty() {
    let server = VendorServer::start(Format::Anthropic).await;
    let provider = strict_provider(&server);
    let tools: Vec<_> = (0..22)
        .map(|number| ToolSpec::new(format!("t{number}"), "Does it."))
        .collect();
    let mut bodies = Vec::new();
    for _ in 0..2 {
        server.enqueue(Reply::new().text("Fine."));
        let request = Request::new("m", vec![Message::user("Hi.")]).tools(tools.clone());
        ask(&provider, &request).await.reply();
        bodies.push(server.requests().last().unwrap().body["tools"].to_string());
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[0].matches("\"strict\":true").count(), 20);
    let required: Vec<_> = tools
        .into_iter()
        .map(|tool| tool.strict(Strict::Required))
        .collect();
    let refusal = provider.check_tools(&required).unwrap_err();
    assert_eq!(refusal.tool, "t0");
    assert!(refusal.to_string().contains("22 strict tools"), "{refusal}");
}

#[tokio::test]
async fn a_tool_that_must_be_strict_and_cannot_is_never_sent() {
    for format in STRICT {
        let server = VendorServer::start(format).await;
        let provider = strict_provider(&server);
        let tools = vec![tag(), untyped().strict(Strict::Required)];
        let refusal = provider.check_tools(&tools).unwrap_err();
        assert_eq!(refusal.tool, "note");
        assert!(
            refusal.reasons[0].starts_with("/properties/note: any value"),
            "{refusal}"
        );
        let again = Arc::new(OpenAiProvider::new("k"))
            .check_tools(&tools)
            .unwrap_err();
        assert_eq!(again, refusal);
        let request = Request::new("m", vec![Message::user("Hi.")]).tools(tools);
        let error = ask(&provider, &request).await.outcome.unwrap_err();
        assert!(
            matches!(error, ProviderError::Misconfigured { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("/properties/note"), "{error}");
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn a_run_does_not_start_with_a_tool_that_must_be_strict_and_cannot() {
    let note = Tool::new("note", "Notes.")
        .schema((*untyped().schema).clone())
        .strict(Strict::Required)
        .handler(|_, _| async { Ok(ToolResult::success("noted")) });
    let agent = Agent::new()
        .name("writer")
        .provider(OpenAiProvider::new("k"))
        .model("m")
        .tool(note);
    let system = TicketSystem::in_memory();
    system.agent(agent.clone());
    let error = system.try_start().unwrap_err();
    let RunError::ToolNotStrict {
        agent: name,
        tool,
        reasons,
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(
        (name.as_str(), tool.as_str(), reasons.len()),
        ("writer", "note", 1)
    );
    assert!(
        error.to_string().contains("/properties/note: any value"),
        "{error}"
    );
    let error = agent.run(vec![Message::user("Hi.")]).await.unwrap_err();
    assert!(error.to_string().contains("must be strict"), "{error}");
}

/// What is written.
#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
struct Report {
    #[schemars(extend("x-maps" = "entries"))]
    counts: BTreeMap<String, u8>,
    #[serde(default)]
    words: Vec<String>,
    note: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[schemars(extend("x-strict" = true))]
struct MustBeStrict {
    counts: BTreeMap<String, u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[schemars(extend("x-strict" = false))]
struct NeedNotBeStrict {
    count: u8,
}

async fn system(server: &VendorServer) -> TicketSystem {
    let system = TicketSystem::in_memory();
    system.agent(Agent::new().provider(strict_provider(server)).model("m"));
    system
}

#[tokio::test]
async fn a_result_is_written_in_the_vendors_form_and_read_as_its_type() {
    let server = VendorServer::start(Format::OpenAi).await;
    let entries = json!([{"key": "a", "value": 1}]);
    let written = json!({"result": {"counts": entries, "words": null, "note": null}});
    server.enqueue(Reply::new().tool_call("write_result", written.to_string()));
    let report: Report = system(&server)
        .await
        .submit(Ticket::new("Count.").returns())
        .await
        .unwrap();
    let counts = BTreeMap::from([("a".to_owned(), 1)]);
    assert_eq!(
        report,
        Report {
            counts,
            words: Vec::new(),
            note: None
        }
    );
}

#[tokio::test]
async fn a_result_says_whether_it_must_be_strict() {
    let server = VendorServer::start(Format::OpenAi).await;
    let written = json!({"result": {"count": 1}});
    server.enqueue(Reply::new().tool_call("write_result", written.to_string()));
    let system = system(&server).await;
    let _read: NeedNotBeStrict = system
        .submit(Ticket::new("Count.").returns())
        .await
        .unwrap();
    let [(is_strict, _)] = sent_tools(&server.requests()[0].body).try_into().unwrap();
    assert!(!is_strict);
    let key = system.ticket(Ticket::new("Count.").returns::<MustBeStrict>());
    let outcome = system.finish().await;
    assert!(matches!(outcome, RunOutcome::Drained), "{outcome:?}");
    let ticket = system.get(key).unwrap();
    assert_eq!(ticket.status(), Status::Failed);
    let failure = ticket.failure().unwrap();
    assert_eq!(failure.reason, FailureReason::InvalidTask);
    let expected =
        "the tool `write_result` cannot be strict: /properties/result/properties/counts: a map";
    assert!(failure.message.contains(expected), "{}", failure.message);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_result_that_is_strict_is_asserted() {
    agentwerk::assert_strict!(Report);
    agentwerk::assert_strict!(Vec<Report>);
}

#[test]
#[should_panic(expected = "- OpenAI: /properties/counts: a map has no strict form")]
fn a_result_that_is_not_strict_is_named_with_its_reasons() {
    agentwerk::assert_strict!(MustBeStrict);
}

#[test]
#[should_panic(expected = "it has no schema")]
fn text_is_not_strict() {
    agentwerk::assert_strict!(String);
}

#[test]
#[should_panic(expected = "it asks for no strict form")]
fn a_result_that_wants_no_strict_form_is_not_strict() {
    agentwerk::assert_strict!(NeedNotBeStrict);
}

/// As the derive has it.
#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[result(strict = false)]
struct NeverStrict {
    count: u8,
}

#[test]
#[should_panic(expected = "it asks for no strict form")]
fn a_result_whose_key_wants_no_strict_form_is_not_strict() {
    agentwerk::assert_strict!(NeverStrict);
}

/// What holds itself at its root.
#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[result(strict = false)]
struct Branch {
    branches: Vec<Branch>,
    weights: BTreeMap<String, u8>,
}

#[test]
#[should_panic(expected = "- Anthropic: /properties/branches/items: a type that contains itself")]
fn a_result_that_holds_itself_is_asked_for_as_it_is_sent() {
    agentwerk::assert_strict!(Branch);
}

#[test]
fn a_specification_with_another_schema_has_other_forms() {
    let provider = OpenAiProvider::new("k");
    let strict = tag().strict(Strict::Required);
    assert_eq!(provider.check_tools(std::slice::from_ref(&strict)), Ok(()));
    let mut other = strict.clone();
    other.schema = untyped().schema;
    assert!(provider.check_tools(&[other]).is_err());
    assert_eq!(strict, tag().strict(Strict::Required));
}
