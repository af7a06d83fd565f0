//! Whether a result can be strict: what `assert_strict!` asks.

use super::dialect::{Contender, Dialect, Wire, demoted};
use super::result::TicketResult;
use super::schema::schema_of;

/// Why the vendors cannot hold a model to the schema of a result.
#[doc(hidden)]
pub fn refusals<R: TicketResult>() -> Vec<String> {
    if !R::has_schema() {
        return vec!["it has no schema that a model could be held to".to_owned()];
    }
    let document = schema_of::<R>();
    let mut refusals = Vec::new();
    if document
        .get("x-strict")
        .is_some_and(|strict| *strict == false)
    {
        refusals.push("it asks for no strict form".to_owned());
    }
    for (vendor, dialect) in [
        ("OpenAI", Dialect::OpenAi),
        ("Anthropic", Dialect::Anthropic),
    ] {
        let wire = Wire::of_result(&document, dialect);
        refusals.extend(
            wire.reasons
                .iter()
                .map(|reason| format!("{vendor}: {reason}")),
        );
        let alone = Contender {
            size: wire.size,
            is_required: true,
        };
        if let (true, Dialect::Anthropic, Err(over)) = (wire.strict, dialect, demoted(&[alone])) {
            refusals.push(format!("{vendor}: {}", over.what));
        }
    }
    refusals
}
