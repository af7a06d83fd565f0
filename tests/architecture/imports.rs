use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ItemMod, ItemUse, Macro, Path, UseTree};

/// A place where a module names a top-level module of its crate.
#[derive(Debug, PartialEq)]
pub(crate) struct Import {
    /// The top-level module, or whatever else stands at the root of the crate.
    pub(crate) target: String,
    pub(crate) line: usize,
}

/// The imports of a file: in `use`, in any path that starts with `crate` or `super`, and in the
/// tokens of macros.
pub(crate) fn of_file(file: &syn::File, module: &[String]) -> Vec<Import> {
    let mut reader = Reader {
        module: module.to_vec(),
        imports: Vec::new(),
    };
    reader.visit_file(file);
    reader.imports
}

struct Reader {
    /// The module that is being read, inline modules included.
    module: Vec<String>,
    imports: Vec<Import>,
}

impl Reader {
    /// Reads the segments of one path. `self` and paths into other crates are of no interest.
    fn read(&mut self, segments: &[String], line: usize) {
        let mut module = self.module.clone();
        let rest = match segments.first().map(String::as_str) {
            Some("crate") => {
                module.clear();
                &segments[1..]
            }
            Some("super") => {
                let count = segments.iter().take_while(|each| *each == "super").count();
                module.truncate(module.len().saturating_sub(count));
                &segments[count..]
            }
            _ => return,
        };
        module.extend(rest.iter().cloned());
        // A path that ends at the root names all of it.
        let target = module.first().map_or("*", String::as_str).to_owned();
        self.imports.push(Import { target, line });
    }

    fn read_use(&mut self, tree: &UseTree, prefix: &[String]) {
        let mut segments = prefix.to_vec();
        match tree {
            UseTree::Path(path) => {
                segments.push(path.ident.to_string());
                self.read_use(&path.tree, &segments);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(tree, &segments);
                }
            }
            UseTree::Name(name) => {
                if name.ident != "self" {
                    segments.push(name.ident.to_string());
                }
                self.read(&segments, name.span().start().line);
            }
            UseTree::Rename(rename) => {
                if rename.ident != "self" {
                    segments.push(rename.ident.to_string());
                }
                self.read(&segments, rename.span().start().line);
            }
            UseTree::Glob(glob) => self.read(&segments, glob.span().start().line),
        }
    }

    /// Finds `crate::name` in tokens that are no syntax yet.
    fn read_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        for (position, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.read_tokens(group.stream()),
                TokenTree::Ident(ident) if ident == "crate" => {
                    if let [
                        TokenTree::Punct(_),
                        TokenTree::Punct(_),
                        TokenTree::Ident(next),
                        ..,
                    ] = &tokens[position + 1..]
                    {
                        let segments = ["crate".to_owned(), next.to_string()];
                        self.read(&segments, ident.span().start().line);
                    }
                }
                _ => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.read_use(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let segments: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.read(&segments, path.span().start().line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.read_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }

    // `pub(crate)` and `pub(super)` import nothing.
    fn visit_visibility(&mut self, _item: &'ast syn::Visibility) {}
}

#[test]
fn imports_are_found_wherever_they_stand() {
    let source = "
        use crate::chat::{Message, tool_call::{self, ToolCall}};
        use super::lease::Lease;
        use super::super::event as facts;
        use std::fmt;
        pub(crate) fn f(ticket: &crate::ticket::Ticket) -> Vec<crate::id::CallId> {
            assert!(crate::clock::is_late(), \"{}\", { crate::stats::now() });
            self::g()
        }
        mod tests { use super::*; use super::super::super::agent::Agent; }
        /// Not an import: `crate::system::TicketSystem`.
        struct Documented;
    ";
    let module = ["store".to_owned(), "claim".to_owned()];
    let found: Vec<_> = of_file(&syn::parse_file(source).unwrap(), &module)
        .into_iter()
        .map(|import| (import.target, import.line))
        .collect();
    let expected = [
        ("chat", 2),
        ("chat", 2),
        ("chat", 2),
        ("store", 3),
        ("event", 4),
        ("ticket", 6),
        ("id", 6),
        ("clock", 7),
        ("stats", 7),
        ("store", 10),
        ("agent", 10),
    ];
    assert_eq!(
        found,
        expected.map(|(target, line)| (target.to_owned(), line))
    );
}
