use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::bounded;
use super::check::check;
use super::mirror::Mirror;
use super::model::Model;
use crate::attributes::allowed;

/// The implementations, and what they need.
pub(super) fn implementations(model: &Model<'_>) -> TokenStream {
    let input = model.input;
    let name = &input.ident;
    let (_, arguments, condition) = input.generics.split_for_impl();
    let returned = bounded(input, &quote!(__aw::TicketResult));
    let (returned, _, _) = returned.split_for_impl();
    // Before the rest: rustc reports in the order of the items. Bounds that serde has of its own
    // may not hold for every result.
    let companions = (!model.has_own_bounds())
        .then(|| quote!(impl #returned __aw::CheckCompanions for #name #arguments #condition {}));
    let schema = (!model.settings.has("schema")).then(|| schema(model));
    let result = result(model);
    let allowed = allowed(&input.attrs);
    let krate = model.krate();
    quote! {
        #(#allowed)*
        #[allow(
            clippy::multiple_bound_locations,
            dead_code,
            deprecated,
            unused_qualifications
        )]
        const _: () = {
            use #krate::__private as __aw;
            #companions
            #schema
            #result
        };
    }
}

/// `JsonSchema`, from the hidden twin.
fn schema(model: &Model<'_>) -> TokenStream {
    let input = model.input;
    let name = &input.ident;
    let (_, arguments, condition) = input.generics.split_for_impl();
    let turbofish = arguments.as_turbofish();
    let described = bounded(input, &quote!(__aw::schemars::JsonSchema));
    let (described, _, _) = described.split_for_impl();
    let mirror = Mirror::of(model);
    let mut document = quote!((__mirror #turbofish ().schema)(generator));
    if model.settings.has("maps") {
        document = quote!(__aw::with_entries(#document));
    }
    quote! {
        #mirror
        impl #described __aw::schemars::JsonSchema for #name #arguments #condition {
            fn schema_name() -> __aw::std::borrow::Cow<'static, str> {
                (__mirror #turbofish ().name)()
            }
            fn schema_id() -> __aw::std::borrow::Cow<'static, str> {
                (__mirror #turbofish ().id)()
            }
            fn inline_schema() -> __aw::std::primitive::bool {
                (__mirror #turbofish ().inline)()
            }
            fn json_schema(
                generator: &mut __aw::schemars::SchemaGenerator,
            ) -> __aw::schemars::Schema {
                #document
            }
        }
    }
}

/// `TicketResult`.
fn result(model: &Model<'_>) -> TokenStream {
    let input = model.input;
    let name = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let returned = bounded(input, &quote!(__aw::TicketResult));
    let (returned, _, _) = returned.split_for_impl();
    let mut assumed = input.generics.clone();
    let companions = parse_quote!(for<'__a> #name #arguments: __aw::AssumedCompanions<'__a>);
    assumed.make_where_clause().predicates.push(companions);
    let (_, _, assumed) = assumed.split_for_impl();
    // The derived schema has the name already.
    let own_name = model.settings.text("name");
    let own_name = own_name.filter(|_| model.settings.has("schema"));
    let own_name = own_name.map(|name| {
        quote! {
            fn name() -> __aw::std::borrow::Cow<'static, str> {
                __aw::std::borrow::Cow::Borrowed(#name)
            }
        }
    });
    let strict = model.settings.bool("strict").map(|strict| {
        quote! {
            fn strict() -> __aw::std::option::Option<__aw::std::primitive::bool> {
                __aw::std::option::Option::Some(#strict)
            }
        }
    });
    let check = check(model);
    quote! {
        impl #returned __aw::TicketResult for #name #arguments #assumed {
            #own_name
            #strict
            #check
        }
    }
}
