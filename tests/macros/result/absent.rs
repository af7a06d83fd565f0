use agentwerk::TicketResult;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{assert_refused, assert_round_trip, document, schema};

/// A thing that no schema knows.
#[derive(Debug, Default, PartialEq)]
struct Unknown;

fn ten() -> u8 {
    10
}

#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[serde(deny_unknown_fields)]
struct Config {
    limit: Option<u8>,
    #[serde(default)]
    depth: u8,
    #[serde(default = "ten")]
    pages: u8,
    #[serde(default = "Config::seven")]
    days: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip)]
    cache: Unknown,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    #[deprecated]
    #[serde(default)]
    old: bool,
}

impl Config {
    fn seven() -> u8 {
        7
    }
}

#[test]
fn what_may_be_missing_is_told_with_its_default() {
    let document = document::<Config>();
    assert_eq!(document.get("required"), None);
    assert_eq!(document["additionalProperties"], json!(false));
    let properties = &document["properties"];
    assert_eq!(properties["limit"]["type"], json!(["integer", "null"]));
    for (name, default) in [("depth", 0), ("pages", 10), ("days", 7)] {
        assert_eq!(properties[name]["default"], default, "{name}");
    }
    assert_eq!(properties["old"]["deprecated"], json!(true));
    assert_eq!(properties.get("cache"), None);

    let read: Config = serde_json::from_value(json!({})).unwrap();
    assert_eq!((read.depth, read.pages, read.days), (0, 10, 7));
    assert_eq!(read.cache, Unknown);
}

#[test]
fn what_is_left_out_can_be_read_again() {
    assert_refused::<Config>(&json!({ "cache": null }));
    let plain = json!({ "limit": null, "depth": 1, "pages": 2, "days": 3, "old": true });
    assert_round_trip::<Config>(&plain);
    let full = json!({
        "limit": 1, "depth": 1, "pages": 2, "days": 3, "tags": ["a"], "remark": "b", "old": false
    });
    assert_round_trip::<Config>(&full);
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(default, rename = "Config", rename_all = "camelCase")]
struct Settings {
    max_size: [u8; Self::LENGTH],
    name: String,
    #[serde(skip)]
    unknown: Option<Unknown>,
}

impl Settings {
    const LENGTH: usize = 2;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_size: [1, 2],
            name: "base".to_owned(),
            unknown: None,
        }
    }
}

#[derive(Default, Serialize, Deserialize, TicketResult)]
#[serde(default)]
struct Values<T: Default> {
    values: Vec<T>,
    first: T,
}

#[test]
fn defaults_of_the_whole_type_are_its_own() {
    let document = document::<Settings>();
    assert_eq!(document["title"], "Config");
    assert_eq!(document.get("required"), None);
    let properties = &document["properties"];
    assert_eq!(properties["maxSize"]["default"], json!([1, 2]));
    assert_eq!(properties["name"]["default"], "base");
    assert_eq!(schema::<Settings>().validate(&json!({})), Ok(()));
    assert_round_trip::<Settings>(&json!({ "maxSize": [3, 4], "name": "a" }));
    assert_round_trip::<Values<u8>>(&json!({ "values": [1], "first": 2 }));
}

#[derive(Default, Serialize, Deserialize, TicketResult)]
#[serde(default)]
struct Pair(u8, #[serde(skip)] Option<Unknown>, String);

#[test]
fn a_tuple_has_defaults_too() {
    assert_round_trip::<Pair>(&json!([1, "a"]));
}
