//! The tools of a manifest as the program sees them: each with its JSON Schema as its signature.
//!
//! A schema is read twice. [`signature`] gives the parameters their types, so that rules can read them; what no type can say
//! is `json` there. [`demands`] keeps the whole schema for the tools where the types say less than it does: the runtime then checks the
//! arguments for both.

mod demands;
mod ecma;
mod schemas;
mod signature;

use std::collections::HashSet;
use std::sync::Arc;

use agentpass_grammar::Span;
use agentpass_ir::SchemaId;

use super::Checker;
use crate::ast::{self, ClauseKind, ItemKind};
use crate::diagnostics::problems::{manifests as problem, skills, tools as tool_problem};
use crate::load::relative;
use crate::manifest::{Listed, Manifest, digest_of};
use crate::typed::{Field, ToolKind};

/// One tool of a manifest.
pub(super) struct Pinned {
    pub(super) name: String,
    pub(super) docs: Vec<String>,
    pub(super) digest: String,
    pub(super) params: Vec<Field>,
    pub(super) open: bool,
    pub(super) schema: Option<SchemaId>,
}

/// Whether a tool takes arguments that its schema does not name, beside some that it names.
pub(crate) fn takes_anything(tool: &Listed) -> bool {
    let root = schemas::as_drafted(tool.schema());
    let read = signature::read(&mut Vec::new(), &root, &tool.name, Span::default());
    read.open && !read.params.is_empty()
}

impl Checker<'_> {
    /// What a manifest says; nothing, with a report, for a document that is none.
    pub(super) fn manifest(&mut self, path: &str, at: Span) -> Option<Arc<Manifest>> {
        if let Some(known) = self.manifests.get(path) {
            return known.clone();
        }
        let manifest = self.loaded.manifests.get(path)?;
        let read = match Manifest::read(&manifest.text) {
            Ok(manifest) => Some(Arc::new(manifest)),
            Err(why) => {
                self.report(tool_problem::bad_manifest(at, path, &why));
                None
            }
        };
        self.manifests.insert(path.to_owned(), read.clone());
        read
    }

    /// A listed tool with its signature.
    pub(super) fn pinned(&mut self, tool: &Listed, at: Span) -> Pinned {
        let root = &*schemas::as_drafted(tool.schema());
        let read = signature::read(&mut self.program.records, root, &tool.name, at);
        let mut unchecked = Vec::new();
        let schema = if read.exact {
            None
        } else {
            demands::read(&mut self.program.schemas, root, &read.exact_params, &mut unchecked)
        };
        if !unchecked.is_empty() {
            self.report(problem::unchecked_schema(at, &tool.name, &unchecked));
        }
        Pinned {
            name: tool.name.clone(),
            docs: tool.description().map(str::to_owned).into_iter().collect(),
            digest: tool.digest.clone(),
            params: read.params,
            open: read.open,
            schema,
        }
    }

    /// Reports a manifest that is not what it was when it was pinned. `taken` are those of its tools that a block declares, `missing` the names that the
    /// block lists in vain; those that the manifest says it had are reported here, and the others are given back.
    pub(super) fn drift(
        &mut self,
        manifest: &Manifest,
        text: &ast::Text,
        body: Option<&[ast::Clause]>,
        taken: &[&Listed],
        missing: Vec<String>,
    ) -> Vec<String> {
        let path = text.node.as_str();
        let digest = body.and_then(digest_clause);
        let is_pinned_here = digest.is_some();
        let mut has_drifted = false;
        let mut others = missing;
        if let Some(pinned) = &manifest.pinned {
            for tool in taken {
                match pinned.get(&tool.name) {
                    Some(digest) if *digest == tool.digest => {}
                    Some(_) => {
                        has_drifted = true;
                        self.report(problem::changed(text.span, path, &tool.name));
                    }
                    None => {
                        has_drifted = true;
                        self.report(problem::added(text.span, path, &tool.name));
                    }
                }
            }
            let is_listed = |name: &str| manifest.tools.iter().any(|tool| tool.name == name);
            for name in pinned.keys().filter(|name| !is_listed(name)) {
                has_drifted = true;
                self.report(problem::removed(text.span, path, name));
            }
            for tool in manifest.tools.iter().filter(|tool| !pinned.contains_key(&tool.name)) {
                has_drifted = true;
                self.report(problem::added(text.span, path, &tool.name));
            }
            others.retain(|name| !pinned.contains_key(name));
        } else if is_pinned_here {
            // Without a list of what there was, a name that is missing was there: the digest says that somebody looked.
            for name in std::mem::take(&mut others) {
                has_drifted = true;
                self.report(problem::removed(text.span, path, &name));
            }
        }
        if let Some((algorithm, value)) = digest {
            let known = taken.iter().map(|tool| (tool.name.as_str(), tool.digest.as_str()));
            let found = digest_of(known);
            if algorithm.node != "sha256" {
                self.report(skills::unknown_digest(algorithm.span, &algorithm.node));
            } else if value.node.len() != 64 || !value.node.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                self.report(skills::bad_digest(value.span, value.node.len()));
            } else if !value.node.eq_ignore_ascii_case(&found) && !has_drifted {
                self.report(problem::other_digest(value.span, path, &found));
            }
        }
        others
    }

    /// Reports tools that came into a manifest since its blocks were pinned, as far as the blocks tell: what they pin is all
    /// that somebody looked at. A manifest with digests of its own has told already.
    pub(super) fn undeclared(&mut self) {
        let declared: HashSet<String> = self
            .program
            .tools
            .iter()
            .filter_map(|tool| match &tool.kind {
                ToolKind::Pinned { digest, .. } => Some(digest.clone()),
                _ => None,
            })
            .collect();
        let mut seen = HashSet::new();
        for (file, item) in self.items() {
            let ItemKind::Tools(ast::Tools { manifest: Some(text), body: Some(body), .. }) = &item.kind
            else {
                continue;
            };
            let from = self.loaded.files.get(file).map(|file| file.path.clone()).unwrap_or_default();
            let path = relative(&from, &text.node);
            if digest_clause(body).is_none() || !seen.insert(path.clone()) {
                continue;
            }
            let Some(Some(manifest)) = self.manifests.get(&path).cloned() else { continue };
            if manifest.pinned.is_some() {
                continue;
            }
            for tool in manifest.tools.iter().filter(|tool| !declared.contains(&tool.digest)) {
                self.report(problem::undeclared(text.span, &text.node, &tool.name));
            }
        }
    }
}

fn digest_clause(body: &[ast::Clause]) -> Option<(&ast::Name, &ast::Text)> {
    body.iter().find_map(|clause| match &clause.kind {
        ClauseKind::Digest { algorithm, value } => Some((algorithm, value)),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
