use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Member, Type, Visibility, parse_quote};

use super::bounded;
use super::model::Model;
use crate::attributes::{Form, JSON, allowed, has_key, is_any, is_redescribed};
use crate::own_type::replace_self;

/// Attributes that say something about the schema. The others are for the type itself.
const COPIED: [&str; 6] = [
    "doc",
    "serde",
    "schemars",
    "validate",
    "garde",
    "deprecated",
];

/// A function that holds a hidden twin of a type and gives its schema.
///
/// The twin lives in a function: no name leaks, and it sees what the type sees.
pub(super) struct Mirror<'a> {
    model: &'a Model<'a>,
    input: &'a DeriveInput,
    /// The user's type with its generic arguments.
    own: TokenStream,
    twin: DeriveInput,
}

impl<'a> Mirror<'a> {
    pub(super) fn of(model: &'a Model<'a>) -> Self {
        let input = model.input;
        let name = &input.ident;
        let (_, arguments, _) = input.generics.split_for_impl();
        let own = quote!(#name #arguments);

        // Another name than the user's: paths such as `Report::LEN` mean the user's type.
        let mut twin = input.clone();
        twin.ident = format_ident!("__{}Mirror", name.unraw());
        twin.vis = Visibility::Inherited;
        keep(&mut twin.attrs);
        twin.attrs
            .push(parse_quote!(#[schemars(crate = "__aw::schemars")]));
        let has_other_name = has_key(&input.attrs, &JSON, "rename", Some(Form::Valued));
        let name = match model.settings.text("name") {
            Some(name) => Some(name.clone()),
            None if has_other_name => None,
            None => Some(LitStr::new(&name.unraw().to_string(), name.span())),
        };
        let renamed = name.map(|name| parse_quote!(#[schemars(rename = #name)]));
        twin.attrs.extend::<Option<Attribute>>(renamed);
        match &mut twin.data {
            Data::Struct(data) => keep_fields(&mut data.fields),
            Data::Enum(data) => {
                for variant in &mut data.variants {
                    keep(&mut variant.attrs);
                    // Numbers are nothing in the JSON, and need the type's `repr`.
                    variant.discriminant = None;
                    keep_fields(&mut variant.fields);
                }
            }
            Data::Union(_) => {}
        }
        Self {
            model,
            input,
            own,
            twin,
        }
    }

    /// The types of the fields that need a schema of their own.
    fn parts(&self) -> impl Iterator<Item = &Type> {
        let attributes = &self.input.attrs;
        let is_other = ["from", "try_from"]
            .iter()
            .any(|key| has_key(attributes, &JSON, key, Some(Form::Valued)))
            || is_redescribed(attributes);
        let groups = self.model.groups.iter();
        let described = groups.filter(|group| !is_redescribed(group.attributes()));
        described
            .flat_map(|group| &group.parts)
            .map(|part| part.field)
            .filter(move |field| !is_other && !is_redescribed(&field.attrs))
            .map(|field| &field.ty)
    }

    /// `#[serde(default)]` on the type: schemars asks the twin for the defaults.
    fn default(&self) -> Option<TokenStream> {
        let is_default = has_key(&self.input.attrs, &JSON, "default", Some(Form::Bare));
        let Data::Struct(data) = &self.input.data else {
            return None;
        };
        let Self { own, twin, .. } = self;
        let name = &twin.ident;
        let generics = bounded(self.input, &quote!(__aw::schemars::JsonSchema));
        let (generics, _, _) = generics.split_for_impl();
        let (_, arguments, condition) = self.input.generics.split_for_impl();
        let members: Vec<Member> = data.fields.members().collect();
        is_default.then(|| {
            quote! {
                impl #generics __aw::std::default::Default for #name #arguments #condition {
                    fn default() -> Self {
                        let own = <#own as __aw::std::default::Default>::default();
                        Self { #(#members: own.#members),* }
                    }
                }
            }
        })
    }
}

impl ToTokens for Mirror<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            input, own, twin, ..
        } = self;
        let name = &twin.ident;
        let generics = bounded(input, &quote!(__aw::schemars::JsonSchema));
        let (generics, _, _) = generics.split_for_impl();
        let (_, arguments, condition) = input.generics.split_for_impl();
        let condition = replace_self(condition.to_token_stream(), own);
        let default = self.default();
        // Inside of the function, so that the generics are in scope.
        let parts = self.parts().map(|part| {
            let part = replace_self(part.to_token_stream(), own);
            quote!(__aw::check_part::<#part, #own>();)
        });
        let twin = replace_self(twin.to_token_stream(), own);
        tokens.extend(quote! {
            fn __mirror #generics () -> __aw::Mirror #condition {
                #(#parts)*
                #[derive(__aw::schemars::JsonSchema)]
                #twin
                #default
                __aw::Mirror::of::<#name #arguments>()
            }
        });
    }
}

fn keep(attributes: &mut Vec<Attribute>) {
    let allowed: Vec<Attribute> = allowed(attributes)
        .map(|allowed| parse_quote!(#allowed))
        .collect();
    attributes.retain(|attribute| is_any(attribute, &COPIED));
    attributes.extend(allowed);
}

fn keep_fields(fields: &mut Fields) {
    for field in fields {
        keep(&mut field.attrs);
        field.vis = Visibility::Inherited;
    }
}
