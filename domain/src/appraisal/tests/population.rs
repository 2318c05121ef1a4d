//! Who has an appraisal in a cycle, and who has none, with the reason.

use super::*;
use crate::{employment::Employment, hold::Hold, profile::HoldReason};

#[test]
fn every_employment_is_taken_or_left_out_with_its_reason() {
    let (cycle, other) = (CycleId(Uuid::from_u128(1)), CycleId(Uuid::from_u128(2)));
    let period = |from: &str, to: &str| Period { starts_on: day(from), ends_on: to.parse().ok() };
    let rule = Rule { cycle, period: period("2026-09-01", "2027-08-31"), categories: &[StaffCategory::Teacher], rules: maintained(), today: day("2026-10-05") };
    let employed = |from: &str, to: &str, holds: &[(HoldReason, &str, &str)], others: &[(CycleId, &str, &str, bool)]| Employed {
        employment: Employment {
            id: EmploymentId(Uuid::nil()),
            person_id: human(OWN),
            organisation_id: OrganisationId(Uuid::nil()),
            job_title: Title::parse("Teacher").unwrap_or_else(|e| unreachable!("{e}")),
            staff_category: StaffCategory::Teacher,
            staff_code: None,
            fte_percent: 100,
            period: period(from, to),
            missing_since: None,
            missing_from: None,
            ended_from: None,
            kept: vec![],
            provenance: crate::provenance::Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        },
        holds: holds
            .iter()
            .map(|(reason, from, to)| Hold {
                id: HoldId(Uuid::nil()),
                employment_id: EmploymentId(Uuid::nil()),
                person_id: human(OWN),
                organisation_id: OrganisationId(Uuid::nil()),
                reason: *reason,
                period: period(from, to),
                version: 1,
                created_at: DateTime::UNIX_EPOCH,
                updated_at: DateTime::UNIX_EPOCH,
            })
            .collect(),
        others: others
            .iter()
            .map(|(cycle, from, to, live)| Other { id: AppraisalId(Uuid::nil()), cycle: *cycle, period: period(from, to), live: *live })
            .collect(),
    };
    use HoldReason::{Capability, FamilyLeave, Induction};
    let whole = Ok(Some(period("2026-09-01", "2027-08-31")));
    for (who, expected) in [
        (employed("2020-09-01", "", &[], &[]), whole),
        // a starter has their own period, and a leaver's ends with them
        (employed("2027-01-04", "", &[], &[]), Ok(Some(period("2027-01-04", "2027-08-31")))),
        (employed("2020-09-01", "2026-12-31", &[], &[]), Ok(Some(period("2026-09-01", "2026-12-31")))),
        (employed("2020-09-01", "2026-10-05", &[], &[]), Ok(Some(period("2026-09-01", "2026-10-05")))),
        (employed("2020-09-01", "2026-10-04", &[], &[]), Err(Omission::Left)),
        // one term is four months
        (employed("2026-09-01", "2026-12-30", &[], &[]), Err(Omission::TooShort)),
        (employed("2026-09-01", "2026-12-31", &[], &[]), Ok(Some(period("2026-09-01", "2026-12-31")))),
        (employed("2020-09-01", "", &[(Induction, "2026-09-01", "2027-07-31")], &[]), Err(Omission::InInduction)),
        (employed("2020-09-01", "", &[(Capability, "2026-10-05", "")], &[]), Err(Omission::InCapability)),
        (employed("2020-09-01", "", &[(Capability, "2026-01-01", "2026-10-04")], &[]), whole),
        (employed("2020-09-01", "", &[(FamilyLeave, "2026-09-01", "")], &[]), whole),
        (employed("2020-09-01", "", &[], &[(cycle, "2026-09-01", "2027-08-31", false)]), Ok(None)),
        (employed("2020-09-01", "", &[], &[(other, "2025-09-01", "2026-09-01", true)]), Err(Omission::Overlapping)),
        (employed("2020-09-01", "", &[], &[(other, "2025-09-01", "2026-08-31", true)]), whole),
        (employed("2020-09-01", "", &[], &[(other, "2025-09-01", "2026-09-01", false)]), whole),
    ] {
        assert_eq!(judge(rule, &who), expected, "{who:?}");
    }
    let support = Rule { categories: &[StaffCategory::Support], ..rule };
    assert_eq!(judge(support, &employed("2020-09-01", "", &[], &[])), Err(Omission::NotInCategory));
    let allows = Rules { excluded_while: vec![], ..maintained().clone() };
    assert_eq!(judge(Rule { rules: &allows, ..rule }, &employed("2020-09-01", "", &[(Induction, "2026-09-01", "")], &[])), whole);
    let rests = Rules { excluded_while: HoldReason::ALL.to_vec(), ..maintained().clone() };
    assert_eq!(judge(Rule { rules: &rests, ..rule }, &employed("2020-09-01", "", &[(FamilyLeave, "2026-09-01", "")], &[])), Err(Omission::OnHold));
    for of_support in [true, false] {
        let reasons = [Omission::TooShort, Omission::InInduction, Omission::InCapability, Omission::OnHold];
        let told: std::collections::HashSet<_> = reasons.map(|o| o.told(of_support)).into_iter().collect();
        assert_eq!(told.len(), if of_support { 4 } else { 1 });
        assert_eq!(Omission::Left.told(of_support), Omission::Left);
    }
}
