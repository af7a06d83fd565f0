//! Types whose JSON is that of another type.

use std::collections::BTreeMap;

use agentwerk::TicketResult;
use agentwerk::schemas::Violations;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{assert_refused, assert_round_trip, document, violations};

/// A number as its hexadecimal digits.
mod hex {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it")]
    pub(super) fn serialize<S: Serializer>(number: &u32, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{number:x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
        let text = String::deserialize(from)?;
        u32::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

fn hex_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "string", "pattern": "^[0-9a-f]+$" })
}

/// A type of another crate, without a schema.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Foreign(Vec<u8>);

#[derive(Serialize, Deserialize, TicketResult)]
struct Colours {
    #[serde(with = "hex")]
    #[schemars(with = "String")]
    front: u32,
    #[serde(with = "hex")]
    #[schemars(schema_with = "hex_schema")]
    #[result(check = not_black)]
    back: u32,
    #[schemars(with = "[u8; 3]")]
    edge: Foreign,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "it is given a field")]
fn not_black(colour: &u32) -> Result<(), Violations> {
    match colour {
        0 => Err(Violations::one("", "black")),
        _ => Ok(()),
    }
}

#[test]
fn a_field_may_be_described_by_another_type_or_by_hand() {
    let colours = json!({ "front": "ff", "back": "a0", "edge": [1, 2, 3] });
    assert_round_trip::<Colours>(&colours);
    let properties = &document::<Colours>()["properties"];
    assert_eq!(properties["back"]["pattern"], "^[0-9a-f]+$");
    assert_eq!(properties["edge"]["maxItems"], 3);
    assert_refused::<Colours>(&json!({ "front": "ff", "back": "red", "edge": [1, 2, 3] }));
    let black = json!({ "front": "ff", "back": "0", "edge": [1, 2, 3] });
    assert_eq!(violations::<Colours>(&black), ["`/back`: black"]);
}

/// Who wrote it.
#[derive(Serialize, Deserialize, TicketResult)]
#[result(check = Author::has_name)]
struct Author {
    name: String,
    #[result(check = not_black)]
    age: u32,
}

impl Author {
    fn has_name(&self) -> Result<(), Violations> {
        match self.name.as_str() {
            "" => Err(Violations::one("/name", "empty")),
            _ => Ok(()),
        }
    }
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Report {
    title: String,
    #[serde(flatten)]
    author: Author,
    #[serde(flatten)]
    more: BTreeMap<String, Value>,
}

#[test]
fn flattened_fields_stand_among_the_others() {
    let report = json!({ "title": "a", "name": "b", "age": 1, "else": [null] });
    assert_round_trip::<Report>(&report);
    let nameless = json!({ "title": "a", "name": "", "age": 0 });
    let expected = ["`/age`: black", "`/name`: empty"];
    assert_eq!(violations::<Report>(&nameless), expected);
    assert_refused::<Report>(&json!({ "title": "a", "name": "b" }));
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(transparent)]
struct Byline {
    author: Author,
}

#[derive(Serialize, Deserialize, TicketResult)]
#[serde(transparent)]
struct Digest(
    #[schemars(length(min = 2))] String,
    #[expect(dead_code, reason = "only in the program")]
    #[serde(skip)]
    Option<Foreign>,
);

#[test]
fn a_transparent_type_is_what_it_holds() {
    let author = json!({ "name": "", "age": 1 });
    assert_eq!(violations::<Byline>(&author), ["`/name`: empty"]);
    assert_round_trip::<Byline>(&json!({ "name": "a", "age": 1 }));
    assert_round_trip::<Digest>(&json!("ab"));
    assert_refused::<Digest>(&json!("a"));
}

/// Only an address with an `@`.
#[derive(Clone, Serialize, Deserialize, TicketResult)]
#[serde(try_from = "String", into = "String")]
#[result(check = Email::is_known)]
struct Email {
    user: String,
    host: Foreign2,
}

/// Never seen by schema or serde.
#[derive(Clone)]
struct Foreign2(String);

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (user, host) = text.split_once('@').ok_or("no `@`")?;
        let host = Foreign2(host.to_owned());
        Ok(Self {
            user: user.to_owned(),
            host,
        })
    }
}

impl From<Email> for String {
    fn from(Email { user, host }: Email) -> Self {
        format!("{user}@{}", host.0)
    }
}

impl Email {
    fn is_known(&self) -> Result<(), Violations> {
        match self.host.0.as_str() {
            "home" => Ok(()),
            _ => Err(Violations::one(
                "",
                format!("not the host of {}", self.user),
            )),
        }
    }
}

#[test]
fn a_type_may_be_read_from_another() {
    assert_eq!(document::<Email>()["type"], "string");
    assert_round_trip::<Email>(&json!("me@home"));
    assert_eq!(violations::<Email>(&json!("me")), ["the value: no `@`"]);
    let elsewhere = violations::<Email>(&json!("me@else"));
    assert_eq!(elsewhere, ["the value: not the host of me"]);
}

#[derive(Clone, Serialize, Deserialize, TicketResult)]
#[serde(from = "(u8, u8)", into = "(u8, u8)")]
struct Point {
    x: u8,
    y: u8,
}

impl From<(u8, u8)> for Point {
    fn from((x, y): (u8, u8)) -> Self {
        Self { x, y }
    }
}

impl From<Point> for (u8, u8) {
    fn from(Point { x, y }: Point) -> Self {
        (x, y)
    }
}

#[test]
fn a_type_may_always_be_read_from_another() {
    assert_round_trip::<Point>(&json!([1, 2]));
    assert_refused::<Point>(&json!({ "x": 1, "y": 2 }));
}
