//! Results that need no derive: plain values, and collections of results.
//!
//! A collection runs the checks of its parts. Sets are left out: their order is not that of the
//! JSON, so there is no saying where a part is that is wrong.
//!
//! To somebody whose own type is no result, plain values are no examples of how to make it one.
//! Collections stay recommendable: the compiler then names the part that is no result.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::check::Found;
use super::result::TicketResult;
use super::violation::Violations;

#[diagnostic::do_not_recommend]
impl TicketResult for String {
    fn has_schema() -> bool {
        false
    }
}

#[diagnostic::do_not_recommend]
impl TicketResult for Value {
    fn has_schema() -> bool {
        false
    }
}

macro_rules! plain_results {
    ($($plain:ty)*) => { $(
        #[diagnostic::do_not_recommend]
        impl TicketResult for $plain {}
    )* };
}

plain_results! { bool char i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 }

impl<T: TicketResult> TicketResult for Option<T> {
    fn check(&self) -> Result<(), Violations> {
        self.as_ref().map_or(Ok(()), T::check)
    }

    fn strict() -> Option<bool> {
        T::strict()
    }
}

impl<T: TicketResult> TicketResult for Box<T> {
    fn check(&self) -> Result<(), Violations> {
        T::check(self)
    }

    fn strict() -> Option<bool> {
        T::strict()
    }
}

impl<T: TicketResult + Sync> TicketResult for Arc<T> {
    fn check(&self) -> Result<(), Violations> {
        T::check(self)
    }

    fn strict() -> Option<bool> {
        T::strict()
    }
}

impl<T: TicketResult> TicketResult for Vec<T> {
    fn check(&self) -> Result<(), Violations> {
        check_parts(self.iter().enumerate())
    }

    fn strict() -> Option<bool> {
        T::strict()
    }
}

impl<T: TicketResult, const N: usize> TicketResult for [T; N]
where
    Self: Serialize + DeserializeOwned + JsonSchema,
{
    fn check(&self) -> Result<(), Violations> {
        check_parts(self.iter().enumerate())
    }

    fn strict() -> Option<bool> {
        T::strict()
    }
}

impl<K, T> TicketResult for BTreeMap<K, T>
where
    K: Serialize + DeserializeOwned + JsonSchema + Ord + Send + 'static,
    T: TicketResult,
{
    fn check(&self) -> Result<(), Violations> {
        check_parts(self.iter().map(|(key, part)| (name_of(key), part)))
    }

    fn strict() -> Option<bool> {
        T::strict()
    }
}

impl<K, T, S> TicketResult for HashMap<K, T, S>
where
    K: Serialize + DeserializeOwned + JsonSchema + Eq + Hash + Send + 'static,
    T: TicketResult,
    S: BuildHasher + Default + Send + 'static,
{
    fn check(&self) -> Result<(), Violations> {
        check_parts(self.iter().map(|(key, part)| (name_of(key), part)))
    }

    fn strict() -> Option<bool> {
        T::strict()
    }
}

macro_rules! tuple_results {
    ($( $name:ident $place:tt )+) => {
        impl<$($name: TicketResult),+> TicketResult for ($($name,)+) {
            fn check(&self) -> Result<(), Violations> {
                let mut found = Found::default();
                $( found.at(concat!("/", $place), self.$place.check()); )+
                found.into_result()
            }
        }
    };
}

// More places without names are for nobody to fill in: a struct names them.
tuple_results! { A 0 }
tuple_results! { A 0 B 1 }
tuple_results! { A 0 B 1 C 2 }
tuple_results! { A 0 B 1 C 2 D 3 }

/// The name of a key in JSON, where all keys are texts.
fn name_of(key: &impl Serialize) -> String {
    match serde_json::to_value(key) {
        Ok(Value::String(name)) => name,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// Checks the parts of a collection.
fn check_parts<'a, P, T>(parts: impl Iterator<Item = (P, &'a T)>) -> Result<(), Violations>
where
    P: ToString,
    T: TicketResult,
{
    let mut found = Found::default();
    for (place, part) in parts {
        // Escaped as RFC 6901 wants it.
        let place = place.to_string().replace('~', "~0").replace('/', "~1");
        found.at(&format!("/{place}"), part.check());
    }
    found.into_result()
}
