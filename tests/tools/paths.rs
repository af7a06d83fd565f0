//! Where the paths of the file tools may lead: below the agent's directory, and nowhere else.

use std::fs;
use std::path::{Path, PathBuf};

use agentwerk::tools::{ListDirectoryTool, ReadFileTool};
use serde_json::json;
use tempfile::TempDir;

use crate::play::{call, call_in, play_in};

const SECRET: &str = "the secret";

/// A directory `room` for the agent, and beside it things that are none of its business.
struct Place {
    root: TempDir,
}

impl Place {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for dir in ["room/sub", "outside", "room-evil"] {
            fs::create_dir_all(root.path().join(dir)).unwrap();
        }
        fs::write(root.path().join("room/a.txt"), "allowed").unwrap();
        fs::write(root.path().join("room/sub/b.txt"), "allowed too").unwrap();
        for secret in ["secret.txt", "outside/secret.txt", "room-evil/secret.txt"] {
            fs::write(root.path().join(secret), SECRET).unwrap();
        }
        Self { root }
    }

    fn room(&self) -> PathBuf {
        self.path("room")
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    async fn read(&self, path: impl AsRef<Path>) -> Result<String, String> {
        let arguments = json!({ "path": path.as_ref() });
        call_in(self.room(), ReadFileTool, arguments).await
    }

    async fn list(&self, path: impl AsRef<Path>) -> Result<String, String> {
        let arguments = json!({ "path": path.as_ref() });
        call_in(self.room(), ListDirectoryTool, arguments).await
    }

    async fn assert_unreadable(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        let text = self.read(path).await.expect_err("the path leads out");
        assert_refusal(path, &text);
    }

    async fn assert_unlistable(&self, path: impl AsRef<Path>) {
        let path = path.as_ref();
        let text = self.list(path).await.expect_err("the path leads out");
        assert_refusal(path, &text);
    }
}

/// The text says what is allowed, and nothing of what lies outside.
fn assert_refusal(path: &Path, text: &str) {
    let shown = path.display().to_string();
    assert!(text.contains(&format!("`{shown}`")), "{text}");
    assert!(text.contains("below the working directory"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}

#[tokio::test]
async fn paths_below_the_directory_are_read() {
    let place = Place::new();
    for path in [
        "sub/b.txt",
        "./sub/b.txt",
        "sub/../sub/b.txt",
        " sub/b.txt ",
        "sub//b.txt",
    ] {
        let text = place.read(path).await.unwrap();
        assert!(text.contains("allowed too"), "{path}: {text}");
    }
}

#[tokio::test]
async fn an_absolute_path_into_the_directory_is_read() {
    let place = Place::new();
    let text = place.read(place.path("room/sub/b.txt")).await.unwrap();
    assert!(text.contains("allowed too"), "{text}");
    assert!(place.list(place.room()).await.unwrap().contains("sub/"));
}

#[tokio::test]
async fn an_agent_is_told_its_directory_and_may_repeat_it() {
    let place = Place::new();
    // The directory of an agent may itself be reached through a link.
    let link = place.path("link-to-room");
    std::os::unix::fs::symlink(place.room(), &link).unwrap();
    let told = fs::canonicalize(place.room()).unwrap();
    let arguments = json!({ "path": told.join("a.txt") });
    let calls = [call("1", "read_file", arguments)];
    let played = play_in(&link, ReadFileTool, calls).await;
    assert!(
        played.result().content.contains("allowed"),
        "{:?}",
        played.result()
    );
    let first = played.ticket.transcript().unwrap()[0].text();
    assert!(first.contains(&told.display().to_string()), "{first}");
}

#[tokio::test]
async fn paths_that_climb_out_are_refused() {
    let place = Place::new();
    for path in [
        "../secret.txt",
        "sub/../../secret.txt",
        "./../outside/secret.txt",
    ] {
        place.assert_unreadable(path).await;
    }
    for path in ["..", "../outside", "sub/../.."] {
        place.assert_unlistable(path).await;
    }
    // Also when the way back leads in again.
    place.assert_unreadable("../room/a.txt").await;
}

#[tokio::test]
async fn absolute_paths_out_of_the_directory_are_refused() {
    let place = Place::new();
    place.assert_unreadable(place.path("secret.txt")).await;
    place.assert_unreadable("/etc/passwd").await;
    place.assert_unreadable("/proc/self/environ").await;
    place.assert_unlistable("/").await;
    place.assert_unlistable(place.path("outside")).await;
    place
        .assert_unreadable(place.path("room/../secret.txt"))
        .await;
}

#[tokio::test]
async fn a_directory_whose_name_begins_alike_is_outside() {
    let place = Place::new();
    place
        .assert_unreadable(place.path("room-evil/secret.txt"))
        .await;
    place.assert_unlistable(place.path("room-evil")).await;
    place.assert_unreadable("../room-evil/secret.txt").await;
}

#[tokio::test]
async fn a_home_directory_is_a_name_like_any_other() {
    let place = Place::new();
    let text = place.read("~/secret.txt").await.unwrap_err();
    assert!(text.contains("There is no `~/secret.txt`"), "{text}");
}

#[tokio::test]
async fn a_path_that_no_file_can_have_is_refused() {
    let place = Place::new();
    for path in ["a\0b".to_owned(), "x".repeat(5_000), "x/".repeat(5_000)] {
        let text = place.read(&path).await.unwrap_err();
        assert!(text.len() < 5_000, "{} bytes", text.len());
    }
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[tokio::test]
    async fn links_within_the_directory_are_followed() {
        let place = Place::new();
        symlink("sub/b.txt", place.path("room/link")).unwrap();
        symlink("sub", place.path("room/dir")).unwrap();
        symlink("dir", place.path("room/chain")).unwrap();
        for path in ["link", "dir/b.txt", "chain/b.txt"] {
            let text = place.read(path).await.unwrap();
            assert!(text.contains("allowed too"), "{path}: {text}");
        }
        assert!(place.list("chain").await.unwrap().contains("b.txt"));
    }

    #[tokio::test]
    async fn links_to_files_outside_are_refused() {
        let place = Place::new();
        symlink("../secret.txt", place.path("room/relative")).unwrap();
        symlink(place.path("secret.txt"), place.path("room/absolute")).unwrap();
        place.assert_unreadable("relative").await;
        place.assert_unreadable("absolute").await;
        place.assert_unreadable(place.path("room/absolute")).await;
    }

    #[tokio::test]
    async fn links_to_directories_outside_are_refused() {
        let place = Place::new();
        symlink("../outside", place.path("room/relative")).unwrap();
        symlink(place.path("outside"), place.path("room/absolute")).unwrap();
        for link in ["relative", "absolute"] {
            place.assert_unreadable(format!("{link}/secret.txt")).await;
            place.assert_unlistable(link).await;
        }
    }

    #[tokio::test]
    async fn a_chain_of_links_that_leads_out_is_refused() {
        let place = Place::new();
        symlink("../../outside", place.path("room/sub/out")).unwrap();
        symlink("sub/out", place.path("room/middle")).unwrap();
        symlink("middle", place.path("room/chain")).unwrap();
        place.assert_unreadable("chain/secret.txt").await;
        place.assert_unlistable("chain").await;
    }

    #[tokio::test]
    async fn a_link_to_the_root_of_the_file_system_is_refused() {
        let place = Place::new();
        symlink("/", place.path("room/root")).unwrap();
        place.assert_unreadable("root/etc/passwd").await;
        place.assert_unlistable("root").await;
    }

    #[tokio::test]
    async fn a_link_to_nothing_and_a_link_to_itself_are_answered() {
        let place = Place::new();
        symlink("nothing", place.path("room/dangling")).unwrap();
        symlink("loop", place.path("room/loop")).unwrap();
        let text = place.read("dangling").await.unwrap_err();
        assert!(text.contains("There is no `dangling`"), "{text}");
        let text = place.read("loop").await.unwrap_err();
        assert!(text.contains("`loop` cannot be read"), "{text}");
        assert!(text.contains("list_directory"), "{text}");
    }

    #[tokio::test]
    async fn a_link_is_listed_as_a_link_and_tells_nothing_of_its_target() {
        let place = Place::new();
        symlink("../secret.txt", place.path("room/leak")).unwrap();
        let text = place.list(".").await.unwrap();
        assert_eq!(text, "a.txt (7 bytes)\nleak (link)\nsub/\n");
    }

    /// Opening a pipe waits for its other end: a call that opened it would never come back.
    #[tokio::test]
    async fn a_pipe_is_refused_and_not_waited_for() {
        let place = Place::new();
        let pipe = place.path("room/pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let text = place.read("pipe").await.unwrap_err();
        assert!(text.contains("`pipe` is not a regular file"), "{text}");
        assert!(text.contains("another file"), "{text}");
        let text = place.list("pipe").await.unwrap_err();
        assert!(text.contains("`pipe`"), "{text}");
    }
}
