//! How commands end, by themselves and by others: nobody of their groups is left.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::Read;
use std::process::Command;
use std::time::{Duration, Instant};

use agentwerk::chat::{Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{BashTool, IntoTool, Tool, ToolContext};
use agentwerk::{Agent, TicketSystem};
use agentwerk_tests::command_ends::processes::{EndMarked, marked};
use agentwerk_tests::within;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::unix::pipe;

use crate::place::{Place, allowing};

/// What processes that were asked to end have, and room for a slow machine.
const GRACE: Duration = Duration::from_millis(200);
const SLACK: Duration = Duration::from_secs(2);

/// A place with a named pipe, which a command holds open for as long as anything of it lives.
struct Watched {
    place: Place,
    mark: String,
    _end: EndMarked,
}

impl Watched {
    fn new(mark: &str) -> Self {
        let place = Place::new();
        let made = Command::new("mkfifo")
            .arg(place.room().join("pipe"))
            .status();
        assert!(made.unwrap().success());
        let mark = format!("{}-{mark}.", std::process::id());
        let _end = EndMarked(format!("ENDS_MARK={mark}"));
        Self { place, mark, _end }
    }

    fn tool(&self) -> BashTool {
        BashTool::unrestricted().env("ENDS_MARK", &self.mark)
    }

    fn context(&self) -> ToolContext {
        ToolContext::new(self.place.room())
    }

    fn pipe(&self) -> BufReader<pipe::Receiver> {
        let path = self.place.room().join("pipe");
        BufReader::new(pipe::OpenOptions::new().open_receiver(path).unwrap())
    }

    /// The tool, its context, and the pipe that its commands hold.
    fn begin(&self) -> (Tool, ToolContext, BufReader<pipe::Receiver>) {
        (self.tool().into_tool(), self.context(), self.pipe())
    }

    fn assert_nobody_is_left(&self) {
        let left = marked(&format!("ENDS_MARK={}", self.mark)).unwrap();
        assert!(left.is_empty(), "{left:?}");
    }
}

async fn until_up(pipe: &mut BufReader<pipe::Receiver>) {
    let mut line = String::new();
    within(pipe.read_line(&mut line)).await.unwrap();
    assert_eq!(line, "up\n");
}

/// Lets a call go on until its command is up.
async fn until_running(
    call: &mut (impl Future<Output = Result<String, String>> + Unpin),
    pipe: &mut BufReader<pipe::Receiver>,
) {
    tokio::select! {
        ended = call => panic!("{ended:?}"),
        () = until_up(pipe) => {}
    }
}

/// Waits until nobody holds the pipe.
async fn until_gone(pipe: &mut BufReader<pipe::Receiver>) -> String {
    let mut rest = String::new();
    within(pipe.read_to_string(&mut rest)).await.unwrap();
    rest
}

/// Up, and deaf to `TERM`, with a child that is too.
const STUBBORN: &str = "exec 9>pipe; trap '' TERM; sleep 1000 & echo up >&9; wait; wait";

fn calling<'a>(
    tool: &'a Tool,
    command: &str,
    context: &'a ToolContext,
) -> impl Future<Output = Result<String, String>> + 'a {
    let arguments = json!({ "command": command });
    async move {
        match tool.call(arguments, context).await {
            Ok(result) if result.is_error() => Err(result.text()),
            Ok(result) => Ok(result.text()),
            Err(error) => Err(error.to_string()),
        }
    }
}

#[tokio::test]
async fn a_dropped_call_ends_the_whole_group_after_the_grace() {
    let watched = Watched::new("dropped");
    let (tool, context, mut pipe) = watched.begin();
    let mut call = Box::pin(calling(&tool, STUBBORN, &context));
    until_running(&mut call, &mut pipe).await;
    let began = Instant::now();
    drop(call);
    assert!(began.elapsed() < Duration::from_millis(100));
    until_gone(&mut pipe).await;
    let took = began.elapsed();
    assert!(GRACE <= took && took < GRACE + SLACK, "{took:?}");
    watched.assert_nobody_is_left();
}

#[tokio::test]
async fn a_process_is_asked_before_it_is_ended() {
    let watched = Watched::new("asked");
    let (tool, context, mut pipe) = watched.begin();
    let command = "exec 9>pipe; trap 'echo asked >&9; exit 0' TERM; echo up >&9; sleep 1000 & wait";
    let mut call = Box::pin(calling(&tool, command, &context));
    until_running(&mut call, &mut pipe).await;
    drop(call);
    assert_eq!(until_gone(&mut pipe).await, "asked\n");
    watched.assert_nobody_is_left();
}

#[tokio::test]
async fn the_token_of_the_context_ends_the_call_within_the_grace() {
    let watched = Watched::new("token");
    let (tool, context, mut pipe) = watched.begin();
    let mut call = Box::pin(calling(&tool, STUBBORN, &context));
    until_running(&mut call, &mut pipe).await;
    let began = Instant::now();
    context.cancel().cancel();
    assert_eq!(within(call).await.unwrap_err(), "the call was cancelled");
    assert!(began.elapsed() < GRACE + SLACK, "{:?}", began.elapsed());
    until_gone(&mut pipe).await;
    watched.assert_nobody_is_left();
}

#[tokio::test]
async fn a_command_whose_time_is_over_ends_with_its_output() {
    let watched = Watched::new("late");
    let tool = watched.tool().timeout(Duration::from_millis(100));
    let (tool, context, mut pipe) = (tool.into_tool(), watched.context(), watched.pipe());
    let began = Instant::now();
    let command = format!("echo begun; {STUBBORN}");
    let text = within(calling(&tool, &command, &context))
        .await
        .unwrap_err();
    let took = began.elapsed();
    assert_eq!(
        text,
        "begun\n(stopped after 0.1 s, before it ended; ask for less at once)\n"
    );
    assert!(
        took < Duration::from_millis(100) + GRACE + SLACK,
        "{took:?}"
    );
    until_gone(&mut pipe).await;
    watched.assert_nobody_is_left();
}

#[tokio::test]
async fn the_model_may_ask_for_less_time_but_not_for_more() {
    let place = Place::new();
    let began = Instant::now();
    let arguments = json!({ "command": "sleep 1000", "timeout_seconds": 1 });
    let text = place
        .call(BashTool::unrestricted(), arguments)
        .await
        .unwrap_err();
    assert!(text.contains("stopped after 1 s"), "{text}");
    let tool = allowing("sleep *").timeout(Duration::from_millis(50));
    let arguments = json!({ "command": "sleep 1000", "timeout_seconds": 100 });
    let text = place.call(tool, arguments).await.unwrap_err();
    assert!(text.contains("stopped after 0.05 s"), "{text}");
    assert!(began.elapsed() < Duration::from_secs(10));
}

/// The shell ends at once; its child ignores `TERM` and holds the output.
#[tokio::test]
async fn a_child_that_holds_the_output_keeps_nobody_waiting() {
    let watched = Watched::new("holds");
    let (tool, context, mut pipe) = watched.begin();
    let command = "exec 9>pipe; trap '' TERM; sleep 1000 & echo ended; exit 3";
    let began = Instant::now();
    let said = within(calling(&tool, command, &context)).await.unwrap();
    assert_eq!(said, "ended\n(exit code 3)\n");
    assert!(began.elapsed() < GRACE + SLACK, "{:?}", began.elapsed());
    until_gone(&mut pipe).await;
    watched.assert_nobody_is_left();
}

/// Nothing tells that there still is somebody, and the answer does not wait for it.
#[tokio::test]
async fn a_child_without_the_output_is_ended_as_well() {
    let watched = Watched::new("silent");
    let (tool, context, mut pipe) = watched.begin();
    let command = "exec 9>pipe; trap '' TERM; sleep 1000 >/dev/null 2>&1 & echo ended";
    let said = within(calling(&tool, command, &context)).await.unwrap();
    assert_eq!(said, "ended\n(exit code 0)\n");
    let began = Instant::now();
    until_gone(&mut pipe).await;
    assert!(began.elapsed() < GRACE + SLACK, "{:?}", began.elapsed());
    watched.assert_nobody_is_left();
}

/// It is out of reach, but the call does not wait for it. The test ends it.
#[tokio::test]
async fn a_child_that_leaves_the_group_keeps_nobody_waiting() {
    let watched = Watched::new("leaves");
    let (tool, context, mut pipe) = watched.begin();
    // The shell waits for a line of the process that has left.
    let command = "exec 9>pipe; mkfifo left; setsid sh -c 'echo left >left; exec sleep 1000' & \
                   read -r x <left; echo ended";
    let began = Instant::now();
    let said = within(calling(&tool, command, &context)).await.unwrap();
    assert_eq!(said, "ended\n(exit code 0)\n");
    assert!(
        began.elapsed() < GRACE + GRACE + SLACK,
        "{:?}",
        began.elapsed()
    );
    let left = EndMarked(format!("ENDS_MARK={}", watched.mark));
    assert_eq!(marked(&left.0).unwrap().len(), 1);
    drop(left);
    until_gone(&mut pipe).await;
    watched.assert_nobody_is_left();
}

/// Without any grace: there is no runtime left to wait for it.
#[test]
fn the_end_of_the_runtime_ends_the_group() {
    let watched = Watched::new("runtime");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (tool, context) = (watched.tool().into_tool(), watched.context());
    runtime.block_on(async {
        let mut pipe = watched.pipe();
        drop(tokio::spawn(async move {
            calling(&tool, STUBBORN, &context).await.unwrap();
        }));
        until_up(&mut pipe).await;
    });
    let mut pipe = File::open(watched.place.room().join("pipe")).unwrap();
    let began = Instant::now();
    drop(runtime);
    let mut rest = String::new();
    pipe.read_to_string(&mut rest).unwrap();
    assert!(began.elapsed() < SLACK, "{:?}", began.elapsed());
    watched.assert_nobody_is_left();
}

/// The command ignores `TERM`, and would run for a quarter of an hour.
#[tokio::test]
async fn a_system_with_a_running_command_stops_within_two_seconds() {
    let watched = Watched::new("system");
    let mut pipe = watched.pipe();
    let call = ToolCall::new("1", "bash", &json!({ "command": STUBBORN }));
    let model = ScriptedModel::from_fn(move |_| Response::tool_calls([call.clone()]));
    let system = TicketSystem::in_memory();
    let agent = Agent::new()
        .provider(model)
        .model("scripted")
        .dir(watched.place.room())
        .tool(watched.tool());
    system.agent(agent.task("Begin."));
    system.start();
    until_up(&mut pipe).await;
    let began = Instant::now();
    within(system.stop()).await;
    until_gone(&mut pipe).await;
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    watched.assert_nobody_is_left();
}

/// A part of the thousands that are run beside the gate.
#[test]
fn fifty_cancels_and_fifty_ends_leave_nobody() {
    let ended = Command::new(env!("CARGO_BIN_EXE_command_ends"))
        .args(["--cancels", "50", "--ends", "50", "--at-once", "32"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    let expected = "cancels 50, ends 50, survivors 0, processes not waited for 0, ";
    assert!(said.starts_with(expected), "{said}");
}
