use std::path::Path;
use std::rc::Rc;
use std::thread;

use agentwerk::tool;
use agentwerk::tools::{IntoTool, State, Tool, ToolContext, ToolError};
use serde_json::{Value, json};

use super::{call, call_in};

/// Says where it runs.
#[tool]
fn here(word: &str) -> String {
    format!("{word} {:?}", thread::current().id())
}

/// Says where it runs.
#[tool(blocking)]
fn elsewhere(
    word: &str,
    path: &Path,
    hint: Option<&str>,
    count: u8,
    context: &ToolContext,
    suffix: State<String>,
) -> Result<Vec<String>, std::num::ParseIntError> {
    let number: u8 = word.parse()?;
    Ok(vec![
        format!("{:?}", thread::current().id()),
        format!(
            "{number} {path:?} {hint:?} {count} {:?} {}",
            context.dir(),
            *suffix
        ),
    ])
}

/// Waits while it holds what cannot leave its thread.
#[tool(local)]
async fn stay(word: &str, context: &ToolContext) -> Result<String, ToolError> {
    let shared = Rc::new(word.to_owned());
    tokio::task::yield_now().await;
    Ok(format!("{shared} {}", context.dir().display()))
}

fn this_thread() -> String {
    format!("{:?}", thread::current().id())
}

#[tokio::test]
async fn a_function_that_is_not_async_runs_where_it_is_called() {
    let said = call(Here, json!({ "word": "a" })).await.unwrap();
    assert_eq!(said, json!(format!("a {}", this_thread())));
    assert_eq!(here("b"), format!("b {}", this_thread()));
}

#[tokio::test]
async fn a_blocking_function_runs_on_another_thread() {
    let context = ToolContext::new("/base").with_state("!".to_owned());
    let args = json!({ "word": "7", "path": "a", "count": 1 });
    let said = call_in(&context, Elsewhere, args).await.unwrap();
    assert_ne!(said[0], json!(this_thread()));
    assert_eq!(said[1], r#"7 "a" None 1 "/base" !"#);

    let args = json!({ "word": "x", "path": "a", "count": 1 });
    let error = call_in(&context, Elsewhere, args).await.unwrap_err();
    assert_eq!(error.to_string(), "invalid digit found in string");
}

#[tokio::test]
async fn a_local_future_need_not_be_send() {
    let said = call(Stay, json!({ "word": "a" })).await.unwrap();
    assert_eq!(said, "a /base");
}

/// Panics.
#[tool(blocking)]
fn fall() {
    panic!("fell")
}

/// Panics.
#[tool(local)]
async fn fall_alone() {
    panic!("fell alone")
}

#[tokio::test]
async fn a_panic_on_another_thread_is_one_of_the_call() {
    let told = |tool: Tool| async move {
        let calling = tokio::spawn(async move { call(tool, json!({})).await });
        let panic = calling.await.unwrap_err().into_panic();
        *panic.downcast::<&str>().unwrap()
    };
    assert_eq!(told(Fall.into_tool()).await, "fell");
    assert_eq!(told(FallAlone.into_tool()).await, "fell alone");
}

struct Started(tokio::sync::mpsc::UnboundedSender<&'static str>);

impl Drop for Started {
    fn drop(&mut self) {
        let _nobody_listens = self.0.send("dropped");
    }
}

/// Never ends.
#[tool(local)]
async fn wait_forever(started: State<tokio::sync::mpsc::UnboundedSender<&'static str>>) {
    let guard = Started((*started).clone());
    guard.0.send("started").unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn a_local_future_is_dropped_when_its_call_is_cancelled() {
    use agentwerk::testing::ScriptedModel;
    use agentwerk::{Agent, TicketSystem};

    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let call = agentwerk::chat::ToolCall::new("1", "wait_forever", &json!({}));
    let model =
        ScriptedModel::from_fn(move |_| agentwerk::chat::Response::tool_calls([call.clone()]));
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new().provider(model).model("any");
    tickets.agent(agent.tool(WaitForever).state(sender).task("Wait."));
    tickets.start();
    assert_eq!(heard.recv().await, Some("started"));
    tickets.cancel();
    assert_eq!(heard.recv().await, Some("dropped"));
    tickets.finish().await;
}

fn fetch(tag: &str) -> impl Future<Output = Value> + Send {
    let tag = tag.to_owned();
    async move { json!(tag) }
}

/// Fetches pages, two at a time.
#[tool(read_only)]
async fn fetch_all(tags: &[String]) -> Vec<Value> {
    use futures_util::StreamExt;
    // Collected first: a stream over a mapping closure is not `Send` enough for the compiler.
    let pages: Vec<_> = tags.iter().map(|tag| fetch(tag)).collect();
    futures_util::stream::iter(pages)
        .buffered(2)
        .collect()
        .await
}

#[tokio::test]
async fn a_body_may_await_streams() {
    let fetched = call(FetchAll, json!({ "tags": ["a", "b", "c"] })).await;
    assert_eq!(fetched.unwrap(), json!(["a", "b", "c"]));
}

/// Says that it ran.
#[tool(blocking)]
fn announce(ran: &State<std::sync::mpsc::Sender<&'static str>>) {
    ran.send("announced").unwrap();
}

#[test]
fn a_call_that_was_given_up_before_it_had_a_thread_never_runs() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let (sender, ran) = std::sync::mpsc::channel();
    runtime.block_on(async {
        let (free, busy) = std::sync::mpsc::channel::<()>();
        // The only thread has something to do, until it is told.
        let only = tokio::task::spawn_blocking(move || busy.recv());
        let context = ToolContext::new(".").with_state(sender.clone());
        let mut calling = Box::pin(call_in(&context, Announce, json!({})));
        assert!(futures_util::poll!(&mut calling).is_pending());
        drop(calling);
        free.send(()).unwrap();
        only.await.unwrap().unwrap();
        // Whatever waits for the thread comes before this.
        let last = sender.clone();
        let last = tokio::task::spawn_blocking(move || last.send("last").unwrap());
        last.await.unwrap();
    });
    assert_eq!(ran.iter().take(1).collect::<Vec<_>>(), ["last"]);
}

#[tokio::test]
async fn a_local_future_is_dropped_with_its_call() {
    let (sender, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let context = ToolContext::new(".").with_state(sender);
    let calling = tokio::spawn(async move { call_in(&context, WaitForever, json!({})).await });
    assert_eq!(heard.recv().await, Some("started"));
    calling.abort();
    assert_eq!(heard.recv().await, Some("dropped"));
}
