//! How much of their outputs a model reads where nothing keeps the rest, as in memory.

use agentwerk::chat::{CallResult, ToolCall};
use agentwerk::tools::{Tool, ToolResult};
use serde_json::json;

use crate::play::{call, play};

/// A tool that gives `count` times `ä`, two bytes each, as a success or an error.
fn long() -> Tool {
    Tool::new("long", "Gives much.")
        .schema(json!({ "type": "object" }))
        .handler(|arguments, _| async move {
            let count = usize::try_from(arguments["count"].as_u64().unwrap()).unwrap();
            let text = "ä".repeat(count);
            Ok(if arguments["is_error"] == true {
                ToolResult::error(text)
            } else {
                ToolResult::success(text)
            })
        })
}

fn calls(counts: &[usize]) -> Vec<ToolCall> {
    let call =
        |(n, count): (usize, &usize)| call(&n.to_string(), "long", json!({ "count": count }));
    counts.iter().enumerate().map(call).collect()
}

/// What the model reads of outputs of so many characters in one turn.
async fn read(counts: &[usize]) -> Vec<CallResult> {
    let results = play(long(), calls(counts)).await.results();
    let ids: Vec<_> = results
        .iter()
        .map(|each| each.call_id.to_string())
        .collect();
    let expected: Vec<_> = (0..counts.len()).map(|n| n.to_string()).collect();
    assert_eq!(ids, expected);
    results
}

fn lengths(results: &[CallResult]) -> Vec<usize> {
    results.iter().map(|each| each.content.len()).collect()
}

/// What stands between head and tail.
fn notice(result: &CallResult) -> &str {
    result.content.trim_matches('ä')
}

#[tokio::test]
async fn fifty_thousand_bytes_of_output_are_shown_whole() {
    let results = read(&[25_000]).await;
    assert_eq!(results[0].content, "ä".repeat(25_000));
}

#[tokio::test]
async fn longer_output_is_shown_as_head_and_tail() {
    for is_error in [false, true] {
        let arguments = json!({ "count": 100_001, "is_error": is_error });
        let result = play(long(), [call("1", "long", arguments)]).await.result();
        assert_eq!(result.is_error, is_error);
        let side = "ä".repeat(12_500);
        let expected = format!("{side}\n(… 150002 bytes left out …)\n{side}");
        assert_eq!(result.content, expected);
    }
}

#[tokio::test]
async fn two_hundred_thousand_bytes_of_a_turn_are_shown_whole() {
    let results = read(&[25_000; 4]).await;
    assert_eq!(lengths(&results), [50_000; 4]);
}

#[tokio::test]
async fn over_the_limit_of_a_turn_the_largest_are_cut_to_a_preview() {
    let counts = [24_000, 25_000, 23_000, 24_500, 22_000];
    let results = read(&counts).await;
    // 237,000 bytes: without the largest it is enough.
    for (position, count) in counts.iter().enumerate().filter(|(n, _)| *n != 1) {
        assert_eq!(results[position].content, "ä".repeat(*count));
    }
    assert!(
        results[1].content.len() <= 10_000,
        "{}",
        results[1].content.len()
    );
    assert!(results[1].content.starts_with('ä') && results[1].content.ends_with('ä'));
    assert!(
        notice(&results[1]).contains(" bytes left out …"),
        "{}",
        notice(&results[1])
    );
}

#[tokio::test]
async fn of_outputs_of_one_length_the_first_is_cut() {
    let results = read(&[100, 25_000, 25_000, 25_000, 25_000]).await;
    assert!(results[1].content.len() <= 10_000);
    assert_eq!(lengths(&results)[2..], [50_000; 3]);
}

#[tokio::test]
async fn a_preview_of_a_cut_output_counts_from_the_whole_one() {
    let results = read(&[500_000, 25_000, 25_000, 25_000, 15_000]).await;
    let shown = results[0].content.matches('ä').count() * 2;
    let expected = format!("\n(… {} bytes left out …)\n", 1_000_000 - shown);
    assert_eq!(notice(&results[0]), expected);
    assert!(shown < 10_000, "{shown}");
    assert_eq!(lengths(&results)[1..], [50_000, 50_000, 50_000, 30_000]);
}

#[tokio::test]
async fn many_outputs_of_one_turn_fit_together() {
    for (calls, count) in [(30, 4_500), (100, 4_000), (100, 100_000), (700, 250)] {
        let lengths = lengths(&read(&vec![count; calls]).await);
        let sum: usize = lengths.iter().sum();
        assert!(sum <= 200_000, "{calls}: {sum}");
        // No more is taken away than is needed.
        assert!(sum > 150_000, "{calls}: {sum}");
    }
}
