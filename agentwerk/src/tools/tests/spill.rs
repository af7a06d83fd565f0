use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::{OutputDir, Spill, fit};
use crate::chat::{CallResult, ToolCall};
use crate::event::NoSink;
use crate::id::{AgentName, TicketKey};
use crate::tools::{
    Denials, IntoTool, Next, ReadFileTool, Registry, Round, Tool, ToolContext, ToolResult,
};

const TICKET: TicketKey = TicketKey::from_number(7);

fn result(id: &str, content: String) -> CallResult {
    CallResult {
        call_id: id.into(),
        content,
        is_error: false,
    }
}

/// `bytes` bytes that differ by their place.
fn text(bytes: usize) -> String {
    let mut text = String::new();
    while text.len() < bytes {
        text.push_str(&format!("line {}\n", text.len()));
    }
    text.truncate(bytes);
    text
}

/// The file that a preview names.
fn file(preview: &str) -> Option<PathBuf> {
    let (_, path) = preview.split_once("The file `")?;
    let (path, _) = path.split_once('`')?;
    Some(PathBuf::from(path))
}

/// What of the whole text a preview leaves out, and what it says about that.
fn assert_preview(preview: &str, whole: &str) {
    assert!(preview.len() <= 10_000, "{} bytes", preview.len());
    let (head, rest) = preview.split_once("\n(… ").unwrap();
    let (notice, tail) = rest.split_once(" …)\n").unwrap();
    assert!(whole.starts_with(head) && whole.ends_with(tail), "{notice}");
    assert!(head.len() > 4_500 && tail.len() > 4_500, "{notice}");
    let left_out = whole.len() - head.len() - tail.len();
    let expected = format!("{left_out} bytes left out");
    assert!(notice.starts_with(&expected), "{notice}");
}

struct Place {
    place: TempDir,
    dir: OutputDir,
}

impl Place {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let dir = OutputDir::new(place.path().join("outputs"), TICKET);
        Self { place, dir }
    }

    fn files(&self) -> usize {
        let dir = self.place.path().join("outputs/TICKET-7");
        fs::read_dir(dir).map_or(0, Iterator::count)
    }

    async fn fit(&self, sizes: &[usize]) -> Vec<CallResult> {
        let result = |(n, size): (usize, &usize)| result(&format!("call_{n}"), text(*size));
        let results = sizes.iter().enumerate().map(result).collect();
        fit(results, self.spill(true)).await
    }

    fn spill(&self, has_reader: bool) -> Spill<'_> {
        let dir = Some(&self.dir);
        Spill { dir, has_reader }
    }
}

#[tokio::test]
async fn what_fits_a_conversation_touches_no_disk() {
    let place = Place::new();
    let results = place.fit(&[50_000, 0, 50_000, 50_000, 50_000]).await;
    assert!(results.iter().all(|each| file(&each.content).is_none()));
    assert!(!place.place.path().join("outputs").exists());
}

#[tokio::test]
async fn an_output_over_its_limit_is_kept_whole_and_previewed() {
    let place = Place::new();
    let results = place.fit(&[10, 50_001, 20]).await;
    let preview = &results[1].content;
    assert_preview(preview, &text(50_001));
    assert!(
        preview.contains("`read_file` with `offset` and `limit`"),
        "{preview}"
    );
    let path = file(preview).unwrap();
    assert_eq!(path, place.place.path().join("outputs/TICKET-7/call_1"));
    assert_eq!(fs::read_to_string(path).unwrap(), text(50_001));
    assert_eq!(
        (&*results[0].content, &*results[2].content),
        (&*text(10), &*text(20))
    );
    assert_eq!(place.files(), 1);
}

#[tokio::test]
async fn an_error_stays_an_error() {
    let place = Place::new();
    let mut error = result("call_0", text(90_000));
    error.is_error = true;
    let results = fit(vec![error], place.spill(true)).await;
    assert!(results[0].is_error);
    assert_preview(&results[0].content, &text(90_000));
}

#[tokio::test]
async fn over_the_limit_of_a_turn_the_largest_are_kept_first() {
    let place = Place::new();
    let sizes = [40_000, 48_000, 45_000, 300_000, 47_000, 44_000, 30_000];
    let results = place.fit(&sizes).await;
    // One is over its own limit; the others have 254,000 bytes, and lose the two largest.
    let kept: Vec<_> = results
        .iter()
        .map(|each| file(&each.content).is_some())
        .collect();
    assert_eq!(kept, [false, true, false, true, true, false, false]);
    let sum: usize = results.iter().map(|each| each.content.len()).sum();
    assert!(sum <= 200_000, "{sum}");
    for (n, (result, size)) in results.iter().zip(sizes).enumerate() {
        assert_eq!(result.call_id, format!("call_{n}").as_str());
        match file(&result.content) {
            None => assert_eq!(result.content, text(size)),
            Some(path) => assert_eq!(fs::read_to_string(path).unwrap(), text(size)),
        }
    }
}

#[tokio::test]
async fn many_outputs_of_one_turn_fit_together() {
    for (calls, size) in [(30, 9_000), (100, 60_000), (250, 5_000)] {
        let place = Place::new();
        let results = place.fit(&vec![size; calls]).await;
        let sum: usize = results.iter().map(|each| each.content.len()).sum();
        assert!(sum <= 200_000, "{calls}: {sum}");
        assert_eq!(results.len(), calls);
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_previewed_with_the_reason() {
    let place = Place::new();
    fs::write(place.place.path().join("outputs"), "No directory.").unwrap();
    let results = place.fit(&[60_000, 10]).await;
    let preview = &results[0].content;
    assert_preview(preview, &text(60_000));
    assert!(
        preview.contains("could not be kept in a file: "),
        "{preview}"
    );
    assert!(preview.contains("call again for less"), "{preview}");
    assert_eq!(file(preview), None);
    assert_eq!(results[1].content, text(10));
}

#[tokio::test]
async fn a_model_that_cannot_read_files_is_told_where_the_output_is() {
    let place = Place::new();
    let results = vec![result("call_0", text(60_000))];
    let results = fit(results, place.spill(false)).await;
    let preview = &results[0].content;
    assert_preview(preview, &text(60_000));
    assert!(!preview.contains("read_file"), "{preview}");
    let path = file(preview).unwrap();
    assert_eq!(fs::read_to_string(path).unwrap(), text(60_000));
}

fn long() -> Tool {
    Tool::new("long", "Gives much.").handler(|_, _| async { Ok(ToolResult::success(text(60_000))) })
}

/// Runs one call of an agent with these tools; its own directory need not even exist.
async fn run(place: &Place, tools: Vec<Tool>, call: ToolCall) -> String {
    let context = ToolContext::for_agent(
        place.place.path().join("room"),
        Arc::from([]),
        Some(place.dir.clone()),
        AgentName::default(),
        None,
        None,
        Arc::new(NoSink),
    );
    let registry = Registry::new(tools).unwrap();
    let (cancel, accept) = (CancellationToken::new(), |_: &_| Ok(()));
    let round = Round {
        registry: &registry,
        context: &context,
        cancel: &cancel,
        accept: &accept,
    };
    let end = round.run(&[call], &Denials::new()).await;
    assert_eq!(end.next, Next::Continue);
    end.results[0].content.clone()
}

#[tokio::test]
async fn a_round_hints_at_the_reader_where_the_agent_has_it() {
    let place = Place::new();
    let call = || ToolCall::new("a", "long", &json!({}));
    let told = run(&place, vec![long()], call()).await;
    assert!(file(&told).is_some());
    assert!(!told.contains("read_file"));
    let told = run(&place, vec![long(), ReadFileTool.into_tool()], call()).await;
    assert!(told.contains("; call `read_file` with `offset`"));
}

#[tokio::test]
async fn a_round_keeps_its_outputs_and_read_file_shows_them() {
    let place = Place::new();
    let tools = || vec![long(), ReadFileTool.into_tool()];
    let told = run(&place, tools(), ToolCall::new("a", "long", &json!({}))).await;
    let path = file(&told).unwrap();
    let arguments = json!({ "path": path, "offset": 1_000, "limit": 1 });
    let call = ToolCall::new("b", "read_file", &arguments);
    let shown = run(&place, tools(), call).await;
    let line = text(60_000).lines().nth(999).unwrap().to_owned();
    assert!(shown.starts_with(&format!("  1000\t{line}\n")), "{shown}");
}
