//! Reads `key, key = value` against a table of keys.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Ident, Lit, LitBool, LitStr, Path, Token};

use crate::attributes::print;
use crate::error::Errors;
use crate::keys::{Form, Key, Keys};

/// What an attribute says; keys that are wrong are reported and left out.
#[derive(Default)]
pub(crate) struct Settings {
    found: Vec<(Ident, Value)>,
    /// Each key as written, also a wrong or half-typed one: an editor completes it.
    written: Vec<Ident>,
}

/// What stands behind a key.
enum Value {
    Flag,
    Expr(Expr),
    /// No expression.
    Other(TokenStream),
}

impl Settings {
    /// Reads the tokens between the parentheses of an attribute.
    pub(crate) fn parse(tokens: TokenStream, keys: &Keys, errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        settings.add(tokens, keys, errors);
        settings
    }

    /// Reads another attribute of the same kind.
    pub(crate) fn add(&mut self, tokens: TokenStream, keys: &Keys, errors: &mut Errors) {
        let parsed = (|input: ParseStream<'_>| {
            while !input.is_empty() {
                if input.peek(Ident::peek_any) {
                    // A keyword is as good as any other wrong key, and gets the same help.
                    let name = Ident::parse_any(input)?;
                    self.written.push(name.clone());
                    let value = Value::parse(input)?;
                    self.set(name, value, keys, errors);
                } else if input.peek(Token![,]) {
                    errors.syntax(input.error("expected a key"));
                } else {
                    no_key(&rest(input)?, keys, errors);
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })
        .parse2(tokens);
        if let Err(error) = parsed {
            errors.syntax(error);
        }
    }

    fn set(&mut self, name: Ident, value: Value, keys: &Keys, errors: &mut Errors) {
        let Some(key) = keys.keys.iter().find(|key| name == key.name) else {
            let text = format!("`{}` has no key `{name}`", keys.attribute);
            errors.at(&name, keys.codes.unknown, text, suggest(&name, keys));
            return;
        };
        if self.found.iter().any(|(known, _)| *known == name) {
            let text = format!("`{name}` is set twice");
            errors.at(&name, keys.codes.twice, text, "remove one of the two");
            return;
        }
        if value.fits(key.form) {
            self.found.push((name, value));
        } else {
            errors.at(
                value.or(&name),
                keys.codes.form,
                value.complaint(key),
                advice(key),
            );
        }
    }

    /// The keys as they are written, in their order, whether right or wrong.
    pub(crate) fn written(&self) -> &[Ident] {
        &self.written
    }

    fn get(&self, key: &str) -> Option<&Value> {
        let mut found = self.found.iter();
        found.find_map(|(name, value)| (name == key).then_some(value))
    }

    /// The key itself, where it is set.
    pub(crate) fn key(&self, key: &str) -> Option<&Ident> {
        let mut found = self.found.iter();
        found.find_map(|(name, _)| (name == key).then_some(name))
    }

    /// Whether a key is there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn bool(&self, key: &str) -> Option<bool> {
        self.get(key)?.bool().map(LitBool::value)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&LitStr> {
        self.get(key)?.text()
    }

    pub(crate) fn path(&self, key: &str) -> Option<&Path> {
        self.get(key)?.path()
    }

    pub(crate) fn name(&self, key: &str) -> Option<&Ident> {
        self.path(key)?.get_ident()
    }

    pub(crate) fn expr(&self, key: &str) -> Option<&Expr> {
        match self.get(key)? {
            Value::Expr(expr) => Some(expr),
            Value::Flag | Value::Other(_) => None,
        }
    }
}

impl Value {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(Self::Flag);
        }
        if !input.peek(Token![=]) {
            return rest(input).map(Self::Other);
        }
        input.parse::<Token![=]>()?;
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(Self::Other(TokenStream::new()));
        }
        let fork = input.fork();
        if fork.parse::<Expr>().is_ok() {
            return Ok(Self::Expr(ungrouped(input.parse()?)));
        }
        rest(input).map(Self::Other)
    }

    fn bool(&self) -> Option<&LitBool> {
        match self.literal()? {
            Lit::Bool(value) => Some(value),
            _ => None,
        }
    }

    fn text(&self) -> Option<&LitStr> {
        match self.literal()? {
            Lit::Str(text) => Some(text),
            _ => None,
        }
    }

    fn literal(&self) -> Option<&Lit> {
        match self {
            Self::Expr(Expr::Lit(ExprLit { lit, .. })) => Some(lit),
            _ => None,
        }
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::Expr(Expr::Path(path)) if path.qself.is_none() => Some(&path.path),
            _ => None,
        }
    }

    fn fits(&self, form: Form) -> bool {
        match form {
            Form::Flag => matches!(self, Self::Flag),
            Form::Bool => self.bool().is_some(),
            Form::Text(_) => self.text().is_some(),
            Form::Name(_) => self.path().is_some_and(|path| path.get_ident().is_some()),
            Form::Path(_) => self.path().is_some(),
            Form::FlagOrPath(_) => matches!(self, Self::Flag) || self.path().is_some(),
            Form::Word(word) => self.path().is_some_and(|path| path.is_ident(word)),
            Form::Expr(_) => matches!(self, Self::Expr(_)),
        }
    }

    /// Where to report the value: at itself, else at its key.
    fn or(&self, key: &Ident) -> TokenStream {
        match self {
            Self::Expr(expr) => expr.to_token_stream(),
            Self::Other(tokens) if !tokens.is_empty() => tokens.clone(),
            Self::Flag | Self::Other(_) => key.to_token_stream(),
        }
    }

    fn complaint(&self, Key { name, form, .. }: &Key) -> String {
        let found = match self {
            Self::Expr(expr) => print(expr),
            Self::Other(tokens) if !tokens.is_empty() => print(tokens),
            Self::Flag | Self::Other(_) => return format!("`{name}` needs a value"),
        };
        match form {
            Form::Flag => format!("`{name}` takes no value"),
            Form::Word(word) => format!("`{name}` takes `{word}`, found `{found}`"),
            form => format!("`{name}` takes {}, found `{found}`", form.expects()),
        }
    }
}

/// An expression that came through a `macro_rules!` stands in invisible parentheses.
fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        expr => expr,
    }
}

/// All up to the next comma.
fn rest(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

fn no_key(found: &TokenStream, keys: &Keys, errors: &mut Errors) {
    let text = format!(
        "`{}` expects a key, found `{}`",
        keys.attribute,
        print(found)
    );
    let help = format!("{}; a description is a doc comment", all(keys));
    errors.at(found, keys.codes.form, text, help);
}

fn advice(Key { name, form, .. }: &Key) -> String {
    match form {
        Form::Flag => format!("write `{name}` alone"),
        form => format!("write `{name}{}`", form.example()),
    }
}

fn suggest(unknown: &Ident, keys: &Keys) -> String {
    let unknown = unknown.to_string();
    if let Some((_, place)) = keys.elsewhere.iter().find(|(key, _)| *key == unknown) {
        return (*place).to_owned();
    }
    let similar = keys
        .keys
        .iter()
        .map(|key| (strsim::jaro_winkler(&unknown, key.name), key.name))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|(left, _), (right, _)| left.total_cmp(right));
    if let Some((_, key)) = similar {
        return format!("did you mean `{key}`?");
    }
    all(keys)
}

/// The keys that there are.
fn all(keys: &Keys) -> String {
    let names: Vec<_> = keys
        .keys
        .iter()
        .map(|key| format!("`{}`", key.name))
        .collect();
    match names.as_slice() {
        [only] => format!("the only key is {only}"),
        names => format!("the keys are {}", names.join(", ")),
    }
}
