//! What a model is told of a call that went wrong.

use std::time::Duration;

use agentwerk::Status;
use agentwerk::chat::ToolArguments;
use agentwerk::tools::{Tool, ToolContext, ToolError, ToolResult};
use serde_json::{Value, json};

use crate::play::{call, named, play};

/// A tool that panics when it is reached, so that a check that comes too late is noticed.
fn unreachable(schema: Value) -> Tool {
    Tool::new("order", "Orders books.")
        .schema(schema)
        .handler(|_, _| async { panic!("the arguments were not checked") })
}

fn order_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "title": { "type": "string" },
            "count": { "type": "integer", "minimum": 1 }
        },
        "required": ["title", "count", "shop"],
        "additionalProperties": false
    })
}

fn failing<E: Into<ToolError> + 'static>(error: fn() -> E) -> Tool {
    Tool::new("fail", "Fails.").handler(move |_, _| async move { Err(error().into()) })
}

/// What the model is told when the tool is called without arguments.
async fn error_of(tool: Tool) -> String {
    let name = tool.spec().name.clone();
    let played = play(tool, [call("1", &name, json!({}))]).await;
    assert_eq!(played.ticket.status(), Status::Done);
    let result = played.result();
    assert!(result.is_error, "{result:?}");
    result.content
}

#[tokio::test]
async fn all_violations_are_told_at_once_and_the_tool_does_not_run() {
    let arguments = json!({ "title": 7, "count": 0, "colour": "red" });
    let played = play(unreachable(order_schema()), [call("1", "order", arguments)]).await;
    let result = played.result();
    assert!(result.is_error);
    let text = result.content;
    for part in [
        "`/title`",
        "`/count`",
        "shop",
        "colour",
        "call `order` again",
    ] {
        assert!(text.contains(part), "no {part} in: {text}");
    }
    assert_eq!(text.matches("\n- ").count(), 4, "{text}");
}

#[tokio::test]
async fn arguments_that_are_no_object_are_refused() {
    let calls = [json!([]), json!("text"), json!(null)];
    let calls = calls.map(|arguments| call("1", "hello", arguments));
    let played = play(named("hello"), calls).await;
    assert!(played.results().iter().all(|result| result.is_error));
}

#[tokio::test]
async fn arguments_that_are_no_json_are_told_and_never_replaced() {
    let mut cut_off = call("1", "hello", json!({}));
    cut_off.arguments = ToolArguments::new("{\"title\": \"Rus");
    let played = play(named("hello"), [cut_off.clone()]).await;
    let result = played.result();
    assert!(result.is_error);
    let text = result.content;
    assert!(text.contains("not valid JSON"), "{text}");
    assert!(text.contains("Call `hello` again"), "{text}");
    // What the model wrote stays in the conversation as it was.
    let transcript = played.ticket.transcript().unwrap();
    let kept: Vec<_> = transcript[1].tool_calls().collect();
    assert_eq!(kept, [&cut_off]);
}

#[tokio::test]
async fn no_arguments_at_all_are_an_empty_object() {
    let mut bare = call("1", "hello", json!({}));
    bare.arguments = ToolArguments::new("");
    let played = play(named("hello"), [bare]).await;
    assert_eq!(played.result().content, "hello");
}

#[tokio::test]
async fn an_unknown_tool_is_answered_with_the_nearest_names() {
    let tools = ["read_file", "write_file", "list_directory", "search"].map(named);
    let played = play(tools, [call("1", "readfile", json!({}))]).await;
    let text = played.result().content;
    assert!(text.starts_with("There is no tool `readfile`."), "{text}");
    assert!(text.contains("Did you mean `read_file`"), "{text}");
    assert!(!text.contains("search"), "{text}");
}

#[tokio::test]
async fn a_name_like_no_other_is_answered_with_all_names() {
    let played = play(["alpha", "beta"].map(named), [call("1", "zzz", json!({}))]).await;
    let text = played.result().content;
    assert!(
        text.contains("`alpha`") && text.contains("`beta`"),
        "{text}"
    );
}

#[tokio::test]
async fn an_agent_without_tools_says_so() {
    let played = play([] as [Tool; 0], [call("1", "search", json!({}))]).await;
    let text = played.result().content;
    assert!(text.contains("no tools"), "{text}");
}

#[tokio::test]
async fn a_panic_is_told_and_the_ticket_goes_on() {
    let lazy = Tool::new("panic", "Panics.").handler(|_, _| async { panic!("lost the {}", "map") });
    assert_eq!(error_of(lazy).await, "`panic` panicked: lost the map");
    // Also outside of the future.
    let eager = Tool::new("panic", "Panics.")
        .handler(|_, _| -> std::future::Ready<Result<ToolResult, ToolError>> { panic!("at once") });
    assert_eq!(error_of(eager).await, "`panic` panicked: at once");
}

#[tokio::test(start_paused = true)]
async fn a_call_over_its_time_is_stopped_and_told() {
    let dropped = std::sync::Arc::new(());
    let held = std::sync::Arc::clone(&dropped);
    let endless = Tool::new("wait", "Waits for ever.")
        .timeout(Duration::from_millis(2_500))
        .handler(move |_, _| {
            let held = std::sync::Arc::clone(&held);
            async move {
                std::future::pending::<()>().await;
                drop(held);
                Ok(ToolResult::success("never"))
            }
        });
    let begun = tokio::time::Instant::now();
    let text = error_of(endless).await;
    assert!(text.contains("`wait` was stopped after 2.5 s"), "{text}");
    assert_eq!(begun.elapsed(), Duration::from_millis(2_500));
    // The future is gone, and so is the tool with the agent.
    assert_eq!(std::sync::Arc::strong_count(&dropped), 1);
}

#[tokio::test]
async fn a_call_learns_of_its_end_through_its_token() {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let sender = std::sync::Mutex::new(Some(sender));
    let leak = Tool::new("leak", "Hands its context to somebody.").handler(
        move |_, context: ToolContext| {
            let sender = sender.lock().unwrap().take().unwrap();
            async move {
                assert!(!context.cancel().is_cancelled());
                let _sent = sender.send(context);
                Ok(ToolResult::success("leaked"))
            }
        },
    );
    play(leak, [call("1", "leak", json!({}))]).await;
    assert!(receiver.await.unwrap().cancel().is_cancelled());
}

#[tokio::test]
async fn errors_to_retry_and_to_fail_are_told_and_the_ticket_goes_on() {
    assert_eq!(
        error_of(failing(|| ToolError::retry("Give a smaller `limit`."))).await,
        "Give a smaller `limit`."
    );
    assert_eq!(
        error_of(failing(|| "The shop is closed.")).await,
        "The shop is closed."
    );
    assert_eq!(
        error_of(failing(|| "x".parse::<u16>().unwrap_err())).await,
        "invalid digit found in string"
    );
}

#[tokio::test]
async fn an_error_result_is_told_as_an_error() {
    let tool = Tool::new("refuse", "Refuses.")
        .handler(|_, _| async { Ok(ToolResult::error("Ask for another day.")) });
    assert_eq!(error_of(tool).await, "Ask for another day.");
}

#[tokio::test]
async fn a_result_that_is_no_json_is_an_error() {
    let tool = Tool::new("map", "Gives a map without text keys.").handler(|_, _| async {
        let map = std::collections::BTreeMap::from([((1, 2), 3)]);
        Ok(ToolResult::success(map))
    });
    let text = error_of(tool).await;
    assert!(text.contains("cannot be written as JSON"), "{text}");
}

#[tokio::test]
async fn an_error_is_told_with_its_causes_and_bounded() {
    let tool = failing(|| {
        let cause = std::io::Error::other("the cable is cut");
        std::io::Error::new(std::io::ErrorKind::NotConnected, Wrapped(cause))
    });
    assert_eq!(error_of(tool).await, "open the line: the cable is cut");
    let text = error_of(failing(|| "ä".repeat(10_000))).await;
    assert_eq!(text, format!("{}…", "ä".repeat(2_000)));
}

/// An error that names its cause by `source` alone.
#[derive(Debug)]
struct Wrapped(std::io::Error);

impl std::fmt::Display for Wrapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("open the line")
    }
}

impl std::error::Error for Wrapped {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
