use quote::quote;

use crate::tool::expand_tool;

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
