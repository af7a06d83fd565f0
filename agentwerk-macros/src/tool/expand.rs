use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, Ident, Type};

use super::attribute::{Options, check_name};
use super::parameter::{Argument, Parameter, Parameters};
use super::signature::Function;
use crate::attributes::{Form, allowed, docs, has_key, is_any, is_redescribed};
use crate::error::{Code, Errors};

/// What the tool is called, by a model and in Rust.
pub(crate) struct Names {
    tool: String,
    ty: Ident,
}

impl Names {
    /// Derives the names from that of the function; `None` if no type can be called like it.
    pub(crate) fn of(function: &Function, options: &Options, errors: &mut Errors) -> Option<Self> {
        let name = function.name.unraw().to_string();
        let tool = match &options.name {
            Some(given) => given.value(),
            None => {
                check_name(&function.name, &name, errors);
                name.clone()
            }
        };
        let pascal = pascal(&name);
        let starts = pascal.starts_with(|first: char| !first.is_numeric());
        if !starts || syn::parse_str::<Ident>(&pascal).is_err() {
            errors.at(
                &function.name,
                Code::T05,
                format!("no type can be named after `{name}`"),
                "name the function with a verb, for example `read_config`",
            );
            return None;
        }
        let ty = Ident::new(&pascal, function.name.span());
        Some(Self { tool, ty })
    }
}

/// `read_config` → `ReadConfig`
fn pascal(name: &str) -> String {
    name.split('_')
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next();
            first
                .into_iter()
                .flat_map(char::to_uppercase)
                .chain(letters)
        })
        .collect()
}

/// The type of the tool and its implementation.
pub(crate) fn tool(
    function: &Function,
    parameters: &Parameters,
    options: &Options,
    names: &Names,
) -> TokenStream {
    let ty = &names.ty;
    let types = checked_types(parameters);
    let arguments = arguments_struct(parameters, names);
    let spec = spec(function, options, names);
    let call = call(function, parameters);
    // Types that break a bound are reported here, in our words. All that follows takes it as
    // given, and adds nothing.
    let implementation = quote! {
        const _: () = { #( __aw::check_arg::<#types>(); )* };
        #arguments
        impl __aw::TypedTool for #ty
        where
            #(for<'__a> #types: __aw::AssumedArg<'__a>,)*
        {
            type Args = __Args;
            type Output = __aw::std::result::Result<__aw::ToolResult, __aw::ToolError>;
            #spec
            #call
        }
    };
    around(function, names, &implementation)
}

/// A tool that does nothing, so that the uses of a wrong one are no errors as well.
pub(crate) fn stub(function: &Function, names: &Names) -> TokenStream {
    let ty = &names.ty;
    let implementation = quote! {
        impl __aw::TypedTool for #ty {
            type Args = ();
            type Output = ();
            fn spec(&self) -> __aw::ToolSpec {
                __aw::ToolSpec::new("", "")
            }
            async fn call(&self, _: (), _: &__aw::ToolContext) {}
        }
    };
    around(function, names, &implementation)
}

/// The type, and a block of its own for everything that the user should not see.
fn around(function: &Function, names: &Names, implementation: &TokenStream) -> TokenStream {
    let Names { ty, .. } = names;
    let visibility = &function.visibility;
    let attributes = |names: &[&str]| -> Vec<&Attribute> {
        let wanted = function.attributes.iter();
        wanted
            .filter(|attribute| is_any(attribute, names))
            .collect()
    };
    let conditions = attributes(&["cfg"]);
    let allowed = allowed(&function.attributes);
    let shared = attributes(&["cfg", "doc", "deprecated"]);
    quote! {
        #(#shared)*
        #[derive(
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::fmt::Debug,
            ::core::default::Default
        )]
        #visibility struct #ty;

        #(#conditions)*
        #(#allowed)*
        #[allow(deprecated, unused_qualifications)]
        const _: () = {
            use ::agentwerk::__private as __aw;
            #implementation
        };
    }
}

/// The types that must say themselves how a model fills them in.
fn checked_types(parameters: &Parameters) -> Vec<&Type> {
    parameters
        .arguments()
        .filter(|argument| !is_redescribed(&argument.attributes))
        .map(|argument| &argument.ty)
        .collect()
}

/// The hidden type of which the schema is made and into which a call is deserialised.
fn arguments_struct(parameters: &Parameters, names: &Names) -> TokenStream {
    let fields = parameters.arguments().map(|argument| {
        let Argument {
            attributes,
            name,
            ty,
        } = argument;
        quote!(#(#attributes)* #name: #ty)
    });
    // serde cannot flatten into a type that refuses unknown fields.
    let is_flat = parameters.arguments().any(|argument| {
        has_key(
            &argument.attributes,
            &["serde"],
            "flatten",
            Some(Form::Bare),
        )
    });
    let closed = (!is_flat).then(|| quote!(#[serde(deny_unknown_fields)]));
    let expecting = format!("an object with the arguments of `{}`", names.tool);
    let types = checked_types(parameters);
    quote! {
        #[derive(__aw::serde::Deserialize, __aw::schemars::JsonSchema)]
        #[serde(crate = "__aw::serde", expecting = #expecting)]
        #closed
        #[schemars(crate = "__aw::schemars")]
        pub struct __Args
        where
            #(for<'__a> #types: __aw::AssumedArg<'__a>,)*
        {
            #(#fields,)*
        }
    }
}

fn spec(function: &Function, options: &Options, names: &Names) -> TokenStream {
    let tool = &names.tool;
    let docs = docs(&function.attributes);
    let read_only = options.read_only.then(|| quote!(.read_only(true)));
    let timeout = options.timeout.map(|timeout| {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        quote!(.timeout(__aw::std::time::Duration::from_millis(#millis)))
    });
    quote! {
        fn spec(&self) -> __aw::ToolSpec {
            __aw::ToolSpec::new(#tool, __aw::description(&[#(#docs),*]))
                .schema(__aw::schema_of_args::<__Args>())
                #read_only
                #timeout
        }
    }
}

fn call(function: &Function, parameters: &Parameters) -> TokenStream {
    let args = Ident::new("__args", Span::mixed_site());
    let context = Ident::new("__context", Span::mixed_site());
    let values = parameters.iter().map(|parameter| match parameter {
        Parameter::Argument(argument) => {
            let name = &argument.name;
            quote!(#args.#name)
        }
        Parameter::Context => quote!(#context),
    });
    let name = &function.name;
    let into_result = into_result(function.output());
    // A future that is not `Send` is reported at the function.
    let span = Span::mixed_site().located_at(name.span());
    quote_spanned! {span=>
        async fn call(&self, #args: __Args, #context: &__aw::ToolContext) -> Self::Output {
            #into_result(#name(#(#values),*).await)
        }
    }
}

/// Names the user's type, so that rustc points at it when a tool cannot return it.
fn into_result(output: Option<&Type>) -> TokenStream {
    match output {
        Some(output) if !hides_type(output) => quote!(<#output as __aw::ToolReturn>::into_result),
        _ => quote!(__aw::ToolReturn::into_result),
    }
}

/// Whether a type holds an `impl Trait`, which can only stand in a signature.
fn hides_type(ty: &Type) -> bool {
    fn holds_impl(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Ident(word) => word == "impl",
            proc_macro2::TokenTree::Group(group) => holds_impl(group.stream()),
            _ => false,
        })
    }
    holds_impl(ty.to_token_stream())
}
