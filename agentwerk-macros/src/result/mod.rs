//! `#[derive(TicketResult)]`: the schema is derived by schemars for a hidden twin of the type, so
//! that the user's manifest needs serde alone.

mod case;
mod check;
mod directions;
mod expand;
mod lints;
mod mirror;
mod model;
mod stub;
mod types;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, GenericParam, parse_quote};

use self::model::Model;
use crate::attributes::print;
use crate::completion::completion;
use crate::error::{Code, Errors, Expansion};

/// Expands `#[derive(TicketResult)] item`.
pub(crate) fn expand_result(item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => {
            errors.syntax(error);
            let tokens = TokenStream::new();
            return Expansion { tokens, errors };
        }
    };
    let model = Model::of(&input, &mut errors);
    let is_possible = can_be_result(&model, &mut errors);
    if is_possible {
        check_keys(&model, &mut errors);
        directions::check_directions(&model, &mut errors);
        lints::lint(&model, &mut errors);
    }
    // A wrong key is no reason to leave out the implementations: that would add an error to each
    // use of the type. A type that has no schema at all gets empty ones.
    let tokens = if is_possible {
        expand::implementations(&model)
    } else {
        stub::stub(&input, &model.krate())
    };
    let completion = completions(&model);
    let tokens = quote!(#tokens #completion);
    Expansion { tokens, errors }
}

fn can_be_result(model: &Model<'_>, errors: &mut Errors) -> bool {
    let input = model.input;
    let name = &input.ident;
    if let Data::Union(union) = &input.data {
        errors.at(
            union.union_token,
            Code::R02,
            format!("the union `{name}` cannot be the result of a ticket"),
            "use an enum: its variants can be told apart",
        );
        return false;
    }
    for lifetime in input.generics.lifetimes() {
        errors.at(
            lifetime,
            Code::R03,
            format!("`{name}` borrows, but a result owns its data"),
            "remove the lifetime, and write for example `String` for `&str`",
        );
    }
    let references: Vec<_> = lints::references(model).collect();
    for reference in &references {
        errors.at(
            reference,
            Code::R03,
            format!("`{}` borrows, but a result owns its data", print(reference)),
            "write for example `String` for `&str`",
        );
    }
    input.generics.lifetimes().next().is_none() && references.is_empty()
}

/// Keys that are right by themselves and do not fit what stands around them.
fn check_keys(model: &Model<'_>, errors: &mut Errors) {
    if let (Some(_), Some(maps)) = (model.settings.key("schema"), model.settings.key("maps")) {
        let text = "`maps` says how the schema is made, but `schema = existing` takes one as it is";
        errors.at(maps, Code::R04, text, "remove one of the two");
    }
    for part in model.parts() {
        if let Some(check) = part.settings.key("check")
            && part.pointer.is_none()
        {
            let text = "`check` stands on a field that is not in the JSON";
            errors.at(check, Code::R04, text, "put `check` on the type");
        }
    }
}

fn completions(model: &Model<'_>) -> TokenStream {
    let krate = model.krate();
    let of_type = completion("result", model.settings.written(), &krate);
    let of_fields = model
        .parts()
        .map(|part| completion("result_field", part.settings.written(), &krate));
    of_fields.fold(of_type, |all, one| quote!(#all #one))
}

/// The generics of the type with one more bound on each type parameter.
fn bounded(input: &DeriveInput, bound: &impl ToTokens) -> syn::Generics {
    let mut generics = input.generics.clone();
    for parameter in &mut generics.params {
        if let GenericParam::Type(parameter) = parameter {
            parameter.bounds.push(parse_quote!(#bound));
        }
    }
    generics
}
