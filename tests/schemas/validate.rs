//! What is told of a value that does not fit.

use std::collections::BTreeMap;

use agentwerk::TicketResult;
use agentwerk::schemas::{Schema, Violation, Violations};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn violations(schema: Value, value: Value) -> Vec<Violation> {
    let schema = Schema::parse(schema).unwrap();
    schema.validate(&value).err().unwrap_or_default()
}

fn pointers(violations: &[Violation]) -> Vec<&str> {
    let mut pointers: Vec<_> = violations.iter().map(|v| v.pointer.as_str()).collect();
    pointers.sort_unstable();
    pointers
}

#[test]
fn all_violations_are_told_with_their_places() {
    let schema = json!({
        "type": "object",
        "properties": {
            "title": { "type": "string", "minLength": 3 },
            "tags": { "type": "array", "items": { "type": "string" } },
            "author": { "type": "object", "required": ["name"] }
        },
        "required": ["title", "year"],
        "additionalProperties": false
    });
    let value = json!({ "title": "x", "tags": ["a", 1, 2], "author": {}, "colour": "red" });
    let found = violations(schema, value);
    let expected = ["", "", "/author", "/tags/1", "/tags/2", "/title"];
    assert_eq!(pointers(&found), expected);
    let text: String = found
        .iter()
        .map(|violation| format!("{violation}\n"))
        .collect();
    for part in ["year", "name", "colour", "`/tags/1`", "the value: "] {
        assert!(text.contains(part), "no {part} in: {text}");
    }
}

#[test]
fn pointers_are_escaped() {
    let schema =
        json!({ "properties": { "a/b": { "properties": { "c~d": { "type": "null" } } } } });
    let found = violations(schema, json!({ "a/b": { "c~d": 1 } }));
    assert_eq!(pointers(&found), ["/a~1b/c~0d"]);
    assert!(
        json!({ "a/b": { "c~d": 1 } })
            .pointer(&found[0].pointer)
            .is_some()
    );
}

#[test]
fn fifty_violations_are_told_at_most() {
    let values: Vec<_> = (0..200).collect();
    let schema = json!({ "items": { "type": "string" } });
    assert_eq!(violations(schema, json!(values)).len(), 50);
}

#[test]
fn a_violation_does_not_repeat_a_long_value() {
    let found = violations(json!({ "type": "integer" }), json!("x".repeat(10_000)));
    assert!(
        found[0].message.chars().count() <= 501,
        "{}",
        found[0].message.len()
    );
}

#[test]
fn formats_are_asserted() {
    let cases = [
        ("date", "2026-02-28", "2026-02-30"),
        ("date-time", "2026-02-28T10:00:00Z", "2026-02-28 at ten"),
        ("time", "10:00:00Z", "25:00:00Z"),
        ("email", "ada@example.com", "ada"),
        ("uri", "https://example.com/a", "not a uri"),
        ("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08"),
        ("ipv4", "127.0.0.1", "127.0.0.256"),
        ("ipv6", "::1", "12345::"),
        ("hostname", "example.com", "-example-"),
        ("regex", "^a+$", "(a"),
        ("json-pointer", "/a/b", "a/b"),
    ];
    for (format, good, bad) in cases {
        let schema = json!({ "type": "string", "format": format });
        assert_eq!(violations(schema.clone(), json!(good)), [], "{format}");
        assert_eq!(violations(schema, json!(bad)).len(), 1, "{format}");
    }
}

#[test]
fn a_format_that_nobody_knows_asserts_nothing() {
    let schema = json!({ "type": "string", "format": "colour" });
    assert_eq!(violations(schema, json!("x")), []);
}

#[test]
fn a_type_checks_what_it_cannot_hold() {
    let schema = Schema::of::<u64>().unwrap().unwrap();
    assert_eq!(schema.validate(&json!(u64::MAX)), Ok(()));
    assert!(schema.validate(&json!(-1)).is_err());
    // A whole number, so the document has nothing to say against it.
    assert_eq!(violations(schema.document().clone(), json!(1e30)), []);
    let found = schema.validate(&json!(1e30)).unwrap_err();
    assert_eq!(pointers(&found), [""]);
}

/// A span whose end may not lie before its start, which no schema can say.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[result(check = Span::is_forward)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn is_forward(&self) -> Result<(), Violations> {
        if self.start <= self.end {
            Ok(())
        } else {
            Err(Violations::one("/end", "must not lie before `/start`"))
        }
    }
}

#[test]
fn a_type_checks_whether_a_value_makes_sense() {
    let schema = Schema::of::<Span>().unwrap().unwrap();
    assert_eq!(schema.validate(&json!({ "start": 1, "end": 1 })), Ok(()));
    let backwards = json!({ "start": 2, "end": 1 });
    let expected = Violation::new("/end", "must not lie before `/start`");
    assert_eq!(schema.validate(&backwards), Err(vec![expected]));
    // The document is asked first.
    let found = schema
        .validate(&json!({ "start": 2, "end": "x" }))
        .unwrap_err();
    assert_eq!(pointers(&found), ["/end"]);
    assert!(found[0].message.contains("integer"), "{found:?}");
}

#[test]
fn the_parts_of_a_collection_are_checked() {
    let good = json!({ "start": 1, "end": 2 });
    let bad = json!({ "start": 2, "end": 1 });
    let many = Schema::of::<Vec<Option<Span>>>().unwrap().unwrap();
    assert_eq!(many.validate(&json!([good, null])), Ok(()));
    let found = many.validate(&json!([bad, null, good, bad])).unwrap_err();
    assert_eq!(pointers(&found), ["/0/end", "/3/end"]);
    let named = Schema::of::<BTreeMap<String, Box<Span>>>()
        .unwrap()
        .unwrap();
    let found = named
        .validate(&json!({ "a/b~c": bad, "d": good }))
        .unwrap_err();
    assert_eq!(pointers(&found), ["/a~1b~0c/end"]);
    let pair = Schema::of::<(Span, u8)>().unwrap().unwrap();
    assert_eq!(pair.validate(&json!([good, 1])), Ok(()));
    let found = pair.validate(&json!([bad, 1])).unwrap_err();
    assert_eq!(pointers(&found), ["/0/end"]);
    let many = vec![&bad; 200];
    let found = Schema::of::<Vec<Span>>()
        .unwrap()
        .unwrap()
        .validate(&json!(many));
    assert_eq!(found.unwrap_err().len(), 50);
}

#[test]
fn a_schema_that_was_read_back_checks_the_document_alone() {
    let schema = Schema::of::<Span>().unwrap().unwrap();
    let read: Schema = serde_json::from_value(serde_json::to_value(&schema).unwrap()).unwrap();
    assert_eq!(read.validate(&json!({ "start": 2, "end": 1 })), Ok(()));
    assert!(read.validate(&json!({ "start": 2 })).is_err());
}

#[test]
fn violations_are_collected_and_shown_in_one_line() {
    let one = Violations::one("/a", "too long");
    let more: Violations = one
        .into_iter()
        .chain([Violation::new("", "incomplete")])
        .collect();
    assert_eq!(more.to_string(), "`/a`: too long; the value: incomplete");
    assert_eq!(more.iter().count(), 2);
    let read: Vec<Violation> =
        serde_json::from_value(json!([{ "pointer": "/a", "message": "too long" }])).unwrap();
    assert_eq!(Violations::from(read), Violations::one("/a", "too long"));
}

#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[result(check = Verbose::check_at_length)]
struct Verbose {
    words: String,
}

impl Verbose {
    fn check_at_length(&self) -> Result<(), Violations> {
        let violation = |_| Violation::new("/words", "x".repeat(10_000));
        Err((0..1_000).map(violation).collect())
    }
}

#[test]
fn what_a_type_says_of_a_value_is_limited() {
    let schema = Schema::of::<Verbose>().unwrap().unwrap();
    let violations = schema.validate(&json!({"words": ""})).unwrap_err();
    assert_eq!(violations.len(), 50);
    // The ellipsis has three bytes of its own.
    assert!(violations.iter().all(|one| one.message.len() == 503));
}

#[test]
fn a_schema_that_only_refers_to_itself_ends() {
    for document in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"$dynamicAnchor": "n", "$dynamicRef": "#n"}),
        json!({"$ref": "#/$defs/a", "$defs": {
            "a": {"$ref": "#/$defs/b"},
            "b": {"$ref": "#/$defs/a"},
        }}),
    ] {
        let schema = Schema::parse(document).unwrap();
        assert!(schema.validate(&json!({"any": "thing"})).is_ok());
    }
}

#[test]
fn all_values_of_a_long_list_are_named() {
    let schema = Schema::parse(json!({ "enum": ["a", "b", "c", "d", "e"] })).unwrap();
    let violations = schema.validate(&json!("z")).unwrap_err();
    let told = r#""z" is not one of "a", "b", "c", "d", "e""#;
    assert_eq!(violations[0].message, told);
}
