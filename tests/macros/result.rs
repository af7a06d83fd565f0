use std::collections::BTreeMap;

use agentwerk::schemas::{Schema, Violations};
use agentwerk::{Ticket, TicketResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What was found.
#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[serde(deny_unknown_fields)]
#[result(check = Report::check_scores)]
struct Report {
    /// A headline.
    #[schemars(length(max = 20))]
    title: String,
    /// In the order of their weight.
    #[serde(rename = "items")]
    findings: Vec<Finding>,
    #[serde(default = "Report::confidence")]
    confidence: f64,
    #[serde(skip)]
    seen: Option<Unknown>,
}

/// A thing that no schema knows.
#[derive(Debug, Default, PartialEq)]
struct Unknown;

#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
struct Finding {
    /// From 0 to 10.
    score: u8,
}

impl Report {
    fn confidence() -> f64 {
        0.5
    }

    fn check_scores(&self) -> Result<(), Violations> {
        let wrong = self.findings.iter().position(|finding| finding.score > 10);
        wrong.map_or(Ok(()), |index| {
            Err(Violations::one(
                format!("/items/{index}/score"),
                "at most 10",
            ))
        })
    }
}

fn schema<R: TicketResult>() -> Schema {
    Schema::of::<R>().unwrap().unwrap()
}

fn property_names(schema: &Value) -> Vec<&String> {
    schema["properties"].as_object().unwrap().keys().collect()
}

#[test]
fn a_schema_follows_the_declaration() {
    let schema = schema::<Report>();
    let document = schema.document();
    assert_eq!(document["title"], "Report");
    assert_eq!(document["description"], "What was found.");
    assert_eq!(property_names(document), ["title", "items", "confidence"]);
    assert_eq!(
        document["properties"],
        json!({
            "title": { "description": "A headline.", "type": "string", "maxLength": 20 },
            "items": {
                "description": "In the order of their weight.",
                "type": "array",
                "items": { "$ref": "#/$defs/Finding" }
            },
            "confidence": { "type": "number", "format": "double", "default": 0.5 }
        })
    );
    assert_eq!(document["required"], json!(["title", "items"]));
    assert_eq!(document["additionalProperties"], json!(false));
    let score = &document["$defs"]["Finding"]["properties"]["score"];
    assert_eq!(score["description"], "From 0 to 10.");
    assert_eq!(Report::name(), "Report");
}

#[test]
fn a_value_is_checked_in_three_steps() {
    let schema = schema::<Report>();
    let right = json!({ "title": "Rust", "items": [{ "score": 10 }] });
    assert_eq!(schema.validate(&right), Ok(()));

    let wrong = json!({ "title": "Rust", "items": [{ "score": "high" }] });
    let violations = schema.validate(&wrong).unwrap_err();
    assert_eq!(violations[0].pointer, "/items/0/score");

    let senseless = json!({ "title": "Rust", "items": [{ "score": 1 }, { "score": 11 }] });
    let violations = schema.validate(&senseless).unwrap_err();
    assert_eq!(violations.len(), 1);
    assert_eq!(violations[0].to_string(), "`/items/1/score`: at most 10");
}

#[test]
fn a_result_is_what_a_ticket_returns() {
    fn takes<R: TicketResult>(_ticket: &Ticket<R>) {}

    takes(&Ticket::new("Write a report.").returns::<Report>());
    takes::<Vec<Page<u8>>>(&Ticket::new("Write pages.").returns());
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Page<T: Clone, const N: usize = 1>
where
    Vec<T>: PartialEq,
{
    entries: Vec<T>,
    next: Option<Box<Self>>,
    sizes: BTreeMap<String, u64>,
}

#[test]
fn generic_and_recursive_types_have_schemas() {
    let schema = schema::<Page<u8>>();
    let page = json!({
        "entries": [1],
        "next": { "entries": [], "next": null, "sizes": {} },
        "sizes": { "a": 1 }
    });
    assert_eq!(schema.validate(&page), Ok(()));
    assert!(
        schema
            .validate(&json!({ "entries": ["a"], "sizes": {} }))
            .is_err()
    );
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(default, rename = "Config", rename_all = "camelCase")]
struct Settings {
    max_size: [u8; Self::LENGTH],
    name: String,
}

impl Settings {
    const LENGTH: usize = 2;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_size: [1, 2],
            name: "base".to_owned(),
        }
    }
}

#[test]
fn defaults_and_names_of_the_type_are_kept() {
    let schema = schema::<Settings>();
    let document = schema.document();
    assert_eq!(document["title"], "Config");
    assert_eq!(document["properties"]["maxSize"]["default"], json!([1, 2]));
    assert_eq!(document["properties"]["name"]["default"], "base");
    assert_eq!(document.get("required"), None);
}

/// What to do next.
#[derive(Serialize, Deserialize, TicketResult)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Verdict {
    /// It is done.
    Accept,
    Revise {
        /// What to change.
        notes: Vec<Note>,
    },
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Note(String);

#[derive(Serialize, Deserialize, TicketResult)]
struct Nothing;

#[test]
fn enums_tuples_and_units_have_schemas() {
    let verdict = schema::<Verdict>();
    let revise = json!({ "kind": "revise", "notes": ["shorter"] });
    assert_eq!(verdict.validate(&revise), Ok(()));
    assert!(verdict.validate(&json!({ "kind": "reject" })).is_err());
    assert_eq!(schema::<Note>().document()["type"], "string");
    assert_eq!(schema::<Nothing>().validate(&json!(null)), Ok(()));
}
