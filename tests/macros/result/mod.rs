//! Results of tickets: the schema of a type, its checks, and what serde does with it.

mod absent;
mod basics;
mod checks;
mod enums;
mod generics;
mod keys;
mod limits;
mod names;
mod provided;
mod reshaped;

use agentwerk::TicketResult;
use agentwerk::schemas::Schema;
use serde_json::Value;

fn schema<R: TicketResult>() -> Schema {
    Schema::of::<R>().unwrap().unwrap()
}

/// The document that a vendor is sent.
fn document<R: TicketResult>() -> Value {
    schema::<R>().document().clone()
}

/// The schema takes the JSON, the type reads it, and writes it as it was.
#[track_caller]
fn assert_round_trip<R: TicketResult>(json: &Value) {
    assert_eq!(schema::<R>().validate(json), Ok(()));
    let value: R = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(&serde_json::to_value(value).unwrap(), json);
}

/// What is wrong with the JSON, each with its place.
fn violations<R: TicketResult>(json: &Value) -> Vec<String> {
    let violations = schema::<R>().validate(json).err().unwrap_or_default();
    violations.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_refused<R: TicketResult>(json: &Value) {
    assert!(schema::<R>().validate(json).is_err(), "{json}");
}
