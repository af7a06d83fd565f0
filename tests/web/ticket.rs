//! A model fetches pages while it works on a ticket.

use agentwerk::chat::{CallResult, ContentBlock, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{ApprovalRule, IntoTool, WebFetchTool};
use agentwerk::{Agent, Status, TicketSystem};
use serde_json::json;

use crate::framed;
use crate::network::FakeNetwork;
use crate::server::{Server, html, redirect};

#[tokio::test]
async fn a_model_fetches_pages_in_one_turn_and_is_told_of_each() {
    let server = Server::start(|path| match path {
        "/old" => redirect("/new"),
        _ => html("<h1>News</h1>"),
    })
    .await;
    let network = FakeNetwork::new(server.address).name("a.example.org", &["93.184.216.34"]);
    let urls = ["http://a.example.org/old", "http://127.0.0.1/", "no url"];
    let model = ScriptedModel::from_fn(move |request| {
        if request.messages.len() > 1 {
            return Response::text("The end.");
        }
        let calls = urls.iter().enumerate();
        Response::tool_calls(calls.map(|(number, url)| {
            ToolCall::new(number.to_string(), "web_fetch", &json!({ "url": url }))
        }))
    });
    let system = TicketSystem::in_memory();
    let agent = Agent::new().tool(network.tool()).task("Read the news.");
    system.agent(agent.provider(model).model("scripted"));
    assert!(system.finish().await.is_drained());

    let [ticket] = system.tickets().try_into().unwrap();
    assert_eq!(ticket.status(), Status::Done);
    let transcript = ticket.transcript().unwrap();
    let results = transcript[2].content().iter().map(|block| match block {
        ContentBlock::ToolResult(result) => result.clone(),
        other => panic!("not a result: {other:?}"),
    });
    let results: Vec<CallResult> = results.collect();
    let [news, inner, none] = results.as_slice() else {
        panic!("{results:?}");
    };
    assert!(!news.is_error);
    assert_eq!(framed(&news.content), "# News");
    assert!(
        news.content
            .contains("Redirected from http://a.example.org/old\n")
    );
    assert!(inner.is_error);
    assert_eq!(
        inner.content,
        "`127.0.0.1` was not fetched: it is a loopback address. Choose an address on the internet."
    );
    assert!(none.is_error);
    assert!(
        none.content.contains("`https://example.org/page`"),
        "{}",
        none.content
    );
}

#[test]
fn the_tool_is_a_value_that_changes_nothing_and_needs_no_leave() {
    let _agent = Agent::new()
        .tool(WebFetchTool)
        .tool(WebFetchTool.allow_hosts(["docs.rs"]).unwrap());
    let tool = WebFetchTool.into_tool();
    let spec = tool.spec();
    assert_eq!(spec.name, "web_fetch");
    assert!(spec.read_only);
    assert_eq!(spec.approval, ApprovalRule::Never);
    let expected = json!({
        "type": "object",
        "properties": {
            "url": {
                "type": "string",
                "description": "The address of the page, with `http://` or `https://`."
            },
            "offset": {
                "type": "integer",
                "description": "The first byte of the text to show; 0 is its beginning.",
                "format": "uint",
                "minimum": 0,
                "default": 0
            }
        },
        "required": ["url"],
        "additionalProperties": false
    });
    assert_eq!(*spec.schema, expected);
}

#[test]
fn the_description_says_what_can_be_asked() {
    let described = |tool: WebFetchTool| tool.into_tool().spec().description.to_string();
    let public = "Only public `http://` and `https://` addresses can be fetched";
    assert!(described(WebFetchTool).contains(public));
    let private = described(WebFetchTool.allow_private(true));
    assert!(!private.contains("public"), "{private}");
    assert!(
        private.contains("those of private networks too"),
        "{private}"
    );
    let two = described(WebFetchTool.allow_hosts(["docs.rs", "*.a.test"]).unwrap());
    assert!(!two.contains("public"), "{two}");
    assert!(
        two.contains("`https://`: `docs.rs`, `*.a.test`. A long"),
        "{two}"
    );
    let many = (0..1_000).map(|number| format!("host-{number}.example.org"));
    let many = described(WebFetchTool.allow_hosts(many).unwrap());
    assert!(many.len() < 2_000, "{many}");
    assert!(many.contains("`host-0.example.org`, "), "{many}");
    assert!(many.contains(" more. A long"), "{many}");
    let none: [&str; 0] = [];
    let none = described(WebFetchTool.allow_hosts(none).unwrap());
    assert!(none.contains(": none. A long"), "{none}");
}
