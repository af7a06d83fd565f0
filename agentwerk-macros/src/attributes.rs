//! What both macros read of the attributes of others: docs, and which keys serde was given.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The attributes that say what JSON a field is.
pub(crate) const JSON: [&str; 2] = ["serde", "schemars"];

/// Whether a field is given other JSON than its type would give, or none.
pub(crate) fn is_redescribed(attributes: &[Attribute]) -> bool {
    [
        "skip",
        "skip_deserializing",
        "with",
        "deserialize_with",
        "schema_with",
    ]
    .iter()
    .any(|key| has_key(attributes, &JSON, key, None))
}

/// Whether the attribute is one of `names`.
pub(crate) fn is_any(attribute: &Attribute, names: &[&str]) -> bool {
    names.iter().any(|name| attribute.path().is_ident(name))
}

/// What stands in the parentheses of an attribute.
pub(crate) fn inside(attribute: &Attribute) -> TokenStream {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

/// What the user allows on an item, for a copy of its tokens. Of an `expect` the copy is allowed the
/// same, because one place is enough to fulfil it.
pub(crate) fn allowed(attributes: &[Attribute]) -> impl Iterator<Item = TokenStream> {
    attributes
        .iter()
        .filter(|attribute| is_any(attribute, &["allow", "expect"]))
        .filter_map(|attribute| match &attribute.meta {
            Meta::List(list) => Some(&list.tokens),
            _ => None,
        })
        .map(|lints| quote!(#[allow(#lints)]))
}

/// The text of the docs, an expression per line or included file.
pub(crate) fn docs(attributes: &[Attribute]) -> impl Iterator<Item = &Expr> {
    attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(meta) if meta.path.is_ident("doc") => Some(&meta.value),
            _ => None,
        })
}

/// Whether a line of docs is known to be empty. What an `include_str!` holds is not known here.
pub(crate) fn is_blank(doc: &Expr) -> bool {
    match doc {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.value().trim().is_empty(),
        _ => false,
    }
}

/// How a key stands in an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `key`
    Bare,
    /// `key = value` or `key(..)`
    Valued,
}

/// Whether one of the attributes called `names` has `key`, in this form or, if `None`, in any.
///
/// Tokens are looked at, not syntax: a mistake in these attributes is for serde and schemars to
/// report, which know their own.
pub(crate) fn has_key(
    attributes: &[Attribute],
    names: &[&str],
    key: &str,
    form: Option<Form>,
) -> bool {
    keys(attributes, names)
        .iter()
        .any(|(name, found)| name == key && form.is_none_or(|form| form == *found))
}

/// The key itself, where it stands.
pub(crate) fn find_key(attributes: &[Attribute], names: &[&str], key: &str) -> Option<Ident> {
    let mut keys = keys(attributes, names).into_iter();
    keys.find_map(|(name, _)| (name == key).then_some(name))
}

fn keys(attributes: &[Attribute], names: &[&str]) -> Vec<(Ident, Form)> {
    let named = attributes
        .iter()
        .filter(|attribute| is_any(attribute, names));
    named
        .flat_map(|attribute| keys_in(inside(attribute)))
        .collect()
}

fn keys_in(tokens: TokenStream) -> Vec<(Ident, Form)> {
    let mut keys = Vec::new();
    let mut at_start = true;
    for token in tokens {
        match token {
            TokenTree::Ident(name) if at_start => {
                keys.push((name, Form::Bare));
                at_start = false;
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => at_start = true,
            _ => {
                if let Some((_, form)) = keys.last_mut() {
                    *form = Form::Valued;
                }
                at_start = false;
            }
        }
    }
    keys
}

/// Whether a type holds an `impl Trait`, which can only stand in a signature.
pub(crate) fn hides_type(ty: &impl ToTokens) -> bool {
    fn holds_impl(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(word) => word == "impl",
            TokenTree::Group(group) => holds_impl(group.stream()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    holds_impl(ty.to_token_stream())
}

/// A type as a person writes it, for the text of an error.
pub(crate) fn print(tokens: impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, tight) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
        (" ;", ";"),
        (" : ", ": "),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}
