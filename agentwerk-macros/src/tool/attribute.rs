use std::time::Duration;

use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Token, token};

use crate::attributes::print;
use crate::error::{Code, Errors};

/// What `#[tool(..)]` says.
#[derive(Default)]
pub(crate) struct Options {
    /// The name that the model calls, if it is not that of the function.
    pub(crate) name: Option<LitStr>,
    pub(crate) read_only: bool,
    pub(crate) timeout: Option<Duration>,
}

/// A key and its value.
struct Setting {
    key: Ident,
    value: Value,
}

enum Value {
    None,
    Text(LitStr),
    Other(TokenStream),
}

const KEYS: [&str; 3] = ["name", "read_only", "timeout"];
/// The longest name that all vendors take.
const NAME_CHARS_MAX: usize = 64;

impl Options {
    pub(crate) fn parse(attributes: TokenStream, errors: &mut Errors) -> Self {
        let mut settings = Vec::new();
        let parsed = (|input: ParseStream<'_>| {
            while !input.is_empty() {
                settings.push(Setting::parse(input)?);
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })
        .parse2(attributes);
        if let Err(error) = parsed {
            errors.syntax(error);
        }

        let mut options = Self::default();
        let mut seen: Vec<Ident> = Vec::new();
        for setting in settings {
            let key = &setting.key;
            if seen.contains(key) {
                let text = format!("`{key}` is set twice");
                errors.at(key, Code::T03, text, "remove one of the two");
                continue;
            }
            seen.push(setting.key.clone());
            options.set(setting, errors);
        }
        options
    }

    fn set(&mut self, Setting { key, value }: Setting, errors: &mut Errors) {
        match (key.to_string().as_str(), value) {
            ("read_only", Value::None) => self.read_only = true,
            ("read_only", value) => {
                let text = "`read_only` takes no value";
                errors.at(value.or(&key), Code::T04, text, "write `read_only` alone");
            }
            ("name", Value::Text(name)) => {
                check_name(&name, &name.value(), errors);
                self.name = Some(name);
            }
            ("timeout", Value::Text(text)) => self.timeout = duration(&text, errors),
            ("name", value) => needs_text(&key, &value, "search_archive", errors),
            ("timeout", value) => needs_text(&key, &value, "30s", errors),
            (unknown, _) => errors.at(
                &key,
                Code::T02,
                format!("`#[tool]` has no key `{unknown}`"),
                suggest(unknown),
            ),
        }
    }
}

impl Setting {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        // A keyword is as good as any other wrong key, and gets the same list of the right ones.
        let key = Ident::parse_any(input)?;
        let value = if input.peek(token::Paren) {
            Value::Other(input.parse::<TokenTree>()?.into())
        } else if input.parse::<Option<Token![=]>>()?.is_none() {
            Value::None
        } else if input.peek(LitStr) {
            Value::Text(input.parse()?)
        } else {
            Value::other(input)?
        };
        Ok(Self { key, value })
    }
}

impl Value {
    fn other(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut tokens = TokenStream::new();
        while !input.is_empty() && !input.peek(Token![,]) {
            tokens.extend([input.parse::<TokenTree>()?]);
        }
        if tokens.is_empty() {
            return Err(input.error("expected a value"));
        }
        Ok(Self::Other(tokens))
    }

    /// Where to report the value: at itself, else at its key.
    fn or(&self, key: &Ident) -> TokenStream {
        match self {
            Self::None => quote::quote!(#key),
            Self::Text(text) => quote::quote!(#text),
            Self::Other(tokens) => tokens.clone(),
        }
    }
}

fn needs_text(key: &Ident, value: &Value, example: &str, errors: &mut Errors) {
    let text = match value {
        Value::None => format!("`{key}` needs a value"),
        _ => format!("`{key}` takes a text, found `{}`", print(value.or(key))),
    };
    let help = format!("write `{key} = \"{example}\"`");
    errors.at(value.or(key), Code::T04, text, help);
}

fn suggest(unknown: &str) -> String {
    let similar = KEYS
        .iter()
        .map(|key| (strsim::jaro_winkler(unknown, key), key))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right));
    let keys = KEYS.map(|key| format!("`{key}`")).join(", ");
    match similar {
        Some((_, key)) => format!("did you mean `{key}`? the keys are {keys}"),
        None => format!("the keys are {keys}"),
    }
}

/// Checks that every vendor takes the name of a tool.
pub(super) fn check_name(place: impl quote::ToTokens, name: &str, errors: &mut Errors) {
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

/// Parses `"30s"`.
fn duration(text: &LitStr, errors: &mut Errors) -> Option<Duration> {
    let value = text.value();
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = value.split_at(digits);
    let millis_per_unit = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let millis = millis_per_unit
        .zip(number.parse::<u64>().ok())
        .and_then(|(unit, number)| number.checked_mul(unit))
        .filter(|millis| *millis > 0);
    if millis.is_none() {
        errors.at(
            text,
            Code::T04,
            format!("`timeout` takes a whole number and a unit, found {value:?}"),
            "write for example `timeout = \"30s\"`; the units are `ms`, `s`, `m`, `h`",
        );
    }
    millis.map(Duration::from_millis)
}
