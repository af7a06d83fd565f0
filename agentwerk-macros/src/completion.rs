//! What editors complete and what the docs list, both from the tables of keys.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::keys::{ARG, Form, Key, Keys, METHOD, RESULT, RESULT_FIELD, TOOL, TOOLS};

/// The tables by the names of their modules.
static TABLES: [(&str, &Keys); 6] = [
    ("tool", &TOOL),
    ("method", &METHOD),
    ("tools", &TOOLS),
    ("arg", &ARG),
    ("result", &RESULT),
    ("result_field", &RESULT_FIELD),
];

/// Lets rust-analyzer complete keys: it sees each of them as the end of a path into the module of
/// hints, where the right ones are. No other compiler sees it.
pub(crate) fn completion(module: &str, keys: &[Ident], krate: &TokenStream) -> TokenStream {
    let module = format_ident!("{module}");
    let keys: Vec<_> = keys.iter().filter_map(in_path).collect();
    if keys.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            {
                #( use #krate::__private::hints::#module::#keys as _; )*
            }
        };
    }
}

/// The modules into which [`completion`] points.
pub(crate) fn hints() -> TokenStream {
    TABLES
        .iter()
        .map(|(module, table)| {
            let module = format_ident!("{module}");
            let keys = table.keys.iter().filter_map(hint);
            let doc = format!("The keys of `{}`.", table.attribute);
            quote! {
                #[doc = #doc]
                pub mod #module { #(#keys)* }
            }
        })
        .collect()
}

fn hint(key: &Key) -> Option<TokenStream> {
    let name = in_path(&Ident::new(key.name, Span::call_site()))?;
    let doc = key.doc;
    Some(quote!(#[doc = #doc] pub mod #name {}))
}

/// A key as a segment of a path; `None` for `crate` and the like, which cannot be one.
fn in_path(key: &Ident) -> Option<Ident> {
    if syn::parse_str::<Ident>(&key.to_string()).is_ok() {
        return Some(key.clone());
    }
    let name = key.unraw().to_string();
    let is_path_only = ["crate", "self", "super", "Self", "_"].contains(&name.as_str());
    (!is_path_only).then(|| Ident::new_raw(&name, key.span()))
}

/// A table of keys in Markdown; `None` if there is none of that name.
pub(crate) fn table(module: &str) -> Option<String> {
    let (_, table) = TABLES.iter().find(|(name, _)| *name == module)?;
    let rows = table.keys.iter().map(row);
    Some(format!(
        "| key | meaning |\n|---|---|\n{}",
        rows.collect::<String>()
    ))
}

fn row(Key { name, form, doc }: &Key) -> String {
    let alone = match form {
        Form::FlagOrPath(_) => format!("`{name}` or "),
        _ => String::new(),
    };
    format!("| {alone}`{name}{}` | {doc} |\n", form.example())
}
