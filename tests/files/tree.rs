//! A directory `room` for an agent, full of traps, and around it what is none of its business.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use agentwerk::Agent;
use agentwerk::chat::{CallResult, ToolCall};
use agentwerk::tools::{EditFileTool, ListDirectoryTool, ReadFileTool, WriteFileTool};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::play::{first_calls, play_agent};
use crate::watcher::{Picture, picture};

/// What no tool may ever show.
pub(crate) const CANARY: &str = "canary-7f3a91";
/// What files have in them that may be read.
pub(crate) const ALLOWED: &str = "allowed\n";

const FILES: [&str; 10] = [
    "a.txt",
    "sub/b.txt",
    "sub/deep/c.txt",
    "with space.txt",
    "ünïcode.txt",
    ".hidden",
    "..hidden",
    "a..b.txt",
    "...",
    "-dash",
];

const SECRETS: [&str; 7] = [
    "secret.txt",
    "outside/secret.txt",
    "outside/deep/secret.txt",
    "room-evil/secret.txt",
    "rooms/secret.txt",
    // In the room, but of the session.
    "room/.agentwerk/outputs/TICKET-1/call",
    "room/.agentwerk/journal/000001.jsonl",
];

/// Links in the room, each with where it leads.
const LINKS: [(&str, &str); 25] = [
    ("link-in", "sub/b.txt"),
    ("dir-in", "sub"),
    ("chain-in", "dir-in"),
    ("out-file", "../outside/secret.txt"),
    ("out-file-abs", "{root}/outside/secret.txt"),
    ("out-dir", "../outside"),
    ("out-dir-abs", "{root}/outside"),
    ("out-twin", "../room-evil"),
    ("out-new", "../outside/new.txt"),
    ("out-new-dir", "../outside/new"),
    ("chain1", "chain2"),
    ("chain2", "sub/chain3"),
    ("sub/chain3", "../../outside"),
    ("chain-file", "chain1/secret.txt"),
    ("dangling", "nothing"),
    ("loop", "loop"),
    ("loop-a", "loop-b"),
    ("loop-b", "loop-a"),
    ("up", ".."),
    ("sub/up", "../.."),
    ("slash", "/"),
    ("proc", "/proc/self"),
    ("environ", "/proc/self/environ"),
    ("zero", "/dev/zero"),
    ("tty", "/dev/tty"),
];

pub(crate) struct Tree {
    root: TempDir,
    _socket: UnixListener,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = |below: &str| root.path().join(below);
        let write = |below: &str, text: &str| {
            let path = path(below);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for file in FILES {
            write(&format!("room/{file}"), ALLOWED);
        }
        for secret in SECRETS {
            write(secret, &format!("{CANARY}\n{ALLOWED}"));
        }
        write("beside/s.txt", ALLOWED);
        fs::create_dir(path("room/empty")).unwrap();
        symlink("../outside", path("beside/out")).unwrap();
        symlink("room", path("link-to-room")).unwrap();
        for (link, target) in LINKS {
            let target = target.replace("{root}", &root.path().display().to_string());
            symlink(target, path("room").join(link)).unwrap();
        }
        let made = Command::new("mkfifo").arg(path("room/pipe")).status();
        assert!(made.unwrap().success());
        let socket = UnixListener::bind(path("room/socket")).unwrap();
        Self {
            root,
            _socket: socket,
        }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    /// The picture of everything, the room included.
    pub(crate) fn picture(&self) -> Picture {
        picture(self.root.path())
    }

    /// The picture of everything but what is below the room.
    pub(crate) fn around(&self) -> Picture {
        let room = self.path("room");
        let mut whole = self.picture();
        whole.retain(|path, _| !path.starts_with(&room));
        whole
    }

    /// An agent of the room with all tools, which may read `shared`.
    pub(crate) fn agent(&self) -> Agent {
        Agent::new()
            .tools((ReadFileTool, WriteFileTool, EditFileTool, ListDirectoryTool))
            .dir(self.path("link-to-room"))
            .readable_dir(self.path("beside"))
    }

    /// Lets a model make these calls in one turn.
    pub(crate) async fn play(&self, calls: Vec<ToolCall>) -> Vec<CallResult> {
        play_agent(self.agent(), first_calls(calls)).await.results()
    }

    /// What is told of a single call.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> CallResult {
        let calls = vec![ToolCall::new("1", tool, &arguments)];
        self.play(calls).await.remove(0)
    }

    pub(crate) async fn write(&self, path: impl AsRef<Path>, content: &str) -> CallResult {
        let arguments = json!({ "path": path.as_ref(), "content": content });
        self.call("write_file", arguments).await
    }

    pub(crate) async fn edit(&self, path: impl AsRef<Path>, old: &str, new: &str) -> CallResult {
        let arguments = json!({ "path": path.as_ref(), "old": old, "new": new });
        self.call("edit_file", arguments).await
    }

    pub(crate) async fn read(&self, path: impl AsRef<Path>) -> CallResult {
        let arguments = json!({ "path": path.as_ref() });
        self.call("read_file", arguments).await
    }

    pub(crate) fn text(&self, below: &str) -> String {
        fs::read_to_string(self.path("room").join(below)).unwrap()
    }
}
