//! How large a strict form is, and which tools must do without one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use super::keywords::{Object, parts};
use super::uses::Used;

/// An enum beyond this many values has a limit of its own at OpenAI.
const LONG_ENUM: usize = 250;

/// What the vendors count of one strict form. OpenAI's sums have a definition once; what lies within
/// what, and Anthropic's sums, have it wherever it is referred to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Properties of all objects.
    pub properties: usize,
    /// Objects and arrays within each other.
    pub depth: usize,
    /// Characters of names of properties and definitions, and of values of enums.
    pub name_chars: usize,
    /// Values of all enums.
    pub enum_values: usize,
    /// Characters of the largest enum of more than 250 values.
    pub long_enum_chars: usize,
    /// Properties that may be left out.
    pub optional: usize,
    /// Places with a choice: an `anyOf`, or several types.
    pub unions: usize,
    /// Bytes as JSON.
    pub bytes: usize,
}

impl Size {
    pub(super) fn of(schema: &Value) -> Self {
        let used = Used::of(schema);
        let mut size = Self {
            depth: used.depth,
            optional: used.optional,
            unions: used.unions,
            bytes: schema.to_string().len(),
            ..Self::default()
        };
        size.count(schema);
        size
    }

    fn count(&mut self, schema: &Value) {
        let Some(object) = schema.as_object() else {
            return;
        };
        for named in ["properties", "$defs"] {
            let names = object.get(named).and_then(Value::as_object);
            self.name_chars += names.map_or(0, |names| names.keys().map(|name| chars(name)).sum());
        }
        let properties = object.get("properties").and_then(Value::as_object);
        self.properties += properties.map_or(0, Object::len);
        if let Some(values) = object.get("enum").and_then(Value::as_array) {
            self.count_enum(values);
        }
        for (_, part) in parts(object, "") {
            self.count(part);
        }
    }

    fn count_enum(&mut self, values: &[Value]) {
        let length: usize = values.iter().filter_map(Value::as_str).map(chars).sum();
        self.enum_values += values.len();
        self.name_chars += length;
        if values.len() > LONG_ENUM {
            self.long_enum_chars = self.long_enum_chars.max(length);
        }
    }
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// A tool that could be strict.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// Its strict form.
    pub size: Size,
    /// Whether it must be strict, and can only be refused.
    pub is_required: bool,
}

/// A limit that tools exceed which must be strict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// The largest of these tools.
    pub place: usize,
    /// The limit.
    pub what: String,
}

/// What all strict tools of one request to Anthropic may have together.
///
/// Source: `platform.claude.com`, "Structured outputs", "Schema complexity limits", as summarised by
/// the documentation of lang_schema 0.7.1, read 2026-11.
const TOOLS_MAX: usize = 20;
const OPTIONAL_MAX: usize = 24;
const UNIONS_MAX: usize = 16;

/// What one tool adds to a limit.
type Share = fn(&Contender) -> usize;

/// The limits of a request to Anthropic, each with what a tool adds to it.
const OF_A_REQUEST: [(usize, &str, Share); 3] = [
    (UNIONS_MAX, "places with a choice", |tool| tool.size.unions),
    (OPTIONAL_MAX, "properties that may be left out", |tool| {
        tool.size.optional
    }),
    (TOOLS_MAX, "strict tools", |_tool| 1),
];

/// Chooses the tools of a request to Anthropic that do without a strict form: as long as a limit is
/// exceeded, the one that adds most to it, and of equals the largest. The same tools always give the
/// same choice.
///
/// # Errors
/// The limit that is exceeded by tools which must be strict, with the largest of them.
pub fn demoted(tools: &[Contender]) -> Result<BTreeMap<usize, String>, Exceeded> {
    let mut demoted = BTreeMap::new();
    for (max, what, share) in OF_A_REQUEST {
        loop {
            let strict = tools
                .iter()
                .enumerate()
                .filter(|(place, _)| !demoted.contains_key(place));
            let shares = strict.clone().map(|(_, tool)| share(tool));
            let total = shares.fold(0, usize::saturating_add);
            if total <= max {
                break;
            }
            let what = format!(
                "the strict tools have {total} {what}, more than the {max} that Anthropic takes in \
                 one request"
            );
            let size =
                |place: usize, tool: &Contender| (share(tool), tool.size.bytes, Reverse(place));
            let contributing = strict.filter(|(_, tool)| share(tool) > 0);
            // Whatever need not be strict comes first.
            let largest =
                contributing.max_by_key(|(place, tool)| (!tool.is_required, size(*place, tool)));
            match largest {
                Some((place, tool)) if !tool.is_required => drop(demoted.insert(place, what)),
                Some((place, _)) => return Err(Exceeded { place, what }),
                None => break,
            }
        }
    }
    Ok(demoted)
}
