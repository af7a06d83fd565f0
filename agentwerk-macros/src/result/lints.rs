//! What the tokens tell of a type that a model, or a vendor with strict schemas, has trouble with.
//!
//! An alias can hide any of it; that is found when the schema is made.

use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, Path, PathSegment, Token, Type};

use super::model::{Group, Model, Part, is_left_out};
use super::types::types_in;
use crate::attributes::{docs, has_key, is_any, is_blank, is_redescribed, print};
use crate::error::{Code, Errors};
use crate::limits;

/// Types that are objects with any keys.
const MAPS: [&str; 4] = ["BTreeMap", "HashMap", "IndexMap", "Map"];

pub(super) fn lint(model: &Model<'_>, errors: &mut Errors) {
    for part in model.groups.iter().flat_map(described) {
        limits::check(&part.field.attrs, &part.field.ty, Code::R15, errors);
    }
    let is_described = !model.is_other() && !is_redescribed(&model.input.attrs);
    if model.settings.bool("strict") == Some(true) && is_described {
        check_strict(model, errors);
    }
    if model.settings.has("docs") {
        check_docs(model, errors);
    }
    if !is_allowed(&model.input.attrs) {
        warn_of_untagged(model, errors);
        warn_of_recursion(model, errors);
    }
}

/// The references in fields that are read by their types. Lifetimes of the type are told of it.
pub(super) fn references<'a>(model: &'a Model<'_>) -> impl Iterator<Item = &'a Type> {
    let parts = model.groups.iter().flat_map(described);
    let parts = parts.filter(|part| part.pointer.is_some());
    let types = parts.flat_map(|part| types_in(&part.field.ty));
    types.filter(|ty| match ty {
        Type::Reference(reference) => {
            let lifetime = reference.lifetime.as_ref();
            lifetime.is_none_or(|lifetime| lifetime.ident == "static")
        }
        _ => false,
    })
}

fn check_strict(model: &Model<'_>, errors: &mut Errors) {
    let has_entries = model.settings.has("maps");
    for group in model
        .groups
        .iter()
        .filter(|group| !is_left_out(&group.serde))
    {
        check_tuple(group, errors);
        for part in described(group) {
            let is_flat = part.serde.has("flatten");
            for ty in types_in(&part.field.ty) {
                match ty {
                    Type::Tuple(tuple) if !tuple.elems.is_empty() => {
                        tuple_error(ty, errors);
                    }
                    Type::Path(path) => check_path(&path.path, has_entries, is_flat, errors),
                    _ => {}
                }
            }
        }
    }
}

/// The fields of a group that are described by their types.
fn described<'a>(group: &'a Group<'_>) -> impl Iterator<Item = &'a Part<'a>> {
    let parts = group.parts.iter();
    parts.filter(|part| !is_redescribed(&part.field.attrs))
}

fn check_tuple(group: &Group<'_>, errors: &mut Errors) {
    if let Fields::Unnamed(fields) = group.fields
        && fields.unnamed.len() > 1
    {
        tuple_error(&fields.unnamed, errors);
    }
}

fn tuple_error(tokens: impl quote::ToTokens, errors: &mut Errors) {
    let text = "a strict schema has no tuples";
    let help = "make it a struct and name the fields, or remove `strict = true`";
    errors.at(tokens, Code::R09, text, help);
}

fn check_path(path: &Path, has_entries: bool, is_flat: bool, errors: &mut Errors) {
    let Some(last) = path.segments.last() else {
        return;
    };
    if MAPS.iter().any(|map| last.ident == map) {
        let help = match (is_flat, has_entries) {
            (true, _) => "remove `flatten`, or remove `strict = true`",
            (false, true) => return,
            (false, false) => {
                "add `maps = entries`, or write a `Vec` of a struct with the key and the value"
            }
        };
        let text = format!("a strict schema has no maps such as `{}`", last.ident);
        errors.at(path, Code::R06, text, help);
    }
    if is_value(&path.segments) {
        let text = format!(
            "a strict schema has no JSON of any form, which `{}` is",
            print(path)
        );
        let help = "write a type with the fields that you expect, or remove `strict = true`";
        errors.at(path, Code::R07, text, help);
    }
}

/// Another type of this name is written as `self::Value`.
fn is_value(segments: &Punctuated<PathSegment, Token![::]>) -> bool {
    let mut names = segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(|name| name == "Value")
        && names
            .next()
            .is_none_or(|name| name == "serde_json" || name == "json")
}

fn check_docs(model: &Model<'_>, errors: &mut Errors) {
    for group in model
        .groups
        .iter()
        .filter(|group| !is_left_out(&group.serde))
    {
        if let Some(variant) = group.variant
            && !is_described(&variant.attrs)
        {
            doc_error(&variant.ident, "variant", errors);
        }
        for part in &group.parts {
            if let Some(name) = &part.field.ident
                && !is_left_out(&part.serde)
                && !part.serde.has("flatten")
                && !is_described(&part.field.attrs)
            {
                doc_error(name, "field", errors);
            }
        }
    }
}

fn is_described(attributes: &[Attribute]) -> bool {
    !docs(attributes).all(is_blank) || has_key(attributes, &["schemars"], "description", None)
}

fn doc_error(name: &syn::Ident, kind: &str, errors: &mut Errors) {
    let text = format!("the {kind} `{name}` has no docs, so a model cannot know what it is for");
    let help = "put a doc comment above it, or remove `docs = required`";
    errors.at(name, Code::R08, text, help);
}

/// Whether the item allows the warnings, which are those of something deprecated.
fn is_allowed(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| is_any(attribute, &["allow", "expect"]))
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .flat_map(|list| list.tokens.clone())
        .any(|lint| matches!(lint.to_string().as_str(), "deprecated" | "warnings"))
}

fn warn_of_untagged(model: &Model<'_>, errors: &mut Errors) {
    if let Some(untagged) = model.serde.key("untagged") {
        errors.warn(
            untagged,
            Code::R10,
            "models confuse the variants of an enum without a tag",
            "write `tag = \"kind\"` instead, or put `#[allow(deprecated)]` on the enum",
        );
    }
}

fn warn_of_recursion(model: &Model<'_>, errors: &mut Errors) {
    if model.settings.bool("strict") == Some(false) {
        return;
    }
    let own = &model.input.ident;
    let is_own = |path: &Path| {
        let last = path.segments.last();
        path.is_ident("Self") || path.segments.len() == 1 && last.is_some_and(|it| it.ident == *own)
    };
    let parts = model.groups.iter().flat_map(described);
    let mut types = parts.flat_map(|part| types_in(&part.field.ty));
    let recursive = types.find(|ty| matches!(ty, Type::Path(path) if is_own(&path.path)));
    if let Some(recursive) = recursive {
        let text = format!("`{own}` holds itself, for which Anthropic has no strict schemas");
        let help = if model.settings.has("strict") {
            "no run at Anthropic will begin; put `#[allow(deprecated)]` on the type if there is none"
        } else {
            "write `#[result(strict = false)]`, or put `#[allow(deprecated)]` on the type"
        };
        errors.warn(recursive, Code::R11, text, help);
    }
}
