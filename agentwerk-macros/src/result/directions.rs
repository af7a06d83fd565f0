//! What is stored must be readable: a type is refused if serde writes it in another way than it
//! reads it.

use syn::{Meta, Path};

use super::model::{Model, Part};
use super::types::is_called;
use crate::error::{Code, Errors};
use crate::serde::{Serde, directions};

pub(super) fn check_directions(model: &Model<'_>, errors: &mut Errors) {
    check_names(&model.serde, errors);
    for group in &model.groups {
        check_names(&group.serde, errors);
        check_variant(&group.serde, errors);
        for part in &group.parts {
            check_names(&part.serde, errors);
            if !model.is_other() {
                check_field(model, part, errors);
            }
        }
    }
}

fn check_names(serde: &Serde, errors: &mut Errors) {
    let keys = ["rename", "rename_all", "rename_all_fields"];
    for meta in keys.iter().filter_map(|key| serde.get(key)) {
        if let Some((written, read)) = directions(meta)
            && written != read
        {
            refuse(meta, written.or(read).unwrap_or_default(), errors);
        }
    }
}

fn refuse(meta: &Meta, name: String, errors: &mut Errors) {
    let key = crate::attributes::print(meta.path());
    let text = "what is stored would have other names than what is read";
    let help = format!("give both directions one name: `{key} = \"{name}\"`");
    errors.at(meta, Code::R14, text, help);
}

/// A variant that is only written, or only read.
fn check_variant(serde: &Serde, errors: &mut Errors) {
    let [written, read] = ["skip_deserializing", "skip_serializing"].map(|key| serde.key(key));
    let (key, text) = match (written, read) {
        (Some(key), None) => (key, "the variant would be stored and could not be read"),
        (None, Some(key)) => (key, "the variant would be read and could not be stored"),
        _ => return,
    };
    let help = "write `skip` to leave it out of both directions";
    errors.at(key, Code::R14, text, help);
}

fn check_field(model: &Model<'_>, part: &Part<'_>, errors: &mut Errors) {
    let serde = &part.serde;
    let is_strict = model.serde.has("deny_unknown_fields");
    if let Some(key) = serde.key("skip_deserializing")
        && is_strict
        && !serde.has("skip_serializing")
    {
        let text = "the field would be stored and then be refused as unknown";
        errors.at(
            key,
            Code::R14,
            text,
            "write `skip` to leave it out of both directions",
        );
    }
    if let Some(key) = may_be_missing(serde)
        && !can_be_missing(model, part)
    {
        let text = "the field would be missing in what is stored, and could not be read";
        let help = "add `default`, so that it may be missing";
        errors.at(key, Code::R14, text, help);
    }
}

fn may_be_missing(serde: &Serde) -> Option<&Path> {
    let key = serde.key("skip_serializing");
    key.or_else(|| serde.key("skip_serializing_if"))
}

fn can_be_missing(model: &Model<'_>, part: &Part<'_>) -> bool {
    let serde = &part.serde;
    let is_optional =
        is_called(&part.field.ty, "Option") && !serde.has_any(&["with", "deserialize_with"]);
    let is_never_read = part.pointer.is_none() || serde.has("flatten");
    is_optional || is_never_read || serde.has("default") || model.serde.has("default")
}
