//! Implementations for a type that cannot be a result, so that its uses add no errors to the one
//! that was told.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, parse_quote};

pub(super) fn stub(input: &DeriveInput, krate: &TokenStream) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, condition) = input.generics.split_for_impl();
    let mut assumed = input.generics.clone();
    let predicates = &mut assumed.make_where_clause().predicates;
    predicates.push(parse_quote!(Self: 'static));
    predicates.push(parse_quote!(for<'__a> Self: __aw::AssumedCompanions<'__a>));
    let (_, _, assumed) = assumed.split_for_impl();
    let companions = matches!(input.data, Data::Union(_)).then(|| companions(input));
    quote! {
        const _: () = {
            use #krate::__private as __aw;
            #companions
            impl #generics __aw::schemars::JsonSchema for #name #arguments #condition {
                fn schema_name() -> __aw::std::borrow::Cow<'static, str> {
                    __aw::std::unreachable!()
                }
                fn json_schema(_: &mut __aw::schemars::SchemaGenerator) -> __aw::schemars::Schema {
                    __aw::std::unreachable!()
                }
            }
            impl #generics __aw::TicketResult for #name #arguments #assumed {}
        };
    }
}

/// serde derives nothing for a union.
fn companions(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, condition) = input.generics.split_for_impl();
    let mut read = input.generics.clone();
    read.params.insert(0, parse_quote!('__de));
    let (read, _, _) = read.split_for_impl();
    quote! {
        impl #generics __aw::serde::Serialize for #name #arguments #condition {
            fn serialize<__S: __aw::serde::Serializer>(
                &self,
                _: __S,
            ) -> __aw::std::result::Result<__S::Ok, __S::Error> {
                __aw::std::unreachable!()
            }
        }
        impl #read __aw::serde::Deserialize<'__de> for #name #arguments #condition {
            fn deserialize<__D: __aw::serde::Deserializer<'__de>>(
                _: __D,
            ) -> __aw::std::result::Result<Self, __D::Error> {
                __aw::std::unreachable!()
            }
        }
    }
}
