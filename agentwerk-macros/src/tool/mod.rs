//! `#[tool]`: attribute and signature are read, the body is not; the function is written back as
//! it was, with the tool beside it.

mod attribute;
mod expand;
mod owned;
mod parameter;
mod signature;

use proc_macro2::TokenStream;
use quote::quote;

use self::attribute::Options;
use self::expand::Names;
use self::parameter::Parameters;
use self::signature::Function;
use crate::attributes::{docs, is_blank};
use crate::error::{Code, Errors, Expansion};

/// Expands `#[tool(attributes)] item`.
pub(crate) fn expand_tool(attributes: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let options = Options::parse(attributes, &mut errors);
    let mut function = match Function::parse(item, &mut errors) {
        Ok(function) => function,
        Err(tokens) => return Expansion { tokens, errors },
    };
    function.check(&mut errors);
    let parameters = Parameters::take(&mut function, &mut errors);
    check_description(&function, &mut errors);
    let names = Names::of(&function, &options, &mut errors);

    let tool = match names {
        Some(names) if errors.is_empty() => expand::tool(&function, &parameters, &options, &names),
        Some(names) => expand::stub(&function, &names),
        None => TokenStream::new(),
    };
    let tokens = quote!(#function #tool);
    Expansion { tokens, errors }
}

fn check_description(function: &Function, errors: &mut Errors) {
    if docs(&function.attributes).all(is_blank) {
        let name = &function.name;
        errors.at(
            name,
            Code::T01,
            format!("tool `{name}` has no description, so a model cannot know when to call it"),
            "put a doc comment above it: `/// Says what it does and when to call it.`",
        );
    }
}
