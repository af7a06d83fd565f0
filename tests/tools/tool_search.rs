//! Tools that a model has to find before it is told all of them.

use agentwerk::chat::{Request, Response};
use agentwerk::event::{RunError, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{IntoTool, ReadFileTool, Tool, ToolResult, ToolSearchTool};
use agentwerk::{Agent, Ticket, TicketSystem};
use agentwerk_tests::within;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::play::{call, call_in, finish, named, play, play_with};

fn deferred(name: &str, description: &str) -> Tool {
    let text = name.to_owned();
    Tool::new(name, description)
        .defer(true)
        .handler(move |_input, _context| {
            let text = text.clone();
            async move { Ok(ToolResult::success(format!("{text} ran"))) }
        })
}

fn office() -> [Tool; 3] {
    [
        deferred("send_mail", "Sends a message to people.\nNot told before."),
        deferred("book_room", "Books a room for a meeting."),
        deferred("print_page", "Prints a page on paper."),
    ]
}

fn names(request: &Request) -> Vec<&str> {
    request
        .tools
        .iter()
        .map(|tool| tool.name.as_str())
        .collect()
}

fn search(query: &str) -> Response {
    Response::tool_calls([call("s", "tool_search", json!({ "query": query }))])
}

#[tokio::test]
async fn a_deferred_tool_is_told_by_name_and_line_until_it_is_found() {
    let tools = (named("hello"), office());
    let played = play_with(tools, |request| match request.messages.len() {
        1 => search("write somebody a message"),
        3 => Response::tool_calls([call("m", "send_mail", json!({}))]),
        5 => search("a meeting"),
        _ => Response::text("The end."),
    })
    .await;
    let told: Vec<_> = played.requests.iter().map(names).collect();
    let before = ["hello", "tool_search"];
    assert_eq!(told[0], before);
    assert_eq!(told[1], [&before[..], &["send_mail"]].concat());
    assert_eq!(told[2], told[1]);
    assert_eq!(told[3], [&before[..], &["send_mail", "book_room"]].concat());

    let description = &played.requests[0].tools[1].description;
    assert!(description.contains("- `send_mail`: Sends a message to people."));
    assert!(!description.contains("Not told before."));
    // What was sent before is sent again as it was.
    assert_eq!(played.requests[0].tools[..], played.requests[3].tools[..2]);
    let transcript = played.ticket.transcript().unwrap();
    assert!(format!("{:?}", transcript[2]).contains("`send_mail`"));
    assert!(format!("{:?}", transcript[4]).contains("send_mail ran"));
}

#[tokio::test]
async fn a_search_that_finds_nothing_says_what_to_do() {
    let played = play(
        office(),
        [call("s", "tool_search", json!({ "query": "zebra" }))],
    )
    .await;
    assert!(played.result().content.contains("in other words"));
    assert_eq!(names(&played.requests[1]), ["tool_search"]);
}

#[tokio::test]
async fn a_tool_that_was_not_searched_for_can_be_called_all_the_same() {
    let played = play(office(), [call("1", "print_page", json!({}))]).await;
    assert_eq!(played.result().content, "print_page ran");
}

#[tokio::test]
async fn every_tool_can_be_deferred_also_one_with_a_type() {
    let tool = ReadFileTool.into_tool().defer(true);
    let played = play(
        tool,
        [call("s", "tool_search", json!({ "query": "read_file" }))],
    )
    .await;
    assert_eq!(names(&played.requests[0]), ["tool_search"]);
    assert_eq!(names(&played.requests[1]), ["tool_search", "read_file"]);
}

#[tokio::test]
async fn what_was_found_is_known_again_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let first = TicketSystem::new();
    first.dir(dir.path()).max_turns(1);
    let model = ScriptedModel::from_fn(|_| search("a message"));
    first.agent(Agent::new().tools(office()).provider(model).model("m"));
    first.task("Begin.");
    let outcome = within(first.finish()).await;
    assert!(
        matches!(outcome, RunOutcome::PolicyViolated(_)),
        "{outcome:?}"
    );
    within(first.close()).await;

    let second = TicketSystem::load(dir.path()).unwrap();
    let model = ScriptedModel::from_fn(|_| "The end.");
    second.agent(
        Agent::new()
            .tools(office())
            .provider(model.clone())
            .model("m"),
    );
    assert!(within(second.finish()).await.is_drained());
    assert_eq!(names(&model.requests()[0]), ["tool_search", "send_mail"]);
}

#[tokio::test]
async fn tools_keep_the_order_in_which_they_were_found_after_a_restart() {
    let dir = TempDir::new().unwrap();
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => search("a meeting"),
        3 => search("a message"),
        _ => Response::text("The end."),
    });
    let agent = || {
        let agent = Agent::new().provider(model.clone()).model("m");
        agent.tools((named("hello"), office()))
    };
    let first = TicketSystem::new();
    first.dir(dir.path()).max_turns(2);
    first.agent(agent().task("Begin."));
    within(first.finish()).await;
    within(first.close()).await;
    let second = TicketSystem::load(dir.path()).unwrap();
    second.agent(agent());
    assert!(within(second.finish()).await.is_drained());
    let last = model.requests().pop().unwrap();
    assert_eq!(
        names(&last),
        ["hello", "tool_search", "book_room", "send_mail"]
    );
}

#[tokio::test]
async fn with_a_schema_too_what_is_found_stands_behind_all_that_was_told() {
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => search("a meeting"),
        3 => search("a message"),
        _ => Response::tool_calls([call("r", "write_result", json!({ "result": 7 }))]),
    });
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new().provider(model.clone()).model("m");
    tickets.agent(agent.tools((office(), named("hello"))));
    tickets.ticket(Ticket::new("Begin.").returns::<i64>());
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("7"));
    let requests = model.requests();
    let counts: Vec<_> = requests.iter().map(|each| each.tools.len()).collect();
    assert_eq!(counts, [3, 4, 5]);
    for pair in requests.windows(2) {
        assert!(pair[1].tools.starts_with(&pair[0].tools));
        assert!(pair[1].messages.starts_with(&pair[0].messages));
        assert_eq!(pair[1].system, pair[0].system);
    }
}

#[tokio::test]
async fn registering_the_search_as_well_is_no_duplicate() {
    let played = play((ToolSearchTool, office()), []).await;
    assert_eq!(names(&played.requests[0]), ["tool_search"]);
    assert!(
        played.requests[0].tools[0]
            .description
            .contains("`book_room`")
    );
}

#[tokio::test]
async fn another_tool_of_its_name_is_a_mistake() {
    let model = ScriptedModel::from_fn(|_| "never asked");
    let agent = Agent::new()
        .tools((named("tool_search"), office()))
        .task("Begin.");
    let (_system, outcome) = finish(agent, &model).await;
    assert!(
        matches!(&outcome, RunOutcome::Failed(RunError::DuplicateTool { tool, .. }) if tool == "tool_search"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn without_deferred_tools_it_says_so() {
    let told = call_in(".", ToolSearchTool, json!({ "query": "anything" })).await;
    assert_eq!(told.unwrap(), "There are no further tools.");
}

#[tokio::test]
async fn a_query_is_checked_like_all_arguments() {
    for wrong in [
        json!({}),
        json!({ "query": "" }),
        json!({ "query": "x", "limit": 11 }),
    ] {
        let wrong: Value = wrong;
        let played = play(office(), [call("s", "tool_search", wrong)]).await;
        assert!(played.result().is_error, "{:?}", played.result());
    }
}
