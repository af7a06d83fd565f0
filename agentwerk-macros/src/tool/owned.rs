use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type, TypeReference, parse_quote};

/// A parameter's type, as the model's value is kept until the function takes it.
#[derive(Clone)]
pub(super) struct Owned {
    /// The type that owns.
    pub(super) ty: TokenStream,
    /// The part of it that is the user's, which may lack what it needs.
    pub(super) users: Option<TokenStream>,
    pub(super) pass: Pass,
}

/// How a kept value is given to the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// `value`
    Move,
    /// `&value`
    Borrow,
    /// `value.as_deref()`, of an `Option`
    AsDeref,
    /// `value.as_ref()`, of an `Option`
    AsRef,
}

/// What is kept for a parameter of this type; else the type that a person should write.
pub(super) fn owned(ty: &Type) -> Result<Owned, String> {
    let kept = match ungrouped(ty) {
        Type::Reference(reference) => referent(reference).map(|kept| Owned {
            pass: Pass::Borrow,
            ..kept
        }),
        other => match optional(other) {
            Some(reference) => referent(reference).map(|kept| in_option(other, kept)),
            None => Some(Owned {
                ty: ty.to_token_stream(),
                users: Some(ty.to_token_stream()),
                pass: Pass::Move,
            }),
        },
    };
    kept.filter(|kept| !borrows(kept.ty.clone()))
        .ok_or_else(|| proposal(ty))
}

/// What owns the value behind a reference; `None` for one that cannot be made.
fn referent(reference: &TypeReference) -> Option<Owned> {
    let is_static = reference
        .lifetime
        .as_ref()
        .is_some_and(|lifetime| lifetime.ident == "static");
    if is_static || reference.mutability.is_some() {
        return None;
    }
    let ty = ungrouped(&reference.elem);
    let span = ty.span();
    let (ty, users, pass) = match ty {
        Type::Slice(slice) => {
            let element = &slice.elem;
            let list = quote_spanned!(span=> __aw::std::vec::Vec<#element>);
            (list, Some(element.to_token_stream()), Pass::AsDeref)
        }
        _ if is_named(ty, "str") => {
            let text = quote_spanned!(span=> __aw::std::string::String);
            (text, None, Pass::AsDeref)
        }
        _ if is_named(ty, "Path") => {
            let path = quote_spanned!(span=> __aw::std::path::PathBuf);
            (path, None, Pass::AsDeref)
        }
        other => {
            let ty = other.to_token_stream();
            (ty.clone(), Some(ty), Pass::AsRef)
        }
    };
    Some(Owned { ty, users, pass })
}

/// The reference in `Option<&T>`.
fn optional(ty: &Type) -> Option<&TypeReference> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) if last.ident == "Option" => match ungrouped(inner) {
            Type::Reference(reference) => Some(reference),
            _ => None,
        },
        _ => None,
    }
}

fn in_option(option: &Type, kept: Owned) -> Owned {
    let inner = kept.ty;
    Owned {
        ty: quote_spanned!(option.span()=> __aw::std::option::Option<#inner>),
        ..kept
    }
}

/// A type that came through a `macro_rules!` stands in invisible parentheses.
pub(super) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(group) => ungrouped(&group.elem),
        _ => ty,
    }
}

fn is_named(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == name)
        }
        _ => false,
    }
}

/// Whether a type holds a reference or a lifetime. The `&` of a bound in `dyn Fn(&str)` counts too:
/// no model can write one.
fn borrows(tokens: TokenStream) -> bool {
    let mut is_quote = false;
    tokens.into_iter().any(|token| match token {
        TokenTree::Punct(punct) => {
            is_quote = punct.as_char() == '\'';
            punct.as_char() == '&'
        }
        // `'static` holds nothing of the call.
        TokenTree::Ident(name) => is_quote && name != "static",
        TokenTree::Group(group) => borrows(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

/// The type that a person should write.
fn proposal(ty: &Type) -> String {
    let ty = match ungrouped(ty) {
        Type::Reference(reference) => {
            let inner = deep(&reference.elem);
            if reference.mutability.is_some() {
                inner
            } else {
                let mut reference = reference.clone();
                reference.lifetime = None;
                *reference.elem = inner;
                Type::Reference(reference)
            }
        }
        other => deep(other),
    };
    crate::attributes::print(ty)
}

/// The type with all that is borrowed in it made owned.
fn deep(ty: &Type) -> Type {
    match ungrouped(ty) {
        Type::Reference(reference) => match ungrouped(&reference.elem) {
            Type::Slice(slice) => {
                let element = deep(&slice.elem);
                parse_quote!(Vec<#element>)
            }
            inner if is_named(inner, "str") => parse_quote!(String),
            inner if is_named(inner, "Path") => parse_quote!(PathBuf),
            inner => deep(inner),
        },
        Type::Slice(slice) => {
            let mut slice = slice.clone();
            *slice.elem = deep(&slice.elem);
            Type::Slice(slice)
        }
        Type::Array(array) => {
            let mut array = array.clone();
            *array.elem = deep(&array.elem);
            Type::Array(array)
        }
        Type::Tuple(tuple) => {
            let mut tuple = tuple.clone();
            tuple.elems.iter_mut().for_each(|part| *part = deep(part));
            Type::Tuple(tuple)
        }
        Type::Path(path) => deep_path(path),
        other => other.clone(),
    }
}

fn deep_path(path: &syn::TypePath) -> Type {
    let mut path = path.clone();
    let Some(last) = path.path.segments.last_mut() else {
        return Type::Path(path);
    };
    let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
        return Type::Path(path);
    };
    if last.ident == "Cow"
        && let Some(GenericArgument::Type(inner)) = arguments.args.last()
    {
        return deep(&parse_quote!(&#inner));
    }
    for argument in &mut arguments.args {
        if let GenericArgument::Type(ty) = argument {
            *ty = deep(ty);
        }
    }
    Type::Path(path)
}
