//! Limits that schemars would drop without a word, because the type cannot have them.

use syn::{Attribute, GenericArgument, Ident, PathArguments, Type};

use crate::attributes::find_key;
use crate::error::{Code, Errors};

/// What a type is, as far as its name tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    List,
    Flag,
}

/// The limits and the types that can have them.
const LIMITS: [(&str, &[Kind]); 5] = [
    ("range", &[Kind::Number]),
    ("length", &[Kind::Text, Kind::List]),
    ("regex", &[Kind::Text]),
    ("email", &[Kind::Text]),
    ("url", &[Kind::Text]),
];

const NUMBERS: [&str; 14] = [
    "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32",
    "f64",
];

/// Reports limits that a value of this type cannot have.
pub(crate) fn check(attributes: &[Attribute], ty: &Type, code: Code, errors: &mut Errors) {
    let Some(kind) = kind(ty) else {
        return;
    };
    for (limit, kinds) in LIMITS {
        if let Some(key) = find_key(attributes, &["schemars", "validate"], limit)
            && !kinds.contains(&kind)
        {
            let text = format!("`{limit}` does not limit {}", kind.name());
            errors.at(key, code, text, kind.advice());
        }
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Flag => "`true` and `false`",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Number => "write `range(min = 1, max = 9)`",
            Self::Text => "write `length(min = 1)` or `regex(pattern = \"^[a-z]+$\")`",
            Self::List => "write `length(max = 9)`, or `inner(..)` for what is in it",
            Self::Flag => "remove it",
        }
    }
}

fn kind(ty: &Type) -> Option<Kind> {
    match ty {
        Type::Reference(reference) => kind(&reference.elem),
        Type::Group(group) => kind(&group.elem),
        Type::Paren(group) => kind(&group.elem),
        Type::Slice(_) => Some(Kind::List),
        Type::Path(path) => {
            let last = path.path.segments.last()?;
            match (last.ident.to_string().as_str(), &last.arguments) {
                ("Option", PathArguments::AngleBracketed(arguments)) => {
                    match arguments.args.first()? {
                        GenericArgument::Type(inner) => kind(inner),
                        _ => None,
                    }
                }
                ("Vec", _) => Some(Kind::List),
                (_, PathArguments::None) => named(&last.ident),
                _ => None,
            }
        }
        _ => None,
    }
}

fn named(name: &Ident) -> Option<Kind> {
    let is = |names: &[&str]| names.iter().any(|each| name == each);
    if is(&NUMBERS) {
        Some(Kind::Number)
    } else if is(&["str", "String", "Path", "PathBuf"]) {
        Some(Kind::Text)
    } else if is(&["bool"]) {
        Some(Kind::Flag)
    } else {
        None
    }
}
