//! Frameworks.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    framework::{FrameworkVersion, NewStandard, VersionState},
    id::FrameworkVersionId,
    text::{Narrative, Slug, Title},
};

/// A new version of a framework, and the framework if it is the first.
#[derive(Debug, Clone)]
pub struct CreateFrameworkVersion {
    /// The framework's short name.
    pub key: Slug,
    /// Its name.
    pub name: Title,
    /// Which version.
    pub label: Title,
    /// Whose words these are.
    pub attribution: Option<Narrative>,
    /// The standards, as a tree.
    pub standards: Vec<NewStandard>,
}
/// Publishes a draft version.
#[derive(Debug)]
pub struct PublishFrameworkVersion {
    /// Which.
    pub id: FrameworkVersionId,
    /// Only if it is still this version of the record.
    pub expected: Option<i64>,
}
/// One version of a framework.
#[derive(Debug)]
pub struct GetFrameworkVersion {
    /// Which.
    pub id: FrameworkVersionId,
    /// The version of the record that the caller has.
    pub unless: Option<i64>,
}
/// Versions of frameworks, by these filters.
#[derive(Debug)]
pub struct ListFrameworkVersions {
    /// Of this framework.
    pub key: Option<Slug>,
    /// In this state.
    pub state: Option<VersionState>,
    /// Where the list goes on.
    pub window: Window,
}
/// The events of one framework version.
#[derive(Debug)]
pub struct FrameworkVersionHistory {
    /// Which version.
    pub id: FrameworkVersionId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetFrameworkVersion: ReadFrameworks => Fetched<Seen<FrameworkVersion>>;
    ListFrameworkVersions: ReadFrameworks => Page<FrameworkVersion>;
    FrameworkVersionHistory: ReadFrameworks => crate::event::History;
}
commands! {
    CreateFrameworkVersion: WriteFrameworks => Seen<FrameworkVersion>;
    PublishFrameworkVersion: WriteFrameworks => Seen<FrameworkVersion>;
}
