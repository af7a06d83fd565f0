//! `#[derive(TicketResult)]`: the schema is derived by schemars for a hidden twin of the type, so
//! that the user's manifest needs serde alone.

mod attribute;
mod mirror;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, GenericParam, parse_quote};

use self::attribute::Options;
use self::mirror::Mirror;
use crate::attributes::allowed;
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
    let options = Options::take(&input, &mut errors);
    // A wrong key is no reason to leave out the implementations: that would add an error to each
    // use of the type. A type that has no schema at all is.
    let tokens = if can_be_result(&input, &mut errors) {
        implementations(&input, &options)
    } else {
        TokenStream::new()
    };
    Expansion { tokens, errors }
}

fn can_be_result(input: &DeriveInput, errors: &mut Errors) -> bool {
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
    let mut lifetimes = input.generics.lifetimes().peekable();
    let owns = lifetimes.peek().is_none();
    for lifetime in lifetimes {
        errors.at(
            lifetime,
            Code::R03,
            format!("`{name}` borrows, but a result owns its data"),
            "remove the lifetime, and write for example `String` for `&str`",
        );
    }
    owns
}

fn implementations(input: &DeriveInput, options: &Options) -> TokenStream {
    let name = &input.ident;
    let (_, arguments, condition) = input.generics.split_for_impl();
    let turbofish = arguments.as_turbofish();
    let described = bounded(input, &quote!(__aw::schemars::JsonSchema));
    let (described, _, _) = described.split_for_impl();
    let returned = bounded(input, &quote!(__aw::TicketResult));
    let (returned, _, _) = returned.split_for_impl();
    let mirror = Mirror::of(input);
    let allowed = allowed(&input.attrs);
    let mut assumed = input.generics.clone();
    let companions = parse_quote!(for<'__a> #name #arguments: __aw::AssumedCompanions<'__a>);
    assumed.make_where_clause().predicates.push(companions);
    let (_, _, assumed) = assumed.split_for_impl();
    let check = options.check.as_ref().map(|path| {
        quote! {
            fn check(&self) -> __aw::std::result::Result<(), __aw::Violations> {
                #path(self)
            }
        }
    });
    quote! {
        #(#allowed)*
        #[allow(dead_code, deprecated, unused_qualifications)]
        const _: () = {
            use ::agentwerk::__private as __aw;
            // Before the rest: rustc reports in the order of the items.
            impl #returned __aw::CheckCompanions for #name #arguments #condition {}
            #mirror
            impl #described __aw::schemars::JsonSchema for #name #arguments #condition {
                fn schema_name() -> __aw::std::borrow::Cow<'static, str> {
                    (__mirror #turbofish ().name)()
                }
                fn schema_id() -> __aw::std::borrow::Cow<'static, str> {
                    (__mirror #turbofish ().id)()
                }
                fn inline_schema() -> bool {
                    (__mirror #turbofish ().inline)()
                }
                fn json_schema(
                    generator: &mut __aw::schemars::SchemaGenerator,
                ) -> __aw::schemars::Schema {
                    (__mirror #turbofish ().schema)(generator)
                }
            }
            impl #returned __aw::TicketResult for #name #arguments #assumed {
                #check
            }
        };
    }
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
