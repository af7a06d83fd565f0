use syn::meta::ParseNestedMeta;
use syn::{Attribute, Data, DeriveInput, Path};

use crate::attributes::{is_any, print};
use crate::error::{Code, Errors};

/// What `#[result(..)]` says.
#[derive(Default)]
pub(crate) struct Options {
    /// `fn(&Self) -> Result<(), Violations>`
    pub(crate) check: Option<Path>,
}

impl Options {
    pub(crate) fn take(input: &DeriveInput, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        for attribute in own(&input.attrs) {
            let parsed = attribute.parse_nested_meta(|meta| options.set(&meta, errors));
            if let Err(error) = parsed {
                errors.syntax(error);
            }
        }
        for attribute in fields_attributes(input).flat_map(own) {
            errors.at(
                attribute,
                Code::R04,
                "`#[result(..)]` stands on a field or a variant",
                "put it on the type",
            );
        }
        options
    }

    fn set(&mut self, meta: &ParseNestedMeta<'_>, errors: &mut Errors) -> syn::Result<()> {
        if !meta.path.is_ident("check") {
            errors.at(
                &meta.path,
                Code::R04,
                format!("`#[result]` has no key `{}`", print(&meta.path)),
                "the only key is `check`, as in `check = Report::check`",
            );
            return skip_value(meta);
        }
        let check = meta.value()?.parse()?;
        if self.check.is_some() {
            let text = "`check` is set twice";
            errors.at(&meta.path, Code::R04, text, "remove one of the two");
        }
        self.check = Some(check);
        Ok(())
    }
}

fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
        meta.input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

fn own(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| is_any(attribute, &["result"]))
}

/// The attributes of each field and each variant.
fn fields_attributes(input: &DeriveInput) -> impl Iterator<Item = &[Attribute]> {
    let (fields, variants) = match &input.data {
        Data::Struct(data) => (Some(&data.fields), None),
        Data::Enum(data) => (None, Some(&data.variants)),
        Data::Union(_) => (None, None),
    };
    let variants = variants.into_iter().flatten();
    let of_variants = variants.flat_map(|variant| {
        let of_fields = variant.fields.iter().map(|field| field.attrs.as_slice());
        std::iter::once(variant.attrs.as_slice()).chain(of_fields)
    });
    let fields = fields.into_iter().flatten();
    fields
        .map(|field| field.attrs.as_slice())
        .chain(of_variants)
}
