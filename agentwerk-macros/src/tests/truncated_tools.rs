//! Items that are still being typed: whatever is missing, the rest has to stay usable for an editor.

use std::path::PathBuf;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::expand;
use super::macros::Expanding;

/// The tools of `tests/expand`, by the names of their files.
fn items() -> impl Iterator<Item = (PathBuf, Expanding)> {
    let items = expand::items().into_iter();
    items
        .map(|(path, item)| (path, Expanding::of(&item)))
        .filter(|(_, expanding)| expanding.name != "derive")
}

/// Whether the tokens behind a place stay or are missing as well.
#[derive(Clone, Copy, PartialEq)]
enum Behind {
    Kept,
    Missing,
}

/// The tokens without those from each place on: at the top, in lists, in the parentheses of
/// attributes and in `members`, the braces around fields or methods. Bodies stay whole, because they
/// are not looked at, and so do the brackets of attributes, because rustc reads them itself.
fn cut(tokens: TokenStream, members: bool, behind: Behind) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for place in 0..=tokens.len() {
        if behind == Behind::Missing && !is_attribute(&tokens, place) {
            found.push(tokens[..place].iter().cloned().collect());
        }
        let Some(TokenTree::Group(group)) = tokens.get(place) else {
            continue;
        };
        let inner = match group.delimiter() {
            Delimiter::Parenthesis => cut(group.stream(), false, Behind::Missing),
            Delimiter::Brace if members => cut(group.stream(), false, behind),
            Delimiter::Bracket if is_attribute(&tokens, place) => {
                cut(group.stream(), false, Behind::Kept)
            }
            _ => continue,
        };
        for inner in inner {
            let mut cut = tokens[..place].to_vec();
            cut.push(Group::new(group.delimiter(), inner).into());
            if behind == Behind::Kept || group.delimiter() == Delimiter::Bracket {
                cut.extend_from_slice(&tokens[place + 1..]);
            }
            found.push(cut.into_iter().collect());
        }
    }
    found
}

fn is_attribute(tokens: &[TokenTree], place: usize) -> bool {
    let before = place.checked_sub(1).map(|before| &tokens[before]);
    matches!(before, Some(TokenTree::Punct(hash)) if hash.as_char() == '#')
}

fn assert_parses(expanding: Expanding) -> TokenStream {
    let text = expanding.item.to_string();
    let is_wrong = is_wrong_without_macro(&expanding);
    let tokens = expanding.expand().into_tokens();
    if is_wrong {
        return tokens;
    }
    if let Err(error) = syn::parse2::<syn::File>(tokens.clone()) {
        panic!("the expansion of `{text}` does not parse: {error}\n{tokens}");
    }
    tokens
}

/// The names behind `fn` of functions that are whole, and of the type.
fn names(expanding: &Expanding) -> Vec<String> {
    match expanding.name {
        "tools" => members(&expanding.item)
            .into_iter()
            .filter_map(name)
            .collect(),
        _ => name(expanding.item.clone()).into_iter().collect(),
    }
}

/// What stands in the braces of an `impl`, each with its own braces or semicolon.
fn members(item: &TokenStream) -> Vec<TokenStream> {
    let Some(TokenTree::Group(group)) = item.clone().into_iter().last() else {
        return Vec::new();
    };
    let mut members = vec![TokenStream::new()];
    for token in group.stream() {
        let is_end = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            token => token.to_string() == ";",
        };
        members.last_mut().unwrap().extend([token]);
        if is_end {
            members.push(TokenStream::new());
        }
    }
    members
}

/// Whether a member without `#[tool]` is incomplete: it is written back as it is.
fn is_wrong_without_macro(expanding: &Expanding) -> bool {
    expanding.name == "tools"
        && members(&expanding.item).into_iter().any(|member| {
            !member.to_string().contains("# [tool")
                && !member.is_empty()
                && syn::parse2::<syn::ImplItem>(member).is_err()
        })
}

/// The name of a function or a type that ends with braces or a semicolon.
fn name(item: TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = item.into_iter().collect();
    let is_whole = match tokens.last()? {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        last => last.to_string() == ";",
    };
    let word = tokens
        .iter()
        .position(|token| ["fn", "struct", "enum"].contains(&token.to_string().as_str()))?;
    is_whole.then(|| tokens[word + 1].to_string())
}

#[test]
fn whatever_is_missing_the_expansion_parses() {
    let mut count = 0;
    for (_, whole) in items() {
        for behind in [Behind::Kept, Behind::Missing] {
            for item in cut(whole.item.clone(), whole.name == "tools", behind) {
                count += 1;
                assert_parses(Expanding {
                    item,
                    ..whole.clone()
                });
            }
        }
        for arguments in cut(whole.arguments.clone(), false, Behind::Missing) {
            assert_parses(Expanding {
                arguments,
                ..whole.clone()
            });
        }
    }
    assert!(count > 300, "{count}");
}

#[test]
fn what_is_whole_is_still_there() {
    for (path, whole) in items() {
        assert!(!names(&whole).is_empty(), "{}", path.display());
        for item in cut(whole.item.clone(), whole.name == "tools", Behind::Kept) {
            let expanding = Expanding {
                item,
                ..whole.clone()
            };
            let names = names(&expanding);
            let expansion = assert_parses(expanding).to_string();
            for name in names {
                assert!(
                    expansion.contains(&format!("fn {name} (")),
                    "{name}: {expansion}"
                );
            }
        }
    }
}

#[test]
fn a_body_may_be_anything() {
    for body in [
        quote!({ limits.len() + }),
        quote!({ let x = }),
        quote!({ match { => } ;; }),
        quote!({ if 'a fn }),
    ] {
        let item = quote!(#[doc = "Searches."] async fn search(query: &str) -> u8 #body);
        let expanding = Expanding {
            name: "tool",
            arguments: TokenStream::new(),
            item,
        };
        let written = expanding.expand().tokens.to_string();
        assert!(written.contains(&body.to_string()), "{written}");
    }
}
