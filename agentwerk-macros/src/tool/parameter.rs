use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Attribute, FnArg, Ident, Pat, PatType, Type};

use super::owned::owned;
use super::signature::Function;
use crate::attributes::{is_any, print};
use crate::error::{Code, Errors};

/// Attributes that rustc refuses on a parameter; they belong to the field made of it.
const MOVED: [&str; 3] = ["doc", "serde", "schemars"];

/// What a function takes, in its order.
pub(crate) struct Parameters(Vec<Parameter>);

pub(crate) enum Parameter {
    /// Filled in by the model.
    Argument(Box<Argument>),
    /// `&ToolContext`
    Context,
}

pub(crate) struct Argument {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

impl Parameters {
    /// Reads the parameters, and takes from the function the attributes that are not its own.
    pub(crate) fn take(function: &mut Function, errors: &mut Errors) -> Self {
        let mut parameters = Self(Vec::new());
        for input in &mut function.inputs {
            let parameter = match input {
                FnArg::Receiver(receiver) => {
                    receiver
                        .attrs
                        .retain(|attribute| !is_any(attribute, &MOVED));
                    errors.at(
                        receiver,
                        Code::T07,
                        "`#[tool]` stands on a method",
                        "put it on a free `async fn`",
                    );
                    None
                }
                FnArg::Typed(parameter) => take_typed(parameter, errors),
            };
            let is_context = matches!(parameter, Some(Parameter::Context));
            if is_context && parameters.has_context() {
                let text = "a tool has one context";
                errors.at(input, Code::T12, text, "remove this parameter");
            }
            parameters.0.extend(parameter);
        }
        parameters
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.0.iter()
    }

    /// Those that the model fills in.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.0.iter().filter_map(|parameter| match parameter {
            Parameter::Argument(argument) => Some(&**argument),
            Parameter::Context => None,
        })
    }

    fn has_context(&self) -> bool {
        self.0
            .iter()
            .any(|parameter| matches!(parameter, Parameter::Context))
    }
}

fn take_typed(parameter: &mut PatType, errors: &mut Errors) -> Option<Parameter> {
    let (moved, kept) = std::mem::take(&mut parameter.attrs)
        .into_iter()
        .partition(|attribute| is_any(attribute, &MOVED));
    parameter.attrs = kept;
    for attribute in &parameter.attrs {
        if is_any(attribute, &["cfg", "cfg_attr"]) {
            errors.at(
                attribute,
                Code::T11,
                "a parameter of a tool cannot depend on `cfg`",
                "put the `cfg` on two versions of the tool",
            );
        }
    }

    let ty = ungrouped(&parameter.ty);
    if is_context(ty) {
        return Some(Parameter::Context);
    }
    let name = name_of(&parameter.pat, errors);
    let fits = check_type(ty, errors);
    name.filter(|_| fits).map(|name| {
        let ty = ty.clone();
        Parameter::Argument(Box::new(Argument {
            attributes: moved,
            name,
            ty,
        }))
    })
}

fn name_of(pattern: &Pat, errors: &mut Errors) -> Option<Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
            Some(pattern.ident.clone())
        }
        _ => {
            errors.at(
                pattern,
                Code::T08,
                format!(
                    "the parameter `{}` has no name to tell a model",
                    print(pattern)
                ),
                "name it, and take it apart in the body",
            );
            None
        }
    }
}

/// Whether the model could fill it in, as far as syntax says.
fn check_type(ty: &Type, errors: &mut Errors) -> bool {
    if names_context(referenced(ty)) {
        let text = format!("`{}` is not how a tool gets its context", print(ty));
        errors.at(ty, Code::T20, text, "write `&ToolContext`");
        return false;
    }
    if let Type::ImplTrait(_) = ty {
        let text = format!("`{}` is generic, but a tool has one schema", print(ty));
        errors.at(ty, Code::T06, text, "write a concrete type");
        return false;
    }
    let Some(owned) = owned(ty) else {
        return true;
    };
    errors.at(
        ty,
        Code::T20,
        format!("`{}` cannot be filled in by the model", print(ty)),
        format!("a tool owns its arguments: write `{}`", print(owned)),
    );
    false
}

/// A type that came through a `macro_rules!` stands in invisible parentheses.
fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(group) => ungrouped(&group.elem),
        _ => ty,
    }
}

fn referenced(ty: &Type) -> &Type {
    match ungrouped(ty) {
        Type::Reference(reference) => referenced(&reference.elem),
        ty => ty,
    }
}

fn is_context(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.mutability.is_none() && names_context(ungrouped(&reference.elem))
        }
        _ => false,
    }
}

fn names_context(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "ToolContext"),
        _ => false,
    }
}

/// Takes the moved attributes from the parameters of a function that could not be parsed, so that
/// they do not add errors of their own.
pub(super) fn strip(item: TokenStream) -> TokenStream {
    let mut is_next = false;
    item.into_iter()
        .map(|token| match token {
            TokenTree::Group(group) if is_next && group.delimiter() == Delimiter::Parenthesis => {
                is_next = false;
                let mut stripped = Group::new(group.delimiter(), strip_list(group.stream()));
                stripped.set_span(group.span());
                TokenTree::Group(stripped)
            }
            TokenTree::Ident(word) if word == "fn" => {
                is_next = true;
                TokenTree::Ident(word)
            }
            token => token,
        })
        .collect()
}

fn strip_list(parameters: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    for token in parameters {
        let is_hash = matches!(kept.last(), Some(TokenTree::Punct(last)) if last.as_char() == '#');
        if is_hash && is_moved(&token) {
            kept.pop();
        } else {
            kept.push(token);
        }
    }
    kept.into_iter().collect()
}

fn is_moved(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    match group.stream().into_iter().next() {
        Some(TokenTree::Ident(name)) => MOVED.iter().any(|moved| name == moved),
        _ => false,
    }
}
