use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use agentwerk::TicketResult;
use agentwerk::schemas::Violations;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{assert_round_trip, document, schema, violations};

/// The library under another name.
mod engine {
    pub(super) use agentwerk as werk;
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(rename = "Other")]
#[result(name = "final-report", crate = engine::werk, docs = required)]
struct Report {
    /// A headline.
    #[result(check = check_title)]
    title: String,
}

fn check_title(title: &str) -> Result<(), Violations> {
    match title {
        "" => Err(Violations::one("", "empty")),
        _ => Ok(()),
    }
}

#[test]
fn a_name_of_its_own_goes_before_that_of_serde() {
    assert_eq!(Report::name(), "final-report");
    assert_eq!(document::<Report>()["title"], "final-report");
    let reports = document::<Vec<Report>>();
    assert_eq!(reports["items"]["$ref"], "#/$defs/final-report");
    assert_eq!(
        violations::<Report>(&json!({ "title": "" })),
        ["`/title`: empty"]
    );
}

#[derive(Serialize, Deserialize, TicketResult)]
#[result(strict = true)]
struct Strict {
    lenient: Option<Lenient>,
}

#[derive(Serialize, Deserialize, TicketResult)]
#[result(strict = false)]
struct Lenient {
    value: Value,
}

#[test]
fn strictness_stands_at_the_root_and_is_that_of_the_whole() {
    let strict = document::<Strict>();
    assert_eq!(strict["x-strict"], json!(true));
    assert_eq!(strict["$defs"]["Lenient"].get("x-strict"), None);
    assert_eq!(document::<Lenient>()["x-strict"], json!(false));
    assert_eq!(document::<Vec<Option<Strict>>>()["x-strict"], json!(true));
    assert_eq!(document::<Report>().get("x-strict"), None);
    // It is a remark, no rule for values.
    assert_round_trip::<Strict>(&json!({ "lenient": { "value": [1] } }));
}

#[derive(Serialize, Deserialize, TicketResult)]
#[result(maps = entries)]
struct Sizes {
    by_name: BTreeMap<String, u64>,
    by_page: Vec<HashMap<String, BTreeMap<String, Tags>>>,
    plain: Plain,
    tags: Tags,
    #[serde(flatten)]
    more: BTreeMap<String, bool>,
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Tags {
    tags: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(deny_unknown_fields)]
struct Plain {
    #[serde(default)]
    x: BTreeMap<String, u8>,
}

#[test]
fn maps_of_the_type_itself_are_marked() {
    let document = document::<Sizes>();
    let properties = &document["properties"];
    assert_eq!(properties["by_name"]["x-maps"], "entries");
    let by_page = &properties["by_page"]["items"];
    assert_eq!(by_page["x-maps"], "entries");
    assert_eq!(by_page["additionalProperties"]["x-maps"], "entries");
    for of_others in [
        &document["$defs"]["Tags"],
        &document["$defs"]["Plain"],
        &properties["tags"],
    ] {
        assert!(!of_others.to_string().contains("x-maps"), "{of_others}");
    }
    // The flattened one is an object with known keys too.
    assert_eq!(document.get("x-maps"), None);
    assert_round_trip::<Sizes>(&json!({
        "by_name": { "a": 1 },
        "by_page": [{ "a": { "b": { "tags": {} } } }],
        "plain": { "x": {} },
        "tags": { "tags": { "a": "b" } },
        "more": true
    }));
}

/// A type that says by itself what its JSON is.
#[derive(Serialize, Deserialize, TicketResult)]
#[result(schema = existing, name = "colour", check = Colour::check_known)]
struct Colour(#[result(check = check_title)] String);

impl schemars::JsonSchema for Colour {
    fn schema_name() -> Cow<'static, str> {
        "Colour".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "maxLength": 5 })
    }
}

impl Colour {
    fn check_known(&self) -> Result<(), Violations> {
        match self.0.as_str() {
            "red" => Ok(()),
            _ => Err(Violations::one("", "not red")),
        }
    }
}

#[test]
fn a_schema_that_exists_is_taken_as_it_is() {
    assert_eq!(Colour::name(), "colour");
    assert_eq!(document::<Colour>()["maxLength"], 5);
    assert_round_trip::<Colour>(&json!("red"));
    assert_eq!(
        violations::<Colour>(&json!("")),
        ["the value: empty", "the value: not red"]
    );
    assert!(schema::<Colour>().validate(&json!("yellow")).is_err());
}

#[derive(Serialize, Deserialize, TicketResult)]
#[result(strict = true, maps = entries)]
struct ByNumber {
    towns: BTreeMap<u32, String>,
    streets: HashMap<String, Vec<u8>>,
}

#[test]
fn maps_with_any_keys_go_as_entries() {
    agentwerk::assert_strict!(ByNumber);
    let document = document::<ByNumber>();
    for map in ["towns", "streets"] {
        assert_eq!(document["properties"][map]["x-maps"], "entries");
    }
}
