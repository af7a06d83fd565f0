use agentwerk::TicketResult;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{assert_refused, assert_round_trip, document, violations};

fn names(schema: &Value) -> Vec<&String> {
    schema["properties"].as_object().unwrap().keys().collect()
}

/// Calls each field of the struct wrong, so that the checks name them all.
mod wrong {
    use agentwerk::schemas::Violations;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "it is given a field")]
    pub(super) fn number(_: &u8) -> Result<(), Violations> {
        Err(Violations::one("", "wrong"))
    }
}

macro_rules! renamed {
    ($name:ident, $rule:literal, $field:literal) => {
        #[derive(Serialize, Deserialize, TicketResult)]
        #[serde(rename_all = $rule)]
        struct $name {
            #[result(check = wrong::number)]
            page_2_size: u8,
        }

        let json = json!({ $field: 1 });
        assert_eq!(names(&document::<$name>()), [$field]);
        assert_eq!(violations::<$name>(&json), [concat!("`/", $field, "`: wrong")]);
        let value: $name = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(value).unwrap(), json);
    };
}

#[test]
fn a_rule_names_fields_in_schema_json_and_checks() {
    renamed!(Lower, "lowercase", "page_2_size");
    renamed!(Upper, "UPPERCASE", "PAGE_2_SIZE");
    renamed!(Pascal, "PascalCase", "Page2Size");
    renamed!(Camel, "camelCase", "page2Size");
    renamed!(Snake, "snake_case", "page_2_size");
    renamed!(Screaming, "SCREAMING_SNAKE_CASE", "PAGE_2_SIZE");
    renamed!(Kebab, "kebab-case", "page-2-size");
    renamed!(ScreamingKebab, "SCREAMING-KEBAB-CASE", "PAGE-2-SIZE");
}

macro_rules! renamed_variant {
    ($name:ident, $rule:literal, $variant:literal) => {
        #[derive(Serialize, Deserialize, TicketResult)]
        #[serde(rename_all = $rule)]
        enum $name {
            NotYetDone(#[result(check = wrong::number)] u8),
        }

        let json = json!({ $variant: 1 });
        assert_eq!(violations::<$name>(&json), [concat!("`/", $variant, "`: wrong")]);
        let value: $name = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(serde_json::to_value(value).unwrap(), json);
    };
}

#[test]
fn a_rule_names_variants_in_schema_json_and_checks() {
    renamed_variant!(Lower, "lowercase", "notyetdone");
    renamed_variant!(Upper, "UPPERCASE", "NOTYETDONE");
    renamed_variant!(Pascal, "PascalCase", "NotYetDone");
    renamed_variant!(Camel, "camelCase", "notYetDone");
    renamed_variant!(Snake, "snake_case", "not_yet_done");
    renamed_variant!(Screaming, "SCREAMING_SNAKE_CASE", "NOT_YET_DONE");
    renamed_variant!(Kebab, "kebab-case", "not-yet-done");
    renamed_variant!(ScreamingKebab, "SCREAMING-KEBAB-CASE", "NOT-YET-DONE");
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(rename = "Article", rename_all = "camelCase")]
struct Report {
    first_page: u8,
    #[serde(rename = "heading", alias = "headline", alias = "title")]
    title: String,
    r#type: String,
}

#[test]
fn names_follow_serde() {
    let document = document::<Report>();
    assert_eq!(document["title"], "Article");
    assert_eq!(Report::name(), "Article");
    assert_eq!(names(&document), ["firstPage", "heading", "type"]);
    assert_round_trip::<Report>(&json!({ "firstPage": 1, "heading": "Rust", "type": "book" }));
    // A model is told one name, and serde reads the others too.
    let aliased = json!({ "firstPage": 1, "headline": "Rust", "type": "book" });
    assert!(serde_json::from_value::<Report>(aliased).is_ok());
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum Change {
    AddPage {
        page_number: u8,
    },
    #[serde(rename = "drop", rename_all = "UPPERCASE")]
    RemovePage {
        page_number: u8,
        #[serde(rename = "why")]
        reason: String,
    },
}

#[test]
fn names_of_variants_and_their_fields_follow_serde() {
    assert_round_trip::<Change>(&json!({ "add-page": { "pageNumber": 1 } }));
    let dropped = json!({ "drop": { "PAGE_NUMBER": 1, "why": "empty" } });
    assert_round_trip::<Change>(&dropped);
    assert_refused::<Change>(&json!({ "drop": { "pageNumber": 1, "why": "empty" } }));
}

#[derive(Serialize, Deserialize, TicketResult)]
struct r#Match {
    r#fn: u8,
    r#struct: r#Else,
}

#[derive(Serialize, Deserialize, TicketResult)]
enum r#Else {
    r#Type(u8),
    r#Move { r#ref: u8 },
}

#[test]
fn raw_names_are_plain_in_json() {
    assert_eq!(document::<r#Match>()["title"], "Match");
    assert_round_trip::<r#Match>(&json!({ "fn": 1, "struct": { "Type": 2 } }));
    assert_round_trip::<r#Match>(&json!({ "fn": 1, "struct": { "Move": { "ref": 3 } } }));
}
