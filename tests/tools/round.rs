//! Which calls run together, and in which order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use agentwerk::Status;
use agentwerk::chat::{CallResult, ToolCall, ToolSpec};
use agentwerk::event::FailureReason;
use agentwerk::tools::{Tool, ToolContext, ToolError, ToolResult, TypedTool, WriteResultTool};
use serde_json::{Value, json};
use tokio::sync::{Barrier, Notify};

use crate::play::{call, named, play};

type Log = Arc<Mutex<Vec<String>>>;

fn lines(log: &Log) -> Vec<String> {
    log.lock().unwrap().clone()
}

/// A tool that logs when its calls begin and end, and lets others run in between.
fn logged(name: &'static str, is_read_only: bool, log: &Log) -> Tool {
    let log = Arc::clone(log);
    Tool::new(name, "Logs.")
        .read_only(is_read_only)
        .handler(move |_, context| {
            let log = Arc::clone(&log);
            async move {
                let id = context.call_id().to_string();
                log.lock().unwrap().push(format!("+{id}"));
                for _ in 0..10 {
                    tokio::task::yield_now().await;
                }
                log.lock().unwrap().push(format!("-{id}"));
                Ok(ToolResult::success(id))
            }
        })
}

fn calls<const N: usize>(calls: [(&str, &str); N]) -> [ToolCall; N] {
    calls.map(|(id, name)| call(id, name, json!({})))
}

/// A read-only tool whose calls wait for each other, `size` at a time.
fn meeting(size: usize, running: &Arc<AtomicUsize>, most: &Arc<AtomicUsize>) -> Tool {
    let barrier = Arc::new(Barrier::new(size));
    let (running, most) = (Arc::clone(running), Arc::clone(most));
    Tool::new("meet", "Waits for the others.")
        .read_only(true)
        .handler(move |_, _| {
            let barrier = Arc::clone(&barrier);
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                barrier.wait().await;
                running.fetch_sub(1, Ordering::SeqCst);
                Ok(ToolResult::success("met"))
            }
        })
}

#[tokio::test(start_paused = true)]
async fn neighbouring_read_only_calls_run_together_at_most_ten() {
    let (running, most) = (Arc::default(), Arc::default());
    // Ten calls have to meet before one of them ends.
    let tool = meeting(10, &running, &most);
    let ids: Vec<_> = (0..20).map(|n| n.to_string()).collect();
    let all = ids.iter().map(|id| call(id, "meet", json!({})));
    let played = play(tool, all).await;
    assert_eq!(most.load(Ordering::SeqCst), 10);
    let results = played.results();
    let answered: Vec<_> = results.iter().map(|each| each.call_id.as_str()).collect();
    assert_eq!(answered, ids);
    assert!(results.iter().all(|each| each.content == "met"));
}

#[tokio::test]
async fn other_calls_run_alone_and_in_order() {
    let log = Log::default();
    let tools = [logged("read", true, &log), logged("write", false, &log)];
    let order = [
        ("a", "write"),
        ("b", "write"),
        ("c", "read"),
        ("d", "read"),
        ("e", "write"),
        ("f", "read"),
    ];
    let played = play(tools, calls(order)).await;
    let expected = [
        "+a", "-a", "+b", "-b", "+c", "+d", "-c", "-d", "+e", "-e", "+f", "-f",
    ];
    assert_eq!(lines(&log), expected);
    let contents: Vec<_> = played.results().into_iter().map(|r| r.content).collect();
    assert_eq!(contents, ["a", "b", "c", "d", "e", "f"]);
}

#[tokio::test]
async fn results_come_in_the_order_of_the_calls_whichever_ends_first() {
    let second_ended = Arc::new(Notify::new());
    let waits = Arc::clone(&second_ended);
    let slow = Tool::new("slow", "Ends after `fast`.")
        .read_only(true)
        .handler(move |_, _| {
            let waits = Arc::clone(&waits);
            async move {
                waits.notified().await;
                Ok(ToolResult::success("slow"))
            }
        });
    let fast = Tool::new("fast", "Ends at once.")
        .read_only(true)
        .handler(move |_, _| {
            second_ended.notify_one();
            async { Ok(ToolResult::success("fast")) }
        });
    let played = play([slow, fast], calls([("1", "slow"), ("2", "fast")])).await;
    let contents: Vec<_> = played.results().into_iter().map(|r| r.content).collect();
    assert_eq!(contents, ["slow", "fast"]);
}

#[tokio::test]
async fn an_exclusive_tool_does_not_run_beside_other_calls() {
    let deploy = || {
        Tool::new("deploy", "Deploys.")
            .exclusive(true)
            .handler(|_, _| async { Ok(ToolResult::success("deployed")) })
    };
    let log = Log::default();
    let tools = [deploy(), logged("read", true, &log)];
    let played = play(tools, calls([("1", "deploy"), ("2", "read")])).await;
    let [refused, read] = played.results().try_into().unwrap();
    assert!(refused.is_error);
    assert!(
        refused
            .content
            .starts_with("`deploy` must be the only call of its turn"),
        "{}",
        refused.content
    );
    assert_eq!(read.content, "2");

    let played = play(deploy(), calls([("1", "deploy")])).await;
    assert_eq!(played.result().content, "deployed");
}

#[tokio::test]
async fn an_unknown_tool_does_not_part_its_neighbours() {
    let (running, most) = (Arc::default(), Arc::default());
    let tool = meeting(2, &running, &most);
    let order = [("1", "meet"), ("2", "nothing"), ("3", "meet")];
    let played = play(tool, calls(order)).await;
    let errors: Vec<_> = played.results().iter().map(|each| each.is_error).collect();
    assert_eq!(errors, [false, true, false]);
}

#[tokio::test]
async fn a_finishing_call_runs_last_and_what_stands_behind_it_does_not_run() {
    let log = Log::default();
    let tools = (logged("write", false, &log), WriteResultTool);
    let calls = [
        call("1", "write", json!({})),
        call("2", "write_result", json!({ "result": "The result." })),
        call("3", "write", json!({})),
        call("4", "write_result", json!({ "result": "Another." })),
    ];
    let played = play(tools, calls).await;
    assert_eq!(lines(&log), ["+1", "-1"]);
    assert_eq!(played.ticket.status(), Status::Done);
    assert_eq!(
        played.ticket.result_string().as_deref(),
        Some("The result.")
    );
    // The model is not asked again.
    assert_eq!(played.requests.len(), 1);
    let results = played.results();
    let errors: Vec<_> = results.iter().map(|each| each.is_error).collect();
    assert_eq!(errors, [false, false, true, true]);
    for unrun in &results[2..] {
        assert!(unrun.content.contains("did not run"), "{unrun:?}");
    }
}

#[tokio::test]
async fn a_call_behind_a_refused_result_learns_that_it_may_be_made_again() {
    let log = Log::default();
    let tools = (logged("write", false, &log), WriteResultTool);
    let calls = [
        call("1", "write_result", json!({ "result": 7 })),
        call("2", "write", json!({})),
    ];
    let played = play(tools, calls).await;
    assert_eq!(lines(&log), [] as [&str; 0]);
    let results = played.results();
    assert!(results[0].content.contains("`/result`"), "{results:?}");
    let unrun = &results[1].content;
    assert!(unrun.contains("did not run"), "{unrun}");
    assert!(unrun.contains("again"), "{unrun}");
    assert!(!unrun.contains("ended the work"), "{unrun}");
}

#[tokio::test]
async fn a_call_that_aborts_fails_the_ticket_and_nothing_behind_it_runs() {
    let log = Log::default();
    let abort = Tool::new("abort", "Gives up.")
        .handler(|_, _| async { Err(ToolError::abort("The disk is full.")) });
    let tools = [abort, logged("write", false, &log)];
    let order = [("1", "write"), ("2", "abort"), ("3", "write")];
    let played = play(tools, calls(order)).await;
    assert_eq!(lines(&log), ["+1", "-1"]);
    assert_eq!(played.ticket.status(), Status::Failed);
    assert_eq!(played.failure(), Some(FailureReason::ToolAborted));
    let failure = played.ticket.failure().unwrap();
    assert_eq!(failure.message, "The disk is full.");
    // Each call has its result, so that the conversation stays whole.
    let ids: Vec<_> = played.results().into_iter().map(|r| r.call_id).collect();
    assert_eq!(ids, ["1", "2", "3"]);
    assert_eq!(played.requests.len(), 1);
}

#[tokio::test]
async fn read_only_calls_beside_one_that_aborts_keep_their_results() {
    let abort = Tool::new("abort", "Gives up.")
        .read_only(true)
        .handler(|_, _| async { Err(ToolError::abort("No.")) });
    let order = [("1", "hello"), ("2", "abort"), ("3", "hello")];
    let played = play([named("hello"), abort], calls(order)).await;
    let contents: Vec<_> = played.results().into_iter().map(|r| r.content).collect();
    assert_eq!(contents, ["hello", "No.", "hello"]);
    assert_eq!(played.failure(), Some(FailureReason::ToolAborted));
}

/// A tool of one's own that ends the ticket.
struct Deliver(fn() -> Result<ToolResult, ToolError>);

impl TypedTool for Deliver {
    type Args = Value;
    type Output = Result<ToolResult, ToolError>;

    fn spec(&self) -> ToolSpec {
        let mut spec = ToolSpec::new("deliver", "Delivers the goods.");
        spec.finishes = true;
        spec
    }

    async fn call(&self, _args: Value, _context: &ToolContext) -> Self::Output {
        self.0()
    }
}

#[tokio::test]
async fn what_a_finishing_tool_of_ones_own_gives_is_the_result() {
    let tool = Deliver(|| Ok(ToolResult::success(json!({ "parcels": 2 }))));
    let played = play(tool, calls([("1", "deliver")])).await;
    assert_eq!(played.ticket.result(), Some(&json!({ "parcels": 2 })));
    assert_eq!(played.requests.len(), 1);
}

#[tokio::test]
async fn a_finishing_tool_that_fails_does_not_end_the_ticket() {
    let refusing: [fn() -> Result<ToolResult, ToolError>; 3] = [
        || Ok(ToolResult::error("Nobody is at home.")),
        || Err(ToolError::retry("Nobody is at home.")),
        || Err("Nobody is at home.".into()),
    ];
    for refuse in refusing {
        let played = play(Deliver(refuse), calls([("1", "deliver")])).await;
        let result = played.result();
        assert!(result.is_error);
        assert_eq!(result.content, "Nobody is at home.");
        assert_eq!(played.ticket.result_string().as_deref(), Some("The end."));
    }
}

#[tokio::test]
async fn a_finishing_tool_that_aborts_fails_the_ticket() {
    let tool = Deliver(|| Err(ToolError::abort("The van is gone.")));
    let played = play(tool, calls([("1", "deliver")])).await;
    assert_eq!(played.failure(), Some(FailureReason::ToolAborted));
    assert_eq!(played.ticket.failure().unwrap().message, "The van is gone.");
}

#[tokio::test]
async fn a_played_call_gives_its_result() {
    let played = play(named("hello"), [call("1", "hello", json!({}))]).await;
    assert_eq!(played.ticket.status(), Status::Done);
    assert_eq!(played.requests.len(), 2);
    let expected = CallResult {
        call_id: "1".into(),
        content: "hello".to_owned(),
        is_error: false,
    };
    assert_eq!(played.result(), expected);
}
