//! Dialects: what a vendor is sent of a schema, and the way back for the values.
//!
//! A vendor that holds its model to a schema while it writes takes only a part of JSON Schema, and
//! each its own part. So a schema has a *wire form* per dialect, made by a pure function, and an
//! [`Adapter`] that maps what the model wrote to a value for the schema itself, and earlier values
//! to the form in which they were written. Checked is the schema itself, always: whatever a wire
//! form cannot say stands in a description and is found afterwards.
//!
//! # Invariants
//! - The same schema always gives the same bytes. Properties keep their order.
//! - What has no strict form gets the plain one, with every [`Reason`].
//! - Nothing in here knows a tool, a request or a provider.

mod adapter;
mod anthropic;
mod choice;
mod describe;
mod join;
mod keywords;
mod limits;
mod lower;
mod merge;
mod normalise;
mod nullable;
mod object;
mod openai;
mod reasons;
mod refs;
mod root;
mod rules;
mod uses;

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

pub use adapter::Adapter;
pub use limits::{Contender, Exceeded, Size, demoted};
pub use reasons::Reason;

use keywords::Object;
use lower::Lowering;
use normalise::normalise;
use refs::Source;
use root::{Entered, enter, wrapper};
use rules::Rules;

/// Who is sent a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// OpenAI, strict.
    OpenAi,
    /// Anthropic, strict.
    Anthropic,
    /// Anybody, as a hint that is not enforced.
    Plain,
}

impl Dialect {
    fn rules(self) -> Option<&'static Rules> {
        match self {
            Self::OpenAi => Some(&openai::OPENAI),
            Self::Anthropic => Some(&anthropic::ANTHROPIC),
            Self::Plain => None,
        }
    }
}

/// What is sent of a schema.
#[derive(Debug)]
pub struct Wire {
    /// The schema that is sent.
    pub schema: Value,
    /// Whether the vendor can hold the model to it.
    pub strict: bool,
    /// Why it cannot; nothing where nobody asked for it.
    pub reasons: Vec<Reason>,
    /// The way between values of the two schemas.
    pub adapter: Adapter,
    /// How large the schema is that is sent.
    pub size: Size,
    /// Differs between forms in which the same value is written differently; 0 for a value's own
    /// form. Only for comparisons within one process.
    pub fingerprint: u64,
}

impl Wire {
    /// The wire form of the arguments of a tool.
    pub fn of_arguments(schema: &Value, dialect: Dialect) -> Self {
        let Some(rules) = dialect.rules() else {
            return Self::plain(schema);
        };
        match Self::strict(&normalised(schema, dialect), rules) {
            Ok(strict) => strict,
            Err(reasons) => Self {
                reasons,
                ..Self::plain(schema)
            },
        }
    }

    fn plain(schema: &Value) -> Self {
        let source = normalised(schema, Dialect::Plain);
        let entered = enter(&source);
        let wrapper = wrapper(&entered.schema);
        let schema = assembled(entered, wrapper, &source.definitions);
        Self::with(schema, Adapter::plain(wrapper))
    }

    fn with(schema: Value, adapter: Adapter) -> Self {
        Self {
            size: Size::of(&schema),
            fingerprint: fingerprint(&schema, &adapter),
            schema,
            strict: false,
            reasons: Vec::new(),
            adapter,
        }
    }

    fn strict(source: &Source, rules: &'static Rules) -> Result<Self, Vec<Reason>> {
        let mut lowering = Lowering::new(source, rules);
        let mut entered = enter(source);
        if let Some(object) = entered.schema.as_object()
            && let Some(joined) = lowering.joined(object, "")
        {
            entered.schema = joined.into();
        }
        let wrapper = wrapper(&entered.schema);
        let Entered { schema, definition } = entered;
        let lowered = lowering.schema(&schema, "");
        let (definitions, shapes) = lowering.take_definitions();
        let entered = Entered {
            schema: lowered.schema,
            definition,
        };
        let schema = assembled(entered, wrapper, &definitions);
        let canonical = source.definitions.clone();
        let adapter = Adapter::new(lowered.shape, wrapper, shapes, canonical, definitions);
        let wire = Self::with(schema, adapter);
        let mut reasons = lowering.reasons;
        let exceeded = (rules.exceeded)(&wire.size).into_iter();
        reasons.extend(exceeded.map(|what| Reason {
            path: String::new(),
            what: what.into(),
        }));
        if reasons.is_empty() {
            Ok(Self {
                strict: true,
                ..wire
            })
        } else {
            Err(reasons)
        }
    }
}

fn fingerprint(schema: &Value, adapter: &Adapter) -> u64 {
    if adapter.is_identity() {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    schema.to_string().hash(&mut hasher);
    hasher.finish()
}

fn normalised(schema: &Value, dialect: Dialect) -> Source {
    let Source { root, definitions } = Source::gather(schema);
    let definitions = definitions.iter();
    Source {
        root: normalise(&root, dialect),
        definitions: definitions
            .map(|(name, body)| (name.clone(), normalise(body, dialect)))
            .collect(),
    }
}

/// The document that is sent: the root, wrapped if need be, and the definitions that it reaches.
fn assembled(entered: Entered, wrapper: Option<&'static str>, definitions: &Object) -> Value {
    let mut document = match wrapper {
        Some(name) => root::wrap(name, entered.schema),
        None => entered.schema,
    };
    let mut definitions = refs::reachable(&document, definitions);
    // A root that is its own definition is referred to as the root.
    if let (None, Some(name)) = (wrapper, entered.definition) {
        document = root::refer_to_root(&document, &name);
        definitions.shift_remove(&name);
        for body in definitions.values_mut() {
            *body = root::refer_to_root(body, &name);
        }
    }
    if let (Some(root), false) = (document.as_object_mut(), definitions.is_empty()) {
        root.insert("$defs".to_owned(), definitions.into());
    }
    document
}

#[cfg(test)]
mod tests;
