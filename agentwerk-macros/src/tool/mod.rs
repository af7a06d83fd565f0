//! `#[tool]` and `#[tools]`: attribute and signature are read, the body is not; the function is
//! written back as it was, with the tool beside it.

mod attribute;
mod expand;
mod members;
mod name;
mod owned;
mod parameter;
mod receiver;
mod set;
mod signature;
mod target;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;

use self::attribute::Options;
use self::expand::{Tool, attributes, hidden};
use self::name::{tool_name, type_name};
use self::parameter::Parameters;
use self::signature::Function;
use self::target::Target;
use crate::attributes::{docs, is_blank};
use crate::completion::completion;
use crate::error::{Code, Errors, Expansion};
use crate::keys;

pub(crate) use self::set::expand_tools;

/// Expands `#[tool(attributes)] item`.
pub(crate) fn expand_tool(attributes: TokenStream, item: TokenStream) -> Expansion {
    let mut errors = Errors::default();
    let options = Options::parse(attributes, &keys::TOOL, &mut errors);
    let mut function = match Function::parse(item, &mut errors) {
        Ok(function) => function,
        Err(tokens) => return Expansion { tokens, errors },
    };
    receiver::refuse(&function, &mut errors);
    let parameters = checked(&mut function, &options, &mut errors);
    let name = tool_name(&function, &options, &mut errors);
    let ty = type_name(&function, &options, &mut errors);

    let krate = options.krate();
    // Nothing can stand beside a method.
    if function.receiver().is_some() {
        let tokens = quote!(#function);
        return Expansion { tokens, errors };
    }
    let tool = ty.map(|ty| {
        let target = Target::Function { ty: &ty };
        let tool = Tool {
            function: &function,
            parameters: &parameters,
            options: &options,
            name: &name,
            target,
        };
        let implementation = tool.or_stub(&errors);
        let declaration = declaration(&function, &ty);
        let hidden = hidden(&function, &[], &krate, &implementation);
        quote!(#declaration #hidden)
    });
    let completion = complete("tool", &options, &parameters, &krate);
    let tokens = quote!(#function #tool #completion);
    Expansion { tokens, errors }
}

/// Reads the parameters, and reports what cannot be told to a model.
fn checked(function: &mut Function, options: &Options, errors: &mut Errors) -> Parameters {
    function.check(errors);
    options.check(function, errors);
    let parameters = Parameters::take(function, errors);
    if docs(&function.attributes).all(is_blank) {
        let name = &function.name;
        errors.at(
            name,
            Code::T01,
            format!("tool `{name}` has no description, so a model cannot know when to call it"),
            "put a doc comment above it: `/// Says what it does and when to call it.`",
        );
    }
    parameters
}

/// Lets an editor complete the keys on a function and on its parameters.
fn complete(
    module: &str,
    options: &Options,
    parameters: &Parameters,
    krate: &TokenStream,
) -> TokenStream {
    let keys = completion(module, options.written(), krate);
    let of_parameters = completion("arg", parameters.written(), krate);
    quote!(#keys #of_parameters)
}

/// The type that is the tool of a function.
fn declaration(function: &Function, ty: &Ident) -> TokenStream {
    let visibility = &function.visibility;
    // Whoever has a type of this name already is told so at the function.
    let span = function.name.span();
    let structure = quote_spanned!(span=> struct #ty;);
    let shared = attributes(function, &["cfg", "doc", "deprecated"]);
    quote! {
        #(#shared)*
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::default::Default
        )]
        #visibility #structure
    }
}
