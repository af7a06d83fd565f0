use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Ident, Member, Variant};

use super::case;
use crate::attributes::is_any;
use crate::error::{Code, Errors};
use crate::keys::{Keys, RESULT, RESULT_FIELD};
use crate::serde::{Serde, pointer};
use crate::settings::Settings;

/// A type and everything that its attributes say.
pub(super) struct Model<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) settings: Settings,
    pub(super) serde: Serde,
    /// One of a struct; one per variant of an enum.
    pub(super) groups: Vec<Group<'a>>,
}

/// Fields that stand together.
pub(super) struct Group<'a> {
    /// `None` for a struct.
    pub(super) variant: Option<&'a Variant>,
    pub(super) fields: &'a Fields,
    pub(super) serde: Serde,
    pub(super) parts: Vec<Part<'a>>,
}

/// A field.
pub(super) struct Part<'a> {
    pub(super) field: &'a Field,
    pub(super) member: Member,
    pub(super) settings: Settings,
    pub(super) serde: Serde,
    /// Where it is in the JSON of the whole, as a JSON pointer; `None` if it is not there.
    pub(super) pointer: Option<String>,
}

impl<'a> Model<'a> {
    pub(super) fn of(input: &'a DeriveInput, errors: &mut Errors) -> Self {
        let mut model = Self {
            input,
            settings: settings(&input.attrs, &RESULT, errors),
            serde: Serde::of(&input.attrs),
            groups: Vec::new(),
        };
        model.groups = match &input.data {
            Data::Struct(data) => vec![model.group(None, &data.fields, errors)],
            Data::Enum(data) => data
                .variants
                .iter()
                .map(|variant| model.group(Some(variant), &variant.fields, errors))
                .collect(),
            Data::Union(_) => Vec::new(),
        };
        model
    }

    fn group(
        &self,
        variant: Option<&'a Variant>,
        fields: &'a Fields,
        errors: &mut Errors,
    ) -> Group<'a> {
        let attributes = variant.map_or(&[][..], |variant| &variant.attrs);
        for attribute in own(attributes) {
            let text = "`#[result]` stands on a variant";
            errors.at(
                attribute,
                Code::R04,
                text,
                "put it on the type or on a field",
            );
        }
        let mut group = Group {
            variant,
            fields,
            serde: Serde::of(attributes),
            parts: Vec::new(),
        };
        let mut index = 0;
        group.parts = fields
            .iter()
            .zip(fields.members())
            .map(|(field, member)| {
                let serde = Serde::of(&field.attrs);
                let step = self.step(&group, field, &serde, &mut index);
                Part {
                    settings: settings(&field.attrs, &RESULT_FIELD, errors),
                    pointer: self
                        .start(&group)
                        .zip(step)
                        .map(|(start, step)| start + &step),
                    field,
                    member,
                    serde,
                }
            })
            .collect();
        group
    }

    /// Where the fields of a group begin in the JSON of the type.
    fn start(&self, group: &Group<'_>) -> Option<String> {
        if self.is_other() || is_left_out(&group.serde) {
            return None;
        }
        let Some(variant) = group.variant else {
            return Some(String::new());
        };
        let is_untagged = self.serde.has("untagged") || group.serde.has("untagged");
        Some(match self.serde.text("content") {
            _ if is_untagged => String::new(),
            Some(content) => pointer(&content),
            None if self.serde.has("tag") => String::new(),
            None => pointer(&self.variant_name(variant, &group.serde)),
        })
    }

    /// Where a field is within its group. Of fields without names the `index` counts.
    fn step(
        &self,
        group: &Group<'_>,
        field: &Field,
        serde: &Serde,
        index: &mut usize,
    ) -> Option<String> {
        if is_left_out(serde) {
            return None;
        }
        let is_whole = serde.has("flatten") || self.serde.has("transparent");
        Some(match &field.ident {
            _ if is_whole => String::new(),
            Some(name) => pointer(&self.field_name(group, name, serde)),
            None if group.fields.len() == 1 => String::new(),
            None => {
                *index += 1;
                pointer(&(*index - 1).to_string())
            }
        })
    }

    fn field_name(&self, group: &Group<'_>, name: &Ident, serde: &Serde) -> String {
        let rule = match group.variant {
            None => self.serde.text("rename_all"),
            Some(_) => group
                .serde
                .text("rename_all")
                .or_else(|| self.serde.text("rename_all_fields")),
        };
        let name = name.unraw().to_string();
        let named = || case::of_field(&rule.unwrap_or_default(), &name);
        serde.text("rename").unwrap_or_else(named)
    }

    fn variant_name(&self, variant: &Variant, serde: &Serde) -> String {
        let rule = self.serde.text("rename_all").unwrap_or_default();
        let name = variant.ident.unraw().to_string();
        let named = || case::of_variant(&rule, &name);
        serde.text("rename").unwrap_or_else(named)
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &Part<'a>> {
        self.groups.iter().flat_map(|group| &group.parts)
    }

    /// Whether the type is read as another one, so that the JSON has none of its fields.
    pub(super) fn is_other(&self) -> bool {
        self.serde.has_any(&["from", "try_from"])
    }

    /// Whether serde is told itself what it needs of the generic types.
    pub(super) fn has_own_bounds(&self) -> bool {
        let of_groups = self.groups.iter().map(|group| &group.serde);
        let of_parts = self.parts().map(|part| &part.serde);
        let mut all = of_groups.chain(of_parts).chain([&self.serde]);
        all.any(|serde| serde.has("bound"))
    }

    /// Where the library is.
    pub(super) fn krate(&self) -> TokenStream {
        let path = self.settings.path("crate").map(ToTokens::to_token_stream);
        path.unwrap_or_else(|| quote!(::agentwerk))
    }
}

impl Group<'_> {
    /// Those of the variant.
    pub(super) fn attributes(&self) -> &[Attribute] {
        self.variant.map_or(&[], |variant| &variant.attrs)
    }
}

/// Whether what has these attributes is never read.
pub(super) fn is_left_out(serde: &Serde) -> bool {
    serde.has_any(&["skip", "skip_deserializing"])
}

fn settings(attributes: &[Attribute], keys: &Keys, errors: &mut Errors) -> Settings {
    let mut settings = Settings::default();
    for attribute in own(attributes) {
        match attribute.meta.require_list() {
            Ok(list) => settings.add(list.tokens.clone(), keys, errors),
            Err(_) => {
                let text = "`#[result]` stands without keys in parentheses";
                let help = "write for example `#[result(check = Report::check)]`";
                errors.at(attribute, Code::R04, text, help);
            }
        }
    }
    settings
}

fn own(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes
        .iter()
        .filter(|attribute| is_any(attribute, &["result"]))
}
