//! Frameworks of professional standards, as versioned trees. A published version never changes.

pub mod seed;

use crate::{
    id::{FrameworkId, FrameworkVersionId, StandardId},
    rule::{Code, Faults, RuleError},
    text::{Narrative, Slug, StandardCode, Title},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

words! {
    /// Where a framework version stands.
    VersionState {
        /// Being written.
        Draft = "draft",
        /// Fixed for good; can be linked.
        Published = "published",
    }
}

/// One version of a framework, with its standards as a flat list that carries the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameworkVersion {
    /// Its id.
    pub id: FrameworkVersionId,
    /// Which framework it is a version of.
    pub framework_id: FrameworkId,
    /// The framework's short name, the same in every version: `teachers-standards`.
    pub key: Slug,
    /// The framework's name.
    pub name: Title,
    /// Which version: `2011`.
    pub label: Title,
    /// Draft or published.
    pub state: VersionState,
    /// Whose words these are and under which licence.
    pub attribution: Option<Narrative>,
    /// The standards, parents before children, in order.
    pub standards: Vec<Standard>,
    /// Version of the record, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standard {
    /// Its id.
    pub id: StandardId,
    /// The standard it is part of.
    pub parent_id: Option<StandardId>,
    /// Its code, unique in the version.
    pub code: StandardCode,
    /// What it says.
    pub title: Title,
    /// More about it.
    pub description: Option<Narrative>,
}

/// A standard as it is sent: with the standards beneath it.
#[derive(Debug, Clone)]
pub struct NewStandard {
    /// Its code.
    pub code: StandardCode,
    /// What it says.
    pub title: Title,
    /// More about it.
    pub description: Option<Narrative>,
    /// Those beneath it.
    pub children: Vec<NewStandard>,
}

/// Lays a tree out as a list, parents before children.
///
/// # Errors
/// `repeated_code`, for every code that occurs twice.
pub fn lay_out(tree: Vec<NewStandard>, new_id: &mut dyn FnMut() -> StandardId) -> Result<Vec<Standard>, RuleError> {
    fn walk(nodes: Vec<NewStandard>, parent_id: Option<StandardId>, new_id: &mut dyn FnMut() -> StandardId, out: &mut Vec<Standard>) {
        for NewStandard { code, title, description, children } in nodes {
            let id = new_id();
            out.push(Standard { id, parent_id, code, title, description });
            walk(children, Some(id), new_id, out);
        }
    }
    let mut out = Vec::new();
    walk(tree, None, new_id, &mut out);
    let mut faults = Faults::default();
    for (i, standard) in out.iter().enumerate() {
        if out[..i].iter().any(|s| s.code == standard.code) {
            faults.check::<()>(Err(RuleError::at(Code::RepeatedCode, "/standards", format!("the code {} occurs twice", standard.code.as_str()))));
        }
    }
    faults.settle().map(|()| out)
}

impl FrameworkVersion {
    /// Publishes a draft.
    ///
    /// # Errors
    /// `published` if it is already; `not_ready` without standards.
    pub fn publish(&self) -> Result<Self, RuleError> {
        self.editable()?;
        if self.standards.is_empty() {
            return Err(RuleError::at(Code::NotReady, "/standards", "a version without standards cannot be published"));
        }
        Ok(Self { state: VersionState::Published, ..self.clone() })
    }
    /// Only a draft can change.
    ///
    /// # Errors
    /// `published`.
    pub fn editable(&self) -> Result<(), RuleError> {
        match self.state {
            VersionState::Draft => Ok(()),
            VersionState::Published => Err(RuleError::new(Code::Published, "this version is published; create a new one")),
        }
    }
}
