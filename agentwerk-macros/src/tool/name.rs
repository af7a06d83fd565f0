use quote::ToTokens;
use syn::Ident;
use syn::ext::IdentExt;

use super::attribute::Options;
use super::signature::Function;
use crate::error::{Code, Errors};

/// The longest name that all vendors take.
const NAME_CHARS_MAX: usize = 64;

/// Names that every module has.
const PRELUDE: [&str; 9] = [
    "Box", "Err", "None", "Ok", "Option", "Result", "Some", "String", "Vec",
];

/// The name that the model calls: given, or that of the function.
pub(super) fn tool_name(function: &Function, options: &Options, errors: &mut Errors) -> String {
    match options.name() {
        Some(given) => given.value(),
        None => {
            let name = function.name.unraw().to_string();
            check_name(&function.name, &name, errors);
            name
        }
    }
}

/// The name of the type: given, or that of the function; `None` if no type can be called like it.
pub(super) fn type_name(
    function: &Function,
    options: &Options,
    errors: &mut Errors,
) -> Option<Ident> {
    if let Some(given) = options.ty() {
        return Some(given.clone());
    }
    let name = function.name.unraw().to_string();
    let pascal = pascal(&name);
    let starts = pascal.starts_with(|first: char| !first.is_numeric());
    if !starts || syn::parse_str::<Ident>(&pascal).is_err() {
        errors.at(
            &function.name,
            Code::T05,
            format!("no type can be named after `{name}`"),
            "name the type: `#[tool(struct = SearchArchive)]`",
        );
        return None;
    }
    if PRELUDE.contains(&pascal.as_str()) {
        errors.at(
            &function.name,
            Code::T05,
            format!("the type of this tool would hide `{pascal}`"),
            "name the type: `#[tool(struct = SearchArchive)]`",
        );
        return None;
    }
    Some(Ident::new(&pascal, function.name.span()))
}

/// `read_config` → `ReadConfig`
fn pascal(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next();
            first
                .into_iter()
                .flat_map(char::to_uppercase)
                .chain(letters)
        })
        .collect()
}

/// Checks that every vendor takes the name of a tool.
pub(super) fn check_name(place: impl ToTokens, name: &str, errors: &mut Errors) {
    let wrong = name.chars().enumerate().find(|(position, letter)| {
        let fits = letter.is_ascii_alphanumeric() || *letter == '_' || *letter == '-';
        !fits || (*position == 0 && (letter.is_ascii_digit() || *letter == '-'))
    });
    let text = match wrong {
        Some((0, letter)) => format!("the name of a tool cannot begin with `{letter}`"),
        Some((_, letter)) => format!("the name of a tool cannot contain `{letter}`"),
        None if name.is_empty() => "the name of a tool cannot be empty".to_owned(),
        None if name.len() > NAME_CHARS_MAX => format!(
            "the name of a tool has at most {NAME_CHARS_MAX} characters, this one has {}",
            name.len()
        ),
        None => return,
    };
    errors.at(
        place,
        Code::T05,
        text,
        "use ASCII letters, digits, `_` and `-`, and begin with a letter or `_`",
    );
}
