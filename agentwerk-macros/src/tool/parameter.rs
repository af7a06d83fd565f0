use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Attribute, Expr, FnArg, Ident, Meta, Pat, PatType, PathArguments, Type};

use super::owned::{Owned, owned, ungrouped};
use super::signature::Function;
use crate::attributes::{has_key, hides_type, inside, is_any, print};
use crate::error::{Code, Errors};
use crate::keys;
use crate::limits;
use crate::settings::Settings;

/// Attributes of a parameter that belong to the field made of it.
const MOVED: [&str; 3] = ["doc", "serde", "schemars"];
/// Attributes of a parameter that are ours.
const OWN: [&str; 2] = ["arg", "cx"];

/// What a function takes besides a receiver.
#[derive(Default)]
pub(super) struct Parameters {
    /// In their order.
    all: Vec<Parameter>,
    /// The keys of `#[arg]` as they are written.
    written: Vec<Ident>,
}

pub(super) enum Parameter {
    /// Filled in by the model.
    Argument(Box<Argument>),
    /// `&ToolContext`
    Context,
    /// Taken from the context, by the type's own means.
    Injected(Box<Type>),
    /// The same, and lent.
    Lent(Box<Type>),
}

#[derive(Clone)]
pub(super) struct Argument {
    pub(super) attributes: Vec<Attribute>,
    pub(super) name: Ident,
    /// As the function takes it.
    pub(super) ty: Type,
    pub(super) owned: Owned,
    pub(super) default: Option<Expr>,
}

impl Parameters {
    /// Reads the parameters, and takes from the function the attributes that are not its own.
    pub(super) fn take(function: &mut Function, errors: &mut Errors) -> Self {
        let mut parameters = Self::default();
        for input in &mut function.inputs {
            let FnArg::Typed(typed) = input else {
                continue;
            };
            let parameter = take_typed(typed, &mut parameters.written, errors);
            let is_context = matches!(parameter, Some(Parameter::Context));
            if is_context && parameters.has_context() {
                let text = "a tool has one context";
                errors.at(input, Code::T12, text, "remove this parameter");
            }
            parameters.all.extend(parameter);
        }
        parameters
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.all.iter()
    }

    /// The keys of `#[arg]` as they are written.
    pub(super) fn written(&self) -> &[Ident] {
        &self.written
    }

    /// Those that the model fills in.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.all.iter().filter_map(|parameter| match parameter {
            Parameter::Argument(argument) => Some(&**argument),
            Parameter::Context | Parameter::Injected(_) | Parameter::Lent(_) => None,
        })
    }

    /// The types of those that are taken from the context by their own means.
    pub(super) fn injected(&self) -> impl Iterator<Item = &Type> {
        self.all.iter().filter_map(|parameter| match parameter {
            Parameter::Injected(ty) | Parameter::Lent(ty) => Some(&**ty),
            Parameter::Context | Parameter::Argument(_) => None,
        })
    }

    fn has_context(&self) -> bool {
        self.all
            .iter()
            .any(|parameter| matches!(parameter, Parameter::Context))
    }
}

/// The attributes of one parameter, apart from those that stay.
#[derive(Default)]
struct Taken {
    moved: Vec<Attribute>,
    own: Vec<Attribute>,
    arg: Settings,
    is_injected: bool,
}

impl Taken {
    /// Reports what says something of a value that the model never sees.
    fn refuse(&self, errors: &mut Errors) {
        let told = self.moved.iter().filter(|each| !is_any(each, &["doc"]));
        for attribute in told.chain(&self.own) {
            let text = "this has no meaning on a value that the program supplies";
            errors.at(attribute, Code::T04, text, "remove it");
        }
    }

    fn of(parameter: &mut PatType, errors: &mut Errors) -> Self {
        let mut taken = Self::default();
        for attribute in std::mem::take(&mut parameter.attrs) {
            if is_any(&attribute, &MOVED) {
                taken.moved.push(attribute);
            } else if is_any(&attribute, &["arg"]) {
                if let Meta::List(_) = attribute.meta {
                    taken.arg.add(inside(&attribute), &keys::ARG, errors);
                } else {
                    let text = "`#[arg]` stands without keys in parentheses";
                    errors.at(&attribute, Code::T04, text, "write `#[arg(default = 10)]`");
                }
                taken.own.push(attribute);
            } else if is_any(&attribute, &["cx"]) {
                taken.is_injected = true;
            } else {
                check_cfg(&attribute, errors);
                parameter.attrs.push(attribute);
            }
        }
        taken
    }
}

fn check_cfg(attribute: &Attribute, errors: &mut Errors) {
    if is_any(attribute, &["cfg", "cfg_attr"]) {
        errors.at(
            attribute,
            Code::T11,
            "a parameter of a tool cannot depend on `cfg`",
            "put the `cfg` on two versions of the tool",
        );
    }
}

fn take_typed(
    parameter: &mut PatType,
    written: &mut Vec<Ident>,
    errors: &mut Errors,
) -> Option<Parameter> {
    let taken = Taken::of(parameter, errors);
    written.extend_from_slice(taken.arg.written());
    let ty = ungrouped(&parameter.ty);
    if let Some(supplied) = supplied(ty, taken.is_injected) {
        taken.refuse(errors);
        return Some(supplied);
    }
    limits::check(&taken.moved, ty, Code::T17, errors);
    let name = name_of(&parameter.pat, errors);
    let owned = kept(ty, errors);
    let default = taken.arg.expr("default").cloned();
    if let Some(default) = &default
        && has_key(&taken.moved, &["serde"], "default", None)
    {
        let text = "the default is set twice, here and for serde";
        errors.at(default, Code::T03, text, "remove one of the two");
    }
    if let Some(default) = &default
        && is_generic(ty, "Option")
    {
        let text = format!("`{}` may be left out anyway", print(ty));
        let help = "remove the default, or the `Option`";
        errors.at(default, Code::T13, text, help);
    }
    name.zip(owned).map(|(name, owned)| {
        Parameter::Argument(Box::new(Argument {
            attributes: taken.moved,
            name,
            ty: ty.clone(),
            owned,
            default,
        }))
    })
}

/// A parameter that the program fills in.
fn supplied(ty: &Type, is_marked: bool) -> Option<Parameter> {
    if is_context(ty) {
        return Some(Parameter::Context);
    }
    if is_marked || is_generic(ty, "State") {
        return Some(Parameter::Injected(Box::new(ty.clone())));
    }
    match ty {
        Type::Reference(reference)
            if reference.mutability.is_none() && is_generic(&reference.elem, "State") =>
        {
            Some(Parameter::Lent(reference.elem.clone()))
        }
        _ => None,
    }
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

/// What is kept of an argument, as far as syntax says that the model can fill it in.
fn kept(ty: &Type, errors: &mut Errors) -> Option<Owned> {
    let inner = referenced(ty);
    if hides_type(ty) {
        let text = format!("`{}` is generic, but a tool has one schema", print(ty));
        errors.at(ty, Code::T06, text, "write a concrete type");
        return None;
    }
    let wrong = if names(inner, "ToolContext") {
        let text = format!("`{}` is not how a tool gets its context", print(ty));
        Err((text, "`&ToolContext`".to_owned()))
    } else if is_generic(inner, "State") {
        let text = format!("`{}` is not how a tool gets its state", print(ty));
        Err((text, format!("`&{}`", print(inner))))
    } else {
        owned(ty).map_err(|proposal| {
            let text = format!("`{}` cannot be filled in by the model", print(ty));
            (text, format!("`{proposal}`"))
        })
    };
    wrong
        .map_err(|(text, instead)| errors.at(ty, Code::T20, text, format!("write {instead}")))
        .ok()
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
            reference.mutability.is_none() && names(ungrouped(&reference.elem), "ToolContext")
        }
        _ => false,
    }
}

/// Whether a type is written with this name at its end.
fn names(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == name)
}

/// Whether a type is this name with something in angle brackets.
fn is_generic(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|last| {
        last.ident == name && matches!(last.arguments, PathArguments::AngleBracketed(_))
    })
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ungrouped(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
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
        Some(TokenTree::Ident(name)) => MOVED.iter().chain(&OWN).any(|moved| name == moved),
        _ => false,
    }
}
