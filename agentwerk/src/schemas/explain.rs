//! From what a validator says to what helps to correct a value.
//!
//! Of a value that fits no alternative, the validator says just that. Whoever wrote the value needs to
//! know which alternative it comes nearest to, and what is wrong there.

use std::collections::BTreeSet;
use std::slice;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::violation::Violation;

/// Alternatives within alternatives that are looked into.
const DEPTH_MAX: usize = 16;

/// Values that the validator itself names.
const NAMED_MAX: usize = 3;

fn count(options: &Value) -> usize {
    options.as_array().map_or(0, Vec::len)
}

/// The violations behind one error of the validator.
pub(super) fn explain(error: &ValidationError<'_>) -> Vec<Violation> {
    explain_at(error, DEPTH_MAX)
}

fn explain_at(error: &ValidationError<'_>, depth: usize) -> Vec<Violation> {
    let alternatives = match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }
            if depth > 0 =>
        {
            context
        }
        _ => return vec![plain(error)],
    };
    let place = error.instance_path().as_str();
    let meant = nearest(alternatives, |errors| kind_distance(errors, place));
    if meant.len() > 1
        && let Some(values) = expected_values(&meant)
    {
        return vec![values];
    }
    let meant = nearest(meant, |errors| {
        let here = errors.iter().filter(|error| is_at(error, place));
        (here.count(), errors.len())
    });
    match meant.as_slice() {
        [only] => only
            .iter()
            .flat_map(|error| explain_at(error, depth - 1))
            .collect(),
        meant => common(meant).unwrap_or_else(|| vec![plain(error)]),
    }
}

/// The errors of those alternatives that are nearest.
fn nearest<'a, E, D: Ord>(
    alternatives: impl IntoIterator<Item = &'a Vec<E>>,
    distance: impl Fn(&[E]) -> D,
) -> Vec<&'a Vec<E>> {
    let mut alternatives: Vec<_> = alternatives.into_iter().collect();
    let least = alternatives.iter().map(|errors| distance(errors)).min();
    alternatives.retain(|errors| Some(distance(errors)) == least);
    alternatives
}

fn plain(error: &ValidationError<'_>) -> Violation {
    let message = match error.kind() {
        // The validator names two or three of many, and a model has to know them all.
        ValidationErrorKind::Enum { options } if count(options) > NAMED_MAX => {
            let options = options.as_array().into_iter().flatten();
            let options: Vec<_> = options.map(ToString::to_string).collect();
            format!("{} is not one of {}", error.instance(), options.join(", "))
        }
        _ => error.to_string(),
    };
    Violation::new(error.instance_path().to_string(), message)
}

/// How far a value at `place` is from being of an alternative at all: another type is further away
/// than another tag.
fn kind_distance(errors: &[ValidationError<'_>], place: &str) -> (usize, usize) {
    let types = errors.iter().filter(|error| {
        is_at(error, place) && matches!(error.kind(), ValidationErrorKind::Type { .. })
    });
    let tags = errors.iter().filter(|error| is_tag(error, place));
    (types.count(), tags.count())
}

fn is_at(error: &ValidationError<'_>, place: &str) -> bool {
    error.instance_path().as_str() == place
}

/// Whether an error says that the value, or one of its properties, is not a certain one.
fn is_tag(error: &ValidationError<'_>, place: &str) -> bool {
    let below = error.instance_path().as_str().strip_prefix(place);
    let is_near = below.is_some_and(|below| below.matches('/').count() <= 1);
    is_near && certain_values(error).is_some()
}

fn certain_values<'a>(error: &'a ValidationError<'_>) -> Option<&'a [Value]> {
    match error.kind() {
        ValidationErrorKind::Constant { expected_value } => {
            Some(slice::from_ref(&**expected_value))
        }
        ValidationErrorKind::Enum { options } => options.as_array().map(Vec::as_slice),
        _ => None,
    }
}

/// If all that is missing is one of some values at one place: these.
fn expected_values(meant: &[&Vec<ValidationError<'_>>]) -> Option<Violation> {
    let mut pointers = BTreeSet::new();
    let mut values: Vec<String> = Vec::new();
    for errors in meant {
        let error = errors
            .iter()
            .find(|error| certain_values(error).is_some())?;
        pointers.insert(error.instance_path().to_string());
        values.extend(certain_values(error)?.iter().map(ToString::to_string));
    }
    let found = pointers.pop_first().filter(|_| pointers.is_empty())?;
    let text = match values.as_slice() {
        [only] => format!("must be {only}"),
        values => format!("must be one of {}", values.join(", ")),
    };
    Some(Violation::new(found, text))
}

/// What is wrong with a value whichever of the alternatives was meant.
fn common(meant: &[&Vec<ValidationError<'_>>]) -> Option<Vec<Violation>> {
    let (first, rest) = meant.split_first()?;
    let is_everywhere = |violation: &Violation| {
        rest.iter()
            .all(|errors| errors.iter().any(|error| plain(error) == *violation))
    };
    let mut violations: Vec<_> = first.iter().map(plain).collect();
    violations.retain(is_everywhere);
    (!violations.is_empty()).then_some(violations)
}
