//! Each of the types, in each dialect.

use agentwerk::__private::{Dialect, Wire};
use agentwerk::schemas::Schema;
use serde_json::Value;

use crate::law;
use crate::rules::broken;
use crate::samples::Samples;
use crate::types::{Case, Expected, all};

const DIALECTS: [Dialect; 3] = [Dialect::OpenAi, Dialect::Anthropic, Dialect::Plain];

/// Values of each type, in each dialect.
const SAMPLES: u64 = 6;

fn is_strict(case: &Case, dialect: Dialect) -> bool {
    match (case.expected, dialect) {
        (_, Dialect::Plain) | (Expected::Plain, _) => false,
        (Expected::AnthropicOnly, dialect) => dialect == Dialect::Anthropic,
        (Expected::OpenAiOnly, dialect) => dialect == Dialect::OpenAi,
        (Expected::Strict, _) => true,
    }
}

/// Runs a check for each type and dialect, and reports all that fail.
fn for_each(check: impl Fn(&Case, Dialect, &Wire) -> Result<(), String>) {
    let mut failures = Vec::new();
    for case in all() {
        for dialect in DIALECTS {
            let wire = Wire::of_arguments(&case.schema, dialect);
            if let Err(failure) = check(&case, dialect, &wire) {
                failures.push(format!("{} ({dialect:?}): {failure}", case.name));
            }
        }
    }
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn equal(left: &Value, right: &Value, what: &str) -> Result<(), String> {
    if left == right {
        return Ok(());
    }
    Err(format!("{what}:\n  {left}\n  {right}"))
}

#[test]
fn there_are_two_hundred_types() {
    let count = all().len();
    assert!(count >= 200, "{count}");
}

#[test]
fn types_are_strict_where_the_vendors_rules_allow_it() {
    for_each(|case, dialect, wire| {
        if wire.strict == is_strict(case, dialect) {
            return Ok(());
        }
        Err(format!(
            "strict: {}, {:?}\n{}",
            wire.strict, wire.reasons, case.schema
        ))
    });
}

#[test]
fn what_is_sent_keeps_to_the_vendors_rules() {
    for_each(|_, dialect, wire| {
        let dialect = if wire.strict { dialect } else { Dialect::Plain };
        let broken = broken(dialect, &wire.schema);
        if broken.is_empty() {
            return Ok(());
        }
        Err(format!("{broken:?}\n{}", wire.schema))
    });
}

/// The values of a case's own schema that it accepts, and that Rust writes as it reads them.
fn own_values(case: &Case) -> Vec<Value> {
    let schema = Schema::parse(case.schema.clone()).unwrap();
    let samples = (0..10 * SAMPLES).map(|seed| Samples::new(&case.schema, seed).sample());
    samples
        .filter(|value| schema.validate(value).is_ok() && (case.reread)(value).is_ok())
        .take(SAMPLES as usize)
        .collect()
}

#[test]
fn every_value_of_a_type_can_be_written_and_read_back() {
    for_each(|case, _, wire| {
        let sent = Schema::parse(wire.schema.clone()).unwrap();
        let values = own_values(case);
        if values.is_empty() {
            return Err(format!(
                "no sample is valid: {}",
                Samples::new(&case.schema, 0).sample()
            ));
        }
        for value in values {
            let written = wire.adapter.to_wire(&value);
            let is_valid = sent.validate(&written);
            is_valid.map_err(|violations| {
                format!("{violations:?}\n  {value}\n  {written}\n  {}", wire.schema)
            })?;
            let back = wire.adapter.to_canonical(written.clone());
            if !law::is_same(&value, &back) {
                equal(&value, &back, &written.to_string())?;
            }
            let (read, reread) = ((case.reread)(&value)?, (case.reread)(&back)?);
            equal(&read, &reread, &written.to_string())?;
            // The model sees its own call as it wrote it.
            equal(&wire.adapter.to_wire(&back), &written, "the second time")?;
        }
        Ok(())
    });
}

#[test]
fn whatever_a_model_may_write_is_read_or_found_wrong() {
    for_each(|case, _, wire| {
        let sent = Schema::parse(wire.schema.clone()).unwrap();
        let schema = Schema::parse(case.schema.clone()).unwrap();
        let mut read = 0;
        for seed in 0..10 * SAMPLES {
            let written = Samples::new(&wire.schema, seed).sample();
            if sent.validate(&written).is_err() {
                continue;
            }
            let value = wire.adapter.to_canonical(written.clone());
            if schema.validate(&value).is_ok() && (case.reread)(&value).is_ok() {
                read += 1;
            }
            if read == SAMPLES {
                break;
            }
        }
        if read > 0 {
            return Ok(());
        }
        Err(format!(
            "nothing is read\n  {}\n  {}",
            wire.schema,
            Samples::new(&wire.schema, 0).sample()
        ))
    });
}
