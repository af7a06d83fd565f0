use std::collections::BTreeMap;

use agentwerk::TicketResult;
use agentwerk::schemas::Violations;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::violations;

#[derive(Serialize, Deserialize, TicketResult)]
#[result(check = Report::check_length)]
struct Report {
    #[result(check = check_title)]
    title: String,
    #[serde(rename = "a/b~c")]
    findings: Vec<Finding>,
    best: Option<Finding>,
    by_name: BTreeMap<String, Finding>,
    #[result(check = check_limit)]
    limit: Option<u8>,
    length: usize,
}

#[derive(Clone, Serialize, Deserialize, TicketResult)]
#[result(check = Self::check_score)]
struct Finding {
    score: u8,
}

impl Report {
    fn check_length(&self) -> Result<(), Violations> {
        if self.length == self.findings.len() {
            return Ok(());
        }
        Err(Violations::one("/length", "not the number of findings"))
    }
}

impl Finding {
    fn check_score(&self) -> Result<(), Violations> {
        match self.score {
            ..=10 => Ok(()),
            _ => Err(Violations::one("/score", "above 10")),
        }
    }
}

fn check_title(title: &str) -> Result<(), Violations> {
    let words = title.split(' ').enumerate();
    let long = words.filter(|(_, word)| word.len() > 5);
    let violations: Violations = long
        .map(|(index, _)| agentwerk::schemas::Violation::new("", format!("word {index} is long")))
        .collect();
    match violations.iter().len() {
        0 => Ok(()),
        _ => Err(violations),
    }
}

#[expect(clippy::ref_option, reason = "it is given a field")]
fn check_limit(limit: &Option<u8>) -> Result<(), Violations> {
    match limit {
        Some(0) => Err(Violations::one("", "zero")),
        _ => Ok(()),
    }
}

#[test]
fn parts_are_checked_before_fields_and_fields_before_the_whole() {
    let report = json!({
        "title": "A wordless worded title",
        "a/b~c": [{ "score": 1 }, { "score": 11 }],
        "best": { "score": 12 },
        "by_name": { "x/y": { "score": 13 }, "z": { "score": 10 } },
        "limit": 0,
        "length": 1
    });
    assert_eq!(
        violations::<Report>(&report),
        [
            "`/a~1b~0c/1/score`: above 10",
            "`/best/score`: above 10",
            "`/by_name/x~1y/score`: above 10",
            "`/title`: word 1 is long",
            "`/title`: word 2 is long",
            "`/limit`: zero",
            "`/length`: not the number of findings",
        ]
        .map(str::to_owned)
    );
}

#[test]
fn a_schema_is_held_before_any_check() {
    let report = json!({
        "title": "wordless", "a/b~c": [{ "score": "high" }], "best": null, "by_name": [],
        "limit": 0, "length": 0
    });
    let violations = violations::<Report>(&report);
    assert_eq!(violations.len(), 2, "{violations:?}");
}

/// Some of the fields are results and some are not, which no token tells.
#[derive(Serialize, Deserialize, TicketResult)]
struct Mixed {
    number: u32,
    #[schemars(with = "u8")]
    foreign: std::num::NonZeroU8,
    pair: (Finding, u8),
    three: [Finding; 1],
    shared: std::sync::Arc<Finding>,
    cow: std::borrow::Cow<'static, str>,
    duration: std::time::Duration,
}

#[test]
fn fields_that_are_no_results_need_no_check() {
    let mixed = json!({
        "number": 1, "foreign": 2, "pair": [{ "score": 20 }, 1], "three": [{ "score": 21 }],
        "shared": { "score": 22 }, "cow": "moo", "duration": { "secs": 1, "nanos": 0 }
    });
    let places = ["/pair/0/score", "/three/0/score", "/shared/score"];
    let expected = places.map(|place| format!("`{place}`: above 10"));
    assert_eq!(violations::<Mixed>(&mixed), expected);
}
