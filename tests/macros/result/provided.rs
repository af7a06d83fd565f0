use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use agentwerk::TicketResult;
use agentwerk::schemas::{Schema, Violations};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{assert_refused, assert_round_trip, violations};

#[derive(Serialize, Deserialize, TicketResult)]
#[result(check = Odd::is_odd)]
struct Odd(u8);

impl Odd {
    fn is_odd(&self) -> Result<(), Violations> {
        match self.0 % 2 {
            0 => Err(Violations::one("", "even")),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TicketResult)]
#[serde(rename_all = "lowercase")]
enum Side {
    Left,
    Right,
}

#[test]
fn plain_values_are_results() {
    assert_round_trip::<bool>(&json!(true));
    assert_round_trip::<char>(&json!("a"));
    assert_round_trip::<u64>(&json!(u64::MAX));
    assert_round_trip::<i8>(&json!(-1));
    assert_round_trip::<f64>(&json!(0.5));
    assert_refused::<u8>(&json!(256));
}

#[test]
fn text_and_any_json_need_no_schema() {
    assert_eq!(Schema::of::<String>().unwrap(), None);
    assert_eq!(Schema::of::<Value>().unwrap(), None);
}

#[test]
fn collections_check_their_parts_in_place() {
    assert_eq!(violations::<Vec<Odd>>(&json!([1, 2])), ["`/1`: even"]);
    assert_eq!(violations::<[Odd; 2]>(&json!([4, 1])), ["`/0`: even"]);
    assert_eq!(violations::<Option<Odd>>(&json!(2)), ["the value: even"]);
    assert_eq!(violations::<Option<Odd>>(&json!(null)), [""; 0]);
    assert_eq!(violations::<Box<Odd>>(&json!(2)), ["the value: even"]);
    assert_eq!(violations::<Arc<Odd>>(&json!(2)), ["the value: even"]);
    let tuple = json!([1, 2, 3, 4]);
    let found = violations::<(u8, Odd, u8, Odd)>(&tuple);
    assert_eq!(found, ["`/1`: even", "`/3`: even"]);
}

#[test]
fn maps_check_their_parts_under_the_name_in_the_json() {
    let sides = json!({ "left": 1, "right": 2 });
    assert_eq!(
        violations::<BTreeMap<Side, Odd>>(&sides),
        ["`/right`: even"]
    );
    assert_eq!(violations::<HashMap<Side, Odd>>(&sides), ["`/right`: even"]);
    let numbers = json!({ "1": 1, "-2": 2 });
    assert_eq!(violations::<BTreeMap<i8, Odd>>(&numbers), ["`/-2`: even"]);
    let names = json!({ "a/b~": 2 });
    assert_eq!(
        violations::<HashMap<String, Odd>>(&names),
        ["`/a~1b~0`: even"]
    );
}
