use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::completion::{completion, hints, table};
use crate::keys::RESULT;
use crate::result::expand_result;

#[test]
fn a_table_has_a_row_per_key() {
    let table = table("result").unwrap();
    assert_eq!(table.lines().count(), 2 + RESULT.keys.len());
    let row = "| `name = \"report\"` | the name of the type in its schema; without it, that of the type |";
    assert_eq!(table.lines().nth(2), Some(row));
}

#[test]
fn a_table_that_is_not_there_is_none() {
    assert_eq!(table("results"), None);
}

#[test]
fn an_editor_is_led_to_the_right_keys() {
    let hints: syn::File = syn::parse2(hints()).unwrap();
    let syn::Item::Mod(result) = &hints.items[4] else {
        panic!("the keys of `#[result]` have no module");
    };
    assert_eq!(result.ident, "result");
    // `crate` cannot be the end of a path.
    let items = &result.content.as_ref().unwrap().1;
    assert_eq!(items.len(), RESULT.keys.len() - 1);
}

#[test]
fn keys_that_are_wrong_or_half_typed_are_completed() {
    let item = quote! {
        #[result(stric, name = )]
        struct Report {
            #[result(che)]
            text: String,
        }
    };
    let written = expand_result(item).tokens.to_string();
    for path in ["result :: stric", "result :: name", "result_field :: che"] {
        assert!(
            written.contains(&format!("hints :: {path} as _")),
            "{written}"
        );
    }
}

#[test]
fn keywords_are_raw_or_left_out() {
    let keys = ["struct", "crate"].map(|key| Ident::new(key, Span::call_site()));
    let written = completion("tool", &keys, &quote!(::agentwerk)).to_string();
    assert!(written.contains("tool :: r#struct as _"), "{written}");
    assert!(!written.contains("crate"), "{written}");
    let none: TokenStream = completion("tool", &[format_ident!("crate")], &quote!(::agentwerk));
    assert!(none.is_empty());
}
