//! Rule profiles: those that Trellis ships, and a tenant's own.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::RuleProfileId,
    profile::{Labels, Nation, ProfileKey, RuleProfile, Rules},
    text::Title,
};

/// A new version of a profile of one's own, as a draft.
#[derive(Debug, Clone)]
pub struct CreateRuleProfile {
    /// The profile's stable name; the first version makes the profile.
    pub key: ProfileKey,
    /// Its name for people.
    pub name: Title,
    /// What it rests on.
    pub legal_basis: Title,
    /// The published version that it is made from.
    pub based_on: RuleProfileId,
    /// Whose rules; as in that version, if not given.
    pub nation: Option<Nation>,
    /// What people call things; as in that version, if not given.
    pub labels: Option<Labels>,
    /// The rules.
    pub rules: Rules,
}
/// Publishes a draft version.
#[derive(Debug)]
pub struct PublishRuleProfile {
    /// Which.
    pub id: RuleProfileId,
    /// Only if it is still this version of the record.
    pub expected: Option<i64>,
}
/// One version of a profile.
#[derive(Debug)]
pub struct GetRuleProfile {
    /// Which.
    pub id: RuleProfileId,
    /// The version of the record that the caller has.
    pub unless: Option<i64>,
}
/// Versions of profiles, by these filters: shipped ones first.
#[derive(Debug)]
pub struct ListRuleProfiles {
    /// Of this profile.
    pub key: Option<ProfileKey>,
    /// Where the list goes on.
    pub window: Window,
}
/// The events of one version.
#[derive(Debug)]
pub struct RuleProfileHistory {
    /// Which version.
    pub id: RuleProfileId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetRuleProfile: ReadFrameworks => Fetched<Seen<RuleProfile>>;
    ListRuleProfiles: ReadFrameworks => Page<RuleProfile>;
    RuleProfileHistory: ReadFrameworks => crate::event::History;
}
commands! {
    CreateRuleProfile: WriteFrameworks => Seen<RuleProfile>;
    PublishRuleProfile: WriteFrameworks => Seen<RuleProfile>;
}
