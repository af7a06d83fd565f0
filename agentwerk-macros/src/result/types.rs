use syn::{GenericArgument, PathArguments, Type};

/// A type and all types in it, outermost first.
pub(super) fn types_in(ty: &Type) -> Vec<&Type> {
    let mut found = vec![ty];
    let inner: Vec<&Type> = match ty {
        Type::Array(array) => vec![&array.elem],
        Type::Group(group) => vec![&group.elem],
        Type::Paren(group) => vec![&group.elem],
        Type::Reference(reference) => vec![&reference.elem],
        Type::Slice(slice) => vec![&slice.elem],
        Type::Tuple(tuple) => tuple.elems.iter().collect(),
        Type::Path(path) => path
            .path
            .segments
            .iter()
            .flat_map(|segment| arguments(&segment.arguments))
            .collect(),
        _ => Vec::new(),
    };
    found.extend(inner.into_iter().flat_map(types_in));
    found
}

fn arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// The last name of a type's path, without what stands around it.
pub(super) fn is_called(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Group(group) => is_called(&group.elem, name),
        Type::Paren(group) => is_called(&group.elem, name),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == name),
        _ => false,
    }
}
