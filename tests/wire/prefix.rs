//! What a vendor's cache needs: a request begins with the very bytes of the one before.

use std::sync::Arc;

use agentwerk::chat::Usage;
use agentwerk::knowledge::KnowledgePage;
use agentwerk::tools::{ListDirectoryTool, ReadFileTool, Tool, ToolResult};
use agentwerk::{Agent, Knowledge, TicketSystem};
use agentwerk_tests::asking::provider;
use agentwerk_tests::vendor::{Format, Recorded, Reply, VendorServer};
use agentwerk_tests::{echo, within};
use serde_json::json;

use super::bytes::{MARK, differences};

fn usage(turn: u64) -> Usage {
    Usage {
        input_tokens: 7,
        output_tokens: 5,
        cache_read_tokens: 1_000 * turn,
        cache_write_tokens: 100,
    }
}

/// What the model says in a turn: it calls tools in all but the last.
fn reply(turn: u64, is_last: bool) -> Reply {
    let words = |of: &str| json!({"text": format!("{of} {turn}: “naïve” 🦀\n")});
    let reply = Reply::new().usage(usage(turn));
    if is_last {
        return reply.text("That is all.");
    }
    match turn % 5 {
        0 => reply
            .text(format!("Turn {turn}."))
            .tool_call("echo", format!("{{\"text\": \"{turn}\",  \"extra\":1.50}}")),
        1 => reply
            .tool_call("echo", words("first"))
            .tool_call("list_directory", "{}")
            .tool_call("read_file", r#"{"path":"Cargo.toml","limit":2}"#),
        2 => reply
            .tool_call("fail", json!({"turn": turn}))
            .tool_call("nothing", "{}")
            .tool_call("echo", "{\"text\": \"cut"),
        3 => reply
            .thinking(format!("Thoughts of turn {turn}. Ωμέγα"))
            .redacted(format!("b64+/{turn}=="))
            .text("I look again.")
            .tool_call("echo", words("thought")),
        // More blocks than Anthropic looks back.
        _ => (0..15).fold(reply, |reply, part| {
            reply.tool_call("echo", words(&part.to_string()))
        }),
    }
}

fn failing() -> Tool {
    Tool::new("fail", "Fails.")
        .schema(json!({"type": "object", "properties": {"turn": {"type": "integer"}}}))
        .handler(|_, _| async { Ok(ToolResult::error("It never works. Go on without it.")) })
}

/// A whole ticket: its requests, and the system afterwards.
async fn conversation(format: Format, turns: u64) -> (Vec<Arc<Recorded>>, TicketSystem) {
    let server = VendorServer::start(format).await;
    (0..turns).for_each(|turn| server.enqueue(reply(turn, turn + 1 == turns)));
    let pages = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::load(pages.path()).unwrap();
    let page = KnowledgePage::new("tools", "Text.").with_summary("Which tools work");
    knowledge.pages().save(&page).unwrap();
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new().provider(provider(&server)).model("any");
    let agent = agent
        .role("You try tools. “Be brief.”")
        .dir(env!("CARGO_MANIFEST_DIR"))
        .knowledge(&knowledge);
    tickets.agent(
        agent
            .tools((ReadFileTool, ListDirectoryTool))
            .tool(echo())
            .tool(failing()),
    );
    tickets.task("Try all tools.");
    assert!(within(tickets.finish()).await.is_drained(), "{format:?}");
    assert_eq!(tickets.last_result().as_deref(), Some("That is all."));
    assert!(server.refusals().is_empty(), "{:?}", server.refusals());
    (server.requests(), tickets)
}

fn bodies(requests: &[Arc<Recorded>]) -> Vec<String> {
    requests.iter().map(|each| each.text.clone()).collect()
}

/// What the vendor says of its cache, which the statistics say too.
fn tokens_reach_the_statistics(format: Format, tickets: &TicketSystem) {
    let all = (0..40)
        .map(usage)
        .fold(Usage::default(), |sum, each| sum + each);
    let stats = tickets.stats();
    let read = stats.cache_read_tokens();
    assert_eq!(read, all.cache_read_tokens, "{format:?}");
    // Only Anthropic has a price for writing; a proxy hands it on.
    let writes = matches!(format, Format::Anthropic | Format::LiteLlm);
    let written = if writes { all.cache_write_tokens } else { 0 };
    assert_eq!(stats.cache_write_tokens(), written, "{format:?}");
    assert_eq!(stats.input_tokens(), all.total_input_tokens(), "{format:?}");
    assert_eq!(tickets.tickets()[0].usage().cache_read_tokens, read);
}

#[tokio::test]
async fn forty_requests_of_a_conversation_repeat_each_other_byte_by_byte() {
    for format in Format::ALL {
        let (requests, tickets) = conversation(format, 40).await;
        assert_eq!(requests.len(), 40, "{format:?}");
        let bodies = bodies(&requests);
        for part in ["Which tools work", "“Be brief.”", "\"fail\"", "never works"] {
            assert!(bodies[39].contains(part), "{format:?}: {part}");
        }
        if format == Format::Anthropic {
            assert!(bodies[39].contains("Thoughts of turn 38. Ωμέγα"));
        }
        assert_eq!(differences(format, &bodies), Vec::<String>::new());
        let last = bodies[39].len();
        tokens_reach_the_statistics(format, &tickets);
        println!(
            "{format:?}: 40 requests, the last of {last} bytes, each begins with the last one"
        );
    }
}

#[tokio::test]
async fn whatever_changes_in_what_was_sent_before_is_seen() {
    for format in Format::ALL {
        let (requests, _) = conversation(format, 12).await;
        let bodies = bodies(&requests);
        let today = "- Date: ";
        let date = bodies[9].split_once(today).expect("a date").1[..10].to_owned();
        let mut changes = vec![
            (
                "the order of keys",
                r#""name":"echo","description":"Repeats a text.""#.to_owned(),
                r#""description":"Repeats a text.","name":"echo""#.to_owned(),
            ),
            (
                "a date",
                format!("{today}{date}"),
                format!("{today}2001-01-01"),
            ),
            ("a role", "You try tools.".into(), "You try  tools.".into()),
            (
                "a result",
                "It never works.".into(),
                "It never worked.".into(),
            ),
            ("the model", r#""any""#.into(), r#""other""#.into()),
        ];
        if format == Format::Anthropic {
            let marked = MARK.to_owned();
            changes.push(("a mark less", marked.clone(), String::new()));
            changes.push((
                "a mark more",
                r#""name":"echo""#.into(),
                format!(r#""name":"echo"{marked}"#),
            ));
        }
        for (what, from, to) in changes {
            let mut changed = bodies.clone();
            changed[9] = bodies[9].replacen(&from, &to, 1);
            assert_ne!(
                changed[9], bodies[9],
                "{format:?}: there is {what} to change"
            );
            let found = differences(format, &changed);
            assert!(
                !found.is_empty(),
                "{format:?}: {what} changed, and nobody saw"
            );
        }
    }
}
