use proc_macro2::TokenStream;
use quote::quote;

use crate::result::expand_result;
use crate::tool::expand_tool;

fn result_errors(item: TokenStream) -> Vec<String> {
    first_lines(expand_result(item).errors.texts())
}

fn first_lines(texts: Vec<String>) -> Vec<String> {
    texts
        .iter()
        .filter_map(|text| text.lines().next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_is_no_result_is_told_so() {
    let union = result_errors(quote!(union Bits { float: f32, integer: u32 }));
    assert_eq!(
        union,
        ["[R02] the union `Bits` cannot be the result of a ticket"]
    );
    let borrowed = result_errors(quote!(
        struct Two<'a, 'b>(&'a str, &'b str);
    ));
    assert_eq!(
        borrowed,
        ["[R03] `Two` borrows, but a result owns its data"]
    );
    let twice = result_errors(quote!(
        #[result(check = a, check = b)]
        struct Two;
    ));
    assert_eq!(twice, ["[R04] `check` is set twice"]);
    let unknown = result_errors(quote!(
        #[result(name = "a", verify(b))]
        struct Two;
    ));
    assert_eq!(
        unknown,
        [
            "[R04] `#[result]` has no key `name`",
            "[R04] `#[result]` has no key `verify`"
        ]
    );
    let field = result_errors(quote!(
        enum E {
            A(#[result(check = a)] u8),
        }
    ));
    assert_eq!(
        field,
        ["[R04] `#[result(..)]` stands on a field or a variant"]
    );
}

#[test]
fn a_flood_of_errors_is_cut_and_counted() {
    let keys = (0..20).map(|number| quote::format_ident!("key_{number}"));
    let item = quote!(
        #[doc = "Searches."]
        async fn search() {}
    );
    let expansion = expand_tool(quote!(#(#keys),*), item);
    assert_eq!(expansion.errors.texts().len(), 12);
    let text = expansion.into_tokens().to_string();
    assert!(text.contains("note: and 8 more errors"), "{text}");
}
