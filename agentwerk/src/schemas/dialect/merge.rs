//! Two schemas that must both hold, as one.

use serde_json::Value;

use super::keywords::{Object, is_annotation};
use super::normalise::type_of;

/// One schema for what both say; nothing when that cannot be written without `allOf`. Where both
/// describe, the first one's words stay.
pub(super) fn merge(first: &Object, second: &Object) -> Option<Object> {
    let mut merged = first.clone();
    for (keyword, value) in second {
        let Some(known) = merged.get_mut(keyword) else {
            merged.insert(keyword.clone(), value.clone());
            continue;
        };
        if known == value || is_annotation(keyword) {
            continue;
        }
        *known = match keyword.as_str() {
            "properties" => properties(known.as_object()?, value.as_object()?)?,
            "required" => union(known.as_array()?, value.as_array()?),
            "type" => common_type(known, value)?,
            "additionalProperties" => closed(known, value)?,
            _ => return None,
        };
    }
    keep_out(&mut merged, first, second)?;
    keep_out(&mut merged, second, first)?;
    keep_to_types(&mut merged);
    Some(merged)
}

/// Leaves out the values of an `enum` that have none of the types, and can be no values: vendors
/// refuse them. An `enum` without any other value stays as it is.
pub(super) fn keep_to_types(schema: &mut Object) {
    let Some(kinds) = schema.get("type").cloned() else {
        return;
    };
    let kinds = types(&kinds);
    let fits = |value: &Value| is_of_types(value, &kinds);
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && values.iter().any(fits)
    {
        values.retain(fits);
    }
}

pub(super) fn is_of_types(value: &Value, kinds: &[&str]) -> bool {
    let own = type_of(value);
    kinds.contains(&own) || own == "integer" && kinds.contains(&"number")
}

/// Leaves out the properties of one schema that another, closed one does not allow; nothing when one
/// of them is required.
fn keep_out(merged: &mut Object, closed: &Object, other: &Object) -> Option<()> {
    let is_closed = closed.get("additionalProperties") == Some(&Value::Bool(false))
        && !closed.contains_key("patternProperties");
    let names = |schema: &Object| schema.get("properties").and_then(Value::as_object).cloned();
    let (true, Some(others)) = (is_closed, names(other)) else {
        return Some(());
    };
    let allowed = names(closed).unwrap_or_default();
    let required = merged.get("required").and_then(Value::as_array).cloned();
    for name in others.keys().filter(|name| !allowed.contains_key(*name)) {
        if required.iter().flatten().any(|required| required == name) {
            return None;
        }
        merged
            .get_mut("properties")?
            .as_object_mut()?
            .shift_remove(name);
    }
    Some(())
}

fn properties(first: &Object, second: &Object) -> Option<Value> {
    let mut merged = first.clone();
    for (name, schema) in second {
        let both = match merged.get(name) {
            Some(known) if known != schema => {
                merge(known.as_object()?, schema.as_object()?)?.into()
            }
            _ => schema.clone(),
        };
        merged.insert(name.clone(), both);
    }
    Some(merged.into())
}

fn union(first: &[Value], second: &[Value]) -> Value {
    let new = second.iter().filter(|each| !first.contains(each));
    first.iter().chain(new).cloned().collect()
}

fn common_type(first: &Value, second: &Value) -> Option<Value> {
    let common: Vec<_> = types(first)
        .into_iter()
        .filter(|each| types(second).contains(each))
        .collect();
    match common.as_slice() {
        [] => None,
        [only] => Some((*only).into()),
        several => Some(several.to_vec().into()),
    }
}

/// The types that a `type` names.
pub(super) fn types(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect(),
    }
}

/// Whichever of the two is closed; a schema of further properties cannot be joined with another.
fn closed(first: &Value, second: &Value) -> Option<Value> {
    match (first, second) {
        (Value::Bool(true), other) | (other, Value::Bool(true)) => Some(other.clone()),
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Some(false.into()),
        _ => None,
    }
}
