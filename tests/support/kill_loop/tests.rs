//! The check finds what it is there for: each test damages a sound session in one way.

use std::fs;
use std::path::Path;

use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Ticket, TicketSystem};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::acknowledged::Acknowledged;
use super::check::{Moment, check};
use super::journal_files::crc32;
use super::violations::{Kind, Violations};

/// A session in which a ticket was handed over, and what was acknowledged of it.
async fn session() -> (TempDir, Vec<Acknowledged>) {
    let pass_on = Tool::new("pass_on", "Passes the work on.")
        .schema(json!({ "type": "object" }))
        .handler(|_, context| async move {
            let desk = context.desk().unwrap();
            let next = Ticket::new("next").label("next");
            desk.hand_over(json!("first"), next).await.unwrap();
            Ok(ToolResult::success("passed on"))
        });
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path()).model("m");
    let first = ScriptedModel::replies([crate::call("1", "pass_on", &json!({}))]);
    tickets.agent(Agent::new().provider(first).tool(pass_on));
    let second = ScriptedModel::replies(["second"]);
    tickets.agent(Agent::new().label("next").provider(second));
    tickets.task("begin");
    assert!(tickets.finish().await.is_drained());
    let [parent, child] = ["TICKET-1", "TICKET-2"].map(str::to_owned);
    let acknowledged = vec![
        Acknowledged::Submitted(parent.clone(), json!("begin")),
        Acknowledged::Called(parent.clone(), "1".to_owned()),
        Acknowledged::HandedOver(parent.clone(), child.clone()),
        Acknowledged::Done(parent, json!("first")),
        Acknowledged::Done(child, json!("second")),
    ];
    (dir, acknowledged)
}

/// Rewrites the lines of a journal; numbers and checksums are made to fit.
fn rewrite(dir: &Path, change: impl Fn(&mut Vec<Value>)) {
    let path = dir.join("journal/000001.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let lines = text.lines().map(serde_json::from_str);
    let mut lines: Vec<Value> = lines.collect::<Result<_, _>>().unwrap();
    change(&mut lines);
    let mut text = String::new();
    for (line, seq) in lines.iter_mut().zip(1..) {
        line.as_object_mut().unwrap().remove("crc");
        line["seq"] = json!(seq);
        let mut body = line.to_string();
        body.pop();
        text.push_str(&format!(
            "{body},\"crc\":\"{:08x}\"}}\n",
            crc32(body.as_bytes())
        ));
    }
    fs::write(path, text).unwrap();
}

fn found(dir: &Path, acknowledged: &[Acknowledged]) -> Violations {
    let mut violations = Violations::default();
    check(dir, Moment::AtTheEnd, acknowledged, &mut violations).unwrap();
    violations
}

/// Which line has a record with this field.
fn line_of(lines: &[Value], field: &str) -> usize {
    let has = |line: &Value| {
        line["records"]
            .as_array()
            .unwrap()
            .iter()
            .any(|each| each.get(field).is_some())
    };
    lines.iter().position(has).unwrap()
}

#[tokio::test]
async fn a_sound_session_has_no_violations() {
    let (dir, acknowledged) = session().await;
    rewrite(dir.path(), |_| ());
    let violations = found(dir.path(), &acknowledged);
    assert!(violations.is_empty(), "{violations}");
}

#[tokio::test]
async fn a_record_that_was_acknowledged_and_is_gone_is_lost() {
    for field in ["message", "handed_over", "done"] {
        let (dir, acknowledged) = session().await;
        rewrite(dir.path(), |lines| {
            let number = line_of(lines, field);
            lines.truncate(number);
        });
        let violations = found(dir.path(), &acknowledged);
        assert!(violations.count(Kind::Lost) > 0, "{field}: {violations}");
    }
}

#[tokio::test]
async fn another_result_than_the_one_that_was_told_is_a_loss() {
    let (dir, mut acknowledged) = session().await;
    acknowledged.push(Acknowledged::Done("TICKET-2".to_owned(), json!("third")));
    assert_eq!(found(dir.path(), &acknowledged).count(Kind::Lost), 1);
}

#[tokio::test]
async fn a_second_end_and_a_second_submission_are_found() {
    for field in ["done", "submitted"] {
        let (dir, acknowledged) = session().await;
        rewrite(dir.path(), |lines| {
            let again = lines[line_of(lines, field)].clone();
            lines.push(again);
        });
        let violations = found(dir.path(), &acknowledged);
        assert_eq!(violations.count(Kind::Twice), 1, "{field}: {violations}");
    }
}

#[tokio::test]
async fn a_parent_without_its_child_and_a_child_without_its_parent_are_found() {
    let (dir, _) = session().await;
    rewrite(dir.path(), |lines| {
        let number = line_of(lines, "handed_over");
        let record = &mut lines[number]["records"][0];
        let mut step = record
            .as_object_mut()
            .unwrap()
            .remove("handed_over")
            .unwrap();
        record["done"] = json!({ "result": step["result"].take() });
    });
    let violations = found(dir.path(), &[]);
    assert!(violations.count(Kind::HalfApplied) > 0, "{violations}");
}

#[tokio::test]
async fn a_byte_that_changed_is_found() {
    let (dir, acknowledged) = session().await;
    let path = dir.path().join("journal/000001.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, text.replacen("begin", "began", 1)).unwrap();
    let violations = found(dir.path(), &acknowledged);
    assert_eq!(violations.count(Kind::Damaged), 1, "{violations}");
}

#[tokio::test]
async fn a_result_that_is_not_listed_is_found() {
    let (dir, acknowledged) = session().await;
    let path = dir.path().join("results.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let first = text.lines().next().unwrap();
    for listed in [format!("{first}\n"), format!("{text}{first}\n")] {
        fs::write(&path, listed).unwrap();
        let violations = found(dir.path(), &acknowledged);
        assert_eq!(violations.count(Kind::Other), 1, "{violations}");
    }
}
