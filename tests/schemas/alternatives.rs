//! What is told of a value that fits no alternative.

use agentwerk::TicketResult;
use agentwerk::schemas::Schema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What to do with a draft.
#[derive(Serialize, Deserialize, TicketResult)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Verdict {
    Accept {
        #[schemars(range(min = 1, max = 10))]
        score: u8,
    },
    Revise {
        notes: Vec<String>,
        by: Option<Day>,
    },
    Print {
        paper: Paper,
        #[schemars(range(max = 9))]
        copies: u8,
    },
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(rename_all = "snake_case")]
enum Paper {
    Plain,
    Bright,
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(rename_all = "snake_case")]
enum Day {
    /// The next one.
    Tomorrow,
    /// In seven days.
    NextWeek,
}

#[derive(Serialize, Deserialize, TicketResult)]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64, corner: Option<Corner> },
    Point,
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Corner {
    round: bool,
}

fn told<R: TicketResult>(value: Value) -> Vec<String> {
    let schema = Schema::of::<R>().unwrap().unwrap();
    let violations = schema.validate(&value).unwrap_err();
    violations.iter().map(ToString::to_string).collect()
}

#[test]
fn a_tag_says_which_alternative_was_meant() {
    assert_eq!(
        told::<Verdict>(json!({ "kind": "accept", "score": 0 })),
        ["`/score`: 0 is less than the minimum of 1"]
    );
    assert_eq!(
        told::<Verdict>(json!({ "kind": "revise", "notes": ["a", 1] })),
        [r#"`/notes/1`: 1 is not of type "string""#]
    );
    assert_eq!(
        told::<Verdict>(json!({ "kind": "revise" })),
        [r#"the value: "notes" is a required property"#]
    );
}

#[test]
fn all_that_is_wrong_with_the_alternative_is_told() {
    assert_eq!(
        told::<Verdict>(json!({ "kind": "print", "paper": "dull", "copies": 10 })),
        [
            r#"`/paper`: "dull" is not one of "plain" or "bright""#,
            "`/copies`: 10 is greater than the maximum of 9"
        ]
    );
}

#[test]
fn a_wrong_or_missing_tag_is_told_as_such() {
    assert_eq!(
        told::<Verdict>(json!({ "kind": "reject", "score": 1 })),
        [r#"`/kind`: must be one of "accept", "revise", "print""#]
    );
    assert_eq!(
        told::<Verdict>(json!({ "score": 1 })),
        [r#"the value: "kind" is a required property"#]
    );
}

#[test]
fn words_with_docs_are_listed_as_those_without() {
    assert_eq!(
        told::<Day>(json!("today")),
        [r#"the value: must be one of "tomorrow", "next_week""#]
    );
    let late = json!({ "kind": "revise", "notes": [], "by": "today" });
    assert_eq!(
        told::<Verdict>(late),
        [r#"`/by`: must be one of "tomorrow", "next_week""#]
    );
}

#[test]
fn the_name_of_a_variant_says_which_one_was_meant() {
    assert_eq!(
        told::<Shape>(json!({ "Circle": { "radius": "wide" } })),
        [r#"`/Circle/radius`: "wide" is not of type "number""#]
    );
    assert_eq!(
        told::<Shape>(json!({ "Square": { "side": 1, "corner": { "round": 1 } } })),
        [r#"`/Square/corner/round`: 1 is not of type "boolean""#]
    );
}

#[test]
fn what_may_be_null_is_told_of_the_value() {
    assert_eq!(
        told::<Option<Corner>>(json!({})),
        [r#"the value: "round" is a required property"#]
    );
}

#[test]
fn a_value_that_is_near_to_nothing_is_told_so() {
    let schema = json!({ "anyOf": [
        { "type": "object", "required": ["a"] },
        { "type": "object", "required": ["b"] }
    ] });
    let schema = Schema::parse(schema).unwrap();
    let violations = schema.validate(&json!({})).unwrap_err();
    assert_eq!(violations.len(), 1);
    assert!(
        violations[0].message.contains("anyOf"),
        "{}",
        violations[0].message
    );
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Page {
    entries: Vec<Even>,
}

#[derive(Serialize, TicketResult)]
#[serde(transparent)]
struct Even(u8);

impl<'de> Deserialize<'de> for Even {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            odd if odd % 2 == 1 => Err(serde::de::Error::custom("must be even")),
            even => Ok(Self(even)),
        }
    }
}

#[test]
fn what_a_type_refuses_has_its_place() {
    assert_eq!(
        told::<Page>(json!({ "entries": [2, 4, 5] })),
        ["`/entries/2`: must be even"]
    );
}
