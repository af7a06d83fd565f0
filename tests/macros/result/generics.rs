use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;

use agentwerk::TicketResult;
use agentwerk::schemas::Violations;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{assert_refused, assert_round_trip, document, violations};

#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[result(strict = false)]
struct Page<T: Clone = String, const N: usize = 1>
where
    Vec<T>: PartialEq,
{
    entries: Vec<T>,
    next: Option<Box<Self>>,
    sizes: BTreeMap<String, u64>,
}

#[test]
fn a_generic_type_has_a_schema_for_each_argument() {
    let page = json!({
        "entries": [1],
        "next": { "entries": [], "next": null, "sizes": {} },
        "sizes": { "a": 1 }
    });
    assert_round_trip::<Page<u8>>(&page);
    assert_refused::<Page>(&page);
    assert_refused::<Page<u8>>(&json!({ "entries": [], "next": { "entries": ["a"] } }));
}

/// A number that must not be zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[result(check = Self::is_set)]
struct Set(u8);

impl Set {
    fn is_set(&self) -> Result<(), Violations> {
        match self.0 {
            0 => Err(Violations::one("", "zero")),
            _ => Ok(()),
        }
    }
}

#[derive(Serialize, Deserialize, TicketResult)]
#[result(check = Pages::check_both)]
struct Pages<L, R: Debug> {
    left: Page<Set>,
    right: Option<Vec<R>>,
    #[result(check = check_all::<L>)]
    all: Vec<L>,
    marker: PhantomData<L>,
}

impl<L, R: Debug> Pages<L, R> {
    fn check_both(&self) -> Result<(), Violations> {
        match &self.right {
            Some(right) => Err(Violations::one("/right", format!("{right:?}"))),
            None => Ok(()),
        }
    }
}

fn check_all<T>(all: &[T]) -> Result<(), Violations> {
    match all {
        [] => Err(Violations::one("", "empty")),
        _ => Ok(()),
    }
}

#[test]
fn generic_types_in_each_other_are_told_apart_and_checked() {
    let json = json!({
        "left": { "entries": [1, 0], "next": null, "sizes": {} },
        "right": [0],
        "all": [],
        "marker": null
    });
    let expected = [
        "`/left/entries/1`: zero",
        "`/right/0`: zero",
        "`/all`: empty",
        "`/right`: [Set(0)]",
    ];
    assert_eq!(violations::<Pages<Page<u8>, Set>>(&json), expected);
    let schema = document::<Pages<Page<u8>, Page<Set>>>();
    let pages: Vec<_> = schema["$defs"].as_object().unwrap().keys().collect();
    assert_eq!(pages, ["Page", "Set", "Page2"]);
}

/// What is counted, by a name that only the program knows.
trait Unit {
    type Amount;
    const NAME: &'static str;
}

struct Metre;

impl Unit for Metre {
    type Amount = u32;
    const NAME: &'static str = "m";
}

/// Bounds that are about another type than the parameter.
#[derive(Serialize, Deserialize, TicketResult)]
#[serde(bound(
    serialize = "A: Serialize + Clone",
    deserialize = "A: Deserialize<'de> + Default"
))]
struct Length<A: Default> {
    #[serde(default)]
    amount: A,
    #[serde(default = "Length::<A>::unit")]
    unit: String,
}

impl<A: Default> Length<A> {
    fn unit() -> String {
        Metre::NAME.to_owned()
    }
}

#[test]
fn bounds_of_serde_are_kept() {
    assert_round_trip::<Length<<Metre as Unit>::Amount>>(&json!({ "amount": 1, "unit": "cm" }));
    assert_eq!(
        document::<Length<u8>>()["properties"]["unit"]["default"],
        "m"
    );
}

#[derive(Serialize, Deserialize, TicketResult)]
#[result(strict = false)]
enum Term<T> {
    Leaf(T),
    Not(Box<Self>),
    All(Vec<Term<T>>),
    Named { terms: BTreeMap<String, Self> },
}

#[test]
fn a_recursive_type_is_checked_to_its_leaves() {
    let term = json!({ "All": [
        { "Leaf": 1 },
        { "Not": { "Named": { "terms": { "a/b": { "Leaf": 0 } } } } }
    ] });
    assert_round_trip::<Term<u8>>(&term);
    let expected = ["`/All/1/Not/Named/terms/a~1b/Leaf`: zero"];
    assert_eq!(violations::<Term<Set>>(&term), expected);
}

#[derive(Serialize, Deserialize, TicketResult)]
struct First {
    second: Option<Box<Second>>,
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Second {
    first: Option<Box<First>>,
    set: Set,
}

#[test]
fn types_may_hold_each_other() {
    let json = json!({ "second": { "first": { "second": null }, "set": 0 } });
    assert_eq!(violations::<First>(&json), ["`/second/set`: zero"]);
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Bounded<T>
where
    Self: Sized,
    T: Clone,
{
    value: T,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, TicketResult)]
#[repr(u8)]
enum Numbered {
    One = 1,
    Two { of: u32 } = 2,
}

#[test]
fn a_type_may_say_something_of_itself() {
    let schema = super::schema::<Bounded<u8>>();
    assert!(schema.validate(&json!({ "value": 7 })).is_ok());
    let numbered = super::schema::<Numbered>();
    assert!(numbered.validate(&json!("One")).is_ok());
    assert!(numbered.validate(&json!({ "Two": { "of": 1 } })).is_ok());
}
