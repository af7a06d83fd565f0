use std::time::Instant;

use agentwerk::TicketResult;
use agentwerk::schemas::Violations;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{assert_refused, assert_round_trip, document, violations};

/// Never right, so that the place is told.
fn wrong<T>(_: &T) -> Result<(), Violations> {
    Err(Violations::one("/in", "wrong"))
}

macro_rules! verdict {
    ($name:ident, $(#[$attribute:meta])*) => {
        #[derive(Serialize, Deserialize, TicketResult)]
        $(#[$attribute])*
        enum $name {
            /// It is good.
            Accept,
            Revise(#[result(check = wrong)] Note),
            Reject {
                #[result(check = wrong)]
                why: String,
            },
        }
    };
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Note {
    text: String,
}

verdict!(External,);
verdict!(Internal, #[serde(tag = "kind")]);
verdict!(Adjacent, #[serde(tag = "kind", content = "of/it")]);
verdict!(Untagged, #[allow(deprecated, reason = "it is what is tested")] #[serde(untagged)]);

#[test]
fn an_enum_with_outer_tags() {
    let json = json!("Accept");
    assert_round_trip::<External>(&json);
    let revise = json!({ "Revise": { "text": "a" } });
    assert_eq!(violations::<External>(&revise), ["`/Revise/in`: wrong"]);
    let reject = json!({ "Reject": { "why": "a" } });
    assert_eq!(violations::<External>(&reject), ["`/Reject/why/in`: wrong"]);
    assert_refused::<External>(&json!({ "Accept": 1 }));
    assert!(document::<External>()["oneOf"].is_array());
}

#[test]
fn an_enum_with_inner_tags() {
    assert_round_trip::<Internal>(&json!({ "kind": "Accept" }));
    let revise = json!({ "kind": "Revise", "text": "a" });
    assert_eq!(violations::<Internal>(&revise), ["`/in`: wrong"]);
    let reject = json!({ "kind": "Reject", "why": "a" });
    assert_eq!(violations::<Internal>(&reject), ["`/why/in`: wrong"]);
    assert_refused::<Internal>(&json!({ "kind": "Else" }));
}

#[test]
fn an_enum_with_tags_beside_the_content() {
    assert_round_trip::<Adjacent>(&json!({ "kind": "Accept" }));
    let revise = json!({ "kind": "Revise", "of/it": { "text": "a" } });
    assert_eq!(violations::<Adjacent>(&revise), ["`/of~1it/in`: wrong"]);
    let reject = json!({ "kind": "Reject", "of/it": { "why": "a" } });
    assert_eq!(violations::<Adjacent>(&reject), ["`/of~1it/why/in`: wrong"]);
    assert_refused::<Adjacent>(&json!({ "kind": "Revise" }));
}

#[test]
fn an_enum_without_tags() {
    assert_round_trip::<Untagged>(&json!(null));
    let revise = json!({ "text": "a" });
    assert_eq!(violations::<Untagged>(&revise), ["`/in`: wrong"]);
    let reject = json!({ "why": "a" });
    assert_eq!(violations::<Untagged>(&reject), ["`/why/in`: wrong"]);
    assert_refused::<Untagged>(&json!(1));
}

/// How far it is.
#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[serde(rename_all = "lowercase")]
enum Progress {
    /// Nothing is there.
    Open,
    #[serde(skip)]
    #[expect(dead_code, reason = "only in the program")]
    Internal(Instant),
    Done,
    #[serde(other)]
    Unknown,
}

#[test]
fn an_enum_of_words() {
    assert_round_trip::<Progress>(&json!("open"));
    assert_round_trip::<Progress>(&json!("unknown"));
    assert_refused::<Progress>(&json!("internal"));
    let other: Progress = serde_json::from_value(json!("half")).unwrap();
    assert_eq!(other, Progress::Unknown);
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(tag = "type")]
enum Step {
    Read {
        path: String,
    },
    Range(Range),
    #[serde(untagged)]
    Text(#[result(check = wrong)] String),
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(tag = "is")]
struct Range {
    #[result(check = wrong)]
    from: u8,
    to: (u8, u8),
}

#[test]
fn one_variant_may_be_without_a_tag_and_a_struct_may_have_one() {
    assert_round_trip::<Step>(&json!({ "type": "Read", "path": "a" }));
    assert_eq!(violations::<Step>(&json!("a")), ["`/in`: wrong"]);
    let range = json!({ "type": "Range", "is": "Range", "from": 1, "to": [1, 2] });
    assert_eq!(violations::<Step>(&range), ["`/from/in`: wrong"]);
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Note1(#[result(check = wrong)] String);

#[derive(Serialize, Deserialize, TicketResult)]
struct Line(
    Note1,
    #[expect(dead_code, reason = "only in the program")]
    #[serde(skip)]
    Option<Instant>,
    Vec<Note1>,
);

#[derive(Serialize, Deserialize, TicketResult)]
struct Nothing;

#[derive(Serialize, Deserialize, TicketResult)]
enum Never {}

#[test]
fn tuples_units_and_empty_enums() {
    assert_eq!(document::<Note1>()["type"], "string");
    let line = json!(["a", ["b", "c"]]);
    let expected = ["`/0/in`: wrong", "`/1/0/in`: wrong", "`/1/1/in`: wrong"];
    assert_eq!(violations::<Line>(&line), expected);
    assert_round_trip::<Nothing>(&json!(null));
    assert_refused::<Never>(&json!("Never"));
}
