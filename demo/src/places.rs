//! The demo's tree: a trust, three schools, their departments and teams.

use super::scene::{Scene, Span, date, say};
use trellis_domain::{
    id::OrganisationId,
    organisation::{GroupType, Identifier, OrganisationKind, OrganisationPatch, Phase, Scheme},
    text::ExternalRef,
};
use trellis_persistence::{
    Principal, StoreError,
    organisation::{CreateOrganisation, UpdateOrganisation},
};

/// Where somebody works: the trust's own office or one of its schools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Site {
    /// The trust.
    Trust,
    /// A secondary school with a sixth form.
    Saltings,
    /// A primary school.
    Curlew,
    /// A smaller primary school.
    Estuary,
}

impl Site {
    /// The letters before its staff codes.
    pub(super) const fn letters(self) -> &'static str {
        match self {
            Self::Trust => "TT",
            Self::Saltings => "SA",
            Self::Curlew => "CU",
            Self::Estuary => "EL",
        }
    }
}

/// The sites' ids.
pub(super) struct Places {
    trust: OrganisationId,
    schools: [OrganisationId; 3],
}

impl Places {
    /// The site's id.
    pub(super) fn at(&self, site: Site) -> OrganisationId {
        let [saltings, curlew, estuary] = self.schools;
        match site {
            Site::Trust => self.trust,
            Site::Saltings => saltings,
            Site::Curlew => curlew,
            Site::Estuary => estuary,
        }
    }
}

/// A school: name, phase, type, opened on, identifiers with the years in which they began and ended, id in the trust's MIS. All invented.
type School = (&'static str, Phase, i32, (i32, u32, u32), &'static [(Scheme, &'static str, Option<i32>, Option<i32>)], &'static str);

const SCHOOLS: [School; 3] = [
    (
        "The Saltings Academy",
        Phase::Secondary,
        28, // academy sponsor led
        (2014, 9, 1),
        &[(Scheme::Urn, "990101", None, None), (Scheme::Laestab, "999/4001", None, None), (Scheme::Ukprn, "19990101", None, None)],
        "S1",
    ),
    (
        "Curlew Primary School",
        Phase::Primary,
        34, // academy converter
        (2017, 9, 1),
        &[
            (Scheme::Urn, "990102", None, Some(2017)),
            (Scheme::Urn, "990202", Some(2017), None),
            (Scheme::Laestab, "999/2002", None, None),
            (Scheme::Ukprn, "19990102", None, None),
        ],
        "S2",
    ),
    (
        "Estuary Lane Primary Academy",
        Phase::Primary,
        34,
        (2019, 9, 1),
        &[(Scheme::Urn, "990103", None, None), (Scheme::Laestab, "999/2003", None, None), (Scheme::Ukprn, "19990103", None, None)],
        "S3",
    ),
];

/// Departments, year teams and networks.
const GROUPS: [(Site, &str); 18] = [
    (Site::Trust, "Central team"),
    (Site::Trust, "Network: retrieval and long-term memory"),
    (Site::Trust, "Network: oracy"),
    (Site::Saltings, "English"),
    (Site::Saltings, "Mathematics"),
    (Site::Saltings, "Science"),
    (Site::Saltings, "Humanities"),
    (Site::Saltings, "Languages"),
    (Site::Saltings, "Creative Arts"),
    (Site::Saltings, "Physical Education"),
    (Site::Saltings, "Pastoral team"),
    (Site::Saltings, "Inclusion"),
    (Site::Curlew, "Early Years"),
    (Site::Curlew, "Key Stage 1"),
    (Site::Curlew, "Key Stage 2"),
    (Site::Estuary, "Early Years"),
    (Site::Estuary, "Key Stage 1"),
    (Site::Estuary, "Key Stage 2"),
];

/// Founds the trust's schools and groups beneath its root.
pub(super) async fn found(scene: &Scene<'_>, trust: OrganisationId) -> Result<Places, StoreError> {
    let group_uid = Identifier::parse(Scheme::GroupUid, "99001")?;
    let company = Identifier::parse(Scheme::CompaniesHouse, "99000001")?;
    let ukprn = Identifier::parse(Scheme::Ukprn, "19990001")?;
    let patch = OrganisationPatch {
        group_type: Some(Some(GroupType::MultiAcademyTrust)),
        opened_on: Some(Some(date(2014, 7, 1))),
        identifiers: Some(vec![ukprn, group_uid, company]),
        external_refs: Some(vec![reference("T1")?]),
        ..OrganisationPatch::default()
    };
    scene.over(Span::Past, (0.0, 0.001), vec![(Principal::Operator, UpdateOrganisation { id: trust, patch, expected: None })]).await?;
    let schools = SCHOOLS.iter().map(|s| Ok((Principal::Operator, school(trust, s)?))).collect::<Result<Vec<_>, StoreError>>()?;
    let made = scene.over(Span::Past, (0.001, 0.002), schools).await?;
    let ids: Vec<OrganisationId> = made.iter().map(|s| s.record.id).collect();
    let schools = ids.try_into().map_err(|_| StoreError::Internal("three schools were to be made".into()))?;
    let places = Places { trust, schools };
    let groups = GROUPS.iter().map(|(site, name)| Ok((Principal::Operator, group(places.at(*site), name)?))).collect::<Result<Vec<_>, StoreError>>()?;
    scene.over(Span::Past, (0.002, 0.003), groups).await?;
    Ok(places)
}

/// What the trust's MIS calls a record.
pub(super) fn reference(id: &str) -> Result<ExternalRef, StoreError> {
    Ok(ExternalRef { source: say("tidewater-mis")?, id: say(id)? })
}

fn school(parent_id: OrganisationId, (name, phase, kind, (y, m, d), identifiers, id): &School) -> Result<CreateOrganisation, StoreError> {
    let identifiers = identifiers.iter().map(|(scheme, value, from, to)| {
        let identifier = Identifier::parse(*scheme, value)?;
        Ok(Identifier { starts_on: from.map(|y| date(y, 9, 1)), ends_on: to.map(|y| date(y, 8, 31)), ..identifier })
    });
    Ok(CreateOrganisation {
        phase: Some(*phase),
        establishment_type: Some(*kind),
        opened_on: Some(date(*y, *m, *d)),
        identifiers: identifiers.collect::<Result<Vec<_>, StoreError>>()?,
        external_refs: vec![reference(id)?],
        ..CreateOrganisation::named(parent_id, OrganisationKind::School, say(name)?)
    })
}

fn group(parent_id: OrganisationId, name: &str) -> Result<CreateOrganisation, StoreError> {
    Ok(CreateOrganisation::named(parent_id, OrganisationKind::Group, say(name)?))
}
