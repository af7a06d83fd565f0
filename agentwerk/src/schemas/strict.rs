//! Whether a result can be strict: what `assert_strict!` asks.

use serde_json::Value;

use super::arguments::{RESULT, arguments_of, place};
use super::dialect::{Contender, Dialect, Reason, Wire, demoted};
use super::result::TicketResult;
use super::schema::Schema;

/// Why the vendors cannot hold a model to the schema of a result.
#[doc(hidden)]
pub fn refusals<R: TicketResult>() -> Vec<String> {
    let schema = match Schema::of::<R>() {
        Ok(Some(schema)) => schema,
        Ok(None) => return vec!["it has no schema that a model could be held to".to_owned()],
        Err(error) => return vec![format!("its schema is none: {error}")],
    };
    let document = schema.document();
    let mut refusals = Vec::new();
    if document.get("x-strict") == Some(&Value::Bool(false)) {
        refusals.push("it asks for no strict form".to_owned());
    }
    // What is sent is the tool that writes the result.
    let arguments = arguments_of(document);
    refusals.extend(of_vendor(&arguments, "OpenAI", Dialect::OpenAi));
    refusals.extend(of_vendor(&arguments, "Anthropic", Dialect::Anthropic));
    refusals
}

fn of_vendor(arguments: &Value, vendor: &str, dialect: Dialect) -> Vec<String> {
    let wire = Wire::of_arguments(arguments, dialect);
    let mut refusals: Vec<_> = wire
        .reasons
        .into_iter()
        .map(|reason| format!("{vendor}: {}", within_the_result(reason, arguments)))
        .collect();
    let alone = Contender {
        size: wire.size,
        is_required: true,
    };
    if let (true, Dialect::Anthropic, Err(over)) = (wire.strict, dialect, demoted(&[alone])) {
        refusals.push(format!("{vendor}: {}", over.what));
    }
    refusals
}

/// The reason with its place in the result's own schema, which is the one that a user knows.
fn within_the_result(reason: Reason, arguments: &Value) -> Reason {
    // What holds itself is sent as a definition, named by its last step.
    let definition = format!("/$defs/{RESULT}");
    let is_own = arguments.pointer(&definition).is_some();
    let moved = (!is_own).then_some(definition);
    let prefixes = [Some(place()), moved];
    let mut paths = prefixes
        .iter()
        .flatten()
        .filter_map(|prefix| reason.path.strip_prefix(prefix));
    let path = paths.next().unwrap_or(&reason.path).to_owned();
    Reason { path, ..reason }
}
