//! A key that is in the environment and in a provider is found in nothing that a program leaves.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use agentwerk_tests::vendor::{Answer, Format, Recorded, Reply, VendorServer};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Where a key may be, for every tool of the agent.
fn searches() -> Vec<(&'static str, Value)> {
    let environ = "/proc/self/environ";
    vec![
        ("read_file", json!({ "path": environ })),
        (
            "read_file",
            json!({ "path": "../../../../../../proc/self/environ" }),
        ),
        ("list_directory", json!({ "path": "/proc/self" })),
        ("grep", json!({ "pattern": "KEY", "path": environ })),
        ("glob", json!({ "pattern": "**/environ" })),
        (
            "write_file",
            json!({ "path": "copy.txt", "content": "a copy" }),
        ),
        (
            "edit_file",
            json!({ "path": environ, "old": "KEY", "new": "" }),
        ),
        ("show", json!({ "command": "env" })),
        (
            "bash",
            json!({ "command": "env; set; export -p; cat /proc/self/environ" }),
        ),
        ("tool_search", json!({ "query": "shell" })),
        ("web_fetch", json!({ "url": "http://127.0.0.1:8099/" })),
        ("knowledge", json!({ "action": "list" })),
        ("read_tickets", json!({})),
        (
            "manage_tickets",
            json!({ "action": "read", "key": "TICKET-1" }),
        ),
    ]
}

/// What the vendor says: it makes all searches at once, and refuses whoever asks for the other ticket,
/// at first with an error that may pass.
fn respond(request: &Recorded, failures: &mut u32) -> Answer {
    let mut asked = request.messages().iter();
    let task = asked.find(|message| message["role"] == "user");
    if task.is_some_and(|task| task.to_string().contains("and fail")) {
        *failures += 1;
        return match failures {
            1 => Answer::reset(),
            _ => Answer::status(401).message("no such key"),
        };
    }
    if request
        .messages()
        .iter()
        .any(|message| message["role"] == "assistant")
    {
        return Reply::new().text("Nothing was found.").into();
    }
    let calls = searches().into_iter();
    calls
        .fold(Reply::new().text("I look."), |reply, (tool, arguments)| {
            reply.tool_call(tool, arguments.to_string())
        })
        .into()
}

/// Runs the program with a key of each vendor, all of them the same.
fn seek(server: &VendorServer, dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_canary"));
    command
        .arg(dir)
        .env("TMPDIR", dir)
        .env("LITELLM_PROVIDER", server.format().name());
    for vendor in ["ANTHROPIC", "OPENAI", "MISTRAL", "LITELLM"] {
        command.env(format!("{vendor}_API_KEY"), server.key());
        command.env(format!("{vendor}_BASE_URL"), server.base_url());
    }
    command
        .env("SECRET_OF_THE_HOST", server.key())
        .output()
        .unwrap()
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn contains(text: &[u8], key: &str) -> bool {
    text.windows(key.len()).any(|part| part == key.as_bytes())
}

#[track_caller]
fn assert_hidden(what: &str, bytes: &[u8], key: &str) {
    if contains(bytes, key) {
        let text = String::from_utf8_lossy(bytes);
        let place = text.find(key).unwrap_or_default();
        let before = text[..place].chars().rev().take(200);
        let before: String = before.collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{what} shows the key:\n…{before}");
    }
}

async fn nothing_shows_the_key(format: Format) {
    let server = VendorServer::start(format).await;
    let mut failures = 0;
    server.respond_with(move |request| respond(request, &mut failures));
    let dir = TempDir::new().unwrap();
    let key = server.key().to_owned();
    let (server, place) = (server, dir.path().to_owned());
    let (server, output) = tokio::task::spawn_blocking(move || {
        let output = seek(&server, &place);
        (server, output)
    })
    .await
    .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");

    // The key was used, and each search was made.
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.key() == Some(&key))
    );
    let said = String::from_utf8_lossy(&output.stdout);
    for (tool, _) in searches() {
        assert!(
            said.contains(&format!("tool: \"{tool}\"")),
            "`{tool}` did not run"
        );
    }
    assert!(
        said.contains("Nothing was found.") && said.contains("error: "),
        "{said}"
    );
    assert!(said.contains("PATH="), "the commands told what they see");
    assert!(said.contains("trace: "), "the spans were printed");

    assert_hidden("the output", &output.stdout, &key);
    assert_hidden("the error output", &output.stderr, &key);
    let mut left = Vec::new();
    files(dir.path(), &mut left);
    assert!(left.len() > 2, "a session was kept: {left:?}");
    for file in left {
        assert_hidden(&file.to_string_lossy(), &fs::read(&file).unwrap(), &key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_shows_the_key_of_any_vendor() {
    for format in Format::ALL {
        nothing_shows_the_key(format).await;
    }
}

#[test]
fn a_key_would_be_found() {
    assert!(contains(b"some text with sk-canary in it", "sk-canary"));
    assert!(!contains(b"some text", "sk-canary"));
}
