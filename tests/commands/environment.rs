//! The environment of commands: no secret of this process.

use std::env;
use std::process::Command;

use agentwerk::tools::BashTool;

use crate::place::{Place, allowing};

const CANARY: &str = "canary-5d41402abc4b2a76";
/// Names that keys have, and names that look harmless.
const NAMES: [&str; 8] = [
    "OPENAI_API_KEY",
    "ANTHROPIC_API_KEY",
    "MISTRAL_API_KEY",
    "LITELLM_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "BASH_ENV",
    "LCOUNT",
];

/// Set in the process that has the canaries.
const INSIDE: &str = "AGENTWERK_CANARIES";

/// Runs this test again, in a process with canaries in its environment.
#[test]
fn secrets_of_this_process_are_in_no_command() {
    let name = "environment::with_canaries_around";
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", name, "--ignored", "--nocapture"]);
    for canary in NAMES {
        command.env(canary, CANARY);
    }
    let ended = command
        .env(INSIDE, "1")
        .env("LC_TIME", "C")
        .env("TZ", "UTC-7")
        .env("PASSED", "on purpose")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by the test above, with canaries in the environment"]
async fn with_canaries_around() {
    if env::var_os(INSIDE).is_none() {
        return;
    }
    assert_eq!(env::var("OPENAI_API_KEY").as_deref(), Ok(CANARY));
    let place = Place::new();
    for tool in [allowing("env"), BashTool::unrestricted()] {
        let tool = tool.pass_env("PASSED").env("SET", "by the program");
        let said = place.run(tool, "env").await.unwrap();
        for name in NAMES {
            assert!(!said.contains(name), "{said}");
        }
        assert!(!said.contains(CANARY), "{said}");
        for there in [
            "LC_TIME=C",
            "TZ=UTC-7",
            "PASSED=on purpose",
            "SET=by the program",
        ] {
            assert!(said.lines().any(|line| line == there), "{said}");
        }
        assert!(said.contains("PATH=/"), "{said}");
    }
}

#[test]
fn values_are_not_in_the_debug_form() {
    let tool = BashTool::unrestricted()
        .env("TOKEN", CANARY)
        .pass_env("OTHER");
    let shown = format!("{tool:?}");
    assert!(
        shown.contains("TOKEN") && shown.contains("OTHER"),
        "{shown}"
    );
    assert!(!shown.contains(CANARY), "{shown}");
}
