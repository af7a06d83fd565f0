//! `Agent::readable_dir`: further directories, for reading only.

use std::fs;

use agentwerk::Agent;
use agentwerk::event::{RunError, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use serde_json::json;

use crate::play::{call, finish, first_calls, play_agent};
use crate::tree::Tree;
use crate::watcher::assert_untouched;

#[tokio::test]
async fn it_is_read_and_listed_by_its_absolute_path() {
    let tree = Tree::new();
    let shared = tree.path("beside");
    let text = tree.read(shared.join("s.txt")).await.content;
    assert_eq!(text, "     1\tallowed\n");
    let arguments = json!({ "path": shared });
    let text = tree.call("list_directory", arguments).await.content;
    assert_eq!(text, "out (link)\ns.txt (8 bytes)\n");
    // A missing file is answered with one that the model can give.
    let text = tree.read(shared.join("S.txt")).await.content;
    let expected = format!("Similar paths: `{}`.", shared.join("s.txt").display());
    assert!(text.ends_with(&expected), "{text}");
    // Relative paths stay relative to the agent's own directory.
    assert!(tree.read("s.txt").await.is_error);
}

#[tokio::test]
async fn writing_to_it_is_refused_with_the_reason() {
    let tree = Tree::new();
    let before = tree.picture();
    for path in ["beside/s.txt", "beside/new.txt"] {
        let path = tree.path(path);
        for result in [
            tree.write(&path, "x").await,
            tree.edit(&path, "allowed", "x").await,
        ] {
            assert!(result.is_error);
            let expected = format!("`{}` may be read but not written", path.display());
            assert!(result.content.starts_with(&expected), "{result:?}");
        }
    }
    assert_untouched(&before, &tree.picture());
}

#[tokio::test]
async fn one_in_the_agents_own_directory_is_not_written_by_any_path() {
    let tree = Tree::new();
    let sub = tree.path("room/sub");
    let agent = tree.agent().readable_dir(&sub);
    let write = |path: String| call("1", "write_file", json!({ "path": path, "content": "x" }));
    let before = tree.picture();
    let calls = vec![
        write(sub.join("new.txt").display().to_string()),
        write("sub/new.txt".to_owned()),
        write("dir-in/new.txt".to_owned()),
        write("sub/deep/new.txt".to_owned()),
        write("sub/b.txt".to_owned()),
    ];
    let played = play_agent(agent, first_calls(calls)).await;
    for result in played.results() {
        assert!(
            result.content.contains("may be read but not written"),
            "{result:?}"
        );
    }
    assert_untouched(&before, &tree.picture());
}

#[tokio::test]
async fn one_around_the_agents_own_directory_leaves_that_writable() {
    let tree = Tree::new();
    let agent = tree.agent().readable_dir(tree.path(""));
    let home = fs::canonicalize(tree.path("room")).unwrap();
    let calls = vec![
        call(
            "1",
            "write_file",
            json!({ "path": home.join("new.txt"), "content": "x" }),
        ),
        call(
            "2",
            "read_file",
            json!({ "path": tree.path("rooms/secret.txt") }),
        ),
        call(
            "3",
            "write_file",
            json!({ "path": tree.path("rooms/new.txt"), "content": "x" }),
        ),
    ];
    let played = play_agent(agent, first_calls(calls)).await;
    let are_errors: Vec<_> = played.results().iter().map(|each| each.is_error).collect();
    assert_eq!(are_errors, [false, false, true]);
    assert_eq!(tree.text("new.txt"), "x");
}

#[tokio::test]
async fn one_behind_a_link_has_both_names() {
    let tree = Tree::new();
    let link = tree.path("link-to-shared");
    std::os::unix::fs::symlink("beside", &link).unwrap();
    let agent = tree.agent().readable_dir(&link);
    let told = Tool::new("told", "Tells its directories.").handler(|_, context| async move {
        let dirs: Vec<_> = context.readable_dirs().to_vec();
        Ok(ToolResult::success(dirs))
    });
    let calls = vec![
        call("1", "read_file", json!({ "path": link.join("s.txt") })),
        call("2", "told", json!({})),
    ];
    let results = play_agent(agent.tool(told), first_calls(calls))
        .await
        .results();
    assert_eq!(results[0].content, "     1\tallowed\n");
    let shared = fs::canonicalize(tree.path("beside")).unwrap();
    let expected = json!([shared, shared, link]);
    assert_eq!(results[1].content, expected.to_string());
}

#[tokio::test]
async fn one_that_is_not_there_is_a_wrong_configuration() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    for wrong in ["missing", "file"] {
        let model = ScriptedModel::replies([] as [&str; 0]);
        let wrong = dir.path().join(wrong);
        let agent = Agent::new().name("ada").readable_dir(dir.path());
        let agent = agent.readable_dir(&wrong).task("Begin.");
        let (_, outcome) = finish(agent, &model).await;
        let RunOutcome::Failed(RunError::Directory { agent, path, .. }) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!((agent.as_str(), path), ("ada", wrong));
    }
}
