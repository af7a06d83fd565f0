use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;

use crate::event::NoSink;
use crate::id::{AgentName, TicketKey};
use crate::tools::outputs::OutputDir;
use crate::tools::{IntoTool, ListDirectoryTool, ReadFileTool, ToolContext, WriteFileTool};

/// A directory `room` for an agent, one for outputs, and a secret beside them.
struct Place {
    root: TempDir,
    context: ToolContext,
}

impl Place {
    /// The directory for outputs stands at `outputs`.
    fn new(outputs: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let path = |below: &str| root.path().join(below);
        fs::create_dir(path("room")).unwrap();
        fs::write(path("room/a.txt"), "of the agent").unwrap();
        fs::write(path("secret.txt"), "secret").unwrap();
        for ticket in ["TICKET-1", "TICKET-2"] {
            let dir = path(outputs).join(ticket);
            fs::create_dir_all(&dir).unwrap();
            fs::write(dir.join("call"), format!("of {ticket}")).unwrap();
        }
        let outputs = OutputDir::new(path(outputs), TicketKey::from_number(1));
        let context = ToolContext::for_agent(
            path("room"),
            Arc::from([]),
            Some(outputs),
            AgentName::default(),
            None,
            None,
            Arc::new(NoSink),
        );
        Self { root, context }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    async fn call(&self, tool: impl IntoTool, path: impl AsRef<Path>) -> Result<String, String> {
        let arguments = json!({ "path": path.as_ref() });
        let result = tool.into_tool().call(arguments, &self.context).await;
        result
            .map(|result| result.text())
            .map_err(|error| error.to_string())
    }

    async fn read(&self, path: impl AsRef<Path>) -> Result<String, String> {
        self.call(ReadFileTool, path).await
    }

    async fn list(&self, path: impl AsRef<Path>) -> Result<String, String> {
        self.call(ListDirectoryTool, path).await
    }
}

#[tokio::test]
async fn outputs_of_every_ticket_are_read_by_their_absolute_paths() {
    let place = Place::new("outputs");
    for ticket in ["TICKET-1", "TICKET-2"] {
        let path = place.path("outputs").join(ticket).join("call");
        let text = place.read(&path).await.unwrap();
        assert_eq!(text, format!("     1\tof {ticket}\n"));
    }
    // The agent's own directory is what relative paths are relative to.
    assert_eq!(place.read("a.txt").await.unwrap(), "     1\tof the agent\n");
    place.read("TICKET-1/call").await.unwrap_err();
}

#[tokio::test]
async fn outputs_are_listed() {
    let place = Place::new("outputs");
    let text = place.list(place.path("outputs")).await.unwrap();
    assert_eq!(text, "TICKET-1/\nTICKET-2/\n");
    let text = place.list(place.path("outputs/TICKET-1")).await.unwrap();
    assert_eq!(text, "call (11 bytes)\n");
}

#[tokio::test]
async fn outputs_within_the_agents_directory_are_read_too() {
    let place = Place::new("room/outputs");
    let text = place.read(place.path("room/outputs/TICKET-1/call")).await;
    assert_eq!(text.unwrap(), "     1\tof TICKET-1\n");
    let text = place.read("outputs/TICKET-1/call").await;
    assert_eq!(text.unwrap(), "     1\tof TICKET-1\n");
}

#[tokio::test]
async fn what_a_session_keeps_in_the_agents_directory_is_not_written() {
    let place = Place::new("room/session/outputs");
    #[cfg(unix)]
    std::os::unix::fs::symlink("session/outputs/TICKET-1", place.path("room/link")).unwrap();
    for path in [
        "session/outputs/TICKET-1/call",
        "session/outputs/TICKET-3/new",
        "session/journal.jsonl",
        "session/new/new",
        "./session/../session/new",
        #[cfg(unix)]
        "link/call",
    ] {
        for path in [PathBuf::from(path), place.path("room").join(path)] {
            let arguments = json!({ "path": path, "content": "x" });
            let result = WriteFileTool
                .into_tool()
                .call(arguments, &place.context)
                .await;
            let text = result.unwrap_err().to_string();
            assert!(text.contains("may be read but not written"), "{text}");
        }
    }
    assert_eq!(fs::read_dir(place.path("room/session")).unwrap().count(), 1);
    let arguments = json!({ "path": "session2/new", "content": "x" });
    let result = WriteFileTool
        .into_tool()
        .call(arguments, &place.context)
        .await;
    result.unwrap();
}

#[tokio::test]
async fn an_output_is_found_wherever_its_session_was() {
    let place = Place::new("session/outputs");
    for before in ["/gone/session/", "", "./", "gone/session/", "../../"] {
        let path = format!("{before}outputs/TICKET-2/call");
        let text = place.read(&path).await;
        assert_eq!(text.as_deref(), Ok("     1\tof TICKET-2\n"), "{path}");
    }
    // The agent's own directory need not be there.
    fs::remove_dir_all(place.path("room")).unwrap();
    place.read("/gone/outputs/TICKET-2/call").await.unwrap();
}

#[tokio::test]
async fn a_file_of_the_agent_comes_before_an_output_of_its_name() {
    let place = Place::new("session/outputs");
    fs::create_dir_all(place.path("room/outputs/TICKET-1")).unwrap();
    fs::write(place.path("room/outputs/TICKET-1/call"), "own").unwrap();
    let relative = PathBuf::from("outputs/TICKET-1/call");
    for path in [place.path("room").join(&relative), relative] {
        assert_eq!(place.read(&path).await.unwrap(), "     1\town\n");
    }
    // Not so one of another ticket.
    place.read("outputs/TICKET-2/call").await.unwrap();
}

#[tokio::test]
async fn only_the_path_of_an_output_is_looked_up_among_the_outputs() {
    let place = Place::new("session/outputs");
    fs::write(place.path("session/outputs/plain"), "x").unwrap();
    fs::create_dir_all(place.path("session/outputs/TICKET-1/sub")).unwrap();
    fs::write(place.path("session/outputs/TICKET-1/sub/call"), "x").unwrap();
    for path in [
        "/gone/outputs",
        "/gone/outputs/plain",
        "/gone/outputs/TICKET-1",
        "/gone/outputs/TICKET-1/..",
        "/gone/outputs/../TICKET-1/call",
        "/gone/outputs/TICKET-1/../TICKET-1/call",
        "/gone/outputs/TICKET-1/sub/call",
        "/gone/outputs/TICKET-x/call",
        "/gone/others/TICKET-1/call",
    ] {
        let text = place.read(path).await.unwrap_err();
        assert!(text.contains("may not be read"), "{path}: {text}");
    }
    let text = place.read("/gone/outputs/TICKET-1/other").await;
    assert!(text.unwrap_err().contains("There is no `/gone/"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_from_elsewhere_leads_out_of_nothing_either() {
    let place = Place::new("session/outputs");
    let secret = place.path("secret.txt");
    let link = place.path("session/outputs/TICKET-1/link");
    std::os::unix::fs::symlink(&secret, link).unwrap();
    std::os::unix::fs::symlink(place.root.path(), place.path("session/outputs/TICKET-3")).unwrap();
    fs::create_dir_all(place.path("room/outputs/TICKET-2")).unwrap();
    std::os::unix::fs::symlink(&secret, place.path("room/outputs/TICKET-2/call")).unwrap();
    for path in [
        "/gone/outputs/TICKET-1/link",
        "/gone/outputs/TICKET-3/secret.txt",
        // The agent's own link, which is no output.
        "outputs/TICKET-2/call",
    ] {
        let text = place.read(path).await.unwrap_err();
        assert!(text.contains("may not be read"), "{path}: {text}");
    }
}

#[tokio::test]
async fn nothing_leads_out_of_the_outputs() {
    let place = Place::new("outputs");
    fs::create_dir(place.path("outputs-evil")).unwrap();
    fs::write(place.path("outputs-evil/secret.txt"), "secret").unwrap();
    let mut out = vec![
        "outputs/../secret.txt",
        "outputs/TICKET-1/../../secret.txt",
        "outputs-evil/secret.txt",
        // Not even into the agent's own directory.
        "outputs/../room/a.txt",
    ];
    #[cfg(unix)]
    {
        let link = place.path("outputs/TICKET-1/link");
        std::os::unix::fs::symlink(place.path("secret.txt"), link).unwrap();
        std::os::unix::fs::symlink("..", place.path("outputs/up")).unwrap();
        out.extend(["outputs/TICKET-1/link", "outputs/up/secret.txt"]);
    }
    for path in out {
        let text = place.read(place.path(path)).await.unwrap_err();
        assert!(text.contains("may not be read"), "{path}: {text}");
    }
    place.list(place.path("outputs/..")).await.unwrap_err();
}

#[tokio::test]
async fn outputs_that_are_not_there_are_answered() {
    let place = Place::new("outputs");
    let missing = place.path("outputs/TICKET-3/call");
    let text = place.read(&missing).await.unwrap_err();
    assert!(text.contains("There is no `"), "{text}");
    fs::remove_dir_all(place.path("outputs")).unwrap();
    let text = place.read(&missing).await.unwrap_err();
    assert!(text.contains(&missing.display().to_string()), "{text}");
}

#[tokio::test]
async fn a_long_line_of_an_output_is_read_to_its_end() {
    // Characters of one to four bytes, so that they meet the pieces' ends in every way.
    let line: String = "aäあ🦀".chars().cycle().take(4_000).collect();
    let whole = format!("{line}\n{}\r\nlast", "x".repeat(2_000));
    let place = Place::new("outputs");
    let path = place.path("outputs/TICKET-1/long");
    fs::write(&path, &whole).unwrap();
    let shown = place.read(&path).await.unwrap();
    let mut read = String::new();
    for (n, numbered) in shown.lines().enumerate() {
        let (number, text) = numbered.split_once('\t').unwrap();
        assert_eq!(number.trim(), (n + 1).to_string());
        match text.strip_suffix("… (the line goes on)") {
            Some(piece) => {
                assert!(
                    piece.len() <= 2_000 && piece.len() > 1_996,
                    "{}",
                    piece.len()
                );
                read.push_str(piece);
            }
            None => read = read + text + "\n",
        }
    }
    assert_eq!(read, whole.replace("\r\n", "\n") + "\n");
    // A file of the agent is none: such a line is cut.
    fs::write(place.path("room/long"), &whole).unwrap();
    let shown = place.read("long").await.unwrap();
    assert_eq!(shown.lines().count(), 3);
}
