use agentwerk::schemas::Violations;
use agentwerk::{Ticket, TicketResult};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::schema;

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
    takes::<Vec<Finding>>(&Ticket::new("Find things.").returns());
}
