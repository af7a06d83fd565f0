//! What a model is told of a command that ran.

use std::time::Duration;

use agentwerk::tools::{BashTool, IntoTool, ToolContext};
use serde_json::json;

use crate::place::{Place, allowing};

async fn shell(command: &str) -> Result<String, String> {
    Place::new().run(BashTool::unrestricted(), command).await
}

#[tokio::test]
async fn both_outputs_stand_in_the_order_in_which_they_were_written() {
    let said = shell("echo 1; echo 2 >&2; echo 3; echo 4 >&2; printf 5").await;
    assert_eq!(said.unwrap(), "1\n2\n3\n4\n5\n(exit code 0)\n");
}

#[tokio::test]
async fn an_exit_code_is_an_answer_and_a_signal_an_error() {
    assert_eq!(
        shell("echo no; exit 7").await.unwrap(),
        "no\n(exit code 7)\n"
    );
    assert_eq!(
        shell("echo no; kill -9 $$").await.unwrap_err(),
        "no\n(ended by signal 9)\n"
    );
    assert_eq!(shell("true").await.unwrap(), "(exit code 0)\n");
}

#[tokio::test]
async fn bytes_that_are_no_text_and_escapes_of_terminals_do_not_reach_the_model() {
    let said = shell(r"printf 'caf\351 \033[31mred\033[0m\a\n'").await;
    assert_eq!(said.unwrap(), "caf\u{fffd} red\n(exit code 0)\n");
}

#[tokio::test]
async fn there_is_no_input() {
    assert_eq!(shell("cat").await.unwrap(), "(exit code 0)\n");
}

#[tokio::test]
async fn a_line_that_begins_with_a_dash_is_no_option_of_the_shell() {
    let said = shell("--version").await.unwrap();
    assert!(
        said.contains("not found") && said.ends_with("(exit code 127)\n"),
        "{said}"
    );
}

#[tokio::test]
async fn commands_run_in_the_directory_of_the_agent() {
    let place = Place::new();
    let room = place.room().canonicalize().unwrap();
    let said = place.run(BashTool::unrestricted(), "pwd -P").await.unwrap();
    assert_eq!(said, format!("{}\n(exit code 0)\n", room.display()));
    let said = place.run(allowing("pwd"), "pwd").await.unwrap();
    assert_eq!(said, format!("{}\n(exit code 0)\n", room.display()));
}

#[tokio::test]
async fn a_missing_directory_is_told() {
    let context = ToolContext::new("/no/such/directory");
    let tool = BashTool::unrestricted().into_tool();
    let error = tool.call(json!({ "command": "true" }), &context).await;
    let text = error.unwrap_err().to_string();
    assert_eq!(
        text,
        "The working directory does not exist, so no command can run."
    );
}

/// The writer is never kept waiting, and what is kept of it is bounded.
#[tokio::test]
async fn of_a_hundred_megabytes_head_and_tail_are_told() {
    let command = "echo first; head -c 100000000 /dev/zero | tr '\\0' x; echo; echo last";
    let said = shell(command).await.unwrap();
    assert!(said.starts_with("first\nxxx"));
    assert!(said.ends_with("xxx\nlast\n(exit code 0)\n"));
    let left_out = 100_000_012 - 2_000_000;
    assert!(said.contains(&format!("x\n(… {left_out} bytes left out …)\nx")));
    assert!(said.len() < 2_000_100, "{}", said.len());
}

#[tokio::test]
async fn an_endless_output_ends_with_the_time() {
    let tool = BashTool::unrestricted().timeout(Duration::from_millis(300));
    let text = Place::new().run(tool, "yes").await.unwrap_err();
    assert!(text.starts_with("y\ny\n"));
    assert!(text.ends_with("y\n(stopped after 0.3 s, before it ended; ask for less at once)\n"));
    assert!(text.len() < 2_000_200, "{}", text.len());
}

#[tokio::test]
async fn lines_for_the_shell_are_bounded() {
    let long = format!("true {}", "x".repeat(100_000));
    let text = shell(&long).await.unwrap_err();
    assert!(text.contains("a line may have 100000 bytes"), "{text}");
    let text = shell("echo \0").await.unwrap_err();
    assert!(text.contains("no NUL"), "{text}");
}
