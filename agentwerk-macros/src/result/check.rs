//! `TicketResult::check`: what the fields say of themselves, and then what the type says.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use super::model::{Group, Model, Part};

/// The function, if there is anything to check.
pub(super) fn check(model: &Model<'_>) -> TokenStream {
    let groups = model.groups.iter().filter_map(of_group);
    let groups: Vec<_> = groups.collect();
    let own = model.settings.path("check").map(own);
    if groups.is_empty() && own.is_none() {
        return TokenStream::new();
    }
    let rest = (groups.len() < model.groups.len()).then(|| quote!(_ => {}));
    let probes = (!groups.is_empty()).then(|| {
        quote!(
            use __aw::{CheckOther as _, CheckResult as _};
        )
    });
    let parts = (!groups.is_empty()).then(|| quote!(match self { #(#groups)* #rest }));
    quote! {
        fn check(&self) -> __aw::std::result::Result<(), __aw::Violations> {
            #probes
            let mut __found = __aw::Found::default();
            #parts
            #own
            __found.into_result()
        }
    }
}

/// A function pointer, so that a wrong signature is told at the path.
fn own(path: &Path) -> TokenStream {
    let last = path.segments.last();
    // Without a function of this name, the path would mean the method that it is written into, and
    // call itself for ever. Two traits make it ambiguous; a function of the type comes before both.
    let guard = last.is_some_and(|last| last.ident == "check").then(|| {
        quote! {
            trait __NoFunctionOfThisName {
                fn check(&self) {}
            }
            impl<T: ?__aw::std::marker::Sized> __NoFunctionOfThisName for T {}
            #[allow(unused_imports)]
            use __aw::TicketResult as _;
        }
    });
    quote! {
        #guard
        let __check: fn(&Self) -> __aw::std::result::Result<(), __aw::Violations> = #path;
        __found.at("", __check(self));
    }
}

/// A call, so that a `fn(&str)` may check a `String`; all of it at the path, so that a wrong
/// signature is told there.
fn of_field(path: &Path, field: &Ident, pointer: &str) -> TokenStream {
    let place = path.span();
    let field = Ident::new(&field.to_string(), field.span().located_at(place));
    let call = quote_spanned!(place=> #path(#field));
    quote! {
        let __checked: __aw::std::result::Result<(), __aw::Violations> = #call;
        __found.at(#pointer, __checked);
    }
}

/// An arm for the fields that are in the JSON.
fn of_group(group: &Group<'_>) -> Option<TokenStream> {
    let mut patterns = Vec::new();
    let mut nested = Vec::new();
    let mut checks = Vec::new();
    for (index, part) in group.parts.iter().enumerate() {
        let Part {
            member, pointer, ..
        } = part;
        let Some(pointer) = pointer else { continue };
        let field = format_ident!("__{index}");
        patterns.push(quote!(#member: #field));
        nested.push(quote!(__found.at(#pointer, (&__aw::Part(#field)).__check());));
        if let Some(path) = part.settings.path("check") {
            checks.push(of_field(path, &field, pointer));
        }
    }
    let name = group.variant.map(|variant| &variant.ident);
    let variant = name.map(|name| quote!(:: #name)).into_token_stream();
    (!patterns.is_empty())
        .then(|| quote!(Self #variant { #(#patterns,)* .. } => { #(#nested)* #(#checks)* }))
}
